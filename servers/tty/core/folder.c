/* SPDX-License-Identifier: BSD-2-Clause */
/* /dev/pts: names and directory records. */
#include "core/folder.h"
#include <base/file_types.h>
#include <base/text.h>
#include <stddef.h>
#include <string.h>

enum {
	NAME_SIZE = 12,
	KIND_CHARACTER = 2, /* DT_CHR */
	KIND_DIRECTORY = 4, /* DT_DIR */
	DOTS = 2,
};

int folder_number(const char *name, unsigned length)
{
	unsigned index, number = 0;

	if (length == 0 || length > 4 || (length > 1 && name[0] == '0'))
		return -1;
	for (index = 0; index < length; index++) {
		if (name[index] < '0' || name[index] > '9')
			return -1;
		number = number * 10 + name[index] - '0';
	}
	return number;
}

/* Returns the record's length, or 0 if it does not fit. */
static unsigned folder_record(
    char *data, unsigned size, uint64_t position, const char *name)
{
	unsigned head = offsetof(struct directory_record, name);
	unsigned length = (head + strlen(name) + 1 + 7) & ~7u;
	struct directory_record record = {
		.node = position < DOTS ? FOLDER_ROOT
					: FOLDER_FIRST + position - DOTS,
		.next = position + 1,
		.length = length,
		.type = position < DOTS ? KIND_DIRECTORY : KIND_CHARACTER,
		.name_length = strlen(name),
	};

	if (length > size)
		return 0;
	memset(data, 0, length);
	memcpy(data, &record, head);
	memcpy(data + head, name, record.name_length);
	return length;
}

unsigned folder_records(char *data, unsigned size, uint64_t *position,
    const unsigned char *exists, unsigned limit)
{
	unsigned used = 0, length;
	char name[NAME_SIZE];

	for (; *position < DOTS + limit; (*position)++) {
		if (*position < DOTS)
			strcpy(name, *position ? ".." : ".");
		else if (exists[*position - DOTS])
			text_format(name, sizeof name, "%u",
			    (unsigned)*position - DOTS);
		else
			continue;
		length =
		    folder_record(data + used, size - used, *position, name);
		if (length == 0)
			break;
		used += length;
	}
	return used;
}
