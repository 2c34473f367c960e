/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: records to names and numbers. Names are looked for from where
 * the last one was found, since programs ask for them in the order of the
 * directory: so a directory of any size is read in linear time.
 */
#include "iso.h"
#include <string.h>

static uint64_t number_of(uint64_t position)
{
	return position >> NUMBER_SHIFT;
}

static int is_dot(const struct record *record)
{
	return record->name_length == 1 && record->name[0] <= 1;
}

/* "." and "..": the records' own names are the bytes 0 and 1. A directory that
 * was moved (depth is limited to 8) has its true parent in PL. */
static error_t dot_entry(struct volume *volume, const struct record *record,
    struct entry *entry)
{
	struct rock rock;
	error_t error;

	entry->length = 1u + record->name[0];
	memcpy(entry->name, "..", 2);
	entry->number = number_of(record->data);
	entry->type = fs_entry_type(FS_DIRECTORY);
	if (!record->name[0] || volume->names != NAMES_ROCK)
		return 0;
	memset(&rock, 0, sizeof rock);
	error = rock_parse(volume, record, &rock);
	if (!error && rock.parent)
		entry->number = number_of(rock.parent);
	return error;
}

/* What Rock Ridge changes; E_NOENT: not to be seen here. */
static error_t rock_entry(struct volume *volume, const struct record *record,
    struct entry *entry)
{
	struct rock rock;
	error_t error;

	memset(&rock, 0, sizeof rock);
	error = rock_parse(volume, record, &rock);
	if (error)
		return error;
	if (rock.relocated)
		return E_NOENT;
	if (rock.child) {
		entry->number = number_of(rock.child);
		entry->type = fs_entry_type(FS_DIRECTORY);
	} else if (rock.has_attributes) {
		entry->type = fs_entry_type(rock.mode);
	}
	if (rock.name_length) {
		entry->length = rock.name_length;
		memcpy(entry->name, rock.name, rock.name_length);
	}
	return 0;
}

/* E_NOENT: not to be seen. first: the file's first record. */
static error_t record_entry(struct volume *volume, const struct record *record,
    uint64_t first, struct entry *entry)
{
	error_t error = 0;

	if (is_dot(record))
		return dot_entry(volume, record, entry);
	if ((volume->hide && (record->flags & FLAG_HIDDEN)) ||
	    (!volume->show_associated && (record->flags & FLAG_ASSOCIATED)))
		return E_NOENT;
	entry->type = fs_entry_type(record->flags & FLAG_DIRECTORY ?
	    FS_DIRECTORY : FS_REGULAR);
	entry->number = number_of(record->flags & FLAG_DIRECTORY ?
	    record->data : first);
	entry->length = volume->names == NAMES_JOLIET ?
	    name_joliet(record, entry->name) :
	    name_plain(volume, record, entry->name);
	if (volume->names == NAMES_ROCK)
		error = rock_entry(volume, record, entry);
	if (error)
		return error;
	if (!entry->length || memchr(entry->name, '/', entry->length) ||
	    memchr(entry->name, 0, entry->length) ||
	    (entry->name[0] == '.' && (entry->length == 1 ||
	    (entry->length == 2 && entry->name[1] == '.'))))
		return volume_damaged(volume, "name of the record at",
		    record->position);
	return 0;
}

/* The next name. A file of several records has its number from the first. */
static error_t entry_next(struct cursor *cursor, struct entry *entry)
{
	uint64_t first = 0;
	struct record record;
	unsigned count = 0;
	error_t error;

	for (;;) {
		error = cursor_next(cursor, &record);
		if (error)
			return error;
		if (!count)
			first = record.position;
		if ((record.flags & FLAG_MORE) && ++count < SECTION_LIMIT)
			continue;
		count = 0;
		error = record_entry(cursor->volume, &record, first, entry);
		entry->next = cursor->offset;
		if (error != E_NOENT)
			return error;
	}
}

/* Among the names from offset on, below end. */
static error_t part_lookup(struct node *directory, const char *name,
    unsigned length, const uint64_t range[2], uint64_t *number)
{
	struct volume *volume = node_volume(directory);
	error_t error, bad = E_NOENT;
	struct cursor cursor;
	struct entry entry;

	cursor_start(&cursor, volume, directory->sections->position,
	    directory->sections->size, range[0]);
	while (cursor.offset < range[1]) {
		error = entry_next(&cursor, &entry);
		if (error == E_UCLEAN) {
			bad = error; /* it may have been this name */
			continue;
		}
		if (error) {
			bad = error == E_NOENT ? bad : error;
			break;
		}
		if (!names_equal(volume, name, length, entry.name,
		    entry.length))
			continue;
		directory->hint = entry.next;
		*number = entry.number;
		bad = 0;
		break;
	}
	cursor_end(&cursor);
	return bad;
}

/* Among all, from the hint on. */
static error_t whole_lookup(struct node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	uint64_t hint = directory->hint;
	const uint64_t late[2] = { hint, UINT64_MAX }, early[2] = { 0, hint };
	error_t error = part_lookup(directory, name, length, late, number);
	error_t other;

	if ((error == E_NOENT || error == E_UCLEAN) && hint) {
		other = part_lookup(directory, name, length, early, number);
		if (other != E_NOENT)
			error = other;
	}
	return error;
}

error_t iso_lookup(struct fs_node *fs, const char *name, unsigned length,
    uint64_t *number)
{
	struct node *directory = node_of(fs);
	struct volume *volume = node_volume(directory);
	unsigned char strict = volume->strict;
	error_t error;

	/* A name that is spelt so goes before one that is only alike. */
	volume->strict = 1;
	error = whole_lookup(directory, name, length, number);
	volume->strict = strict;
	if (error == E_NOENT && !strict)
		error = whole_lookup(directory, name, length, number);
	if (!error && *number == fs->number)
		return volume_damaged(node_volume(directory),
		    "a directory in itself at", fs->number << NUMBER_SHIFT);
	return error;
}

error_t iso_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct node *directory = node_of(fs);
	struct cursor cursor;
	error_t error;
	int full = 0;

	/* From the start of the sector, whatever position is. */
	cursor_start(&cursor, node_volume(directory),
	    directory->sections->position, directory->sections->size,
	    position & ~(uint64_t)(SECTOR_SIZE - 1));
	while (!full) {
		struct entry entry;
		struct fs_entry out;

		error = entry_next(&cursor, &entry);
		if (error == E_UCLEAN)
			continue; /* the others may be good */
		if (error)
			break;
		if (entry.next <= position)
			continue;
		out.name = entry.name;
		out.length = entry.length;
		out.node = entry.number;
		out.type = entry.type;
		out.next = entry.next;
		full = emit(context, &out);
	}
	cursor_end(&cursor);
	return full || error == E_NOENT ? 0 : error;
}
