/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: files of 16-byte entries, in no order. An entry whose inode is
 * 0 is free; the file only grows. Entries never move, so a position in a
 * directory is an offset in its file.
 */
#include "sysv.h"
#include <string.h>

void place_put(struct place *place)
{
	buffer_put(place->buffer);
}

uint32_t place_number(const struct node *directory, const struct place *place)
{
	return get16(node_volume(directory)->bytes, place->entry->inode);
}

static unsigned name_length(const struct disk_entry *entry)
{
	const char *end = memchr(entry->name, 0, NAME_MAX_SYSV);

	return end ? (unsigned)(end - entry->name) : NAME_MAX_SYSV;
}

/* The entry at position of the directory's file, its buffer held. E_NOENT: a
 * hole, and *position is behind it. */
static error_t entry_get(struct node *directory, uint64_t *position,
    struct place *place)
{
	struct volume *volume = node_volume(directory);
	uint32_t inside = (uint32_t)*position & (volume->block_size - 1);
	uint32_t disk, length;
	error_t error = map_run(directory,
	    (uint32_t)(*position >> volume->block_shift), INT32_MAX, &disk,
	    &length);

	if (error)
		return error;
	if (!disk) {
		*position += ((uint64_t)length << volume->block_shift) -
		    inside;
		return E_NOENT;
	}
	error = block_get(volume, disk, &place->buffer);
	if (!error)
		place->entry = (struct disk_entry *)(place->buffer->data +
		    inside);
	return error;
}

/* Calls test for all entries, free ones too, until it returns not 0: then
 * place is that entry and *position its place. E_NOENT: the end. */
static error_t entries_each(struct node *directory, uint64_t *position,
    int (*test)(struct node *directory, const struct disk_entry *entry,
    uint64_t position, void *context), void *context, struct place *place)
{
	struct volume *volume = node_volume(directory);
	uint64_t size = directory->fs.attributes.size;
	error_t error;

	while (*position < size) {
		error = entry_get(directory, position, place);
		if (error == E_NOENT)
			continue;
		if (error)
			return error;
		do {
			if (test(directory, place->entry, *position, context))
				return 0;
			*position += ENTRY_SIZE;
			place->entry++;
		} while (*position < size &&
		    (*position & (volume->block_size - 1)));
		place_put(place);
	}
	return E_NOENT;
}

struct wanted {
	const char *name;
	unsigned length;
};

static int is_wanted(struct node *directory, const struct disk_entry *entry,
    uint64_t position, void *context)
{
	const struct wanted *wanted = context;

	(void)directory;
	(void)position;
	return (entry->inode.byte[0] | entry->inode.byte[1]) &&
	    !memcmp(entry->name, wanted->name, wanted->length) &&
	    (wanted->length == NAME_MAX_SYSV || !entry->name[wanted->length]);
}

error_t dir_find(struct node *directory, const char *name, unsigned length,
    struct place *place)
{
	struct wanted wanted = { name, length };
	uint64_t position = 0;

	if (length > NAME_MAX_SYSV)
		return E_NAMETOOLONG;
	return entries_each(directory, &position, is_wanted, &wanted, place);
}

static int is_free(struct node *directory, const struct disk_entry *entry,
    uint64_t position, void *context)
{
	(void)directory;
	(void)position;
	(void)context;
	return !(entry->inode.byte[0] | entry->inode.byte[1]);
}

void place_set(struct node *directory, struct place *place, uint32_t number)
{
	place->entry->inode = put16(node_volume(directory)->bytes, number);
	buffer_dirty_part(place->buffer, ORDER_MIDDLE,
	    (size_t)((uint8_t *)place->entry - place->buffer->data),
	    sizeof *place->entry);
	if (!number)
		directory->slot_hint = 0;
	node_stamp(directory, 1);
	node_store(directory);
}

/* One more entry at the end. */
static error_t entry_append(struct node *directory, struct place *place)
{
	struct volume *volume = node_volume(directory);
	uint64_t size = directory->fs.attributes.size;
	uint32_t first = (uint32_t)(size >> volume->block_shift);
	uint32_t inside = (uint32_t)size & (volume->block_size - 1);
	uint32_t disk = 0, length;
	error_t error;
	int new;

	if (size + ENTRY_SIZE > volume->fs.max_size)
		return E_FBIG;
	error = map_run(directory, first, 1, &disk, &length);
	new = !disk;
	if (!error && new)
		error = map_fill(directory, first, 1, &disk, &length);
	/* A block that the directory did not reach into: whatever it held. */
	if (!error && (!inside || new))
		error = block_get_zero(volume, disk, &place->buffer);
	else if (!error)
		error = block_get(volume, disk, &place->buffer);
	if (error)
		return error;
	place->entry = (struct disk_entry *)(place->buffer->data + inside);
	directory->fs.attributes.size = size + ENTRY_SIZE;
	return 0;
}

error_t dir_add(struct node *directory, const char *name, unsigned length,
    uint32_t number)
{
	uint64_t position = directory->slot_hint;
	struct place place;
	error_t error = entries_each(directory, &position, is_free, 0, &place);

	if (error == E_NOENT)
		error = entry_append(directory, &place);
	if (error)
		return error;
	directory->slot_hint = position;
	memset(place.entry->name, 0, NAME_MAX_SYSV);
	memcpy(place.entry->name, name, length);
	place_set(directory, &place, number);
	place_put(&place);
	return 0;
}

error_t dir_start(struct node *directory, uint32_t parent)
{
	error_t error = dir_add(directory, ".", 1,
	    (uint32_t)directory->fs.number);

	return error ? error : dir_add(directory, "..", 2, parent);
}

static int is_dots(const struct disk_entry *entry)
{
	unsigned length = name_length(entry);

	return length <= 2 && !memcmp(entry->name, "..", length);
}

static int is_name(struct node *directory, const struct disk_entry *entry,
    uint64_t position, void *context)
{
	return !is_free(directory, entry, position, context) &&
	    !is_dots(entry);
}

error_t dir_is_empty(struct node *directory, int *empty)
{
	uint64_t position = 0;
	struct place place;
	error_t error = entries_each(directory, &position, is_name, 0, &place);

	*empty = error == E_NOENT;
	if (!error)
		place_put(&place);
	return error == E_NOENT ? 0 : error;
}

struct listing {
	fs_emit_t emit;
	void *context;
};

/* not 0: the reader has enough */
static int entry_emit(struct node *directory, const struct disk_entry *entry,
    uint64_t position, void *context)
{
	struct listing *listing = context;
	struct fs_entry out = { .name = entry->name,
		.length = name_length(entry), .next = position + ENTRY_SIZE };

	out.node = get16(node_volume(directory)->bytes, entry->inode);
	if (!out.node || !out.length || memchr(out.name, '/', out.length))
		return 0;
	return listing->emit(listing->context, &out);
}

error_t sysv_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct listing listing = { emit, context };
	struct place place;
	error_t error;

	position = (position + ENTRY_SIZE - 1) & ~(uint64_t)(ENTRY_SIZE - 1);
	error = entries_each(node_of(fs), &position, entry_emit, &listing,
	    &place);
	if (!error)
		place_put(&place);
	return error == E_NOENT ? 0 : error;
}
