/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

/* Splits "text@version"; 0 if the version is no number. */
static int name_split(const char *wanted, char *text, size_t size,
    unsigned *version)
{
	const char *at = strchr(wanted, '@');
	uint64_t number = 0;

	*version = 0;
	if (!at)
		return text_copy(text, size, wanted, strlen(wanted));
	if (!text_copy(text, size, wanted, (size_t)(at - wanted)))
		return 0;
	at++;
	if (!text_number(&at, 10, &number) || *at || number > 0xffffffff)
		return 0;
	*version = (unsigned)number;
	return 1;
}

struct name *names_own(const struct names *names, const char *environment,
    const char *text)
{
	list_each(link, &names->all) {
		struct name *name = list_item(link, struct name, link);

		if (strcmp(name->text, text) == 0 &&
		    strcmp(name->environment, environment) == 0)
			return name;
	}
	return NULL;
}

struct name *names_find(const struct names *names, const char *environment,
    const char *text)
{
	char plain[NAME_MAX_SIZE];
	struct name *name;
	unsigned version;

	if (!name_split(text, plain, sizeof(plain), &version))
		return NULL;
	name = names_own(names, environment, plain);
	if (!name || name->version < version)
		name = names_own(names, "", plain);
	return name && name->version >= version ? name : NULL;
}

error_t names_add(struct names *names, const char *environment,
    const char *text, unsigned version, unsigned port, void *owner)
{
	struct name *name;

	if (!text[0] || strchr(text, '@') || strchr(text, '/'))
		return E_INVAL;
	if (strlen(text) >= NAME_MAX_SIZE ||
	    strlen(environment) >= ENVIRONMENT_MAX_SIZE)
		return E_NAMETOOLONG;
	if (names_own(names, environment, text))
		return E_EXIST;
	name = heap_alloc_zero(sizeof(*name));
	if (!name)
		return E_NOMEM;
	text_copy(name->environment, ENVIRONMENT_MAX_SIZE, environment,
	    strlen(environment));
	text_copy(name->text, NAME_MAX_SIZE, text, strlen(text));
	name->version = version;
	name->port = port;
	name->owner = owner;
	list_append(&names->all, &name->link);
	return 0;
}

struct name *names_of(const struct names *names, const void *owner,
    const struct name *name)
{
	struct list *link = name ? name->link.next : names->all.next;

	for (; link != &names->all; link = link->next) {
		struct name *next = list_item(link, struct name, link);

		if (next->owner == owner)
			return next;
	}
	return NULL;
}

void name_free(struct name *name)
{
	list_remove(&name->link);
	heap_free(name);
}

int pattern_matches(const char *pattern, size_t length, const char *text)
{
	if (length && pattern[length - 1] == '*')
		return strncmp(text, pattern, length - 1) == 0;
	return text_equals(pattern, length, text);
}

int patterns_match(const char *patterns, const char *text)
{
	while (*patterns) {
		const char *comma = strchr(patterns, ',');
		size_t length = comma ? (size_t)(comma - patterns)
		                      : strlen(patterns);

		if (length && pattern_matches(patterns, length, text))
			return 1;
		patterns += length + (comma != NULL);
	}
	return 0;
}
