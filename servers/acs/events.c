/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to servers: their tasks die (dead-name notifications on the
 * task ports) or their threads fault (exceptions). A crash is reported with
 * name, address and the chain of return addresses; then the task ends, which
 * the first kind of event tells us again.
 */
#include "acs.h"
#include "core/symbols.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <mach/machine/thread_status.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <string.h>

enum {
	EXCEPTION_RAISE = 2400,
	BACKTRACE_MAX = 16,
};

/* exception_raise as the kernel sends it (exc.defs). */
struct exception_message {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	mach_port_t thread; /* send right */
	mach_msg_type_t task_type;
	mach_port_t task; /* send right */
	mach_msg_type_t exception_type;
	int exception;
	mach_msg_type_t code_type;
	int code;
	mach_msg_type_t subcode_type;
	int subcode;
};

mach_port_t events_port;

static int events_demux(mach_msg_header_t *in, mach_msg_header_t *out);
static struct pool pool_events = {
	.name = "events",
	.threads_max = 1,
	.demux = events_demux,
};

error_t events_start(void)
{
	error_t error = port_new_with_send(&events_port);

	if (!error)
		error = pool_start(&pool_events);
	if (!error)
		error = pool_add_port(&pool_events, events_port);
	return error;
}

/* One word of the task's memory; 0 if it can't be read. */
static uint32_t word_read(mach_port_t task, uint32_t address)
{
	vm_offset_t data;
	mach_msg_type_number_t size;
	uint32_t word;

	if ((address & 3) ||
	    vm_read(task, page_trunc(address), PAGE_SIZE, &data, &size))
		return 0;
	word = *(uint32_t *)(data + (address & (PAGE_SIZE - 1)));
	memory_free(data, size);
	return word;
}

/* One address by its symbol, if the archive knows it. */
static void address_log(const char *what, uint32_t address)
{
	char text[128];
	struct image symbols;
	error_t error;

	lock(&acs_lock);
	error = image_find("symbols", &symbols);
	unlock(&acs_lock);
	symbol_format(error ? "" : symbols.data, error ? 0 : symbols.size,
	    address, text, sizeof(text));
	log_loud("  %s %08x %s", what, address, text);
}

static void backtrace_log(mach_port_t task, uint32_t eip, uint32_t frame)
{
	address_log("at", eip);
	for (int i = 0; i < BACKTRACE_MAX && frame; i++) {
		uint32_t back = word_read(task, frame + 4);
		uint32_t next = word_read(task, frame);

		if (!back)
			break;
		address_log("called from", back);
		if (next <= frame)
			break;
		frame = next;
	}
}

static const char *exception_name(int exception)
{
	static const char *const names[] = { "exception", "bad access",
		"bad instruction", "arithmetic", "emulation", "software",
		"breakpoint" };

	return exception > 0 && exception < 7 ? names[exception] : names[0];
}

static void crash_report(struct exception_message *message)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	struct child *child;
	char name[SERVER_NAME_MAX] = "a task without a name";

	lock(&acs_lock);
	child = child_of_task(message->task);
	if (child) {
		strlcpy(name, child->name, sizeof(name));
		child->crashed = 1;
	}
	unlock(&acs_lock);
	memset(&state, 0, sizeof(state));
	thread_get_state(message->thread, i386_THREAD_STATE,
	    (thread_state_t)&state, &count);
	log_loud("%s crashed: %s, code %x, address %x, eip %x esp %x", name,
	    exception_name(message->exception), message->code,
	    message->subcode, state.eip, state.uesp);
	log_loud("eax %x ebx %x ecx %x edx %x esi %x edi %x ebp %x", state.eax,
	    state.ebx, state.ecx, state.edx, state.esi, state.edi, state.ebp);
	backtrace_log(message->task, state.eip, state.ebp);
	task_terminate(message->task);
}

static void dead_name(mach_port_t name)
{
	struct child *child;

	lock(&acs_lock);
	child = child_of_task(name);
	if (child)
		child_died(child);
	unlock(&acs_lock);
	port_drop(name); /* the notification's own reference */
}

/* D has come home from a task that ends; its dead name follows. */
static void death_returned(mach_port_t port)
{
	struct child *child = NULL;

	lock(&acs_lock);
	while ((child = child_next(child)) && child->guard.death != port)
		;
	if (child)
		child->guard.home = 1;
	unlock(&acs_lock);
	if (!child)
		port_end(port);
}

static int events_demux(mach_msg_header_t *in, mach_msg_header_t *out)
{
	if (in->msgh_id == EXCEPTION_RAISE) {
		crash_report((struct exception_message *)in);
		message_destroy(in);
		in->msgh_remote_port = MACH_PORT_NULL;
	} else if (in->msgh_id == MACH_NOTIFY_DEAD_NAME) {
		dead_name(((mach_dead_name_notification_t *)in)->not_port);
	} else if (in->msgh_id == MACH_NOTIFY_PORT_DESTROYED) {
		death_returned(
		    ((mach_port_destroyed_notification_t *)in)->not_port);
	} else {
		return 0;
	}
	((mig_reply_header_t *)out)->RetCode = MIG_NO_REPLY;
	return 1;
}
