/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory records in Linux i386's forms. */
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

/* What is padding lies within the last eight bytes: they are 0 first. */
static void record_write_wide(
    struct wide_record *to, const struct directory_record *from)
{
	size_t size = record_size_wide(from->name_length);

	__builtin_memset((char *)to + size - 8, 0, 8);
	to->node = from->node;
	to->next = from->next;
	to->length = (uint16_t)size;
	to->type = from->type;
	memcpy((char *)to + RECORD_WIDE_NAME, from->name, from->name_length);
}

static int record_write_old(enum record_form form, struct old_record *to,
    const struct directory_record *from)
{
	size_t size = record_size(form, from), length = from->name_length;
	char *name = (char *)to + RECORD_OLD_NAME;

	if (from->node >> 32)
		return 1;
	to->node = (uint32_t)from->node;
	to->next = (uint32_t)from->next;
	to->length = (uint16_t)(form == RECORD_FIRST ? length : size);
	memset(name + length, 0, size - RECORD_OLD_NAME - length);
	memcpy(name, from->name, length);
	if (form == RECORD_OLD)
		((uint8_t *)to)[size - 1] = from->type;
	return 0;
}

int record_write(
    enum record_form form, void *at, const struct directory_record *record)
{
	if (form != RECORD_WIDE)
		return record_write_old(form, at, record);
	record_write_wide(at, record);
	return 0;
}
