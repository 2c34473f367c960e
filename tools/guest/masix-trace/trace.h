/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of masix-trace share. */
#pragma once
#include "core/calls.h"
#include <base/types.h>
#include <mach/mach_types.h>

enum {
	SERVERS_MAX = 64,
	NAME_SIZE = 64,
};

struct watched {
	char name[NAME_SIZE];
	mach_port_t port;  /* send right, owned */
	uint32_t serial;   /* the last record that was taken */
	unsigned lost;     /* records that were overwritten before */
	struct server_counters before, after;
};

extern struct watched servers[SERVERS_MAX];
extern int server_count_all;

/* servers.c */

/* Finds the serving servers that list names ("all"); 0: none. */
int servers_find(const char *list);
/* Switches tracing on (1) or off (0). */
void servers_switch(int on);
/* Where the rings are now: what is in them already does not count. */
void servers_forget(void);
/* Adds what the rings have got since; 0: no memory. */
int servers_take(void);
/* All that was taken. */
struct traced *servers_records(unsigned *count);
void servers_counters(int after);

/* names.c */

/* Reads the table of message names; 0: there is none. */
int names_read(const char *path);
/* "vfs_open", or the number. interface: "vfs", or "". */
const char *message_name(int id);
const char *message_interface(int id);
/* What a process is called: by its last exec, by /proc, or by number. */
void process_named(int pid, const char *path);
const char *process_name(int pid);

/* show.c: rate: cycles a microsecond. self: a process that is not shown. */
void calls_show(struct calls *calls, unsigned rate, int self);
void counters_show(unsigned faults);
