/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/watches.h"
#include "core/numbers.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

static void *arena;
static struct pipe ring;
static struct watch_queue queue;

static void begin(void)
{
	arena = malloc(PIPE_ARENA);
	pipe_arena(arena);
	pipe_init(&ring, 0);
	memset(&queue, 0, sizeof queue);
	queue.pipe = &ring;
}

static void end(void)
{
	pipe_end(&ring);
	free(arena);
}

/* The next event's word at that place: number, mask, cookie, length. */
static uint32_t word(unsigned place)
{
	uint32_t words[4];

	pipe_taken(&ring, ring.head, (char *)words, sizeof words);
	return words[place];
}

TEST(watch_masks_are_checked)
{
	CHECK(watch_mask_check(EVENT_OPEN) == 0);
	CHECK(watch_mask_check(0) == E_INVAL);
	CHECK(watch_mask_check(EVENT_IGNORED | EVENT_ONLY_DIRECTORY) ==
	    E_INVAL);
	CHECK(watch_mask_check(EVENT_OPEN | EVENT_MASK_ADD) == 0);
	CHECK(watch_mask_check(EVENT_OPEN | EVENT_MASK_ADD |
		  EVENT_MASK_CREATE) == E_INVAL);
}

TEST(watch_mask_replaces_or_adds)
{
	CHECK(watch_mask_change(EVENT_OPEN, EVENT_DELETE) == EVENT_DELETE);
	CHECK(watch_mask_change(EVENT_OPEN, EVENT_DELETE | EVENT_MASK_ADD) ==
	    (EVENT_OPEN | EVENT_DELETE));
	CHECK(watch_mask_change(0, EVENT_OPEN | EVENT_ONLY_DIRECTORY |
		  EVENT_ONE_SHOT) == (EVENT_OPEN | EVENT_ONE_SHOT));
}

TEST(watch_reports_what_was_asked_and_what_comes_unasked)
{
	CHECK(watch_reports(EVENT_OPEN, EVENT_MODIFY) == 0);
	CHECK(watch_reports(EVENT_OPEN, EVENT_OPEN | EVENT_IS_DIRECTORY) ==
	    (EVENT_OPEN | EVENT_IS_DIRECTORY));
	CHECK(watch_reports(EVENT_OPEN, EVENT_IGNORED) == EVENT_IGNORED);
	CHECK(watch_reports(EVENT_OPEN, EVENT_IS_DIRECTORY) == 0);
	CHECK(watch_reports(EVENT_DELETE_SELF,
		  EVENT_DELETE_SELF | EVENT_IS_DIRECTORY) ==
	    EVENT_DELETE_SELF);
}

TEST(watch_tells_file_servers_only_what_they_see)
{
	CHECK(watch_wants(EVENT_CREATE | EVENT_ATTRIBUTES) == 0);
	CHECK(watch_wants(EVENT_MODIFY) == WATCH_WRITTEN);
	CHECK(watch_wants(EVENT_ALL) ==
	    (WATCH_READ | WATCH_WRITTEN | WATCH_CLOSED));
	CHECK(watch_event(WATCH_WRITTEN) == EVENT_MODIFY);
	CHECK(watch_event(WATCH_CLOSED_READ) == EVENT_CLOSE_READ);
	CHECK(watch_event(WATCH_GONE) == 0);
}

TEST(watch_change_is_linuxs_event)
{
	CHECK(watch_change(ATTRIBUTE_MODE) == EVENT_ATTRIBUTES);
	CHECK(watch_change(ATTRIBUTE_SIZE) == EVENT_MODIFY);
	CHECK(watch_change(ATTRIBUTE_MTIME) == EVENT_MODIFY);
	CHECK(watch_change(ATTRIBUTE_ATIME_NOW) == EVENT_ACCESS);
	CHECK(watch_change(ATTRIBUTE_ATIME | ATTRIBUTE_MTIME_NOW) ==
	    EVENT_ATTRIBUTES);
	CHECK(watch_change(0) == 0);
}

TEST(watch_events_are_whole_and_filled)
{
	unsigned fit = 0;

	begin();
	CHECK(watch_fit(&ring, 4096, &fit) == E_AGAIN);
	CHECK(watch_put(&queue, 3, EVENT_CREATE, 7, "name", 4));
	CHECK(watch_put(&queue, 4, EVENT_OPEN, 0, NULL, 0));
	CHECK(watch_put(&queue, 5, EVENT_OPEN, 0, "exactly-16-bytes", 16));
	CHECK(pipe_count(&ring) == 32 + 16 + 48);
	CHECK(word(0) == 3 && word(1) == EVENT_CREATE && word(2) == 7 &&
	    word(3) == 16);
	CHECK(watch_fit(&ring, 31, &fit) == E_INVAL);
	CHECK(watch_fit(&ring, 32, &fit) == 0 && fit == 32);
	CHECK(watch_fit(&ring, 95, &fit) == 0 && fit == 48);
	CHECK(watch_fit(&ring, 4096, &fit) == 0 && fit == 96);
	end();
}

TEST(watch_the_same_event_once_while_it_is_unread)
{
	begin();
	CHECK(watch_put(&queue, 1, EVENT_MODIFY, 0, "a", 1));
	CHECK(!watch_put(&queue, 1, EVENT_MODIFY, 0, "a", 1));
	CHECK(watch_put(&queue, 1, EVENT_MODIFY, 0, "b", 1));
	CHECK(watch_put(&queue, 2, EVENT_MODIFY, 0, "b", 1));
	CHECK(watch_put(&queue, 2, EVENT_IGNORED, 0, NULL, 0));
	CHECK(watch_put(&queue, 2, EVENT_IGNORED, 0, NULL, 0));
	pipe_take(&ring, pipe_count(&ring));
	CHECK(watch_put(&queue, 2, EVENT_OPEN, 0, NULL, 0));
	pipe_take(&ring, pipe_count(&ring));
	CHECK(watch_put(&queue, 2, EVENT_OPEN, 0, NULL, 0));
	end();
}

TEST(watch_a_full_queue_says_so_once)
{
	char name[8] = "x";
	unsigned count = 0, fit = 0, overflows = 0;

	begin();
	for (int i = 0; i < 10000; i++) {
		name[1] = (char)('a' + i % 26);
		count += (unsigned)watch_put(
		    &queue, i, EVENT_CREATE, 0, name, 2);
	}
	CHECK(count > 1000 && count < 10000);
	CHECK(pipe_count(&ring) <= PIPE_SIZE);
	while (pipe_readable(&ring)) {
		overflows += word(1) == EVENT_OVERFLOW;
		CHECK(watch_fit(&ring, 47, &fit) == 0);
		pipe_take(&ring, word(3) + EVENT_HEAD);
	}
	CHECK(overflows == 1);
	CHECK(watch_put(&queue, 1, EVENT_CREATE, 0, name, 2));
	end();
}

/* What a dead server left may be damaged. */
TEST(watch_fit_believes_no_length)
{
	uint32_t words[4] = { 1, EVENT_OPEN, 0, 0xfffffff0 };
	unsigned taken, fit = 0;

	begin();
	CHECK(pipe_write(&ring, (char *)words, sizeof words, &taken) == 0);
	CHECK(watch_fit(&ring, 4096, &fit) == E_INVAL);
	end();
}
