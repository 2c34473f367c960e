/* SPDX-License-Identifier: BSD-2-Clause */
/* What recover.c, for an instance that serves, and restore.c, for one that
 * begins, share. table_lock is held, or there is one thread. */
#pragma once
#include "core/region.h"
#include "internal.h"

enum {
	INDEX_PORT = 1u << 31, /* of a region_port: no row, recovery_ports' */
	KIND_SPARE = KINDS_MAX - 1, /* a port that no object has */
};

extern struct region region;
extern int recover_on;        /* the server declares something */
extern uint32_t recover_rows; /* how many there may be */
/* While they are restored in the same task: the kernel knows of the ports. */
extern int recover_asked;

/* What save says of object, of that number in server.recovers. old: what stands
 * there already, or null. */
void row_write(struct object *object, int kind, const void *old);
/* Asks for the port to come back, with the row around it. */
error_t row_ask(uint32_t index, mach_port_t port, unsigned kind);
