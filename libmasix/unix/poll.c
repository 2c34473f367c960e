/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for several.
 *
 * Regular files and directories are always ready: no message. All others are
 * asked one by one, each with a right to send one notice to this thread's poll
 * port, until one says that it is ready: the rest is then only asked. If none
 * is, the thread waits at the port. A notice says which one may be ready; it
 * is asked again. In the end those servers that still have a right are told to
 * forget it, else a program that polls in a loop would fill their lists.
 *
 * A notice that comes late carries an old serial number and is thrown away. A
 * full port loses notices only while there are others in it that wake us.
 */
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>
#include <file.client.h>
#include <string.h>
#include <unix/file.h>
#include <unix/poll.h>

enum {
	ALWAYS = POLLERR | POLLHUP | POLLNVAL,
	FILE_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM,
	QUEUE = 16,
	INDEX_BITS = 16,
	MILLISECOND = 1000000,
	LOOK_AGAIN = 20 * MILLISECOND,
	WAIT_MOST = 1000000000, /* milliseconds of one receive */
};

/* A notice: one int, cookie. */
struct notice {
	mach_msg_header_t header;
	mach_msg_type_t type;
	int cookie;
	char trailer[64];
};

struct polled *poll_room(struct polled *room, unsigned count)
{
	if (count > POLL_MOST)
		return NULL;
	if (count > POLL_STACK)
		room = heap_alloc(count * sizeof(*room));
	return room;
}

void poll_room_end(struct polled *room, struct polled *polled)
{
	if (polled != room)
		heap_free(polled);
}

static mach_port_t poll_port(struct unix_thread *thread)
{
	mach_port_t port;

	if (thread->poll_port || port_new(&port))
		return thread->poll_port;
	port_set_limit(port, QUEUE);
	if (port_make_send(port))
		port_end(port);
	else
		thread->poll_port = port;
	return thread->poll_port;
}

/* ---- asking one ------------------------------------------------------- */

static int cookie_of(const struct unix_thread *thread, unsigned index)
{
	return (int)(thread->poll_serial << INDEX_BITS | index);
}

static error_t ask_server(struct unix_thread *thread, struct polled *polled,
    unsigned index, int register_it)
{
	mach_port_t notify = MACH_PORT_NULL;
	int ready = 0;
	error_t error;

	if (register_it) {
		notify = poll_port(thread);
		if (!notify)
			return E_NOMEM;
	}
	error = file_poll(polled->file->right->port,
	    (int)(polled->events | POLLERR | POLLHUP), cookie_of(thread, index),
	    thread->ticket, notify, &ready);
	if (error) {
		ready = POLLERR;
		if (error == E_OPNOTSUPP) /* a device that is always ready */
			ready = FILE_READY;
	}
	polled->ready = (uint32_t)ready & (polled->events | ALWAYS);
	polled->registered = register_it && !error && !ready;
	return 0;
}

static int always_ready(const struct file_right *right)
{
	return right->kind == S_IFREG || right->kind == S_IFDIR ||
	    right->kind == S_IFBLK;
}

/* Those that have no server: epoll, eventfd. */
static uint32_t local_ready(struct open_file *file)
{
	return file->epoll ? epoll_ready(file->epoll) : event_ready(file);
}

static error_t ask(struct unix_thread *thread, struct polled *polled,
    unsigned index, int register_it)
{
	if (polled->fd < 0)
		return 0;
	if (!polled->file)
		polled->ready = POLLNVAL;
	else if (!polled->file->right->port)
		polled->ready = local_ready(polled->file) & polled->events;
	else if (always_ready(polled->file->right))
		polled->ready = FILE_READY & polled->events;
	else
		return ask_server(thread, polled, index, register_it);
	return 0;
}

/* ---- all of them ------------------------------------------------------ */

static void files_take(struct polled *polled, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		polled[i].ready = 0;
		polled[i].registered = 0;
		polled[i].file =
		    polled[i].fd < 0 ? NULL : open_file_take(polled[i].fd);
	}
}

static void files_give_back(
    struct unix_thread *thread, struct polled *polled, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (polled[i].registered)
			file_cancel(
			    polled[i].file->right->port, thread->ticket);
		open_file_release(polled[i].file);
	}
}

static unsigned ready_count(const struct polled *polled, unsigned count)
{
	unsigned ready = 0;

	for (unsigned i = 0; i < count; i++)
		ready += polled[i].ready != 0;
	return ready;
}

/* The cheap ones first: if they are ready nobody needs to be registered. */
static error_t ask_all(struct unix_thread *thread, struct polled *polled,
    unsigned count, int waits, unsigned *ready)
{
	error_t error = 0;

	for (unsigned i = 0; i < count; i++) {
		struct open_file *file = polled[i].file;

		if (polled[i].fd >= 0 &&
		    (!file || !file->right->port || always_ready(file->right)))
			error = ask(thread, &polled[i], i, 0);
	}
	*ready = ready_count(polled, count);
	for (unsigned i = 0; i < count && !error; i++) {
		struct open_file *file = polled[i].file;

		if (!file || !file->right->port || always_ready(file->right))
			continue;
		error = ask(thread, &polled[i], i, waits && !*ready);
		*ready += polled[i].ready != 0;
	}
	return error;
}

/* ---- waiting ---------------------------------------------------------- */

/* Milliseconds until deadline, at least 1, for a receive with a time-out. */
static unsigned time_left(uint64_t deadline)
{
	uint64_t now = clock_monotonic();

	if (now >= deadline)
		return 0;
	deadline = (deadline - now + MILLISECOND - 1) / MILLISECOND;
	return deadline > WAIT_MOST ? WAIT_MOST : (unsigned)deadline;
}

/* One notice of this call, or a time-out. cookie: which; -1: none. */
static error_t notice_receive(
    struct unix_thread *thread, uint64_t deadline, int *cookie)
{
	mach_msg_option_t option = MACH_RCV_MSG;
	struct notice notice;
	unsigned left = 0;
	error_t error;

	*cookie = -1;
	if (!poll_port(thread))
		return E_NOMEM;
	if (deadline != POLL_FOREVER) {
		option |= MACH_RCV_TIMEOUT;
		left = time_left(deadline);
	}
	error = WAITING(NULL, MACH_PORT_NULL,
	    mach_msg(&notice.header, option, 0, sizeof(notice),
		thread->poll_port, left, MACH_PORT_NULL));
	if (error == MACH_RCV_TIMED_OUT)
		return 0;
	if (error)
		return error;
	if (notice.header.msgh_id == FILE_POLL_NOTICE)
		*cookie = notice.cookie;
	else
		message_destroy(&notice.header);
	return 0;
}

static int cookie_is_current(
    const struct unix_thread *thread, int cookie, unsigned count)
{
	return (uint32_t)cookie >> INDEX_BITS ==
	    (thread->poll_serial & 0xffff) &&
	    ((unsigned)cookie & 0xffff) < count;
}

/* Asks those again whose notice has come; all the others are not ready, else
 * theirs would have come, too. */
static long wait_loop(struct unix_thread *thread, struct polled *polled,
    unsigned count, uint64_t deadline)
{
	unsigned ready = 0;
	error_t error;
	int cookie;

	while (!ready) {
		error = notice_receive(thread, deadline, &cookie);
		if (error)
			return unix_error(error);
		if (cookie != -1 && cookie_is_current(thread, cookie, count)) {
			unsigned index = (unsigned)cookie & 0xffff;

			polled[index].registered = 0;
			error = ask(thread, &polled[index], index, 1);
			ready = polled[index].ready != 0;
		} else if (cookie == -1 && time_left(deadline) == 0) {
			return 0;
		}
	}
	/* what else is ready by now costs no wait */
	for (;;) {
		error = notice_receive(thread, 0, &cookie);
		if (error || cookie == -1)
			break;
		if (!cookie_is_current(thread, cookie, count))
			continue;
		cookie &= 0xffff;
		polled[cookie].registered = 0;
		ask(thread, &polled[cookie], (unsigned)cookie, 0);
	}
	return ready_count(polled, count);
}

/* One round; result 0: until the deadline nothing was ready. */
static long poll_round(struct unix_thread *thread, struct polled *polled,
    unsigned count, uint64_t deadline)
{
	unsigned ready = 0;
	error_t error;
	long result;

	thread->poll_serial++;
	files_take(polled, count);
	error = ask_all(thread, polled, count, deadline != 0, &ready);
	result = error ? unix_error(error) : (long)ready;
	if (!result && deadline)
		result = wait_loop(thread, polled, count, deadline);
	files_give_back(thread, polled, count);
	return result;
}

static int has_local(const struct polled *polled, unsigned count)
{
	struct descriptor *slot;

	for (unsigned i = 0; i < count; i++) {
		slot = descriptors_find(&descriptors, (unsigned)polled[i].fd);
		if (slot && !slot->file->right->port)
			return 1;
	}
	return 0;
}

/* An epoll or eventfd among them has no server that could give notice: then all
 * are looked at again every few milliseconds. */
long poll_wait(struct polled *polled, unsigned count, uint64_t deadline)
{
	struct unix_thread *thread = thread_current();
	int nested = has_local(polled, count);
	uint64_t until = deadline, now;
	long result;

	do {
		now = nested && deadline ? clock_monotonic() : 0;
		if (now && now + LOOK_AGAIN < deadline)
			until = now + LOOK_AGAIN;
		else
			until = deadline;
		result = poll_round(thread, polled, count, until);
	} while (!result && until != deadline);
	return result == -UNIX_RESTART ? -UNIX_RESTART_NO_HANDLER : result;
}

/* ---- times ------------------------------------------------------------ */

long deadline_after(int64_t seconds, int64_t nanoseconds, uint64_t *deadline)
{
	if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1000000000)
		return -EINVAL;
	*deadline = 0;
	if (!seconds && !nanoseconds)
		return 0;
	if (seconds > 1000000000)
		seconds = 1000000000;
	*deadline = clock_monotonic() + (uint64_t)seconds * 1000000000u +
	    (uint64_t)nanoseconds;
	return 0;
}

uint64_t deadline_milliseconds(int milliseconds)
{
	if (milliseconds < 0)
		return POLL_FOREVER;
	if (!milliseconds)
		return 0;
	return clock_monotonic() + (uint64_t)milliseconds * MILLISECOND;
}
