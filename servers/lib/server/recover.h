/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a server outlives its task: see README.md, "Recovery". A server says
 *
 *	static const struct recovery file_recovery = {
 *		.class = &file_class,
 *		.save = file_save,
 *		.restore = file_restore,
 *	};
 *	static const struct recovery *const recovers[] = { &file_recovery, 0 };
 *	static struct server server = { ..., .recovers = recovers };
 *
 * The order and number of the recoveries may change only with server.version.
 */
#pragma once
#include <base/port.h>
#include <server/object.h>

enum {
	RECORD_MAX = 60, /* bytes */
	HOLDS_MAX = 2,
};

struct recovery {
	const struct object_class *class;
	/* Writes what restore needs into record (zeroed, RECORD_MAX bytes).
	 * The table's lock is held: no call of object.h, no other lock that is
	 * ever held across one. Null: there is nothing to say. */
	void (*save)(object_t object, void *record);
	/*
	 * Finds or makes the object of record, without a port, and gives a
	 * reference to it. Only one thread runs; the server's start() has not
	 * been called, its prepare() has. An error costs only this object.
	 * What save writes of the restored object replaces record.
	 */
	error_t (*restore)(const void *record, object_t *object);
	/* Optional: send rights (one reference each) that record names, which
	 * restore finds under these names if server_in_place. */
	void (*holds)(const void *record, mach_port_t rights[HOLDS_MAX]);
};

/* What save would write has changed. Before the answer that tells it. */
void object_save(void *object);

/* This instance has taken over from one that died: start() may ask. */
extern int server_recovered;

/* It did so in the same task. */
extern int server_in_place;

/*
 * Memory that outlives the server, zeroed when the region was formatted:
 * server.memory_size bytes. It is there in prepare(), and believed (or zeroed)
 * from the first restore() on. The server keeps it consistent at every
 * instruction, or says in it that it is not.
 */
extern void *server_memory;

/*
 * Send rights that outlive the server: keep them, and have save write their
 * names; restore takes them by these names and finds them under new ones, kept
 * again. One keep or take needs one drop. A right may be kept often. take: a
 * reference for the caller; E_NOENT, or a kernel error if the port has died.
 * 2500 instructions each.
 */
error_t vault_keep(BORROWED mach_port_t right);
error_t vault_take(mach_port_t old, GIVEN mach_port_t *right);
void vault_drop(mach_port_t right);

/*
 * Ports that are no objects and outlive the task too. The server keeps their
 * names itself, in server_memory, by numbers below limit. It writes a name,
 * then calls recover_port(); at the end recover_port_end(), then takes the
 * name out. In between the port is hand.port (base/guard.h).
 */
struct recovery_ports {
	uint32_t limit;
	/* The dead task's name, or null. sure: the port will come; it is 1. */
	mach_port_t (*name)(uint32_t number, int *sure);
	/* It has come, sure or not: a receive right in no set, without
	 * payload. An error ends it. Before start(); in the order of names. */
	error_t (*restore)(uint32_t number, CONSUMED mach_port_t port);
};
error_t recover_port(mach_port_t port);
void recover_port_end(CONSUMED mach_port_t port);

struct hand;
/* Where this server has its hand: once, in start(). */
void recover_hand(struct hand *hand);
/* The objects are there: what an instance before had in that pool's hand comes
 * again, with its rights. */
void recover_hand_again(struct pool *pool);

/*
 * The same under a number of the caller's choice, below VAULT_NUMBERS: it stays
 * there however often the server changes, so a successor takes only what it
 * needs, when it needs it. keep_at: what was there goes. take_at: a reference
 * for the caller.
 */
enum {
	VAULT_NUMBERS = 1 << 18,
};
error_t vault_keep_at(unsigned number, BORROWED mach_port_t right);
error_t vault_take_at(unsigned number, GIVEN mach_port_t *right);
void vault_drop_at(unsigned number);
