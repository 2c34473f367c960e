/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/signals.h"
#include <string.h>
#include <test.h>

static struct signals signals;
static struct signal_masks masks;
static int queued, signal_number;

static void begin(void)
{
	static struct signal_store store;

	signals_use(&store);
	signals_init(&signals);
	memset(&masks, 0, sizeof masks);
	signal_number = 0;
}

static error_t post(int signal, int code, int value)
{
	struct signal_record record;

	memset(&record, 0, sizeof record);
	record.signal = signal;
	record.code = code;
	record.words[2] = value;
	return signals_post(&signals, &record, &masks, 100, &queued);
}

static enum verdict judge(int orphaned)
{
	return signals_judge(&signals, &masks, orphaned, &signal_number);
}

TEST(default_ends)
{
	begin();
	CHECK(!post(SIGNAL_TERM, 0, 0) && queued);
	CHECK(judge(0) == VERDICT_END && signal_number == SIGNAL_TERM);
	CHECK(!signals.pending && !signals.queued);
}

TEST(ignored_and_harmless_are_dropped)
{
	begin();
	masks.ignored = SIGNAL_BIT(SIGNAL_TERM);
	CHECK(!post(SIGNAL_TERM, 0, 0) && !queued);
	CHECK(!post(SIGNAL_CHILD, 0, 0) && !queued);
	CHECK(!post(SIGNAL_WINDOW, 0, 0) && !queued);
	CHECK(judge(0) == VERDICT_NONE);
}

TEST(blocked_ones_wait_even_if_ignored)
{
	struct signal_record record;

	begin();
	masks.ignored = masks.blocked = SIGNAL_BIT(SIGNAL_TERM);
	CHECK(!post(SIGNAL_TERM, 0, 0) && queued);
	CHECK(judge(0) == VERDICT_NONE);
	CHECK(signals.pending == SIGNAL_BIT(SIGNAL_TERM));
	CHECK(signals_take(&signals, masks.blocked, &record) == 0);
	masks.blocked = 0;
	CHECK(judge(0) == VERDICT_NONE && !signals.pending);
}

TEST(kill_and_stop_can_not_be_helped)
{
	begin();
	masks.blocked = masks.ignored = masks.caught = ~0ULL;
	CHECK(!post(SIGNAL_KILL, 0, 0) && queued);
	CHECK(judge(0) == VERDICT_END && signal_number == SIGNAL_KILL);
	CHECK(!post(SIGNAL_STOP, 0, 0) && queued);
	CHECK(judge(1) == VERDICT_STOP && signal_number == SIGNAL_STOP);
}

TEST(the_first_process_is_safe)
{
	begin();
	masks.is_first = 1;
	CHECK(!post(SIGNAL_KILL, 0, 0) && !queued);
	CHECK(!post(SIGNAL_STOP, 0, 0) && !queued);
	CHECK(!post(SIGNAL_TERM, 0, 0) && !queued);
	masks.caught = SIGNAL_BIT(SIGNAL_TERM);
	CHECK(!post(SIGNAL_TERM, 0, 0) && queued);
	CHECK(judge(0) == VERDICT_DELIVER);
	signals_flush(&signals, ~0ULL);
}

TEST(caught_stays_pending_until_taken)
{
	struct signal_record record;

	begin();
	masks.caught = SIGNAL_BIT(SIGNAL_INT);
	CHECK(!post(SIGNAL_INT, -1, 42) && queued);
	CHECK(!post(SIGNAL_INT, -1, 43) && !queued);
	CHECK(judge(0) == VERDICT_DELIVER);
	CHECK(signals_take(&signals, 0, &record) == SIGNAL_INT);
	CHECK(record.words[2] == 42 && record.code == -1);
	CHECK(signals_take(&signals, 0, &record) == 0);
}

TEST(a_deadly_one_does_not_wait_for_handlers)
{
	begin();
	masks.caught = SIGNAL_BIT(SIGNAL_INT);
	post(SIGNAL_INT, 0, 0);
	post(SIGNAL_TERM, 0, 0);
	CHECK(judge(0) == VERDICT_END && signal_number == SIGNAL_TERM);
	signals_flush(&signals, ~0ULL);
}

TEST(orphaned_groups_ignore_the_terminals_stops)
{
	begin();
	post(SIGNAL_TSTP, 0, 0);
	CHECK(judge(1) == VERDICT_NONE && !signals.pending);
	post(SIGNAL_TTIN, 0, 0);
	CHECK(judge(0) == VERDICT_STOP && signal_number == SIGNAL_TTIN);
}

TEST(stop_and_continue_cancel_each_other)
{
	begin();
	masks.blocked = ~0ULL;
	masks.caught = SIGNAL_BIT(SIGNAL_CONTINUE);
	post(SIGNAL_TSTP, 0, 0);
	post(SIGNAL_CONTINUE, 0, 0);
	CHECK(signals.pending == SIGNAL_BIT(SIGNAL_CONTINUE));
	post(SIGNAL_TTOU, 0, 0);
	CHECK(signals.pending == SIGNAL_BIT(SIGNAL_TTOU));
	signals_flush(&signals, ~0ULL);
	CHECK(!signals.queued);
}

TEST(real_time_signals_queue_in_order)
{
	struct signal_record record;

	begin();
	masks.caught = ~0ULL;
	for (int i = 0; i < 3; i++)
		CHECK(!post(40, -1, i) && queued);
	post(35, -1, 9);
	CHECK(signals_take(&signals, 0, &record) == 35);
	for (int i = 0; i < 3; i++) {
		CHECK(signals_take(&signals, 0, &record) == 40);
		CHECK(record.words[2] == i);
	}
	CHECK(!signals_take(&signals, 0, &record) && !signals.queued);
}

TEST(faults_go_first)
{
	struct signal_record record;

	begin();
	masks.caught = ~0ULL;
	post(SIGNAL_HUP, 0, 0);
	post(SIGNAL_SEGV, 0, 0);
	CHECK(signals_take(&signals, 0, &record) == SIGNAL_SEGV);
	CHECK(signals_take(&signals, 0, &record) == SIGNAL_HUP);
}

TEST(a_full_queue)
{
	struct signal_record record;

	begin();
	masks.caught = ~0ULL;
	for (int i = 0; i < 100; i++)
		CHECK(!post(50, -1, i));
	CHECK(post(50, -1, 100) == E_AGAIN);
	CHECK(!post(51, 0, 0) && queued); /* kill(2): without its record */
	CHECK(!post(10, -1, 0) && queued);
	CHECK(signals_take(&signals, 0, &record) == 10);
	CHECK(record.code == 0);
	signals_flush(&signals, SIGNAL_BIT(50));
	CHECK(signals_take(&signals, 0, &record) == 51);
	CHECK(!signals.pending && !signals.queued);
}

TEST(the_store_is_given_back)
{
	begin();
	masks.caught = ~0ULL;
	for (int i = 0; i < SIGNAL_QUEUE_MAX * 3; i++) {
		CHECK(!post(60, -1, i) && queued);
		signals_flush(&signals, SIGNAL_BIT(60));
	}
	CHECK(!signals.queued && !signals.pending);
}
