/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of a server. Each has a stack of THREAD_STACK_SIZE bytes, aligned to
 * its size, with its struct thread at the top and an unmapped page at the
 * bottom: thread_self() is one or and one subtraction, and a stack overflow
 * is a fault and not a mystery.
 *
 * libmasix in a process has stacks of another kind: it defines thread_self()
 * itself and never links the rest.
 */
#pragma once
#include <base/error.h>
#include <base/message_repeat.h>
#include <mach/mach_types.h>
#include <stdint.h>

enum {
	THREAD_STACK_SIZE = 65536,
	THREAD_RANKS = 8,
};

struct thread {
	mach_port_t reply_port; /* receive right, owned; mig.c */
	mach_port_t port;       /* send right to the thread, owned */
	vm_address_t stack;     /* where it was mapped; 0: the first thread */
	unsigned number;        /* from 1, for traces */
	void (*function)(void *argument);
	void *argument;
	void *request;          /* what the server framework works at */
	uint32_t trace_request; /* trace.h: the request it works for */
	uint32_t trace_record;
	/* debug builds: ranks of the locks held, rising */
	unsigned rank_count;
	unsigned char ranks[THREAD_RANKS];
	void *local[2]; /* for the server's own use */
	struct message_sent sent; /* the last request: trap.S */
	uint32_t calls;           /* so many requests; trap.S */
	uint32_t spare[14];
};
_Static_assert(sizeof(struct thread) == 128, "start.S reserves that");
_Static_assert(__builtin_offsetof(struct thread, sent) == 56, "trap.S");

/* The calling thread. */
struct thread *thread_self(void);

/* Starts a thread that calls function(argument) and ends when that returns.
 * E_NOMEM. */
error_t thread_start(void (*function)(void *argument), void *argument);

/* Ends the calling thread and frees its stack. */
void thread_end(void) __attribute__((noreturn));

/* Names the calling thread for the kernel's debugger. */
void thread_name(const char *name);

/* Sleeps at least that many milliseconds (the clock ticks every 10). */
void thread_sleep(unsigned milliseconds);

/* Lets others run. */
void thread_yield(void);

/* Ends the task, at once. */
void task_end(void) __attribute__((noreturn));
