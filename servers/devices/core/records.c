/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the log to records of /dev/kmsg. */
#include "core/records.h"
#include <base/text.h>
#include <string.h>

enum {
	HEAD_SIZE = 64,
	PRIORITY = 6, /* kern.info: the log has no levels */
	MICROSECONDS = 1000000,
};

/* The time at the start of a line; *line moves behind it. */
static uint64_t record_time(const char **line, const char *end)
{
	const char *at = *line;
	uint64_t seconds = 0, fraction = 0, scale = MICROSECONDS;

	if (at == end || *at != '[')
		return 0;
	for (at++; at < end && *at == ' '; at++)
		;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		seconds = seconds * 10 + *at - '0';
	if (at < end && *at == '.')
		for (at++; at < end && *at >= '0' && *at <= '9'; at++) {
			scale /= 10;
			fraction += (*at - '0') * scale;
		}
	if (at == end || *at != ']')
		return 0;
	at++;
	*line = at < end && *at == ' ' ? at + 1 : at;
	return seconds * MICROSECONDS + fraction;
}

/* The part of a record from skip on. */
static size_t record_copy(const char *head, size_t head_length,
    const char *line, size_t length, size_t skip, char *bytes, size_t room)
{
	size_t whole = head_length + length + 1, count = 0;

	for (; skip < whole && count < room; skip++, count++) {
		if (skip < head_length)
			bytes[count] = head[skip];
		else if (skip < head_length + length)
			bytes[count] = line[skip - head_length];
		else
			bytes[count] = '\n';
	}
	return count;
}

size_t records_read(
    const char *text, size_t size, uint64_t offset, char *bytes, size_t room)
{
	const char *line = text, *end = text + size;
	unsigned sequence;

	for (sequence = 0; line < end; sequence++) {
		const char *stop = memchr(line, '\n', end - line);
		char head[HEAD_SIZE];
		uint64_t time;
		size_t length;

		stop = stop ? stop : end;
		time = record_time(&line, stop);
		length = text_format(head, sizeof head, "%u,%u,%llu,-;",
		    PRIORITY, sequence, (unsigned long long)time);
		if (offset < length + (stop - line) + 1)
			return record_copy(head, length, line, stop - line,
			    offset, bytes, room);
		offset -= length + (stop - line) + 1;
		line = stop + 1;
	}
	return 0;
}
