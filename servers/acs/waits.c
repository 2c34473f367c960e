/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who waits for whom. Nobody notes that he waits: it is read off the threads.
 * One that is in the trap that sends and receives has its arguments on its
 * stack and in its buffer the head of the request that it has sent. What is
 * read may have changed meanwhile; then a line is wrong, and nothing worse.
 */
#include "acs.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <env.server.h>
#include <kernel/mach.client.h>
#include <mach/machine/thread_status.h>
#include <string.h>

enum {
	TEXT_SIZE = 8192,
	MESSAGE_TRAP = -25, /* eax in mach_msg */
	GSYNC_WAIT = 4204, /* it sleeps until one of its own wakes it */
	REQUEST = MACH_SEND_MSG | MACH_RCV_MSG,
};

/* What lies on the stack in the trap. */
struct trap_frame {
	uint32_t back, message, option;
};

/* In one page: 0 if it is not, or can't be read. */
static int memory_look(mach_port_t task, uint32_t address, void *to,
    uint32_t size)
{
	uint32_t offset = address & (PAGE_SIZE - 1);
	mach_msg_type_number_t got;
	vm_offset_t data;

	if (offset + size > PAGE_SIZE ||
	    vm_read(task, address - offset, PAGE_SIZE, &data, &got))
		return 0;
	memcpy(to, (char *)data + offset, size);
	memory_free(data, got);
	return 1;
}

/* The number of the request that thread waits for; 0: it does not. */
static int request_of(mach_port_t task, mach_port_t thread)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	struct trap_frame frame;
	mach_msg_header_t header;

	if (thread_get_state(thread, i386_THREAD_STATE,
		(thread_state_t)&state, &count) ||
	    (int)state.eax != MESSAGE_TRAP ||
	    !memory_look(task, state.uesp, &frame, sizeof(frame)) ||
	    (frame.option & REQUEST) != REQUEST ||
	    !memory_look(task, frame.message, &header, sizeof(header)))
		return 0;
	/* who has answered and listens has named no port for an answer */
	if (!header.msgh_local_port || header.msgh_id == GSYNC_WAIT)
		return 0;
	return header.msgh_id;
}

static void waits_append(const struct child *child, const struct client *client,
    char *text)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	if (!child->task || task_threads(child->task, &threads, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		int request = request_of(child->task, threads[i]);

		port_drop(threads[i]);
		if (!request)
			continue;
		child_name_append(child, client, text, TEXT_SIZE);
		text_append(text, TEXT_SIZE, "\t%d\n", request);
	}
	memory_free((vm_address_t)threads, count * sizeof(*threads));
}

error_t serve_env_waits(object_t object, large_data_t *text,
    mach_msg_type_number_t *size)
{
	struct client *client = client_of(object);
	struct vm_buffer buffer;
	error_t error;

	if (client->level < LEVEL_ROOT)
		return E_PERM;
	error = vm_buffer_new(&buffer, TEXT_SIZE);
	if (error)
		return error;
	lock(&acs_lock);
	for (struct child *child = NULL; (child = child_next(child));)
		if (child_seen(child, client))
			waits_append(child, client, buffer.start);
	unlock(&acs_lock);
	vm_buffer_give(&buffer, strlen(buffer.start), text, size);
	return 0;
}
