/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of descriptors. */
#include <base/heap.h>
#include <string.h>
#include <unix/core/descriptors.h>

void descriptors_init(
    struct descriptors *table, struct descriptor *room, unsigned count)
{
	memset(room, 0, count * sizeof(*room));
	table->slots = room;
	table->capacity = count;
	table->lowest = 0;
	table->end = 0;
	table->in_heap = 0;
}

/* Room for number; doubles, so that a row of opens costs little. */
static int descriptors_grow(struct descriptors *table, unsigned number)
{
	struct descriptor *slots;
	unsigned capacity = table->capacity;

	if (number < capacity)
		return 0;
	while (capacity <= number)
		capacity *= 2;
	slots = heap_alloc_zero(capacity * sizeof(*slots));
	if (!slots)
		return -2;
	memcpy(slots, table->slots, table->end * sizeof(*slots));
	if (table->in_heap)
		heap_free(table->slots);
	table->slots = slots;
	table->capacity = capacity;
	table->in_heap = 1;
	return 0;
}

static void descriptors_set(struct descriptors *table, unsigned number,
    struct open_file *file, uint32_t flags)
{
	table->slots[number].file = file;
	table->slots[number].flags = flags;
	if (number >= table->end)
		table->end = number + 1;
	if (number == table->lowest)
		table->lowest++;
}

int descriptors_add(struct descriptors *table, unsigned from, unsigned limit,
    struct open_file *file, uint32_t flags)
{
	unsigned number = from > table->lowest ? from : table->lowest;

	while (number < table->end && table->slots[number].file)
		number++;
	if (from <= table->lowest)
		table->lowest = number;
	if (number >= limit)
		return -1;
	if (descriptors_grow(table, number))
		return -2;
	descriptors_set(table, number, file, flags);
	return (int)number;
}

int descriptors_put(struct descriptors *table, unsigned number,
    struct open_file *file, uint32_t flags, struct open_file **before)
{
	if (descriptors_grow(table, number))
		return -2;
	*before = number < table->end ? table->slots[number].file : 0;
	descriptors_set(table, number, file, flags);
	return 0;
}

struct open_file *descriptors_remove(struct descriptors *table, unsigned number)
{
	struct descriptor *slot = descriptors_find(table, number);
	struct open_file *file;

	if (!slot)
		return 0;
	file = slot->file;
	slot->file = 0;
	slot->flags = 0;
	if (number < table->lowest)
		table->lowest = number;
	while (table->end && !table->slots[table->end - 1].file)
		table->end--;
	return file;
}
