/* SPDX-License-Identifier: BSD-2-Clause */
#include "environments.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

#define HOST "host"

enum {
	WORDS_MAX = 32,
	PRIORITY_WORST = 19,
	MEGABYTE = 1024, /* in KB */
};

struct environment *environments_find(const struct environments *all,
    const char *name)
{
	list_each(link, &all->all) {
		struct environment *one =
		    list_item(link, struct environment, link);

		if (strcmp(one->name, name) == 0)
			return one;
	}
	return NULL;
}

/* Letters, digits, "-" and "_", and not the host system's. */
static error_t name_check(const char *name)
{
	if (!name[0] || strcmp(name, HOST) == 0)
		return E_INVAL;
	for (const char *at = name; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') ||
			(*at >= 'A' && *at <= 'Z') ||
			(*at >= '0' && *at <= '9') || *at == '-' || *at == '_'))
			return E_INVAL;
	return strlen(name) < ENVIRONMENT_MAX_SIZE ? 0 : E_NAMETOOLONG;
}

/* A number, "M" behind it: megabytes instead of KB. */
static error_t number_take(const char *text, unsigned *number)
{
	uint64_t value;

	if (!text_number(&text, 10, &value) || value > 0xffffffff / MEGABYTE)
		return E_INVAL;
	if (*text == 'M') {
		value *= MEGABYTE;
		text++;
	}
	if (*text || value > 0xffffffff)
		return E_INVAL;
	*number = (unsigned)value;
	return 0;
}

static error_t word_take(struct environment *environment, const char *word,
    int fresh)
{
	const char *value;
	size_t length = strlen(environment->words);

	if ((value = text_after(word, "tasks=")))
		return number_take(value, &environment->limit.tasks);
	if ((value = text_after(word, "memory=")))
		return number_take(value, &environment->limit.memory);
	if ((value = text_after(word, "priority="))) {
		error_t error =
		    number_take(value, &environment->limit.priority);

		return !error && environment->limit.priority > PRIORITY_WORST ?
		    E_INVAL : error;
	}
	if (!fresh)
		return E_INVAL;
	if ((value = text_after(word, "sees=")))
		return text_copy(environment->sees, sizeof(environment->sees),
			   value, strlen(value)) ? 0 : E_INVAL;
	if (length + strlen(word) + 2 > sizeof(environment->words))
		return E_INVAL;
	text_append(environment->words, sizeof(environment->words), "%s%s",
	    length ? " " : "", word);
	return 0;
}

error_t environment_change(struct environment *environment, const char *text,
    int fresh)
{
	struct environment changed = *environment;
	char copy[sizeof(changed.words) + 256], *words[WORDS_MAX + 1];
	error_t error = 0;
	int count;

	if (!text_copy(copy, sizeof(copy), text, strlen(text)))
		return E_INVAL;
	count = text_words(copy, words, WORDS_MAX);
	for (int i = 0; i < count && !error; i++)
		error = word_take(&changed, words[i], fresh);
	if (!error)
		*environment = changed;
	return error;
}

error_t environments_add(struct environments *all, const char *name,
    const char *words, unsigned flags, struct environment **made)
{
	struct environment *new;
	error_t error = name_check(name);

	if (error)
		return error;
	if (environments_find(all, name))
		return E_EXIST;
	new = heap_alloc_zero(sizeof(*new));
	if (!new)
		return E_NOMEM;
	text_copy(new->name, sizeof(new->name), name, strlen(name));
	text_copy(new->sees, sizeof(new->sees), "*", 1);
	new->flags = flags;
	error = environment_change(new, words, 1);
	if (error) {
		heap_free(new);
		return error;
	}
	list_append(&all->all, &new->link);
	*made = new;
	return 0;
}

void environment_free(struct environment *environment)
{
	list_remove(&environment->link);
	heap_free(environment);
}

int environment_split(const char *text, char environment[ENVIRONMENT_MAX_SIZE],
    const char **name)
{
	const char *slash = strchr(text, '/');

	*name = text;
	if (!slash || !text_copy(environment, ENVIRONMENT_MAX_SIZE, text,
		(size_t)(slash - text)))
		return 0;
	if (strcmp(environment, HOST) == 0)
		environment[0] = 0;
	*name = slash + 1;
	return 1;
}
