/* SPDX-License-Identifier: BSD-2-Clause */
/* The mount table: see mounts.h. */
#include "core/mounts.h"
#include "core/devices.h"
#include "core/numbers.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

struct list mounts = LIST_EMPTY(mounts);
struct mount *mount_root;

static unsigned mount_last_id;

error_t mount_make(
    const char *type, const char *source, unsigned flags, struct mount **made)
{
	struct mount *mount = heap_alloc_zero(sizeof *mount);

	if (!mount)
		return E_NOMEM;
	list_init(&mount->link);
	list_init(&mount->binds);
	list_init(&mount->of_base);
	mount->id = ++mount_last_id;
	mount->flags = flags & MOUNT_KEPT;
	text_copy(mount->type, sizeof mount->type, type, strlen(type));
	if (!text_copy(
		mount->source, sizeof mount->source, source, strlen(source)))
		text_copy(mount->source, sizeof mount->source, "none", 4);
	*made = mount;
	return 0;
}

void mount_bind_begin(
    struct mount *mount, struct mount *base, struct node *origin)
{
	mount->base = base;
	mount->origin = node_reference(origin);
	mount->device = base->device;
	mount->volatile_names = base->volatile_names;
	mount->alike_names = base->alike_names;
	mount->inherited = base->inherited;
	list_append(&base->binds, &mount->of_base);
	base->doomed++; /* it stays as long as we do */
}

/* base is there until mount_free: nodes of ours may be on their way out. */
void mount_bind_end(struct mount *mount)
{
	struct node *origin = mount->origin;

	list_remove(&mount->of_base);
	mount->origin = NULL;
	if (origin)
		node_drop(origin);
}

void mount_number(struct mount *mount, unsigned id)
{
	mount->id = id;
	if (mount_last_id < id)
		mount_last_id = id;
}

void mount_attach(struct mount *mount, struct node *root, struct node *covered)
{
	mount->root = node_reference(root);
	if (covered) {
		mount->covered = node_reference(covered);
		covered->covered_by = mount;
	} else {
		mount_root = mount;
	}
	list_append(&mounts, &mount->link);
}

void mount_detach(struct mount *mount)
{
	struct node *covered = mount->covered;

	list_remove(&mount->link);
	mount->covered = NULL;
	if (!covered)
		return;
	covered->covered_by = NULL;
	node_drop(covered);
}

void mount_free(struct mount *mount)
{
	if (mount->base)
		mount->base->doomed--;
	heap_free(mount);
}

int mount_is_busy(const struct mount *mount)
{
	list_each(link, &mounts)
	{
		struct mount *other = list_item(link, struct mount, link);

		if (other->covered && other->covered->mount == mount)
			return 1;
	}
	if (!list_empty(&mount->binds))
		return 1;
	return mount->nodes > 1 || mount->root->references > 1;
}

struct node *mount_bottom(struct node *directory, const struct node *limit)
{
	while (directory != limit && directory == directory->mount->root &&
	    directory->mount->covered)
		directory = directory->mount->covered;
	return directory;
}

static const struct {
	const char *word;
	unsigned set, clear;
	int shown;
} flag_words[] = {
	{ "ro", MOUNT_READ_ONLY, 0, 0 },
	{ "rw", 0, MOUNT_READ_ONLY, 0 },
	{ "nosuid", MOUNT_NO_SUID, 0, 1 },
	{ "suid", 0, MOUNT_NO_SUID, 0 },
	{ "nodev", MOUNT_NO_DEVICES, 0, 1 },
	{ "dev", 0, MOUNT_NO_DEVICES, 0 },
	{ "noexec", MOUNT_NO_EXEC, 0, 1 },
	{ "exec", 0, MOUNT_NO_EXEC, 0 },
	{ "sync", MOUNT_SYNCHRONOUS, 0, 1 },
	{ "async", 0, MOUNT_SYNCHRONOUS, 0 },
	{ "noatime", MOUNT_NO_ATIME, 0, 1 },
	{ "nodiratime", MOUNT_NO_DIR_ATIME, 0, 1 },
	{ "relatime", MOUNT_RELATIVE_ATIME, 0, 1 },
	{ "remount", MOUNT_REMOUNT, 0, 0 },
	{ "defaults", 0, 0, 0 },
};

enum {
	FLAG_WORDS = sizeof flag_words / sizeof *flag_words,
};

/* A word of the table: spaces and the like in octal, as Linux shows them. */
static unsigned text_escaped(char *text, unsigned size, const char *word)
{
	unsigned length = 0;

	for (; *word; word++) {
		int odd = *word == ' ' || *word == '\t' || *word == '\n' ||
		    *word == '\\';

		length +=
		    (unsigned)text_format(length < size ? text + length : NULL,
			length < size ? size - length : 0,
			odd ? "\\%03o" : "%c", (unsigned char)*word);
	}
	return length;
}

/* A text that grows in a buffer that may be too small. */
struct text_end {
	char *text;
	unsigned size, length;
};

static char *end_at(const struct text_end *end, unsigned *room)
{
	unsigned used = end->length < end->size ? end->length : end->size;

	*room = end->size - used;
	return end->text + used;
}

static void put(struct text_end *end, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct text_end *end, const char *format, ...)
{
	unsigned room;
	char *at = end_at(end, &room);
	va_list list;

	va_start(list, format);
	end->length += (unsigned)text_format_list(at, room, format, list);
	va_end(list);
}

static void put_word(struct text_end *end, const char *word)
{
	unsigned room;
	char *at = end_at(end, &room);

	end->length += text_escaped(at, room, word);
}

static void put_flags(struct text_end *end, const struct mount *mount)
{
	put(end, "%s", mount->flags & MOUNT_READ_ONLY ? "ro" : "rw");
	for (unsigned i = 0; i < FLAG_WORDS; i++)
		if (flag_words[i].shown && (mount->flags & flag_words[i].set))
			put(end, ",%s", flag_words[i].word);
}

static void put_mount(struct text_end *end, const struct mount *mount)
{
	put_word(end, mount->source);
	put(end, " ");
	put_word(end, mount->target);
	put(end, " %s ", mount->type);
	put_flags(end, mount);
	put(end, " 0 0\n");
}

static void put_mount_info(struct text_end *end, const struct mount *mount)
{
	put(end, "%u %u %u:%u ", mount->id,
	    mount->covered ? mount->covered->mount->id : 0,
	    device_major(mount->device), device_minor(mount->device));
	put_word(end, mount->base ? mount->inside : "/");
	put(end, " ");
	put_word(end, mount->target);
	put(end, " ");
	put_flags(end, mount);
	put(end, " - %s ", mount->type);
	put_word(end, mount->source);
	put(end, " %s\n", mount->flags & MOUNT_READ_ONLY ? "ro" : "rw");
}

unsigned mounts_text(char *text, unsigned size, int info)
{
	struct text_end end = { text, size, 0 };

	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (info)
			put_mount_info(&end, mount);
		else
			put_mount(&end, mount);
	}
	return end.length;
}

static int option_flag(const char *word, size_t length, unsigned *flags)
{
	for (unsigned i = 0; i < FLAG_WORDS; i++)
		if (text_equals(word, length, flag_words[i].word)) {
			*flags &= ~flag_words[i].clear;
			*flags |= flag_words[i].set;
			return 1;
		}
	return 0;
}

error_t mount_options(char *data, unsigned *flags)
{
	char *to = data;

	for (const char *at = data; *at;) {
		size_t length = 0;

		for (; at[length] && at[length] != ','; length++)
			if ((unsigned char)at[length] <= ' ' ||
			    at[length] == '"')
				return E_INVAL;
		if (length && !option_flag(at, length, flags)) {
			if (to != data)
				*to++ = ' ';
			memmove(to, at, length);
			to += length;
		}
		at += length;
		at += *at == ',';
	}
	*to = 0;
	return 0;
}
