/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process page: one page shared by a process and the process server, at
 * LAYOUT_PROCESS_PAGE. Each field has one writer. What the server writes it
 * never reads back; what the process writes is believed only in matters that
 * harm nobody but the process itself (its own signal mask and dispositions).
 *
 * Signals without messages. sigaction, sigprocmask and sigpending are local:
 * the process writes caught, ignored, blocked and the server looks at them
 * when a signal arrives. Order of the race: the server sets pending, then
 * looks at blocked; the process changes blocked, then looks at pending.
 */
#pragma once
#include <stdint.h>

enum {
	PAGE_GROUPS = 32,
	PAGE_LIMITS = 16,
};

struct process_page {
	/* written by the process server */
	int32_t pid, parent, group, session;
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	uint32_t group_count;
	uint32_t groups[PAGE_GROUPS];
	uint32_t limits[PAGE_LIMITS][2]; /* soft, hard; ~0 is infinity */
	volatile uint64_t pending;       /* bit n - 1: signal n */
	volatile uint32_t generation;    /* counts execs */
	uint32_t terminal;               /* device number, 0 none */
	uint32_t boot_seconds;           /* start of the system, UTC */
	uint32_t native;                 /* an environment of native programs */
	uint32_t spare1[15];

	/* written by the server just before it redirects the thread */
	volatile uint32_t saved_registers[20]; /* see trap.h of linux face */
	struct {
		uint32_t signal, code, address, error_code, trap_number;
	} fault;

	/* written by the process */
	volatile uint64_t blocked; /* mask */
	volatile uint64_t ignored; /* SIG_IGN */
	volatile uint64_t caught;  /* has a handler */
	volatile uint32_t child_flags; /* 1 SA_NOCLDSTOP, 2 SA_NOCLDWAIT */
	volatile uint32_t waiting; /* not 0: blocked in a call that a signal
	                            * may interrupt */
	volatile uint32_t umask;
	/* addresses in libmasix, set once at its start */
	uint32_t text_start, text_end;   /* libmasix's code */
	uint32_t wait_start, wait_trap, wait_interrupted; /* see below */
	uint32_t signal_entry;           /* a signal while in user code */
	uint32_t int80_entry;            /* int $0x80 in user code */
	uint32_t fault_entry;            /* bad address inside libmasix */
	uint32_t spare2[16];
	/* 4 KB in all; the rest is free */
};

/*
 * Redirecting a thread (done by the process server with the thread suspended):
 *
 * - eip in user code (outside text_start..text_end): saved_registers get the
 *   whole i386_thread_state (the server's struct i386_thread_state, in its
 *   order: gs fs es ds edi esi ebp esp ebx edx ecx eax eip cs efl uesp ss),
 *   then eip = signal_entry (or int80_entry for int $0x80 with saved eip
 *   already behind the instruction; or signal_entry with fault filled in for a
 *   synchronous fault). The entry runs on libmasix's own stack.
 * - eip in libmasix: nothing is done for asynchronous signals; libmasix looks
 *   at pending & ~blocked before it returns to the program. If waiting != 0
 *   the server first calls thread_abort: a receive ends with
 *   MACH_RCV_INTERRUPTED. If then eip is in wait_start..wait_trap (about to
 *   trap) eip = wait_interrupted.
 * - a fault in libmasix's code (it touched an address that the program gave):
 *   eip = fault_entry, which unwinds to the call's start and answers EFAULT.
 *   A fault while fault_entry is 0 or in libmasix's own entry: SIGSEGV kills.
 */
