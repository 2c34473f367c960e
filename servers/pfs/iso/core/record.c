/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directory records and dates, as the standard has them. A record is checked
 * whole before anybody looks into it.
 */
#include "iso.h"
#include <string.h>

enum {
	RECORD_LEAST = RECORD_NAME + 1,
	QUARTER_HOUR = 15 * 60,
	ZONE_LIMIT = 52, /* quarters of an hour from Greenwich */
};

static int64_t days_before(int year, unsigned month, unsigned day)
{
	/* Years begin in March, so that the odd day is the last. */
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * ((int)month + (month > 2 ? -3 : 9)) + 2) / 5 +
	    (int)day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

int64_t date_seconds(int year, const uint8_t *rest)
{
	if (year < 1970 || !rest[0] || rest[0] > 12 || !rest[1] ||
	    rest[1] > 31)
		return 0;
	return days_before(year, rest[0], rest[1]) * 86400 + rest[2] * 3600 +
	    rest[3] * 60 + rest[4];
}

static int64_t zone_seconds(uint8_t zone)
{
	int quarters = (int8_t)zone;

	return quarters >= -ZONE_LIMIT && quarters <= ZONE_LIMIT ?
	    quarters * QUARTER_HOUR : 0;
}

struct fs_time date_short(const uint8_t *date)
{
	struct fs_time time = { date_seconds(1900 + date[0], date + 1), 0 };

	if (time.seconds)
		time.seconds -= zone_seconds(date[6]);
	return time;
}

static unsigned digits(const uint8_t *text, unsigned count)
{
	unsigned value = 0;

	for (; count--; text++)
		if (*text >= '0' && *text <= '9')
			value = value * 10 + (unsigned)(*text - '0');
	return value;
}

struct fs_time date_long(const uint8_t *date)
{
	struct fs_time time = { 0, 0 };
	uint8_t rest[5];
	unsigned i;

	for (i = 0; i < sizeof rest; i++)
		rest[i] = (uint8_t)digits(date + 4 + 2 * i, 2);
	time.seconds = date_seconds((int)digits(date, 4), rest);
	if (time.seconds)
		time.seconds -= zone_seconds(date[16]);
	time.nanoseconds = digits(date + 14, 2) * 10000000;
	return time;
}

error_t record_parse(struct volume *volume, const uint8_t *data,
    unsigned limit, uint64_t position, struct record *record)
{
	uint32_t extent, name_end;

	if (limit < RECORD_LEAST || data[RECORD_LENGTH] < RECORD_LEAST ||
	    data[RECORD_LENGTH] > limit)
		return volume_damaged(volume, "length of the record at",
		    position);
	record->position = position;
	record->length = data[RECORD_LENGTH];
	record->name_length = data[RECORD_NAME_LENGTH];
	name_end = RECORD_NAME + record->name_length;
	if (!record->name_length || name_end > record->length)
		return volume_damaged(volume, "name of the record at",
		    position);
	if (both_get32(data + RECORD_EXTENT, &extent) ||
	    both_get32(data + RECORD_SIZE, &record->size))
		return volume_damaged(volume, "numbers of the record at",
		    position);
	record->data = ((uint64_t)extent + data[RECORD_ATTRIBUTES]) <<
	    volume->block_shift;
	record->flags = data[RECORD_FLAGS];
	record->interleaved = data[RECORD_UNIT] || data[RECORD_GAP];
	record->time = date_short(data + RECORD_DATE);
	record->name = data + RECORD_NAME;
	name_end += name_end & 1; /* the rest begins at an even place */
	record->system = data + name_end;
	record->system_length = name_end < record->length ?
	    record->length - name_end : 0;
	return 0;
}

void cursor_start(struct cursor *cursor, struct volume *volume,
    uint64_t start, uint64_t size, uint64_t offset)
{
	cursor->volume = volume;
	cursor->start = start;
	cursor->size = size;
	cursor->offset = offset;
	cursor->buffer = 0;
}

void cursor_end(struct cursor *cursor)
{
	if (cursor->buffer)
		buffer_put(cursor->buffer);
	cursor->buffer = 0;
}

static error_t cursor_sector(struct cursor *cursor, uint64_t sector)
{
	if (cursor->buffer && cursor->buffer->block == sector)
		return 0;
	cursor_end(cursor);
	return buffer_get(cursor->volume->cache, sector, &cursor->buffer);
}

/* To the next record: if this one's length is bad, to the next sector. */
static unsigned record_step(const struct cursor *cursor, unsigned inside)
{
	unsigned length = cursor->buffer->data[inside + RECORD_LENGTH];

	return length >= RECORD_LEAST && length <= SECTOR_SIZE - inside ?
	    length : SECTOR_SIZE - inside;
}

error_t cursor_next(struct cursor *cursor, struct record *record)
{
	unsigned inside;
	error_t error;

	while (cursor->offset < cursor->size) {
		uint64_t position = cursor->start + cursor->offset;

		error = cursor_sector(cursor, position >> SECTOR_SHIFT);
		if (error)
			return error;
		inside = (unsigned)position & (SECTOR_SIZE - 1);
		if (!cursor->buffer->data[inside]) { /* rest is empty */
			cursor->offset += SECTOR_SIZE - inside;
			continue;
		}
		error = record_parse(cursor->volume,
		    cursor->buffer->data + inside, SECTOR_SIZE - inside,
		    position, record);
		cursor->offset += record_step(cursor, inside);
		return error;
	}
	return E_NOENT;
}
