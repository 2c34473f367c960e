/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those who wait in poll or select. Each waiter is told once, by a one-way
 * message; the messages leave after the lock was given up.
 */
#include "tty.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/types.h>

struct poll {
	struct list link;
	struct terminal_file *file; /* not referenced: goes when it closes */
	unsigned events;
	int cookie, ticket;
	mach_port_t notify; /* send right, owned */
	int kept;           /* where it survives */
};

static struct list decided = LIST_EMPTY(decided);

static struct poll *poll_of(struct list *link)
{
	return list_item(link, struct poll, link);
}

static void poll_free(struct poll *poll)
{
	list_remove(&poll->link);
	if (poll->file)
		keep_poll_end(poll->file->terminal, poll->kept);
	port_drop(poll->notify);
	heap_free(poll);
}

/* Clients that were killed in poll leave dead names behind. */
static void poll_drop_dead(struct terminal *terminal)
{
	list_each_safe(
	    link, &terminal->polls) if (port_is_dead(poll_of(link)->notify))
	    poll_free(poll_of(link));
}

error_t poll_add(struct terminal_file *file, unsigned events, int cookie,
    int ticket, mach_port_t notify)
{
	struct terminal *terminal = file->terminal;
	struct poll *poll = heap_alloc(sizeof *poll);
	unsigned count = 0;

	if (!poll)
		return E_NOMEM;
	list_each(link, &terminal->polls) count++;
	if (count >= TTY_POLLS_MAX)
		poll_drop_dead(terminal);
	poll->file = file;
	poll->events = events;
	poll->cookie = cookie;
	poll->ticket = ticket;
	poll->notify = notify;
	poll->kept = keep_poll(terminal, notify, cookie);
	list_append(&terminal->polls, &poll->link);
	return 0;
}

void poll_cancel(struct terminal_file *file, int ticket)
{
	list_each_safe(link, &file->terminal->polls)
	{
		struct poll *poll = poll_of(link);

		if (poll->file == file && (!ticket || poll->ticket == ticket))
			poll_free(poll);
	}
}

void poll_drop_all(struct terminal *terminal)
{
	list_each_safe(link, &terminal->polls) poll_free(poll_of(link));
}

/* From here on it is no terminal's: it is sent without the lock. */
static void poll_decide(struct poll *poll)
{
	keep_poll_end(poll->file->terminal, poll->kept);
	poll->file = NULL;
	list_remove(&poll->link);
	list_append(&decided, &poll->link);
}

void poll_check(struct terminal *terminal)
{
	list_each_safe(link, &terminal->polls)
	{
		struct poll *poll = poll_of(link);
		unsigned ready = terminal_ready(poll->file);

		if (!(ready & (poll->events | POLL_ERROR | POLL_HANG_UP)))
			continue;
		poll_decide(poll);
	}
}

void poll_tell_later(CONSUMED mach_port_t notify, int cookie)
{
	struct poll *poll = heap_alloc_zero(sizeof *poll);

	if (!poll) {
		port_drop(notify);
		return;
	}
	poll->notify = notify;
	poll->cookie = cookie;
	list_append(&decided, &poll->link);
}

void poll_take(struct list *taken)
{
	list_init(taken);
	list_append_all(taken, &decided);
}

/* Never waits: a full queue means that there is a notice in it already. */
static void poll_tell(const struct poll *poll)
{
	struct {
		mach_msg_header_t header;
		mach_msg_type_t type;
		int cookie;
	} notice = {
		.header = {
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
			.msgh_size = sizeof notice,
			.msgh_remote_port = poll->notify,
			.msgh_id = FILE_POLL_NOTICE,
		},
		.type = {
			.msgt_name = MACH_MSG_TYPE_INTEGER_32,
			.msgt_size = 32,
			.msgt_number = 1,
			.msgt_inline = TRUE,
		},
		.cookie = poll->cookie,
	};

	mach_msg(&notice.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
	    sizeof notice, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

void poll_send(struct list *taken)
{
	list_each_safe(link, taken)
	{
		poll_tell(poll_of(link));
		poll_free(poll_of(link));
	}
}
