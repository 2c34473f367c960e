/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live update: another version of a running server.
 *
 *	none ──> leaving ──> taking ──> trial ──> none
 *	           │ death     │ serves   │ ACS_TRIAL over
 *	           │ of the    │          │
 *	           │ old one   │ death,   │ death
 *	           v           v late     v
 *	       (taking)       back <──────┘ ──> none: the old one serves again
 *
 * Ports and memory change hands as after a death (guard.c). An instance that
 * refuses has taken nothing: the framework checks owner, layout, version and
 * the server's own test before it touches the region.
 */
#include "acs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <server.client.h>
#include <string.h>

/* content stays the caller's: it may have to wait with it. */
error_t replace_begin(struct child *child, const char *data, size_t size,
    unsigned patience)
{
	const struct image image = { data, size };
	mach_port_t port = name_of_child(child);
	vm_address_t copy;
	error_t error;

	if (!child->recovers || !port)
		return E_OPNOTSUPP;
	if (child->replacement == REPLACE_TRIAL) {
		image_drop(&child->previous);
		child->replacement = REPLACE_NONE;
	}
	if (child->state != CHILD_SERVING ||
	    child->replacement != REPLACE_NONE)
		return E_BUSY;
	if (!task_can_run(&image))
		return E_NOEXEC;
	error = memory_allocate(size, &copy);
	if (error)
		return error;
	if (port_copy_send(port)) {
		memory_free(copy, size);
		return E_IO;
	}
	memcpy((void *)copy, data, size);
	child->next.data = (const char *)copy;
	child->next.size = size;
	image_keep(&child->next);
	child->patience = patience;
	child->until = uptime_milliseconds() + patience;
	child->replacement = REPLACE_LEAVING;
	child->rolled_back = 0;
	child_pause(child);
	unlock(&acs_lock);
	server_hand_over(port, (int)patience);
	port_drop(port);
	lock(&acs_lock);
	return 0;
}

static void go_back(struct child *child)
{
	log_loud("%s: the new version is not fit, the old one goes on",
	    child->name);
	image_drop(&child->held);
	child->held = child->previous;
	child->previous.data = NULL;
	child->replacement = REPLACE_BACK;
	child->rolled_back = 1;
}

void replace_died(struct child *child)
{
	if (child->state == CHILD_STOPPING)
		return;
	switch (child->replacement) {
	case REPLACE_LEAVING:
		child->previous = child->held;
		child->held = child->next;
		child->next.data = NULL;
		child->replacement = REPLACE_TAKING;
		child->killed = 1; /* no fault of its own */
		break;
	case REPLACE_TAKING:
	case REPLACE_TRIAL:
		go_back(child);
		child->killed = 1;
		break;
	case REPLACE_BACK:
		child->replacement = REPLACE_NONE;
		break;
	case REPLACE_NONE:
		return;
	}
	child->until = uptime_milliseconds() + child->patience;
	keep_write();
}

void replace_served(struct child *child)
{
	if (child->replacement == REPLACE_TAKING) {
		child->replacement = REPLACE_TRIAL;
		child->until = uptime_milliseconds() + ACS_TRIAL;
	} else if (child->replacement == REPLACE_BACK) {
		child->replacement = REPLACE_NONE;
	}
}

void replace_look(struct child *child)
{
	if (child->replacement == REPLACE_NONE ||
	    (int)(uptime_milliseconds() - child->until) < 0)
		return;
	if (child->replacement == REPLACE_TRIAL) {
		if (child->unanswered > 1)
			return; /* the keeper will see what becomes of it */
		image_drop(&child->previous);
		child->replacement = REPLACE_NONE;
		keep_write();
		log_line("%s: the new version stays", child->name);
		return;
	}
	log_loud("%s: the %s version is late", child->name,
	    child->replacement == REPLACE_TAKING ? "new" : "old");
	child->until += child->patience;
	if (child->task)
		child_terminate(child);
}
