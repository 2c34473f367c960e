/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an open file is called now. The links of /proc/PID/fd say which file it
 * is and how it was opened ("file:[DEVICE:NODE]PATH", servers/pfs/proc): the
 * names that VFS knows of it count, and if it knows none, PATH does.
 */
#include "core/numbers.h"
#include "vfs.h"
#include <base/text.h>
#include <string.h>

static const char mark[] = "file:[";
static const char deleted[] = " (deleted)";

/* Reads digits up to end; null: there is something else. */
static const char *number_read(const char *at, char end, uint64_t *number)
{
	*number = 0;
	while (*at >= '0' && *at <= '9')
		*number = *number * 10 + (uint64_t)(*at++ - '0');
	return *at == end ? at + 1 : NULL;
}

static struct node *file_find(unsigned device, uint64_t number)
{
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);
		struct node *node;

		/* One without a name is as a rule known to its server only. */
		if (mount->device == device)
			return mount->leaving ||
				ask_known(mount, number, &node) ? NULL : node;
	}
	return NULL;
}

/* That by which it was opened, if it has it still, else any. */
static const struct name *name_choose(
    const struct node *node, const char *path)
{
	const char *last = strrchr(path, '/');
	const struct name *first = NULL;

	list_each(link, &node->names)
	{
		const struct name *name = list_item(link, struct name, of_node);

		if (last && text_equals(name->text, name->length, last + 1))
			return name;
		if (!first)
			first = name;
	}
	return first;
}

/* The path of directory, and name in it (null: no more); 0: there is none. */
static unsigned path_make(const struct node *directory,
    const struct name *name, char *text, unsigned size)
{
	unsigned room = name ? size - name->length - 2u : size - 1;
	unsigned length;
	int unreachable;
	char *start;

	if (name && name->length + 4u > size)
		return 0;
	if (node_path(directory, mount_root->root, text, room, &start,
		&unreachable) || unreachable)
		return 0;
	length = (unsigned)(text + room - start);
	memmove(text, start, length);
	if (!name)
		return length;
	if (length > 1)
		text[length++] = '/';
	memcpy(text + length, name->text, name->length);
	return length + name->length;
}

/* What is known of path: from its place in text to its beginning. */
static unsigned path_keep(char *text, unsigned size, const char *path,
    int is_deleted)
{
	unsigned length = (unsigned)strlen(path);

	memmove(text, path, length);
	if (!is_deleted || length + sizeof deleted > size)
		return length;
	memcpy(text + length, deleted, sizeof deleted - 1);
	return length + sizeof deleted - 1;
}

unsigned open_name(char *text, unsigned length, unsigned size)
{
	uint64_t device, number;
	const struct name *name = NULL;
	const struct node *node;
	const char *at;
	unsigned made = 0;
	path_t path;

	if (length >= size || strncmp(text, mark, sizeof mark - 1))
		return length;
	text[length] = 0;
	at = number_read(text + sizeof mark - 1, ':', &device);
	at = at ? number_read(at, ']', &number) : NULL;
	if (!at)
		return length;
	node = file_find((unsigned)device, number);
	if (node && node_is(node, MODE_DIRECTORY))
		made = path_make(node, NULL, path, sizeof path);
	else if (node)
		name = name_choose(node, at);
	if (name)
		made = path_make(name->parent, name, path, sizeof path);
	if (made) {
		memcpy(text, path, made);
		return made;
	}
	if (!*at)
		return length;
	return path_keep(text, size, at,
	    node && (node->flags & NODE_REMOVED) != 0);
}
