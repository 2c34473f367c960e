/* SPDX-License-Identifier: BSD-2-Clause */
#include <test.h>
#include <unix/core/signal_words.h>

static struct signal_words fill(int32_t signal, int32_t code, int32_t first,
    int32_t second, int32_t third)
{
	int32_t info[32] = { signal, 0, code, first, second, third, 4, 5 };
	struct signal_words words;

	signal_words_fill(&words, info);
	return words;
}

TEST(signal_words_of_kill_have_no_value)
{
	struct signal_words words = fill(10, 0, 77, 1000, 5);

	CHECK(words.number == 10 && words.code == 0);
	CHECK(words.pid == 77 && words.uid == 1000);
	CHECK(!words.value && !words.pointer && !words.status);
}

TEST(signal_words_of_sigqueue_have_one)
{
	struct signal_words words = fill(34, -1, 77, 1000, -5);

	CHECK(words.pid == 77 && words.value == -5);
	CHECK(words.pointer == (uint64_t)-5);
}

TEST(signal_words_of_a_child_have_its_status)
{
	struct signal_words words = fill(17, 1, 77, 1000, 3);

	CHECK(words.status == 3 && words.user_time == 4);
	CHECK(words.system_time == 5 && !words.value);
	/* somebody sent SIGCHLD */
	words = fill(17, 0, 77, 1000, 3);
	CHECK(words.pid == 77 && !words.status);
}

TEST(signal_words_of_faults_and_timers)
{
	struct signal_words words = fill(11, 1, (int32_t)0xbf000000, 7, 7);

	CHECK(words.address == 0xbf000000 && !words.pid && !words.uid);
	words = fill(14, -2, 3, 2, 9);
	CHECK(words.timer == 3 && words.overrun == 2 && words.value == 9);
}
