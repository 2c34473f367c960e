/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rename. On a FAT disk the entry is the file, so one that moves is written
 * twice, at two places that can't be written at once. The rule is that the new
 * one is there before the old one goes (names_remove with later): a loss of
 * power in between leaves one file with two names, never none.
 *
 * If the new name fits into the slots of the old one, which is so for most
 * renames within a directory, the entry stays where it is and there is no such
 * moment. A name that is replaced goes after the new one is there, too.
 */
#include "fat.h"
#include <string.h>

enum {
	CLUSTERS_OPERATION = 4,
};

/* One side of a rename. */
struct side {
	struct node *directory, *node; /* node: a reference, or null */
	struct found found;
	struct cursor above; /* at ".." of node, if that changes */
};

/* The name as it is. */
static void name_copy(const struct found *found, struct new_name *name)
{
	memcpy(name->short_name, found->entry.name, SHORT_BYTES);
	name->lower = found->entry.lower;
	name->slots = 1;
	if (found->slots > 1 && letters_read(found->name, found->length,
	    name->letters, &name->count))
		name->slots = 1 +
		    (name->count + LONG_LETTERS - 1) / LONG_LETTERS;
}

/* Brings ".." of a directory that will move from there to here, before
 * anything is changed. */
static error_t above_hold(struct side *side, const struct node *to)
{
	struct disk_entry *entry;

	cursor_start(&side->above, side->node);
	if (side->directory == to || !node_is_directory(side->node))
		return 0;
	return cursor_get(&side->above, 1, &entry);
}

/* It says where the directory is now. */
static void above_change(struct side *side, struct node *to)
{
	struct volume *volume = node_volume(to);
	uint32_t start = node_parent_start(to);
	struct disk_entry *entry;

	if (!side->above.buffer || cursor_get(&side->above, 1, &entry))
		return;
	side->directory->fs.attributes.links--;
	to->fs.attributes.links++;
	if (memcmp(entry->name, "..         ", SHORT_BYTES))
		return;
	entry->start = (uint16_t)start;
	if (volume->bits == 32)
		entry->start_high = (uint16_t)(start >> 16);
	cursor_dirty(&side->above);
}

/* A further entry for node; its old one is still there. */
static error_t entry_add(struct node *directory, const struct new_name *name,
    const struct side *side, struct found *made)
{
	struct disk_entry entry = side->found.entry;

	node_entry(side->node, &entry);
	return names_add(directory, name, &entry, made);
}

static error_t exchange(struct side *from, struct side *to)
{
	struct new_name name;
	struct found first, second;
	error_t error;

	name_copy(&to->found, &name);
	error = entry_add(to->directory, &name, from, &first);
	if (error)
		return error;
	name_copy(&from->found, &name);
	error = entry_add(from->directory, &name, to, &second);
	if (error) {
		names_remove(to->directory, &first, 0);
		return error;
	}
	error = names_remove(from->directory, &from->found, 1);
	if (!error)
		error = names_remove(to->directory, &to->found, 1);
	node_place(from->node, first.place);
	node_place(to->node, second.place);
	fs_node_dirty(&from->node->fs);
	fs_node_dirty(&to->node->fs);
	if (!error) {
		above_change(from, to->directory);
		above_change(to, from->directory);
	}
	return error;
}

/* Entries that are written at once: neither need wait for the other. */
static int is_one_sector(const struct found *one, const struct found *other)
{
	return one->place * SLOT_BYTES / BOOT_BYTES ==
	    other->place * SLOT_BYTES / BOOT_BYTES;
}

/* The entry of from gets another name, where it is. */
static error_t move_within(struct side *from, const struct side *to,
    const struct new_name *name)
{
	error_t error = 0;

	if (to->node)
		error = names_remove(to->directory, &to->found,
		    !is_one_sector(&from->found, &to->found));
	return error ? error :
	    names_rewrite(from->directory, &from->found, name);
}

static error_t move_away(struct side *from, const struct side *to,
    const struct new_name *name)
{
	struct found made;
	error_t error = entry_add(to->directory, name, from, &made);

	if (error)
		return error;
	error = names_remove(from->directory, &from->found,
	    !is_one_sector(&from->found, &made));
	if (error) {
		names_remove(to->directory, &made, 0);
		return error;
	}
	node_place(from->node, made.place);
	fs_node_dirty(&from->node->fs);
	if (to->node)
		error = names_remove(to->directory, &to->found,
		    !is_one_sector(&made, &to->found));
	above_change(from, to->directory);
	return error;
}

static error_t move(struct fs_rename *rename, struct side *from,
    struct side *to)
{
	struct new_name name;
	error_t error = 0;

	if (to->node)
		name_copy(&to->found, &name);
	else
		error = name_make(to->directory, rename->to_name,
		    rename->to_length, &name);
	if (error)
		return error;
	if (from->directory == to->directory &&
	    name.slots <= from->found.slots)
		error = move_within(from, to, &name);
	else
		error = move_away(from, to, &name);
	if (!error && to->node)
		node_unlinked(to->node, to->directory);
	return error;
}

static error_t move_check(const struct fs_rename *rename,
    const struct side *from, const struct side *to)
{
	int exchanged = (rename->flags & FS_RENAME_EXCHANGE) != 0;
	error_t error = 0;

	if (!to->directory->fs.attributes.links)
		return E_NOENT;
	if (node_is_directory(from->node) && from->directory != to->directory)
		error = below_check(to->directory, from->node);
	if (!error && exchanged && node_is_directory(to->node))
		error = below_check(from->directory, to->node);
	if (error || exchanged || !to->node)
		return error;
	return node_may_go(to->node, node_is_directory(from->node));
}

static error_t sides_rename(struct fs_rename *rename, struct side *from,
    struct side *to)
{
	error_t error;

	if (!to->node && (rename->flags & FS_RENAME_EXCHANGE))
		return E_NOENT;
	if (to->node && (rename->flags & FS_RENAME_NOREPLACE))
		return E_EXIST;
	if (to->node == from->node)
		return 0;
	error = move_check(rename, from, to);
	if (error)
		return error;
	error = above_hold(from, to->directory);
	cursor_start(&to->above, to->directory);
	if (!error && (rename->flags & FS_RENAME_EXCHANGE))
		error = above_hold(to, from->directory);
	if (!error)
		error = rename->flags & FS_RENAME_EXCHANGE ?
		    exchange(from, to) : move(rename, from, to);
	cursor_end(&from->above);
	cursor_end(&to->above);
	if (!error) {
		node_stamp(from->directory);
		node_stamp(to->directory);
		fs_node_dirty(&from->node->fs);
	}
	return error;
}

error_t fat_rename(struct fs_rename *rename)
{
	struct side from = { .directory = node_of(rename->from) };
	struct side to = { .directory = node_of(rename->to) };
	error_t error = volume_relieve(node_volume(from.directory),
	    CLUSTERS_OPERATION);

	if (!error)
		error = node_find(from.directory, rename->from_name,
		    rename->from_length, &from.found, &from.node);
	if (error)
		return error;
	error = node_find(to.directory, rename->to_name, rename->to_length,
	    &to.found, &to.node);
	if (error == E_NOENT)
		error = 0;
	if (!error)
		error = sides_rename(rename, &from, &to);
	if (to.node && (error || to.node == from.node)) {
		fs_node_put(&to.node->fs);
		to.node = 0;
	}
	if (error) {
		fs_node_put(&from.node->fs);
		return error;
	}
	rename->moved = &from.node->fs;
	rename->replaced = to.node ? &to.node->fs : 0;
	return 0;
}
