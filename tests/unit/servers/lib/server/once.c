/* SPDX-License-Identifier: BSD-2-Clause */
/* What a dead server did: found once, by whom it was done for, and not
 * confused with what came later; and changes that are undone. */
#include "core/once.h"
#include "core/undo.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

static struct once_request request(unsigned process, unsigned count)
{
	return (struct once_request){ process << 16 | count, 5, 51005 };
}

TEST(once_found)
{
	struct once_memory *memory = calloc(1, sizeof *memory);
	struct once_request one = request(7, 1), two = request(8, 1), other;
	struct once_slot own = { .size = 0 };
	unsigned count;
	int answer = 0;

	once_write(&memory->slots[0], &one, &(int){ 11 }, sizeof(int));
	once_write(&memory->slots[3], &two, &(int){ 22 }, sizeof(int));
	CHECK(once_inherit(memory) == 2);
	CHECK(!memory->slots[0].request.number);
	CHECK(once_find(memory, &one, &own, &answer, sizeof answer, &count));
	CHECK(answer == 11 && count == 1 && own.request.number == one.number);
	CHECK(!once_find(memory, &one, &own, &answer, sizeof answer, &count));
	CHECK(!count);
	/* the same number of another object or routine */
	other = two;
	other.object++;
	CHECK(!once_find(memory, &other, &own, &answer, sizeof answer, &count));
	CHECK(count == 1);
	/* it dies again before that answer was sent */
	memory->slots[1] = own;
	CHECK(once_inherit(memory) == 1);
	CHECK(once_find(memory, &one, &own, &answer, sizeof answer, &count));
	free(memory);
}

TEST(once_answered)
{
	struct once_memory *memory = calloc(1, sizeof *memory);
	struct once_slot own = { .size = 0 };
	struct once_request first = request(7, 1), next = request(7, 2);
	unsigned count;

	once_write(&memory->slots[0], &first, NULL, 0);
	CHECK(once_inherit(memory) == 1);
	CHECK(!once_find(memory, &next, &own, NULL, 0, &count));
	CHECK(count == 1);
	CHECK(once_inherit(memory) == 0);
	free(memory);
}

/* More than there is room for: the old ones give way. */
TEST(once_many)
{
	struct once_memory *memory = calloc(1, sizeof *memory);
	struct once_slot own = { .size = 0 };
	struct once_request last;
	unsigned count;

	for (unsigned i = 1; i < 2000; i++) {
		last = request(i * ONCE_LEFT % 32768, i);
		once_write(&memory->slots[i % ONCE_THREADS], &last, &i,
		    sizeof i);
		CHECK(once_inherit(memory) <= ONCE_PROBES);
	}
	CHECK(once_find(memory, &last, &own, &count, sizeof count, &count));
	free(memory);
}

TEST(undo_back)
{
	struct {
		struct undo_log log;
		uint32_t words[8];
	} *memory = calloc(1, sizeof *memory);

	for (unsigned i = 0; i < 8; i++)
		memory->words[i] = i;
	undo_keep(&memory->log, &memory->words[2], 8);
	memory->words[2] = memory->words[3] = 77;
	undo_keep(&memory->log, &memory->words[2], 4);
	memory->words[2] = 78;
	CHECK(undo_roll_back(&memory->log, memory, sizeof *memory) == 3);
	for (unsigned i = 0; i < 8; i++)
		CHECK(memory->words[i] == i);
	undo_keep(&memory->log, &memory->words[0], 4);
	memory->words[0] = 9;
	undo_commit(&memory->log);
	CHECK(!undo_roll_back(&memory->log, memory, sizeof *memory));
	CHECK(memory->words[0] == 9);
	/* nothing outside is written */
	memory->log.count = 1;
	memory->log.words[0].offset = sizeof *memory;
	CHECK(undo_roll_back(&memory->log, memory, sizeof *memory) == 1);
	memory->log.count = 0xffffffff;
	CHECK(!undo_roll_back(&memory->log, memory, sizeof *memory));
	free(memory);
}
