/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects: what a server's ports stand for.
 *
 * A message names its object by a handle (index and generation) in the port's
 * protected payload. The dispatcher turns the handle into a reference before
 * it calls a handler and drops that reference after it, so a handler never
 * sees a dead or foreign object.
 *
 * References: one for the port while it has senders outside (port_made), one
 * for each holder inside, one for each request in progress. No-senders drops
 * the port's; the last drop calls the class's destroy, with no lock held.
 */
#pragma once
#include <base/error.h>
#include <base/map.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include "core/senders.h"

struct object;
typedef struct object *object_t; /* MIG wants a one-word type name */

typedef void (*routine_t)(mach_msg_header_t *in, mach_msg_header_t *out);

/* One MIG interface: finds the stub for a request, or returns 0. */
typedef routine_t (*interface_t)(const mach_msg_header_t *request);

struct object_class {
	const char *name;              /* what traces print: "counter" */
	const interface_t *interfaces; /* ends with 0 */
	/* After the last reference: free the structure. */
	void (*destroy)(object_t object);
	/* Optional: the last send right outside is gone (last close). The
	 * port still exists; the port's reference is dropped after this. */
	void (*no_senders)(object_t object);
	/* Optional: a handler's answer could not be sent, its caller is gone:
	 * put back what the caller was to get. The rights and memory of reply
	 * are given up afterwards. Woken requests on objects of a class that
	 * has this are run without looking for the caller first. */
	void (*reply_lost)(object_t object, const mach_msg_header_t *request,
	    const mach_msg_header_t *reply);
	/* Optional: the number of the process whose right this is, for traces.
	 * No lock is held, none may be taken. */
	int (*owner)(const struct object *object);
};

struct object {
	const struct object_class *class;
	/* all below: private, guarded by the table's lock */
	unsigned references;
	unsigned handle;     /* index and generation; 0 while it has no port */
	mach_port_t port;    /* receive right, owned; null while none */
	struct senders senders;
	unsigned char restored; /* rights were made before this instance */
	struct map_entry by_port; /* while it has a port */
};

struct pool;

/* Prepares a new object with one reference, the caller's. It has no port. */
void object_init(struct object *object, const struct object_class *class);

/* A further reference; returns object. */
void *object_reference(void *object);
void object_release(void *object);

/*
 * right: a new send right to object's port, which is made and put into pool
 * if it does not exist yet. The caller owns the right: give it away (MIG:
 * mach_port_move_send_t) or deallocate it. E_NOMEM.
 */
error_t object_make_right(void *object, struct pool *pool, mach_port_t *right);

/*
 * The same for an answer of MIG type port_answer_t: *right is the port itself
 * and *type says that the right is made when the answer is sent (500
 * instructions less). The handler must then return 0.
 */
error_t object_make_answer(void *object, struct pool *pool, mach_port_t *right,
    mach_msg_type_name_t *type);

/*
 * The object behind a send right that came as an argument, if it is a port of
 * ours and of that class (class null: any), with a reference; else null. The
 * right stays the caller's.
 */
void *object_of_right(mach_port_t right, const struct object_class *class);

/* Whether it had senders and has none any more, though no_senders may not have
 * been called yet: for who must know at once. */
int object_is_left(void *object);

/* Kills the port: senders get dead names. The object stays for its holders. */
void object_close_port(void *object);

/* How many references there are. After object_close_port it only falls, if no
 * holder makes more: so it says whether other requests are in progress. */
unsigned object_references(void *object);

/* Called by MIG stubs, with the dispatcher's reference held. */
object_t object_of_port(mach_port_t port);

object_t object_of_payload(unsigned long payload);
