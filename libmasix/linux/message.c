/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of a process: what happens when the kernel ends one early, the
 * reply ports, and memory that MIG's stubs take. It stands in the place of
 * base's mig.c, which is written for servers.
 *
 * A call that may wait, between wait_begin() and wait_end():
 *
 *	ask ── answered ──────────────────────────────> result
 *	 │ interrupted, a signal is due
 *	 ├─ nothing was sent ─────────────────────────> MACH_SEND_INTERRUPTED
 *	 ├─ no request (receive only) ────────────────> MACH_RCV_INTERRUPTED
 *	 └─ was sent: cancel once, receive the answer ─> result
 *	     └─ the server has died: send both again ──> result
 *
 * The cancel is a call of its own with a reply port of its own: reply_depth.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <base/thread.h>
#include <kernel/mach_port.client.h>
#include <linux/linux.h>
#include <mach/mig_support.h>
#include <mach/notify.h>
#include <string.h>
#include <unix/unix.h>

/* The arguments of mach_msg as they lie on its caller's stack. */
struct message_call {
	mach_msg_header_t *message;
	mach_msg_option_t option;
	mach_msg_size_t send_size, receive_size;
	mach_port_t receive_name;
	mach_msg_timeout_t timeout;
	mach_port_t notify;
};

mach_msg_return_t mach_msg_window(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify);
mach_msg_return_t mach_msg_again(mach_msg_return_t result, uint32_t unused,
    uint32_t return_address, struct message_call call);
mach_msg_return_t mach_msg_waiting(struct message_call call);
mach_msg_return_t mach_msg_died(struct message_call call);

static mach_msg_return_t trap(const struct message_call *call)
{
	return mach_msg_trap(call->message, call->option, call->send_size,
	    call->receive_size, call->receive_name, call->timeout,
	    call->notify);
}

enum {
	UNSENT_TRIES = 4, /* with 1, 4, 16, 64 ms before */
};

/* Goes on until the message is sent and the answer is here. That the kernel
 * has no memory for a message passes, or is an error after a while. */
static mach_msg_return_t go_on(struct message_call *call,
    mach_msg_return_t result)
{
	unsigned unsent = 0;

	for (;;) {
		if (result == MACH_RCV_INTERRUPTED)
			call->option &= ~MACH_SEND_MSG;
		else if (result == MACH_SEND_NO_BUFFER && unsent < UNSENT_TRIES)
			thread_sleep(1u << 2 * unsent++);
		else if (result != MACH_SEND_INTERRUPTED)
			return result;
		result = trap(call);
	}
}

/* A wait that nobody wanted to end: wait.S found it interrupted. */
mach_msg_return_t mach_msg_again(mach_msg_return_t result, uint32_t unused,
    uint32_t return_address, struct message_call call)
{
	(void)unused;
	(void)return_address;
	return go_on(&call, result);
}

static int server_died(const struct message_call *call,
    mach_msg_return_t result)
{
	return !result && call->option & MACH_SEND_MSG &&
	    call->option & MACH_RCV_MSG &&
	    call->message->msgh_id == MACH_NOTIFY_SEND_ONCE;
}

/* The server has died before it answered: base/message_repeat.c. */
mach_msg_return_t mach_msg_died(struct message_call call)
{
	struct message_sent sent = thread_current()->sent;
	mach_msg_option_t option = call.option;
	mach_msg_return_t result = 0;

	if (!server_died(&call, 0) || !message_may_repeat(sent.id))
		return 0;
	for (int tries = 0; tries < MESSAGE_REPEATS; tries++) {
		call.option = option;
		message_remake(call.message, &sent, call.send_size,
		    call.receive_name);
		result = go_on(&call, MACH_SEND_INTERRUPTED);
		call.option = option;
		if (result == MACH_SEND_INVALID_DEST)
			break;
		if (!server_died(&call, result))
			return result;
	}
	return message_died(call.message);
}

static void cancel_once(struct unix_thread *thread)
{
	cancel_t cancel = thread->cancel;

	thread->cancel = NULL;
	thread->interruptible = 0;
	thread->reply_depth++;
	cancel(thread->cancel_port, thread->ticket);
	thread->reply_depth--;
}

/* The same for a request that a signal may end: it is sent in the window. */
static __attribute__((noinline)) int ask_again(struct message_call *call,
    mach_msg_option_t option, const struct message_sent *sent)
{
	if (option != (MACH_SEND_MSG | MACH_RCV_MSG) ||
	    !message_may_repeat(sent->id))
		return 0;
	message_remake(call->message, sent, call->send_size,
	    call->receive_name);
	return 1;
}

static inline __attribute__((always_inline)) int may_ask_again(
    struct message_call *call, mach_msg_option_t option,
    mach_msg_return_t result, const struct message_sent *sent)
{
	return !result && call->message->msgh_id == MACH_NOTIFY_SEND_ONCE &&
	    ask_again(call, option, sent);
}

/*
 * The server has died with a request that was cancelled. Whether it was done
 * only the successor knows: the request is sent again, and its cancel.
 */
static mach_msg_return_t cancel_again(struct message_call *call,
    cancel_t cancel)
{
	struct unix_thread *thread = thread_current();
	mach_msg_return_t result;

	call->option = MACH_SEND_MSG;
	result = go_on(call, MACH_SEND_INTERRUPTED);
	if (result)
		return result;
	thread->cancel = cancel;
	cancel_once(thread);
	call->option = MACH_RCV_MSG;
	return go_on(call, MACH_RCV_INTERRUPTED);
}

/* Sends and receives what the call has, unless a signal is due before. */
static inline __attribute__((always_inline)) mach_msg_return_t window(
    const struct message_call *call)
{
	mach_msg_return_t result;

	PAGE->waiting = 1;
	result = mach_msg_window(call->message, call->option, call->send_size,
	    call->receive_size, call->receive_name, call->timeout,
	    call->notify);
	PAGE->waiting = 0;
	return result;
}

/* The first try had this result. */
static __attribute__((noinline)) mach_msg_return_t wait_on(
    struct message_call *call, const struct message_sent *sent,
    mach_msg_return_t result)
{
	struct unix_thread *thread = thread_current();
	const mach_msg_option_t option = call->option;
	const cancel_t cancel = thread->cancel;
	int tries = 0;

	for (;; result = window(call)) {
		if (result == MACH_SEND_INTERRUPTED) {
			if (!signal_is_due())
				continue;
			if (call->option & MACH_SEND_MSG)
				return result;
			if (!thread->cancel)
				return MACH_RCV_INTERRUPTED;
		} else if (may_ask_again(call, option, result, sent) &&
		    tries++ < MESSAGE_REPEATS) {
			call->option = option;
			continue;
		} else if (result != MACH_RCV_INTERRUPTED) {
			return result;
		}
		call->option &= ~MACH_SEND_MSG;
		if (!signal_is_due())
			continue;
		if (!thread->cancel)
			return MACH_RCV_INTERRUPTED;
		cancel_once(thread);
		result = go_on(call, MACH_RCV_INTERRUPTED);
		while (may_ask_again(call, option, result, sent) &&
		    tries++ < MESSAGE_REPEATS)
			result = cancel_again(call, cancel);
		return result;
	}
}

mach_msg_return_t mach_msg_waiting(struct message_call call)
{
	struct message_sent sent = { call.message->msgh_bits,
		call.message->msgh_remote_port, call.message->msgh_id };
	mach_msg_return_t result = window(&call);

	if (!result && call.message->msgh_id != MACH_NOTIFY_SEND_ONCE)
		return 0;
	return wait_on(&call, &sent, result);
}

/* ---- what MIG's stubs need ------------------------------------------- */

void mig_init(void *first)
{
	(void)first;
}

mach_port_t mig_get_reply_port(void)
{
	struct unix_thread *thread = thread_current();
	mach_port_t *port = &thread->reply_ports[thread->reply_depth];

	if (!*port)
		*port = mach_reply_port();
	return *port;
}

void mig_put_reply_port(mach_port_t port)
{
	(void)port;
}

/* After an error a late answer may come to the port: it is not used again. */
void mig_dealloc_reply_port(mach_port_t port)
{
	struct unix_thread *thread = thread_current();
	mach_port_t *own = &thread->reply_ports[thread->reply_depth];
	int interruptible = thread->interruptible;

	if (*own != port)
		return;
	*own = MACH_PORT_NULL;
	thread->interruptible = 0;
	thread->reply_depth++;
	mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1);
	thread->reply_depth--;
	thread->interruptible = interruptible;
}

void mig_allocate(vm_address_t *address, vm_size_t size)
{
	void *start;

	*address = window_allocate(size, &start) ? 0 : (vm_address_t)start;
}

void mig_deallocate(vm_address_t address, vm_size_t size)
{
	syscall_vm_deallocate(mach_task_self(), address, size);
}

/* Length without the 0, as the stubs count; always ends in 0. */
vm_size_t mig_strncpy(char *to, const char *from, vm_size_t size)
{
	vm_size_t length;

	if (size == 0)
		return 0;
	length = strnlen(from, size - 1);
	memcpy(to, from, length);
	to[length] = 0;
	return length;
}

/* base's own idea of a thread: only its reply port is ever used here. */
struct thread *thread_self(void)
{
	static struct thread thread;

	return &thread;
}
