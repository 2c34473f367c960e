/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile client: a program with the rights of an ordinary process (uid
 * 1000) that sends the servers what no stub would send. The stubs of all
 * interfaces make well-formed messages with generated arguments (calls.c, made
 * by `generate`); message.c stands between them and the kernel and spoils
 * them; raw.c makes messages that belong to the kernel's own interfaces.
 */
#pragma once
#include <base/mach.h>
#include <base/types.h>
#include <stddef.h>
#include <stdint.h>

struct call {
	const char *interface, *name;
	void (*make)(mach_port_t target);
};

extern const struct call calls[];
extern const unsigned call_count;

/* values.c: everything comes from one seed. */
void value_seed(uint32_t seed);
uint32_t value_random(uint32_t below);
int value_int(void);
offset_t value_offset(void);
char *value_bytes(mach_msg_type_number_t *count, unsigned limit);
char *value_path(mach_msg_type_number_t *count, unsigned limit);
/* Pages of our own; stays valid until the next few calls. */
char *value_memory(mach_msg_type_number_t *count);
int *value_ints(mach_msg_type_number_t *count, unsigned limit);
mach_port_t *value_ports(mach_msg_type_number_t *count, unsigned limit);
void value_fill(void *structure, size_t size);
/* A right that we hold, or none, or a dead one, or no right at all. The
 * caller may consume a reference: rights are held a thousand times. */
mach_port_t value_port(void);

/* rights.c */
enum {
	RIGHTS_TARGET, /* of the server that is attacked */
	RIGHTS_ANY,
};
void right_keep(mach_port_t right, int kind);
mach_port_t right_pick(int kind);
/* Collects what an ordinary process can have of a server. 0 if it has one. */
int rights_collect(const char *server);
/* What was made for it: what clients have written there may stay, but not when
 * it is gone. */
void rights_files_remove(void);

/* message.c: whether the next message is to be spoilt, as a share of 256. */
extern unsigned message_spoil;
/* The target would obey orders of server.defs: none is sent. */
extern int message_no_orders;

/* raw.c: one message that no interface of ours has. */
void raw_send(mach_port_t target);
