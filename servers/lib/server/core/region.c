/* SPDX-License-Identifier: BSD-2-Clause */
#include "region.h"
#include <string.h>

enum {
	REGION_MAGIC = 0x4d735267,
	REGION_FORMAT = 2,
};

/* Each write below must stand before the next: a kill may come in between. */
#define ordered() __asm__ volatile("" : : : "memory")

static uint32_t check_add(uint32_t check, uint32_t word)
{
	check = (check ^ word) * 0x01000193u;
	return check << 7 | check >> 25;
}

static uint32_t head_check(const struct region_head *head)
{
	uint32_t check = 1;

	check = check_add(check, head->magic);
	check = check_add(check, head->format);
	check = check_add(check, head->owner);
	check = check_add(check, head->version);
	check = check_add(check, head->row_limit);
	return check_add(check, head->memory_size);
}

static uint32_t row_seal(const struct region_row *row)
{
	return check_add(check_add(2, row->name), row->state);
}

static uint32_t record_check(const struct region_row *row, const uint8_t *bytes)
{
	uint32_t check = check_add(check_add(3, row->name), row->state >> 8);
	uint32_t word;

	for (unsigned i = 0; i < REGION_RECORD; i += sizeof word) {
		__builtin_memcpy(&word, bytes + i, sizeof word); /* no call */
		check = check_add(check, word);
	}
	return check;
}

static size_t rows_offset(void)
{
	return 128;
}

static size_t memory_offset(uint32_t rows)
{
	return (rows_offset() + rows * sizeof(struct region_row) + 4095) &
	    ~(size_t)4095;
}

size_t region_size(uint32_t rows, uint32_t memory_size)
{
	return memory_offset(rows) + memory_size;
}

error_t region_lay_out(struct region *region, void *address, size_t size,
    uint32_t rows, uint32_t memory_size)
{
	if (size < memory_offset(0) || memory_size > size || rows == 0 ||
	    rows > size / sizeof(struct region_row) ||
	    region_size(rows, memory_size) > size)
		return E_INVAL;
	region->head = address;
	region->rows = (void *)((char *)address + rows_offset());
	region->memory = (char *)address + memory_offset(rows);
	return 0;
}

static uint32_t owner_hash(const char *owner)
{
	uint32_t hash = 4;

	while (*owner)
		hash = check_add(hash, (unsigned char)*owner++);
	return hash;
}

void region_format(struct region *region, const char *owner, uint32_t version,
    uint32_t rows, uint32_t memory_size)
{
	struct region_head *head = region->head;
	uint32_t used = head->row_end < rows ? head->row_end : rows;

	head->state = REGION_FRESH;
	ordered();
	memset(region->rows, 0, used * sizeof *region->rows);
	head->magic = REGION_MAGIC;
	head->format = REGION_FORMAT;
	head->owner = owner_hash(owner);
	head->version = version;
	head->row_limit = rows;
	head->memory_size = memory_size;
	head->row_end = 0;
	head->turn = 0;
	memset(head->sets, 0, sizeof head->sets);
	head->check = head_check(head);
	ordered();
	head->state = REGION_LIVE;
}

error_t region_check(const struct region *region, const char *owner,
    uint32_t rows, uint32_t memory_size, uint32_t *version)
{
	const struct region_head *head = region->head;

	if (head->state == REGION_FRESH && head->magic == 0)
		return E_NOENT;
	if (head->state != REGION_LIVE || head->magic != REGION_MAGIC ||
	    head->format != REGION_FORMAT || head->check != head_check(head))
		return E_UCLEAN;
	if (head->owner != owner_hash(owner) || head->row_limit != rows ||
	    head->memory_size != memory_size)
		return E_INVAL;
	if (head->row_end > rows)
		return E_UCLEAN;
	*version = head->version;
	return 0;
}

void region_own(struct region *region, uint32_t version)
{
	region->head->version = version;
	region->head->check = head_check(region->head);
	ordered();
	region->head->state = REGION_LIVE;
}

void row_set(struct region *region, uint32_t index, uint32_t name,
    unsigned kind, enum row_state state)
{
	struct region_row *row = &region->rows[index];

	if (index >= region->head->row_end)
		region->head->row_end = index + 1;
	ordered();
	row->name = name;
	ordered();
	row->state = kind << 8 | state;
	ordered();
	row->seal = state == ROW_FREE && !name ? 0 : row_seal(row);
}

void row_save(struct region *region, uint32_t index,
    const uint8_t bytes[REGION_RECORD])
{
	struct region_row *row = &region->rows[index];
	struct region_record *record = &row->records[!row->turn];

	memcpy(record->bytes, bytes, REGION_RECORD);
	record->check = record_check(row, bytes);
	ordered();
	row->turn = !row->turn;
	ordered();
}

const uint8_t *row_record(const struct region *region, uint32_t index)
{
	const struct region_row *row = &region->rows[index];
	const struct region_record *record = &row->records[row->turn & 1];

	if (row->turn > 1 || record->check != record_check(row, record->bytes))
		return NULL;
	return record->bytes;
}

int row_port(const struct region_row *row)
{
	if (!row->name && !row->state && !row->seal)
		return 0;
	if (row->seal != row_seal(row) ||
	    row_generation(row) >= REGION_GENERATIONS)
		return -1;
	switch (row->state & 0xff) {
	case ROW_FREE:
		return 0;
	case ROW_OPEN:
		return row->name ? 1 : -1;
	}
	return -1;
}

static void sift(struct region_port *ports, uint32_t at, uint32_t count)
{
	struct region_port moved = ports[at];
	uint32_t child;

	while ((child = 2 * at + 1) < count) {
		if (child + 1 < count &&
		    ports[child + 1].name > ports[child].name)
			child++;
		if (ports[child].name <= moved.name)
			break;
		ports[at] = ports[child];
		at = child;
	}
	ports[at] = moved;
}

/* A heap sort: no stack, no worst case. */
static void ports_sort(struct region_port *ports, uint32_t count)
{
	for (uint32_t i = count / 2; i-- > 0;)
		sift(ports, i, count);
	for (uint32_t end = count; end-- > 1;) {
		struct region_port last = ports[end];

		ports[end] = ports[0];
		ports[0] = last;
		sift(ports, 0, end);
	}
}

error_t region_sort(struct region_port *ports, uint32_t count)
{
	ports_sort(ports, count);
	for (uint32_t i = 1; i < count; i++) {
		if (ports[i].name == ports[i - 1].name)
			return E_UCLEAN;
	}
	return 0;
}

error_t region_ports(const struct region *region, struct region_port *ports,
    uint32_t limit, uint32_t *count)
{
	uint32_t found = 0, doubts = 0;

	for (uint32_t i = 0; i < region->head->row_end; i++) {
		int port = row_port(&region->rows[i]);

		if (!port)
			continue;
		doubts += port < 0;
		if (found >= limit || doubts > 1)
			return E_UCLEAN;
		ports[found].index = i;
		ports[found].name = region->rows[i].name;
		ports[found++].sure = port > 0;
	}
	*count = found;
	return region_sort(ports, found);
}

error_t region_match(struct region_port *ports, uint32_t *count,
    uint32_t arrived, uint32_t *doubtful)
{
	uint32_t doubt = *count;

	for (uint32_t i = 0; i < *count; i++) {
		if (!ports[i].sure)
			doubt = i;
	}
	*doubtful = 0;
	if (arrived == *count) {
		if (doubt < *count)
			*doubtful = ports[doubt].index;
		return 0;
	}
	if (doubt == *count || arrived != *count - 1)
		return E_UCLEAN;
	for (uint32_t i = doubt + 1; i < *count; i++)
		ports[i - 1] = ports[i];
	--*count;
	return 0;
}
