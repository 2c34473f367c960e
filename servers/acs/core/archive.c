/* SPDX-License-Identifier: BSD-2-Clause */
/* cpio "newc": a header of 110 characters, hexadecimal fields of 8 each, the
 * name and the data each padded to 4 bytes. */
#include "archive.h"
#include <string.h>

enum {
	HEAD_SIZE = 110,
	FIELD_SIZE = 6, /* index of the file size among the fields */
	FIELD_NAME = 11,
};

static int field_read(const char *head, int field, size_t *value)
{
	const char *digits = head + 6 + field * 8;

	*value = 0;
	for (int i = 0; i < 8; i++) {
		char digit = digits[i];

		if (digit >= '0' && digit <= '9')
			*value = *value * 16 + (size_t)(digit - '0');
		else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
			*value = *value * 16 + 10 +
			    (size_t)((digit | 32) - 'a');
		else
			return 0;
	}
	return 1;
}

static size_t round4(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

int archive_next(const char *archive, size_t size, size_t *position,
    struct archive_member *member)
{
	const char *head = archive + *position;
	size_t left = size - *position, name_size, data_at;

	if (*position > size || left < HEAD_SIZE ||
	    memcmp(head, "070701", 6) != 0 ||
	    !field_read(head, FIELD_SIZE, &member->size) ||
	    !field_read(head, FIELD_NAME, &name_size))
		return 0;
	if (name_size == 0 || name_size > left - HEAD_SIZE ||
	    head[HEAD_SIZE + name_size - 1])
		return 0;
	data_at = round4(HEAD_SIZE + name_size);
	if (data_at > left || member->size > left - data_at)
		return 0;
	member->name = head + HEAD_SIZE;
	if (strcmp(member->name, "TRAILER!!!") == 0)
		return 0;
	member->data = head + data_at;
	*position += round4(data_at + member->size);
	return 1;
}
