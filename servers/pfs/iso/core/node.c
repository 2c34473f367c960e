/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes: from a record, or from the records of a file of several sections, to
 * attributes. Without Rock Ridge everything belongs to root and may be read
 * and run by all, as Linux has it.
 */
#include "iso.h"
#include <base/heap.h>
#include <string.h>

enum {
	MODE_DEFAULT = 0555,
	SLOTS = SECTOR_SIZE >> NUMBER_SHIFT,
};

/* The record with that number; the cursor stands behind it. Its end is not
 * known: a file's further records follow it. */
static error_t record_find(struct cursor *cursor, uint64_t number,
    struct record *record)
{
	uint64_t start = (number / SLOTS) << SECTOR_SHIFT;
	uint64_t size = SECTOR_SIZE;
	error_t error, bad = E_STALE;

	if (start >= cursor->volume->fs.device->size)
		return E_STALE;
	cursor_start(cursor, cursor->volume, start, size, 0);
	for (;;) {
		error = cursor_next(cursor, record);
		if (error == E_UCLEAN)
			bad = error;
		else if (error)
			return error == E_NOENT ? bad : error;
		else if (record->position >> NUMBER_SHIFT >= number)
			break;
	}
	if (record->position >> NUMBER_SHIFT != number)
		return bad;
	cursor->size = cursor->volume->fs.device->size - start;
	return 0;
}

static error_t section_add(struct node *node, const struct record *record)
{
	struct volume *volume = node_volume(node);
	uint32_t mask = (1u << volume->block_shift) - 1;
	struct section *longer = heap_resize(node->sections,
	    (node->section_count + 1) * sizeof *longer);

	if (!longer)
		return E_NOMEM;
	node->sections = longer;
	if (record->interleaved) {
		fs_complain(&volume->fs,
		    "iso9660: an interleaved file, which is not supported");
		return E_OPNOTSUPP;
	}
	if ((record->flags & FLAG_MORE) && (record->size & mask))
		return volume_damaged(volume, "size of a section at",
		    record->position);
	longer[node->section_count].position = record->data;
	longer[node->section_count].size = record->size;
	node->section_count++;
	node->fs.attributes.size += record->size;
	return 0;
}

/* All sections of a file; record: the first, and then the last. */
static error_t sections_load(struct node *node, struct cursor *cursor,
    struct record *record)
{
	error_t error = section_add(node, record);

	while (!error && (record->flags & FLAG_MORE)) {
		error = cursor_next(cursor, record);
		if (!error && (node->section_count == SECTION_LIMIT ||
		    (record->flags & FLAG_DIRECTORY)))
			error = E_UCLEAN;
		if (!error)
			error = section_add(node, record);
	}
	return error == E_NOENT ? E_UCLEAN : error;
}

/* Linux's 32-bit form. Writers that know only 16 bits put all into low. */
static uint32_t device_number(uint32_t high, uint32_t low)
{
	if (!high && (low & ~0xffu)) {
		high = low >> 8;
		low &= 0xff;
	}
	return (low & 0xff) | (high & 0xfff) << 8 | (low & ~0xffu) << 12;
}

static int kind_is_known(uint32_t mode)
{
	switch (mode & FS_KIND) {
	case FS_FIFO:
	case FS_CHARACTER:
	case FS_DIRECTORY:
	case FS_BLOCK:
	case FS_REGULAR:
	case FS_LINK:
	case FS_SOCKET:
		return 1;
	}
	return 0;
}

static error_t target_keep(struct node *node, const struct rock *rock)
{
	node->target = heap_text(rock->target, rock->target_length);
	if (!node->target)
		return E_NOMEM;
	node->fs.attributes.size = rock->target_length;
	return 0;
}

static error_t rock_apply(struct node *node, const struct rock *rock)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	int was_directory = (attributes->mode & FS_KIND) == FS_DIRECTORY;
	uint32_t kind;

	if (rock->has_attributes) {
		kind = rock->mode & FS_KIND;
		if (!kind_is_known(kind) ||
		    was_directory != (kind == FS_DIRECTORY))
			return volume_damaged(node_volume(node), "PX, mode",
			    rock->mode);
		attributes->mode = rock->mode & 0xffff;
		attributes->links = rock->links ? rock->links : 1;
		attributes->uid = rock->uid;
		attributes->gid = rock->gid;
		if (kind == FS_CHARACTER || kind == FS_BLOCK)
			attributes->special = device_number(rock->device_high,
			    rock->device_low);
	}
	if (rock->times & TIME_CREATION)
		attributes->ctime = rock->creation;
	if (rock->times & TIME_MODIFIED)
		attributes->mtime = rock->modified;
	if (rock->times & TIME_ACCESS)
		attributes->atime = rock->access;
	if (rock->times & TIME_ATTRIBUTES)
		attributes->ctime = rock->changed;
	if ((attributes->mode & FS_KIND) == FS_LINK)
		return target_keep(node, rock);
	return 0;
}

static error_t rock_load(struct node *node, const struct record *record)
{
	struct rock *rock = heap_alloc_zero(sizeof *rock + FS_TARGET_MAX);
	error_t error;

	if (!rock)
		return E_NOMEM;
	rock->target = (char *)(rock + 1);
	error = rock_parse(node_volume(node), record, rock);
	if (!error)
		error = rock_apply(node, rock);
	heap_free(rock);
	return error;
}

static void mode_override(struct volume *volume,
    struct fs_attributes *attributes, int rock)
{
	uint32_t kind = attributes->mode & FS_KIND;
	int64_t mode = kind == FS_DIRECTORY ? volume->directory_mode :
	    kind == FS_REGULAR		    ? volume->file_mode : -1;

	if (mode >= 0 && (!rock || volume->override))
		attributes->mode = kind | ((uint32_t)mode & 07777);
	if (volume->uid >= 0)
		attributes->uid = (uint32_t)volume->uid;
	if (volume->gid >= 0)
		attributes->gid = (uint32_t)volume->gid;
}

static error_t node_fill(struct node *node, struct cursor *cursor,
    struct record *record)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *attributes = &node->fs.attributes;
	int is_directory = record->flags & FLAG_DIRECTORY;
	error_t error = 0;

	attributes->mode = MODE_DEFAULT |
	    (is_directory ? FS_DIRECTORY : FS_REGULAR);
	attributes->links = 1;
	attributes->atime = attributes->mtime = attributes->ctime =
	    record->time;
	if (is_directory && (record->flags & FLAG_MORE ||
	    record->data & (SECTOR_SIZE - 1) ||
	    record->data >> NUMBER_SHIFT != node->fs.number))
		return volume_damaged(volume, "directory at",
		    record->position);
	error = sections_load(node, cursor, record);
	if (!error && volume->names == NAMES_ROCK)
		error = rock_load(node, record);
	attributes->blocks = (attributes->size + 511) / 512;
	mode_override(volume, attributes, volume->names == NAMES_ROCK);
	return error;
}

error_t iso_load(struct fs_volume *fs, uint64_t number, struct fs_node **result)
{
	struct node *node = heap_alloc_zero(sizeof *node);
	struct cursor cursor = { .volume = volume_of(fs) };
	struct record record;
	error_t error;

	if (!node)
		return E_NOMEM;
	fs_node_init(&node->fs, fs, number);
	error = record_find(&cursor, number, &record);
	if (!error)
		error = node_fill(node, &cursor, &record);
	cursor_end(&cursor);
	if (error)
		iso_free(&node->fs);
	else
		*result = &node->fs;
	return error;
}

void iso_free(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	heap_free(node->sections);
	heap_free(node->target);
	heap_free(node);
}
