/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the process does with its signals. The table is the truth; the masks
 * in the process page repeat it for the process server.
 */
#pragma once
#include <unix/unix.h>

enum {
	SIG_DFL = 0,
	SIG_IGN = 1,

	SA_NOCLDSTOP = 1,
	SA_NOCLDWAIT = 2,
	SA_SIGINFO = 4,
	SA_RESTORER = 0x04000000,
	SA_ONSTACK = 0x08000000,
	SA_RESTART = 0x10000000,
	SA_NODEFER = 0x40000000,
	SA_RESETHAND = (int)0x80000000,

	SI_USER = 0,
	SI_QUEUE = -1,
	SI_TKILL = -6,
	SI_KERNEL = 0x80,

	SS_ONSTACK = 1,
	SS_DISABLE = 2,
	MINSIGSTKSZ = 2048,
};

struct handler {
	uint32_t function; /* SIG_DFL, SIG_IGN, or the program's */
	uint32_t flags;    /* SA_* */
	uint64_t mask;
};

extern struct handler handlers[SIGNALS + 1];

static inline uint64_t signal_bit(int number)
{
	return 1ULL << (number - 1);
}

/* SIGKILL and SIGSTOP can't be blocked, caught or ignored. */
#define SIGNALS_FIRM (signal_bit(SIGKILL) | signal_bit(SIGSTOP))

/* Nothing happens by default: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
#define SIGNALS_QUIET (signal_bit(SIGCHLD) | signal_bit(SIGCONT) | \
	signal_bit(SIGURG) | signal_bit(SIGWINCH))

/* Changes the disposition, here and in the page. */
void handler_set(int number, const struct handler *handler);

/* A new image: handlers become SIG_DFL, what is ignored stays so. */
void handlers_exec(void);
/* libmasix's data is new, the process is not: by its page. */
void handlers_inherit(void);

/* Writes all masks that the process server must know into the page. */
void handlers_publish(void);

void signal_block(uint64_t mask);

/* Waits for a signal that is due: until deadline, clock_monotonic(), or for
 * ever if that is 0. 0: the time is over; -EINTR: one is due. */
long signal_pause(uint64_t deadline);
/* The same, and until one of set is pending, blocked or not. */
long signal_await(uint64_t set, uint64_t deadline);

/* Takes one of set that is pending. *number 0: there is none. -errno. */
long signal_take(uint64_t set, struct signal_info *info, int *number);
