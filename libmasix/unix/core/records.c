/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory records in Linux i386's forms. */
#include <base/file_types.h>
#include <string.h>
#include <unix/core/records.h>

struct old_record {
	uint32_t node;
	uint32_t next;
	uint16_t length;
	char name[]; /* then 0, and the type in the last byte */
};

struct wide_record {
	uint64_t node;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
} __attribute__((packed));

enum {
	OLD_NAME = 10, /* where the name begins */
	WIDE_NAME = 19,
};

size_t record_size(enum record_form form, const struct directory_record *record)
{
	size_t length = record->name_length;

	if (form == RECORD_WIDE)
		return (WIDE_NAME + length + 1 + 7) & ~(size_t)7;
	if (form == RECORD_FIRST)
		return OLD_NAME + length + 1;
	return (OLD_NAME + length + 2 + 3) & ~(size_t)3;
}

static void record_write_wide(
    struct wide_record *to, size_t size, const struct directory_record *from)
{
	to->node = from->node;
	to->next = from->next;
	to->length = (uint16_t)size;
	to->type = from->type;
	memset((char *)to + WIDE_NAME + from->name_length, 0,
	    size - WIDE_NAME - from->name_length);
	memcpy((char *)to + WIDE_NAME, from->name, from->name_length);
}

int record_write(
    enum record_form form, void *at, const struct directory_record *record)
{
	size_t size = record_size(form, record);
	size_t length = record->name_length;
	struct old_record *old = at;

	if (form == RECORD_WIDE) {
		record_write_wide(at, size, record);
		return 0;
	}
	if (record->node >> 32)
		return 1;
	old->node = (uint32_t)record->node;
	old->next = (uint32_t)record->next;
	old->length = (uint16_t)(form == RECORD_FIRST ? length : size);
	memset((char *)at + OLD_NAME + length, 0, size - OLD_NAME - length);
	memcpy((char *)at + OLD_NAME, record->name, length);
	if (form == RECORD_OLD)
		((uint8_t *)at)[size - 1] = record->type;
	return 0;
}

const struct directory_record *record_check(const void *data, size_t size)
{
	const struct directory_record *record = data;
	size_t least = offsetof(struct directory_record, name);

	if (size < least || record->length > size)
		return NULL;
	if (record->length < least + record->name_length + 1u)
		return NULL;
	return record;
}
