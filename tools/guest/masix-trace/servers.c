/* SPDX-License-Identifier: BSD-2-Clause */
/* The servers that are watched: found by the ACS, switched, read. */
#include "trace.h"
#include <acs.client.h>
#include <base/error.h>
#include <base/memory.h>
#include <newlib/masix.h>
#include <server.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct watched servers[SERVERS_MAX];
int server_count_all;

static struct traced *taken;
static unsigned taken_count, taken_room;

static int server_add(mach_port_t acs, const char *name)
{
	struct watched *server = &servers[server_count_all];
	error_t error;

	if (server_count_all == SERVERS_MAX || strlen(name) >= NAME_SIZE)
		return 0;
	error = acs_lookup(acs, name, strlen(name), 0, &server->port);
	if (error) {
		fprintf(stderr, "masix-trace: %s: %s\n", name,
		    error_name(error));
		return 0;
	}
	strcpy(server->name, name);
	server_count_all++;
	return 1;
}

/* The lines of acs_list: name, image, state... with tabs between. */
static void servers_choose(mach_port_t acs, char *text, const char *list)
{
	char *line, *next = text, *state;

	strsep(&next, "\n"); /* the columns' names */
	while ((line = strsep(&next, "\n"))) {
		char *name = strsep(&line, "\t");

		if (!line)
			continue;
		strsep(&line, "\t");
		state = line ? line : "";
		if (strncmp(state, "serving", 7) == 0 &&
		    trace_is_named(list, name))
			server_add(acs, name);
	}
}

int servers_find(const char *list)
{
	mach_port_t acs = acs_right();
	mach_msg_type_number_t size;
	large_data_t text;
	error_t error = E_PERM;
	char *copy;

	if (acs)
		error = acs_list(acs, &text, &size);
	if (error) {
		fprintf(stderr, "masix-trace: the ACS says %s\n",
		    error_name(error));
		return 0;
	}
	copy = malloc(size + 1);
	if (!copy)
		return 0;
	memcpy(copy, text, size);
	copy[size] = 0;
	servers_choose(acs, copy, list);
	free(copy);
	return server_count_all;
}

void servers_switch(int on)
{
	error_t error;

	for (int i = 0; i < server_count_all; i++) {
		error = server_trace(servers[i].port, on);
		if (error)
			fprintf(stderr, "masix-trace: %s: %s\n",
			    servers[i].name, error_name(error));
	}
}

static int record_keep(int server, const struct trace_record *record)
{
	unsigned room = taken_room ? taken_room * 2 : 1024;
	struct traced *list;

	if (taken_count == taken_room) {
		list = realloc(taken, room * sizeof *list);
		if (!list)
			return 0;
		taken = list;
		taken_room = room;
	}
	taken[taken_count].server = server;
	taken[taken_count++].record = *record;
	return 1;
}

/* The records after the last one that is known; keep 0: only looks. */
static int ring_take(int number, int keep)
{
	struct watched *server = &servers[number];
	const struct trace_record *record;
	mach_msg_type_number_t size;
	large_data_t data;
	unsigned count;
	int done = 1;

	if (server_trace_read(server->port, &data, &size))
		return 1; /* it has died: what we have is what there is */
	record = (const struct trace_record *)data;
	count = size / sizeof *record;
	if (keep && server->serial && count &&
	    record->serial > server->serial + 1)
		server->lost += record->serial - server->serial - 1;
	for (; count; count--, record++) {
		if (record->serial <= server->serial)
			continue;
		server->serial = record->serial;
		if (keep && !record_keep(number, record))
			done = 0;
	}
	if (size)
		memory_free((vm_address_t)data, size);
	return done;
}

void servers_forget(void)
{
	for (int i = 0; i < server_count_all; i++)
		ring_take(i, 0);
}

int servers_take(void)
{
	int done = 1;

	for (int i = 0; i < server_count_all; i++)
		done &= ring_take(i, 1);
	return done;
}

struct traced *servers_records(unsigned *count)
{
	*count = taken_count;
	return taken;
}

void servers_counters(int after)
{
	for (int i = 0; i < server_count_all; i++)
		server_count(servers[i].port,
		    after ? &servers[i].after : &servers[i].before);
}
