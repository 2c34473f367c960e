/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For native test programs: what the ACS says of the servers (acs_list). A text
 * of the list is kept between the calls that want no new one.
 */
#pragma once
#include <base/error.h>
#include <mach/mach_types.h>

struct server_state {
	int serves;
	int recovers;
	unsigned restarts;
	unsigned memory; /* KB */
	unsigned threads;
	unsigned ports;
	unsigned received; /* messages */
};

/* name: of a server, or the part before ':' of its name. E_NOENT: no such
 * server. */
error_t server_state(mach_port_t acs, const char *name,
    struct server_state *state);

/* The name of the index-th server that recovers; 0 at the end. */
const char *server_recovering(mach_port_t acs, unsigned index);

/* How often servers have died; ended: how many of them are no more. */
unsigned servers_deaths(mach_port_t acs, unsigned *ended);
