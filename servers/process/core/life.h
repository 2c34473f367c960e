/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a process's life (drawn in core/process.h) and the status
 * words that wait gives. */
#pragma once
#include "core/process.h"

/* si_code of SIGCHLD */
enum {
	CHILD_EXITED = 1,
	CHILD_KILLED = 2,
	CHILD_DUMPED = 3,
	CHILD_TRAPPED = 4,
	CHILD_STOPPED = 5,
	CHILD_CONTINUED = 6,
};

/* The status words: exit(code), death by a signal, stop, continuation. */
int life_status_exit(int code);
int life_status_signal(int signal);
int life_status_stop(int signal);
int life_status_continue(void);

/* Running to stopped. Returns 0 if it was not running. */
int life_stop(struct process *process, int signal);

/* Stopped to running. Returns 0 if it was not stopped. */
int life_continue(struct process *process);

/* An exec: what timer_create made goes. */
void life_forget_timers(struct process *process);

/* To zombie. Returns 0 if it is one already. */
int life_end(struct process *process, int status);

/* Fills in the siginfo of SIGCHLD for a status word of process. */
void life_child_record(const struct process *process, int status,
    struct signal_record *record);
