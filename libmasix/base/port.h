/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rights of this task, each function named for what becomes of the right.
 * Null and dead names are accepted where a right is given up.
 *
 *	BORROWED  the caller keeps it      CONSUMED  ours if we return 0
 *	GIVEN     (out) the caller owns it if we return 0
 */
#pragma once
#include <base/error.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <mach/port.h>
#include <stddef.h>

#define BORROWED
#define CONSUMED
#define GIVEN

/* A new port: its receive right. */
error_t port_new(GIVEN mach_port_t *receive);

/* A new port with its receive right and one send right under one name. */
error_t port_new_with_send(GIVEN mach_port_t *port);

/* A new port set. */
error_t port_set_new(GIVEN mach_port_t *set);

/* One send right (a user reference under the same name) to a port that is
 * received here. */
error_t port_make_send(BORROWED mach_port_t receive);

/* One more reference to a send right. */
error_t port_copy_send(BORROWED mach_port_t send);

/* Gives up one reference to a send, send-once or dead right. */
void port_drop(CONSUMED mach_port_t right);

/* Gives up that many references to a send right. */
void port_drop_many(CONSUMED mach_port_t send, int count);

/* Ends a port received here. Send rights under the same name stay. */
void port_end(CONSUMED mach_port_t receive);

/* Gives up everything that the name stands for. */
void port_destroy(CONSUMED mach_port_t name);

/* Puts a receive right into a set (null: out of all). */
error_t port_move_to_set(BORROWED mach_port_t receive,
    BORROWED mach_port_t set);

/* Messages to the port carry payload instead of the port's name. */
error_t port_set_payload(BORROWED mach_port_t receive, unsigned long payload);

/* How many messages may wait at the port (5 at first, at most 16). */
error_t port_set_limit(BORROWED mach_port_t receive, unsigned limit);

/*
 * Asks for a message at notify (a receive right here; a send-once right is
 * made) when: no send right is left after make-sends have passed sync; the
 * send right dies; the receive right would be destroyed.
 */
error_t port_notify_no_senders(BORROWED mach_port_t receive, unsigned sync,
    BORROWED mach_port_t notify);
error_t port_notify_dead(BORROWED mach_port_t send,
    BORROWED mach_port_t notify);
error_t port_notify_destroyed(BORROWED mach_port_t receive,
    BORROWED mach_port_t notify);

/* Takes a no-senders or dead-name request back. */
void port_notify_cancel(BORROWED mach_port_t name, int id);

/* How many names the task has, of which kinds. */
struct port_counts {
	unsigned names, received, dead;
};
error_t port_count(struct port_counts *counts);

/* The task has, or had, a right of that name to send by. */
int port_is_known(mach_port_t name);

/* The right is a dead name, or nothing. */
int port_is_dead(BORROWED mach_port_t name);

/* The same, for a third of the price if it is a live send-once right. */
int port_is_dead_once(BORROWED mach_port_t name);

/* Gives up every right and all memory that a received message carries, and
 * its reply right. The message is then only bytes. */
void message_destroy(mach_msg_header_t *message);

/* The first array of characters inside a received message, say a path: its
 * length, 0 if there is none. */
size_t message_text(const mach_msg_header_t *message, const char **text);

/* The same without the reply right. */
void message_destroy_body(mach_msg_header_t *message);

/* The same for a message that could not be sent: what would have left the
 * task with it (rights to be moved or made, memory to be deallocated) goes.
 * The destination's right is the caller's. */
void message_unsend(mach_msg_header_t *message);
