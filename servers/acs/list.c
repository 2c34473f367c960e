/* SPDX-License-Identifier: BSD-2-Clause */
/* acs_list: the servers as text, see README.md. */
#include "acs.h"
#include "core/conf.h"
#include <acs.server.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/text.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach_port.client.h>
#include <mach/task_info.h>
#include <string.h>

enum {
	LINE_MAX_SIZE = 256,
};

static unsigned thread_count(mach_port_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	if (task_threads(task, &threads, &count))
		return 0;
	for (unsigned i = 0; i < count; i++)
		port_drop(threads[i]);
	memory_free((vm_address_t)threads, count * sizeof(*threads));
	return count;
}

/* Names in its port space. */
static unsigned name_count(mach_port_t task)
{
	mach_port_array_t names;
	mach_port_type_array_t types;
	mach_msg_type_number_t count, type_count;

	if (mach_port_names(task, &names, &count, &types, &type_count))
		return 0;
	memory_free((vm_address_t)names, count * sizeof(*names));
	memory_free((vm_address_t)types, type_count * sizeof(*types));
	return count;
}

static const char *state_name(const struct child *child)
{
	static const char *const names[] = { "starting", "serving", "stopping",
		"paused", "dead" };

	return child->crashed ? "crashed" : names[child->state];
}

void child_name_append(const struct child *child, const struct client *client,
    char *text, size_t size)
{
	if (child->environment[0] &&
	    strcmp(child->environment, client->environment) != 0)
		text_append(text, size, "%s/", child->environment);
	text_append(text, size, "%s", child->name);
}

int child_seen(const struct child *child, const struct client *client)
{
	return environment_administers(client->environment) ||
	    !child->environment[0] ||
	    strcmp(child->environment, client->environment) == 0;
}

static void child_append(const struct child *child, char *text, size_t size)
{
	struct task_basic_info basic;
	struct task_events_info events;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	memset(&basic, 0, sizeof(basic));
	memset(&events, 0, sizeof(events));
	if (child->task) {
		task_info(child->task, TASK_BASIC_INFO, (task_info_t)&basic,
		    &count);
		count = TASK_EVENTS_INFO_COUNT;
		task_info(child->task, TASK_EVENTS_INFO, (task_info_t)&events,
		    &count);
	}
	text_append(text, size,
	    "\t%s\t%s%s\t%u\t%u\t%u\t%u\t%u\t%u\t%u.%02u\t%u%s\t%s\n",
	    child->image, state_name(child),
	    child->flags & CONF_ESSENTIAL ? " *" : "",
	    uptime_seconds() - child->started,
	    (unsigned)basic.resident_size / 1024,
	    child->task ? thread_count(child->task) : 0,
	    child->task ? name_count(child->task) : 0,
	    (unsigned)events.messages_received,
	    (unsigned)events.messages_sent,
	    (unsigned)(basic.user_time.seconds + basic.system_time.seconds),
	    (unsigned)(basic.user_time.microseconds +
		basic.system_time.microseconds) / 10000 % 100,
	    child->restarts, child->recovers ? "" : " -",
	    child->environment[0] ? child->environment : "host");
}

error_t serve_acs_list(object_t object, large_data_t *text,
    mach_msg_type_number_t *size)
{
	struct client *client = client_of(object);
	struct vm_buffer buffer;
	unsigned count = 1;
	error_t error;

	lock(&acs_lock);
	for (struct child *child = NULL; (child = child_next(child));)
		count++;
	error = vm_buffer_new(&buffer, count * LINE_MAX_SIZE);
	if (error) {
		unlock(&acs_lock);
		return error;
	}
	text_append(buffer.start, buffer.size, "SERVER\tIMAGE\tSTATE\tUP(s)\t"
	    "MEMORY(KB)\tTHREADS\tPORTS\tRECEIVED\tSENT\tCPU(s)\tRESTARTS\t"
	    "ENVIRONMENT\n");
	for (struct child *child = NULL; (child = child_next(child));) {
		if (!child_seen(child, client))
			continue;
		child_name_append(child, client, buffer.start, buffer.size);
		child_append(child, buffer.start, buffer.size);
	}
	unlock(&acs_lock);
	vm_buffer_give(&buffer, strlen(buffer.start), text, size);
	return 0;
}
