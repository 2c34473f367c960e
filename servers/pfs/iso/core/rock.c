/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system use protocol and Rock Ridge. Entries are a signature of two
 * letters, a length, a version and what they say; CE says where more of them
 * are, outside of the record. A chain of these is followed only so far.
 */
#include "iso.h"
#include <string.h>

enum {
	CHAIN_LIMIT = 32, /* continuations of one record */
};

#define SIGNATURE(one, other) ((one) | (other) << 8)

/* Where the reading is: bytes, and where to go on after them. */
struct area {
	struct volume *volume;
	const uint8_t *at;
	unsigned left;
	struct buffer *buffer; /* held, or null: in the record */
	uint64_t next;         /* position of the continuation, 0 none */
	uint32_t next_length;
	unsigned chain;
};

static error_t area_continue(struct area *area)
{
	unsigned inside = (unsigned)area->next & (SECTOR_SIZE - 1);
	uint64_t sector = area->next >> SECTOR_SHIFT;
	error_t error;

	if (area->buffer)
		buffer_put(area->buffer);
	area->buffer = 0;
	if (++area->chain > CHAIN_LIMIT ||
	    area->next_length > SECTOR_SIZE - inside)
		return volume_damaged(area->volume, "continuation at",
		    area->next);
	area->next = 0;
	error = buffer_get(area->volume->cache, sector, &area->buffer);
	if (error)
		return error;
	area->at = area->buffer->data + inside;
	area->left = area->next_length;
	return 0;
}

static error_t continuation_note(struct area *area, const uint8_t *entry)
{
	uint32_t block, offset;

	if (entry[2] < 28)
		return 0;
	if (both_get32(entry + 4, &block) || both_get32(entry + 12, &offset) ||
	    both_get32(entry + 20, &area->next_length))
		return volume_damaged(area->volume,
		    "continuation named in sector", (uint64_t)(block));
	area->next = ((uint64_t)block << area->volume->block_shift) + offset;
	return 0;
}

/* The next entry; E_NOENT: no more. */
static error_t area_entry(struct area *area, const uint8_t **entry)
{
	error_t error = 0;

	for (;;) {
		const uint8_t *at = area->at;
		int over = area->left < ENTRY_HEAD || !at[0] ||
		    at[2] < ENTRY_HEAD ||
		    SIGNATURE(at[0], at[1]) == SIGNATURE('S', 'T');

		if (over && !area->next)
			return E_NOENT;
		if (over) {
			error = area_continue(area);
			if (error)
				return error;
			continue;
		}
		if (at[2] > area->left)
			return volume_damaged(area->volume,
			    "entry of system use, length", at[2]);
		area->at += at[2];
		area->left -= at[2];
		if (SIGNATURE(at[0], at[1]) != SIGNATURE('C', 'E')) {
			*entry = at;
			return 0;
		}
		error = continuation_note(area, at);
		if (error)
			return error;
	}
}

static void area_start(struct area *area, struct volume *volume,
    const struct record *record)
{
	unsigned skip = volume->skip;

	memset(area, 0, sizeof *area);
	area->volume = volume;
	/* The root's own first entry says how much others skip. */
	if (record->system_length >= 7 &&
	    !memcmp(record->system, "SP\7\1\xbe\xef", 6))
		skip = 0;
	if (skip > record->system_length)
		skip = record->system_length;
	area->at = record->system + skip;
	area->left = record->system_length - skip;
}

static void area_end(struct area *area)
{
	if (area->buffer)
		buffer_put(area->buffer);
}

static error_t attributes_take(struct volume *volume, const uint8_t *entry,
    struct rock *rock)
{
	if (entry[2] < 36)
		return 0;
	if (both_get32(entry + 4, &rock->mode) ||
	    both_get32(entry + 12, &rock->links) ||
	    both_get32(entry + 20, &rock->uid) ||
	    both_get32(entry + 28, &rock->gid))
		return volume_damaged(volume, "PX, mode", rock->mode);
	rock->has_attributes = 1;
	return 0;
}

static error_t device_take(struct volume *volume, const uint8_t *entry,
    struct rock *rock)
{
	if (entry[2] < 20)
		return 0;
	if (both_get32(entry + 4, &rock->device_high) ||
	    both_get32(entry + 12, &rock->device_low))
		return volume_damaged(volume, "PN, device", rock->device_low);
	rock->has_device = 1;
	return 0;
}

static void name_take(const uint8_t *entry, struct rock *rock)
{
	unsigned length = entry[2] - 5u;

	if (entry[2] < 5 || (entry[4] & NAME_SPECIAL))
		return;
	if (length > FS_NAME_MAX - rock->name_length)
		length = FS_NAME_MAX - rock->name_length;
	memcpy(rock->name + rock->name_length, entry + 5, length);
	rock->name_length += length;
}

static void times_take(const uint8_t *entry, struct rock *rock)
{
	struct fs_time *const places[] = { &rock->creation, &rock->modified,
		&rock->access, &rock->changed };
	unsigned size, at = 5, i;

	if (entry[2] < 5)
		return;
	size = entry[4] & TIME_LONG ? TIME_LONG_SIZE : TIME_SHORT_SIZE;
	for (i = 0; i < 4; i++) {
		if (!(entry[4] & 1 << i))
			continue;
		if (at + size > entry[2])
			return;
		*places[i] = entry[4] & TIME_LONG ? date_long(entry + at) :
						    date_short(entry + at);
		rock->times |= (unsigned char)(1 << i);
		at += size;
	}
}

static void target_append(struct rock *rock, const void *text, unsigned length)
{
	if (!rock->target)
		return;
	if (length > FS_TARGET_MAX - rock->target_length)
		length = FS_TARGET_MAX - rock->target_length;
	memcpy(rock->target + rock->target_length, text, length);
	rock->target_length += length;
}

static void part_take(const uint8_t *part, struct rock *rock)
{
	char last = rock->target_length && rock->target ?
	    rock->target[rock->target_length - 1] : '/';

	if (part[0] & PART_ROOT) {
		rock->target_length = 0;
		target_append(rock, "/", 1);
		rock->link_joins = 0;
		return;
	}
	if (!rock->link_joins && last != '/')
		target_append(rock, "/", 1);
	if (part[0] & PART_CURRENT)
		target_append(rock, ".", 1);
	else if (part[0] & PART_PARENT)
		target_append(rock, "..", 2);
	else
		target_append(rock, part + 2, part[1]);
	rock->link_joins = part[0] & PART_CONTINUES;
}

static void link_take(const uint8_t *entry, struct rock *rock)
{
	unsigned at = 5, length = entry[2];

	if (length < 5 || (rock->has_link && !rock->link_more))
		return;
	rock->has_link = 1;
	rock->link_more = entry[4] & LINK_CONTINUES;
	while (at + 2 <= length && at + 2u + entry[at + 1] <= length) {
		part_take(entry + at, rock);
		at += 2u + entry[at + 1];
	}
}

static error_t place_take(struct volume *volume, const uint8_t *entry,
    uint64_t *position)
{
	uint32_t block;

	if (entry[2] < 12)
		return 0;
	if (both_get32(entry + 4, &block))
		return volume_damaged(volume, "CL or PL, block", block);
	*position = (uint64_t)block << volume->block_shift;
	return 0;
}

static error_t entry_take(struct volume *volume, const uint8_t *entry,
    struct rock *rock)
{
	rock->found = 1;
	switch (SIGNATURE(entry[0], entry[1])) {
	case SIGNATURE('P', 'X'):
		return attributes_take(volume, entry, rock);
	case SIGNATURE('P', 'N'):
		return device_take(volume, entry, rock);
	case SIGNATURE('C', 'L'):
		return place_take(volume, entry, &rock->child);
	case SIGNATURE('P', 'L'):
		return place_take(volume, entry, &rock->parent);
	case SIGNATURE('R', 'E'):
		rock->relocated = 1;
		break;
	case SIGNATURE('N', 'M'):
		name_take(entry, rock);
		break;
	case SIGNATURE('T', 'F'):
		times_take(entry, rock);
		break;
	case SIGNATURE('S', 'L'):
		link_take(entry, rock);
		break;
	}
	return 0;
}

error_t rock_parse(struct volume *volume, const struct record *record,
    struct rock *rock)
{
	const uint8_t *entry;
	struct area area;
	error_t error;

	area_start(&area, volume, record);
	while (!(error = area_entry(&area, &entry))) {
		error = entry_take(volume, entry, rock);
		if (error)
			break;
	}
	area_end(&area);
	return error == E_NOENT ? 0 : error;
}

/* ER: the name of an extension, one of the three that Rock Ridge had. */
static int is_rock(const uint8_t *entry)
{
	static const char *const names[] = { "RRIP_1991A", "IEEE_P1282",
		"IEEE_1282" };
	unsigned i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (entry[2] >= 8u + strlen(names[i]) &&
		    entry[4] == strlen(names[i]) &&
		    !memcmp(entry + 8, names[i], strlen(names[i])))
			return 1;
	return 0;
}

error_t rock_detect(struct volume *volume, const struct record *root,
    int *found)
{
	const uint8_t *entry;
	struct area area;
	error_t error;

	*found = 0;
	if (root->system_length < 7 ||
	    memcmp(root->system, "SP\7\1\xbe\xef", 6))
		return 0;
	volume->skip = root->system[6];
	area_start(&area, volume, root);
	while (!(error = area_entry(&area, &entry)))
		switch (SIGNATURE(entry[0], entry[1])) {
		case SIGNATURE('E', 'R'):
			*found |= is_rock(entry);
			break;
		case SIGNATURE('R', 'R'):
		case SIGNATURE('P', 'X'):
			*found = 1;
			break;
		}
	area_end(&area);
	return error == E_NOENT ? 0 : error;
}
