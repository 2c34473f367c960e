/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that outlives a server: an honest life of rows against a model,
 * a kill between any two writes, and contents that nobody wrote. */
#include "core/region.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

enum {
	ROWS = 40,
	MEMORY = 100,
};

static struct region region_new(void **address)
{
	size_t size = region_size(ROWS, MEMORY);
	struct region region;
	uint32_t version = 7;

	*address = calloc(1, size);
	CHECK(!region_lay_out(&region, *address, size, ROWS, MEMORY));
	CHECK(region_check(&region, "test", ROWS, MEMORY, &version) ==
	    E_NOENT);
	region_format(&region, "test", 3, ROWS, MEMORY);
	CHECK(!region_check(&region, "test", ROWS, MEMORY, &version));
	CHECK(version == 3);
	return region;
}

TEST(region_layout)
{
	struct region region;
	char bytes[64];

	CHECK(region_lay_out(&region, bytes, 64, 1, 0) == E_INVAL);
	CHECK(region_lay_out(&region, bytes, 8192, 0, 0) == E_INVAL);
	CHECK(region_lay_out(&region, bytes, 8192, 0xffffffff, 0) == E_INVAL);
	CHECK(region_lay_out(&region, bytes, 8192, 1, 8192) == E_INVAL);
	CHECK(region_lay_out(&region, bytes, 8192, 1, 0xffffffff) == E_INVAL);
	CHECK(!region_lay_out(&region, bytes, 8192, 1, 4096));
}

TEST(region_other_layout)
{
	void *address;
	struct region region = region_new(&address);
	uint32_t version;

	CHECK(region_check(&region, "test", ROWS - 1, MEMORY, &version) ==
	    E_INVAL);
	CHECK(region_check(&region, "test", ROWS, MEMORY + 1, &version) ==
	    E_INVAL);
	CHECK(region_check(&region, "toast", ROWS, MEMORY, &version) ==
	    E_INVAL);
	region.head->state = REGION_RECOVERING;
	CHECK(region_check(&region, "test", ROWS, MEMORY, &version) ==
	    E_UCLEAN);
	region_own(&region, 9);
	CHECK(!region_check(&region, "test", ROWS, MEMORY, &version));
	CHECK(version == 9);
	free(address);
}

/* What the rows should be. */
struct model {
	uint32_t name[ROWS];
	uint8_t record[ROWS][REGION_RECORD];
	uint32_t used;
};

static void model_step(struct region *region, struct model *model,
    uint32_t *next)
{
	uint32_t index = 1 + (uint32_t)rand() % (ROWS - 1);

	for (unsigned i = 0; i < REGION_RECORD; i++)
		model->record[index][i] = (uint8_t)rand();
	if (!model->name[index]) {
		model->name[index] = (*next += 1 + (uint32_t)rand() % 5);
		model->used++;
		row_set(region, index, *next, 2, ROW_OPENING);
		row_save(region, index, model->record[index]);
		row_set(region, index, *next, 2, ROW_OPEN);
	} else if (rand() % 2) {
		row_save(region, index, model->record[index]);
	} else {
		row_set(region, index, model->name[index], 2, ROW_CLOSING);
		row_set(region, index, 0, 0, ROW_FREE);
		model->name[index] = 0;
		model->used--;
	}
}

static int model_agrees(const struct region *region, const struct model *model)
{
	struct region_port ports[ROWS];
	uint32_t count, last = 0, doubtful;

	if (region_ports(region, ports, ROWS, &count) || count != model->used)
		return 0;
	if (region_match(ports, &count, count, &doubtful) || doubtful)
		return 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t index = ports[i].index;
		const uint8_t *record = row_record(region, index);

		if (ports[i].name <= last ||
		    ports[i].name != model->name[index])
			return 0;
		if (!record ||
		    memcmp(record, model->record[index], REGION_RECORD))
			return 0;
		last = ports[i].name;
	}
	return 1;
}

TEST(region_life)
{
	void *address;
	struct region region = region_new(&address);
	struct model model = { .used = 0 };
	uint32_t next = 0x100;
	int agrees = 1;

	srand(4);
	for (int i = 0; i < 5000; i++) {
		model_step(&region, &model, &next);
		agrees &= model_agrees(&region, &model);
	}
	CHECK(agrees);
	free(address);
}

/* A row that a kill left between free and open, its port there or not. */
TEST(region_doubt)
{
	static const uint8_t record[REGION_RECORD] = { 1, 2, 3 };
	void *address;
	struct region region = region_new(&address);
	struct region_port ports[ROWS];
	uint32_t count, doubtful;

	for (uint32_t i = 1; i < 6; i++) {
		row_set(&region, i, 100 - i, 1, ROW_OPENING);
		row_save(&region, i, record);
		row_set(&region, i, 100 - i, 1, ROW_OPEN);
	}
	row_set(&region, 3, 97, 1, ROW_CLOSING);
	CHECK(!region_ports(&region, ports, ROWS, &count) && count == 5);
	CHECK(!region_match(ports, &count, 5, &doubtful) && doubtful == 3);
	CHECK(count == 5 && ports[2].index == 3 && !ports[2].sure);
	CHECK(!region_match(ports, &count, 4, &doubtful) && !doubtful);
	CHECK(count == 4 && ports[2].index == 2 && ports[1].index == 4);
	CHECK(!region_ports(&region, ports, ROWS, &count));
	CHECK(region_match(ports, &count, 3, &doubtful) == E_UCLEAN);
	CHECK(region_match(ports, &count, 6, &doubtful) == E_UCLEAN);
	row_set(&region, 4, 96, 1, ROW_OPENING); /* a second one: impossible */
	CHECK(region_ports(&region, ports, ROWS, &count) == E_UCLEAN);
	row_set(&region, 3, 97, 1, ROW_OPEN);
	row_set(&region, 4, 97, 1, ROW_OPEN); /* one name twice */
	CHECK(region_ports(&region, ports, ROWS, &count) == E_UCLEAN);
	free(address);
}

/* The writes of row_set() one by one, as a kill would cut them. */
TEST(region_torn)
{
	void *address;
	struct region region = region_new(&address);
	struct region_row *row = &region.rows[2], before, after;
	struct region_port ports[ROWS];
	uint32_t count;

	row_set(&region, 1, 10, 1, ROW_OPEN);
	before = *row;
	row_set(&region, 2, 11, 1, ROW_OPENING);
	after = *row;
	*row = before;
	CHECK(!region_ports(&region, ports, ROWS, &count) && count == 1);
	row->name = after.name;
	CHECK(!region_ports(&region, ports, ROWS, &count) && count == 2);
	CHECK(!ports[1].sure);
	row->state = after.state;
	CHECK(!region_ports(&region, ports, ROWS, &count) && count == 2);
	CHECK(!ports[1].sure);
	free(address);
}

TEST(region_record_torn)
{
	static const uint8_t first[REGION_RECORD] = { 1 };
	static const uint8_t second[REGION_RECORD] = { 2 };
	void *address;
	struct region region = region_new(&address);
	struct region_row *row = &region.rows[1];

	row_set(&region, 1, 10, 1, ROW_OPENING);
	row_save(&region, 1, first);
	CHECK(row_record(&region, 1)[0] == 1);
	memset(&row->records[!row->turn], 0x55, 20); /* a write that was cut */
	CHECK(row_record(&region, 1)[0] == 1);
	row_save(&region, 1, second);
	CHECK(row_record(&region, 1)[0] == 2);
	row->records[row->turn].bytes[9] ^= 1;
	CHECK(!row_record(&region, 1));
	free(address);
}

TEST(region_hostile)
{
	size_t size = region_size(ROWS, MEMORY);
	uint8_t *bytes = malloc(size);
	struct region_port ports[ROWS];
	struct region region;
	uint32_t count, version, doubtful;

	srand(5);
	CHECK(!region_lay_out(&region, bytes, size, ROWS, MEMORY));
	for (int round = 0; round < 20000; round++) {
		memset(bytes, 0, size);
		region_format(&region, "test", 1, ROWS, MEMORY);
		for (uint32_t i = 1; i < 9; i++)
			row_set(&region, i, i * 3, 1, ROW_OPEN);
		for (int i = rand() % 40; i > 0; i--)
			bytes[(unsigned)rand() % (64 + 10 *
			    sizeof(struct region_row))] = (uint8_t)rand();
		if (region_check(&region, "test", ROWS, MEMORY, &version))
			continue;
		if (region_ports(&region, ports, ROWS, &count))
			continue;
		CHECK(count <= ROWS);
		region_match(ports, &count, (uint32_t)rand() % 10, &doubtful);
		for (uint32_t i = 0; i < ROWS; i++)
			row_record(&region, i);
	}
	free(bytes);
}
