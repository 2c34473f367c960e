/* SPDX-License-Identifier: BSD-2-Clause */
/* What init's parts share. */
#pragma once

/* The value of word `NAME=` of the kernel's command line into value (of size
 * bytes); 0 if it is not there. */
int word_value(const char *name, char *value, unsigned size);

/* One line to the terminal. */
void say(const char *text);

/* Runs the commands on the raw disk named disk ("hd1") with the environment's
 * words and writes their output and status back to it (tools/README.md, the
 * script disk); deaths is what deaths_watch() said. 0, or -1 if the disk holds
 * no script. */
int script_run(const char *disk, char *const environment[], int deaths);

struct poll {
	int file;
	short wanted, found;
};

enum {
	CALL_POLL = 168,
	POLL_IN = 1,
};

/* From now on SIGCHLD, SIGTERM and SIGINT are seen by the functions below. What
 * poll has to wait for: it becomes readable by each of them. -1: no pipe. */
int deaths_watch(void);

/* The signal by which the system is to end, or 0. */
int deaths_end(void);

/* Collects all children that are dead; 1 and its status if pid is one. */
int deaths_collect(int pid, int *status);

/* The same until pid is found (1), or the seconds are over (none: -1) or the
 * system is to end (0). No process is 0: then it is a pause. */
int deaths_await(int pid, int *status, int seconds);
