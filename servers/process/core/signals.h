/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals: what is pending, what a signal does. Standard signals (1..31) are
 * pending once; real-time ones (32..64) are queued, each with its siginfo.
 *
 * The dispositions and the mask belong to the process itself, in its page;
 * they come here as struct signal_masks, read once for each decision.
 */
#pragma once
#include <base/error.h>
#include <base/list.h>
#include <stdint.h>

enum {
	SIGNAL_HUP = 1,
	SIGNAL_INT = 2,
	SIGNAL_QUIT = 3,
	SIGNAL_ILL = 4,
	SIGNAL_TRAP = 5,
	SIGNAL_ABORT = 6,
	SIGNAL_BUS = 7,
	SIGNAL_FPE = 8,
	SIGNAL_KILL = 9,
	SIGNAL_SEGV = 11,
	SIGNAL_PIPE = 13,
	SIGNAL_ALARM = 14,
	SIGNAL_TERM = 15,
	SIGNAL_CHILD = 17,
	SIGNAL_CONTINUE = 18,
	SIGNAL_STOP = 19,
	SIGNAL_TSTP = 20,
	SIGNAL_TTIN = 21,
	SIGNAL_TTOU = 22,
	SIGNAL_URGENT = 23,
	SIGNAL_CPU = 24,
	SIGNAL_FILE_SIZE = 25,
	SIGNAL_VIRTUAL = 26,
	SIGNAL_PROFILING = 27,
	SIGNAL_WINDOW = 28,
	SIGNAL_SYS = 31,
	SIGNAL_REALTIME = 32, /* the first of them */
	SIGNAL_MAX = 64,

	SIGNAL_QUEUE_MAX = 4096, /* queued in all processes together */
};

#define SIGNAL_BIT(signal) (1ULL << ((signal) - 1))

/* siginfo_t of i386 as words: signal, errno, code, then pid, uid, value, … */
struct signal_record {
	int32_t signal, error, code, words[29];
};

struct signal_masks {
	uint64_t blocked, ignored, caught;
	int is_first; /* pid 1: what it does not catch does not reach it */
};

/* A record in a queue; all of them come from one store. */
struct signal_node {
	struct list link;
	struct signal_record record;
};

struct signal_store {
	struct list free;
	unsigned used; /* nodes from here on were never used */
	struct signal_node nodes[SIGNAL_QUEUE_MAX];
};

struct signals {
	uint64_t pending;
	struct list queue; /* records of pending signals, oldest first */
	unsigned queued;
};

/* What a signal does that is neither caught nor ignored. */
enum signal_effect {
	EFFECT_NONE,
	EFFECT_END,
	EFFECT_CORE, /* ends; the status says "core dumped" only if one is */
	EFFECT_STOP,
	EFFECT_CONTINUE,
};

enum signal_effect signal_default(int signal);

/* Where the records of queues lie from now on; zeroed: none is used. */
void signals_use(struct signal_store *store);

void signals_init(struct signals *signals);

/* Forgets the pending signals of mask. */
void signals_flush(struct signals *signals, uint64_t mask);

/*
 * A signal arrives: 0 and *queued != 0: it is pending now; 0: it was dropped
 * (ignored, or pending already). SIGCONT removes pending stop signals and the
 * other way round, even when it is dropped itself. E_AGAIN: a real-time signal
 * found the queue full (limit: of this process).
 */
error_t signals_post(struct signals *signals, const struct signal_record *what,
    const struct signal_masks *masks, unsigned limit, int *queued);

/* The next pending signal that is not blocked, taken out; 0 none. */
int signals_take(struct signals *signals, uint64_t blocked,
    struct signal_record *what);

enum verdict {
	VERDICT_NONE,    /* nothing to do */
	VERDICT_DELIVER, /* a handler waits to run */
	VERDICT_END,
	VERDICT_STOP,
};

/*
 * What has to happen to a running process now. Pending signals that do
 * nothing are dropped; the one that ends or stops is taken out and returned in
 * signal. orphaned: its group is: terminal stops do nothing.
 */
enum verdict signals_judge(struct signals *signals,
    const struct signal_masks *masks, int orphaned, int *signal);
