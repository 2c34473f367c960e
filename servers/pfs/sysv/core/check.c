/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a volume what it should be? The volume is mounted read-only, so that the
 * scan has looked at all maps (and an interrupted sync is seen as finished).
 * Then each directory is read, in the order of inodes, and afterwards:
 *
 *  1  a map names data blocks only, and no block is named twice (scan.c);
 *  2  an entry of a directory names an inode in use, by a name that can be;
 *  3  the first two entries are "." and "..", and say so rightly;
 *  4  every inode in use has a name that leads to the root, a directory one;
 *  5  links is the number of entries that name the inode;
 *  6  the list of free blocks has every free block once, and no other; the
 *     list of free inodes has free inodes; their totals are right. (While a
 *     volume is active both lists are empty.)
 *
 * With repair, what breaks 1 to 3 and 5 is put right in place; 4 and 6 are
 * then a matter of names and of a mount (repair.c).
 */
#include "check.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

void check_say(struct check *check, const char *format, ...)
{
	char text[160];
	va_list list;

	check->problems++;
	va_start(list, format);
	text_format_list(text, sizeof text, format, list);
	va_end(list);
	if (check->say)
		check->say(check, text);
}

static int in_use(const struct volume *volume, uint32_t number)
{
	return number && number <= volume->inodes &&
	    (volume->inode_used[number / 8] >> number % 8 & 1);
}

/* The inode itself, not a node: it may be nonsense. */
static error_t inode_copy(struct volume *volume, uint32_t number,
    struct disk_inode *inode)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = inode_get(volume, number, &buffer, &disk);

	if (error)
		return error;
	*inode = *disk;
	buffer_put(buffer);
	return 0;
}

static error_t inode_change(struct volume *volume, uint32_t number,
    const struct disk_inode *inode)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = inode_get(volume, number, &buffer, &disk);

	if (error)
		return error;
	*disk = *inode;
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	return 0;
}

/* What an entry should say, by its index; 0: it is a name. */
static const char *dots_of(uint64_t index)
{
	return index == 0 ? "." : index == 1 ? ".." : 0;
}

static void entry_fix(struct volume *volume, struct buffer *buffer,
    struct disk_entry *entry, const char *name, uint32_t number)
{
	entry->inode = put16(volume->bytes, number);
	if (name) {
		memset(entry->name, 0, sizeof entry->name);
		memcpy(entry->name, name, strlen(name));
	}
	buffer_dirty(buffer, ORDER_MIDDLE);
}

/* "." and "..": names 1 and 2 of a directory. */
static void dots_check(struct tree *tree, uint32_t directory, uint64_t index,
    struct place *place)
{
	struct volume *volume = tree->volume;
	const char *name = dots_of(index);
	uint32_t number = get16(volume->bytes, place->entry->inode);

	if (strncmp(place->entry->name, name, NAME_MAX_SYSV) ||
	    (index ? !in_use(volume, number) : number != directory)) {
		check_say(tree->check, "directory %u: \"%s\" is wrong",
		    (unsigned)directory, name);
		if (tree->check->repair) {
			number = index ? INODE_ROOT : directory;
			entry_fix(volume, place->buffer, place->entry, name,
			    number);
		}
	}
	if (index)
		tree->dots[directory] = (uint16_t)number;
	if (in_use(volume, number))
		tree->names[number]++;
}

static int name_is_sane(const struct disk_entry *entry)
{
	unsigned length = (unsigned)strnlen(entry->name, NAME_MAX_SYSV);

	for (unsigned i = length; i < NAME_MAX_SYSV; i++)
		if (entry->name[i])
			return 1; /* old systems left what was there */
	return length && !memchr(entry->name, '/', length) &&
	    strncmp(entry->name, ".", NAME_MAX_SYSV) &&
	    strncmp(entry->name, "..", NAME_MAX_SYSV);
}

static void name_check_one(struct tree *tree, uint32_t directory,
    struct place *place)
{
	struct volume *volume = tree->volume;
	uint32_t number = get16(volume->bytes, place->entry->inode);
	int wrong = 1;

	if (!number)
		return;
	if (!in_use(volume, number) || number < INODE_ROOT)
		check_say(tree->check, "directory %u: \"%.14s\" is inode %u, "
		    "which is free", (unsigned)directory, place->entry->name,
		    (unsigned)number);
	else if (!name_is_sane(place->entry))
		check_say(tree->check, "directory %u: no such name can be: "
		    "inode %u", (unsigned)directory, (unsigned)number);
	else if (tree->is_directory[number] && (tree->parent[number] ||
	    number == INODE_ROOT))
		check_say(tree->check, "directory %u: \"%.14s\" is directory "
		    "%u, which has a name already", (unsigned)directory,
		    place->entry->name, (unsigned)number);
	else
		wrong = 0;
	if (!wrong) {
		tree->names[number]++;
		tree->parent[number] = (uint16_t)directory;
	} else if (tree->check->repair) {
		entry_fix(volume, place->buffer, place->entry, 0, 0);
	}
}

/* All entries of a directory whose inode can be loaded. */
static error_t directory_check(struct tree *tree, struct node *node)
{
	struct volume *volume = tree->volume;
	uint32_t number = (uint32_t)node->fs.number, disk, length;
	uint64_t size = node->fs.attributes.size, index = 0;
	uint32_t in_block = volume->block_size / ENTRY_SIZE;
	struct place place;
	error_t error = 0;

	if (size < 2 * ENTRY_SIZE)
		check_say(tree->check, "directory %u: has no \".\" and \"..\"",
		    (unsigned)number);
	while (index * ENTRY_SIZE < size && !error) {
		uint64_t position = index * ENTRY_SIZE;

		error = map_run(node, (uint32_t)(position >>
		    volume->block_shift), INT32_MAX, &disk, &length);
		if (!error && !disk) {
			index += (uint64_t)length * in_block;
			continue;
		}
		if (!error)
			error = block_get(volume, disk, &place.buffer);
		if (error)
			break;
		place.entry = (struct disk_entry *)place.buffer->data;
		do {
			if (dots_of(index))
				dots_check(tree, number, index, &place);
			else
				name_check_one(tree, number, &place);
			index++;
			place.entry++;
		} while (index * ENTRY_SIZE < size &&
		    (index * ENTRY_SIZE & (volume->block_size - 1)));
		buffer_put(place.buffer);
	}
	return error;
}

/* What kinds of inode there are; nonsense is said, and freed. */
static error_t kinds_check(struct tree *tree)
{
	struct volume *volume = tree->volume;
	struct disk_inode inode;
	struct fs_node *node;
	error_t error = 0;

	for (uint32_t i = INODE_ROOT; i <= volume->inodes && !error; i++) {
		if (!in_use(volume, i))
			continue;
		error = inode_copy(volume, i, &inode);
		if (error)
			break;
		tree->links[i] = get16(volume->bytes, inode.links);
		if (!tree->links[i])
			continue;
		error = fs_node_get(&volume->fs, i, &node);
		if (!error) {
			tree->is_directory[i] = (uint8_t)node_is(
			    node_of(node), FS_DIRECTORY);
			fs_node_put(node);
			continue;
		}
		if (error != E_UCLEAN && error != E_STALE)
			break;
		error = 0;
		check_say(tree->check, "inode %u: no such file can be",
		    (unsigned)i);
		tree->links[i] = 0;
		if (tree->check->repair) {
			memset(&inode, 0, sizeof inode);
			error = inode_change(volume, i, &inode);
			volume->inode_used[i / 8] &= (uint8_t)~(1 << i % 8);
		}
	}
	return error;
}

static error_t directories_check(struct tree *tree)
{
	struct volume *volume = tree->volume;
	struct fs_node *node;
	error_t error = 0;

	for (uint32_t i = INODE_ROOT; i <= volume->inodes && !error; i++) {
		if (!tree->is_directory[i])
			continue;
		tree->check->directories++;
		error = fs_node_get(&volume->fs, i, &node);
		if (error)
			break;
		error = directory_check(tree, node_of(node));
		fs_node_put(node);
		if (error == E_UCLEAN) {
			check_say(tree->check, "directory %u: can't be read",
			    (unsigned)i);
			error = 0;
		}
	}
	return error;
}

/* Does a chain of parents lead from a directory to the root? */
static int leads_to_root(const struct tree *tree, uint32_t number)
{
	uint32_t steps = 0;

	while (number != INODE_ROOT && number &&
	       steps++ <= tree->volume->inodes)
		number = tree->parent[number];
	return number == INODE_ROOT;
}

static error_t links_fix(struct tree *tree, uint32_t number)
{
	struct disk_inode inode;
	error_t error = inode_copy(tree->volume, number, &inode);

	if (error)
		return error;
	inode.links = put16(tree->volume->bytes, tree->names[number]);
	return inode_change(tree->volume, number, &inode);
}

/* No link, and yet a name: a mount for writing would free it. With links it
 * is a file for the next pass, whatever it is. */
static error_t unlinked_check(struct tree *tree, uint32_t number)
{
	if (tree->names[number]) {
		check_say(tree->check, "inode %u: has %u links, not 0",
		    (unsigned)number, tree->names[number]);
		return tree->check->repair ? links_fix(tree, number) : 0;
	}
	if (number >= INODE_FIRST && in_use(tree->volume, number) &&
	    tree->clean)
		check_say(tree->check, "inode %u: in use, but has no links",
		    (unsigned)number);
	return 0;
}

static error_t counts_check(struct tree *tree)
{
	struct volume *volume = tree->volume;
	struct check *check = tree->check;
	error_t error = 0;

	for (uint32_t i = INODE_ROOT; i <= volume->inodes && !error; i++) {
		if (!tree->links[i]) {
			error = unlinked_check(tree, i);
			continue;
		}
		check->files++;
		if (i != INODE_ROOT && (!tree->parent[i] ||
		    !leads_to_root(tree, i))) {
			check_say(check, "inode %u: has no name",
			    (unsigned)i);
			tree->lost[i] = 1;
		} else if (tree->is_directory[i] && tree->dots[i] !=
		    (i == INODE_ROOT ? i : tree->parent[i])) {
			check_say(check, "directory %u: \"..\" is %u, not %u",
			    (unsigned)i, tree->dots[i], tree->parent[i]);
			tree->moved[i] = 1;
		}
		if (tree->names[i] != tree->links[i]) {
			check_say(check, "inode %u: has %u links, not %u",
			    (unsigned)i, tree->names[i], tree->links[i]);
			if (check->repair && !tree->lost[i])
				error = links_fix(tree, i);
		}
	}
	return error;
}

static void *array(uint32_t count, size_t size, int *missing)
{
	void *made = heap_alloc_zero((size_t)(count + 1) * size);

	*missing |= !made;
	return made;
}

error_t tree_alloc(struct tree *tree, struct volume *volume,
    struct check *check)
{
	uint32_t count = volume->inodes;
	int missing = 0;

	memset(tree, 0, sizeof *tree);
	tree->volume = volume;
	tree->check = check;
	tree->names = array(count, sizeof *tree->names, &missing);
	tree->links = array(count, sizeof *tree->links, &missing);
	tree->parent = array(count, sizeof *tree->parent, &missing);
	tree->dots = array(count, sizeof *tree->dots, &missing);
	tree->is_directory = array(count, 1, &missing);
	tree->lost = array(count, 1, &missing);
	tree->moved = array(count, 1, &missing);
	return missing ? E_NOMEM : 0;
}

void tree_free(struct tree *tree)
{
	heap_free(tree->names);
	heap_free(tree->links);
	heap_free(tree->parent);
	heap_free(tree->dots);
	heap_free(tree->is_directory);
	heap_free(tree->lost);
	heap_free(tree->moved);
}

error_t tree_check(struct tree *tree)
{
	error_t error = kinds_check(tree);

	if (!error)
		error = directories_check(tree);
	return error ? error : counts_check(tree);
}
