/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory records: see directory.h. */
#include "directory.h"
#include <string.h>

void directory_start(struct directory_writer *writer, char *data,
    unsigned size, uint64_t position)
{
	writer->data = data;
	writer->size = size;
	writer->used = 0;
	writer->next = position;
}

int directory_emit(void *context, const struct fs_entry *entry)
{
	struct directory_writer *writer = context;
	unsigned head = offsetof(struct directory_record, name);
	unsigned length = (head + entry->length + 1 + 7) & ~7u;
	struct directory_record record;
	char *at = writer->data + writer->used;

	/* Damage of the disk: nobody could say such a name. */
	if (memchr(entry->name, '/', entry->length) ||
	    memchr(entry->name, 0, entry->length)) {
		writer->next = entry->next;
		return 0;
	}
	if (length > writer->size - writer->used)
		return 1;
	record.node = entry->node;
	record.next = (int64_t)entry->next;
	record.length = (uint16_t)length;
	record.type = entry->type;
	record.name_length = (uint8_t)entry->length;
	memset(at, 0, length);
	memcpy(at, &record, head);
	memcpy(at + head, entry->name, entry->length);
	writer->used += length;
	writer->next = entry->next;
	return 0;
}
