/* SPDX-License-Identifier: BSD-2-Clause */
/* What the words of a siginfo_t mean depends on its signal and its code. */
#include <string.h>
#include <unix/core/signal_words.h>

enum {
	ILL = 4, TRAP = 5, BUS = 7, FPE = 8, SEGV = 11, CHLD = 17,
	CODE_TIMER = -2,
	CODE_KERNEL = 0x80,
	FIRST = 3, /* word behind signal, error, code */
};

static int is_fault(int32_t signal)
{
	return signal == ILL || signal == TRAP || signal == BUS ||
	    signal == FPE || signal == SEGV;
}

/* Who sent it, and with which value; or of a child, with which status. */
static void sender_fill(struct signal_words *to, const int32_t *words,
    int is_child)
{
	to->pid = (uint32_t)words[0];
	to->uid = (uint32_t)words[1];
	if (is_child) {
		to->status = words[2];
		to->user_time = (uint64_t)(int64_t)words[3];
		to->system_time = (uint64_t)(int64_t)words[4];
	} else if (to->code < 0) {
		to->value = words[2];
		to->pointer = (uint64_t)(int64_t)words[2];
	}
}

void signal_words_fill(struct signal_words *to, const int32_t info[32])
{
	const int32_t *words = info + FIRST;
	int special = info[2] > 0 && info[2] < CODE_KERNEL;

	memset(to, 0, sizeof *to);
	to->number = (uint32_t)info[0];
	to->error = info[1];
	to->code = info[2];
	if (special && is_fault(info[0])) {
		to->address = (uint32_t)words[0];
	} else if (to->code == CODE_TIMER) {
		to->timer = (uint32_t)words[0];
		to->overrun = (uint32_t)words[1];
		to->value = words[2];
		to->pointer = (uint64_t)(int64_t)words[2];
	} else {
		sender_fill(to, words, special && info[0] == CHLD);
	}
}
