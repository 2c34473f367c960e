/* SPDX-License-Identifier: BSD-2-Clause */
/* env.defs: environments are made, changed, entered, ended. */
#include "acs.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <env.server.h>
#include <string.h>

enum {
	LINE_MAX_SIZE = 768,
};

/* Whether object's client may do this, and the name that it gave. Lock held. */
static error_t administrator(object_t object, const char *name,
    mach_msg_type_number_t length, char text[SERVER_NAME_MAX])
{
	struct client *client = client_of(object);

	if (client->level < LEVEL_ROOT ||
	    !environment_administers(client->environment))
		return E_PERM;
	return text_take(text, SERVER_NAME_MAX, name, length);
}

static error_t words_take(char line[sizeof(text_line_t)],
    const text_line_t words, mach_msg_type_number_t length)
{
	if (memchr(words, 0, length))
		return E_INVAL;
	return text_copy(line, sizeof(text_line_t), words, length) ? 0 :
	                                                             E_2BIG;
}

error_t serve_env_create(object_t object, const name_t name,
    mach_msg_type_number_t length, const text_line_t words,
    mach_msg_type_number_t words_length)
{
	char text[SERVER_NAME_MAX], line[sizeof(text_line_t)];
	struct environment *made;
	error_t error = words_take(line, words, words_length);

	if (error)
		return error;
	lock(&acs_lock);
	error = administrator(object, name, length, text);
	if (!error)
		error = environments_add(&environments, text, line, 0, &made);
	keep_write();
	unlock(&acs_lock);
	return error;
}

error_t serve_env_destroy(object_t object, const name_t name,
    mach_msg_type_number_t length)
{
	char text[SERVER_NAME_MAX];
	error_t error;

	lock(&acs_lock);
	error = administrator(object, name, length, text);
	if (!error && !wait_repeated())
		error = environment_end(text, "it was told to");
	if (!error && environments_find(&environments, text))
		error = wait_cancelled() ? E_INTR : wait_park(&name_waiters, 0);
	unlock(&acs_lock);
	return error;
}

error_t serve_env_change(object_t object, const name_t name,
    mach_msg_type_number_t length, const text_line_t words,
    mach_msg_type_number_t words_length)
{
	char text[SERVER_NAME_MAX], line[sizeof(text_line_t)];
	struct environment *environment;
	error_t error = words_take(line, words, words_length);

	if (error)
		return error;
	lock(&acs_lock);
	error = administrator(object, name, length, text);
	if (!error) {
		environment = environments_find(&environments, text);
		error = environment ? environment_change(environment, line, 0) :
		                      E_NOENT;
	}
	keep_write();
	unlock(&acs_lock);
	return error;
}

static unsigned servers_of(const char *environment)
{
	unsigned count = 0;

	for (struct child *child = NULL; (child = child_next(child));)
		count += child->task &&
		    strcmp(child->environment, environment) == 0;
	return count;
}

static void limit_append(char *text, size_t size, unsigned limit)
{
	if (limit)
		text_append(text, size, "%u\t", limit);
	else
		text_append(text, size, "-\t");
}

static void environment_append(const struct environment *one, char *text,
    size_t size)
{
	text_append(text, size, "%s\t%s\t%u\t%u\t", one->name,
	    one->ending ? "ending" :
	    one->flags & ENVIRONMENT_ESSENTIAL ? "runs *" : "runs",
	    servers_of(one->name), one->used.tasks);
	limit_append(text, size, one->limit.tasks);
	text_append(text, size, "%u\t", one->used.memory);
	limit_append(text, size, one->limit.memory);
	limit_append(text, size, one->limit.priority);
	text_append(text, size, "%u\t%s\n", one->ended, one->words);
}

error_t serve_env_list(object_t object, large_data_t *text,
    mach_msg_type_number_t *size)
{
	struct vm_buffer buffer;
	unsigned count = 1;
	error_t error = 0;

	lock(&acs_lock);
	if (client_of(object)->level < LEVEL_ROOT ||
	    !environment_administers(client_of(object)->environment))
		error = E_PERM;
	list_each(link, &environments.all)
		count++;
	if (!error)
		error = vm_buffer_new(&buffer, count * LINE_MAX_SIZE);
	if (error) {
		unlock(&acs_lock);
		return error;
	}
	shares_count();
	text_append(buffer.start, buffer.size, "ENVIRONMENT\tSTATE\tSERVERS\t"
	    "TASKS\tOF\tMEMORY(KB)\tOF\tPRIORITY\tENDED\tWORDS\n");
	list_each(link, &environments.all)
		environment_append(list_item(link, struct environment, link),
		    buffer.start, buffer.size);
	unlock(&acs_lock);
	vm_buffer_give(&buffer, strlen(buffer.start), text, size);
	return 0;
}

error_t serve_env_enter(object_t object, const name_t name,
    mach_msg_type_number_t length, mach_port_t *right)
{
	char text[SERVER_NAME_MAX];
	struct client *client;
	error_t error;

	lock(&acs_lock);
	error = administrator(object, name, length, text);
	if (!error && !environments_find(&environments, text))
		error = E_NOENT;
	if (!error)
		error = client_new(LEVEL_ROOT, text, NULL, &client);
	unlock(&acs_lock);
	if (error)
		return error;
	client->entered = 1;
	error = object_make_right(client, &pool_files, right);
	object_release(client);
	return error;
}

/* Lock held. */
static error_t offer(struct client *client, const char *text,
    mach_port_t port)
{
	struct environment *environment =
	    environments_find(&environments, client->environment);
	struct name *old;
	error_t error;

	if (!client->entered)
		return E_PERM;
	if (!environment || environment->ending)
		return E_NOENT;
	if (MACH_PORT_VALID(port)) {
		error = names_add(&names, environment->name, text, 1, port,
		    environment);
		if (!error)
			wait_wake(&name_waiters);
		return error;
	}
	old = names_own(&names, environment->name, text);
	if (!old || old->owner != environment)
		return E_NOENT;
	port_drop(old->port);
	name_free(old);
	return 0;
}

error_t serve_env_offer(object_t object, const name_t name,
    mach_msg_type_number_t length, CONSUMED mach_port_t port)
{
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	lock(&acs_lock);
	error = offer(client_of(object), text, port);
	keep_write();
	unlock(&acs_lock);
	return error;
}

error_t serve_env_each(object_t object, const name_t name,
    mach_msg_type_number_t length, int *position, mach_port_t *port)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), name, length);
	int at = 0;

	if (error)
		return error;
	if (client->level < LEVEL_SERVER || client->environment[0])
		return E_PERM;
	error = E_NOENT;
	lock(&acs_lock);
	list_each(link, &names.all) {
		struct name *one = list_item(link, struct name, link);

		if (strcmp(one->text, text) != 0 || at++ != *position)
			continue;
		error = port_copy_send(one->port);
		*port = one->port;
		++*position;
		break;
	}
	unlock(&acs_lock);
	return error;
}
