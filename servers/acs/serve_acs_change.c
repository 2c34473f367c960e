/* SPDX-License-Identifier: BSD-2-Clause */
/* acs.defs: what is done to running servers. */
#include "acs.h"
#include <acs.server.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <string.h>

error_t child_named(object_t object, const char *name,
    mach_msg_type_number_t length, struct child **child)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX], environment[ENVIRONMENT_MAX_SIZE];
	int administers = environment_administers(client->environment);
	const char *plain;
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	if (client->level < LEVEL_ROOT)
		return E_PERM;
	if (environment_split(text, environment, &plain)) {
		*child = administers ? child_find(environment, plain) : NULL;
		return *child ? 0 : E_NOENT;
	}
	*child = child_find(client->environment, text);
	if (*child && (*child)->state != CHILD_DEAD)
		return 0;
	*child = child_find("", text);
	if (!*child)
		return E_NOENT;
	return administers || !client->environment[0] ? 0 : E_PERM;
}

static error_t kill_or_hang(struct child *child, int how)
{
	if (how == 0 || how == 2) {
		child->whole = how == 2;
		return child_kill(child);
	}
	if (how != 1)
		return E_INVAL;
	return child->task ? task_suspend(child->task) : E_NOENT;
}

error_t serve_acs_kill(object_t object, const name_t name,
    mach_msg_type_number_t length, int how)
{
	struct child *child;
	error_t error;

	lock(&acs_lock);
	error = child_named(object, name, length, &child);
	if (!error && !wait_repeated())
		error = kill_or_hang(child, how);
	if (!error && child->state == CHILD_PAUSED && !wait_cancelled())
		error = wait_park(&name_waiters, 0);
	unlock(&acs_lock);
	return error;
}

error_t serve_acs_replace(object_t object, const name_t name,
    mach_msg_type_number_t length, large_data_t content,
    mach_msg_type_number_t size, int patience)
{
	struct child *child;
	error_t error;

	if (patience < 100)
		return E_INVAL;
	lock(&acs_lock);
	error = child_named(object, name, length, &child);
	if (!error && !wait_repeated())
		error = replace_begin(child, content, size,
		    (unsigned)patience);
	if (error) {
		unlock(&acs_lock);
		return error;
	}
	if (child->state == CHILD_PAUSED && !wait_cancelled())
		error = wait_park(&name_waiters, 0);
	else if (child->state != CHILD_SERVING)
		error = E_IO;
	else if (child->rolled_back)
		error = E_NOEXEC;
	unlock(&acs_lock);
	if (!error)
		memory_free((vm_address_t)content, size);
	return error;
}

error_t serve_acs_crashes(object_t object, large_data_t *text,
    mach_msg_type_number_t *size)
{
	error_t error;

	if (client_of(object)->level < LEVEL_ROOT)
		return E_PERM;
	lock(&acs_lock);
	error = crash_texts(text, size);
	unlock(&acs_lock);
	return error;
}
