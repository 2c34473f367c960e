/* SPDX-License-Identifier: BSD-2-Clause */
/* acs.defs: what servers and programs ask of the ACS. */
#include "acs.h"
#include "core/conf.h"
#include <acs.server.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <server.client.h>
#include <string.h>

/* A name or argument that came with a message, as a string. */
error_t text_take(char *to, size_t size, const char *from,
    mach_msg_type_number_t length)
{
	if (length == 0 || memchr(from, 0, length))
		return E_INVAL;
	return text_copy(to, size, from, length) ? 0 : E_NAMETOOLONG;
}

static mach_port_t port_grant(mach_port_t port, int granted)
{
	if (!granted || port_copy_send(port))
		return MACH_PORT_NULL;
	return port;
}

/* trace=SERVER,... of the kernel's command line is for every server. */
static void trace_word_append(char *arguments, size_t size)
{
	const char *word = strstr(command_line, "trace=");

	if (word && (word == command_line || word[-1] == ' '))
		text_append(arguments, size, " %.*s", (int)strcspn(word, " "),
		    word);
}

/* What an environment was made with is for its servers what the kernel's
 * command line is for those that are started at boot. Lock held. */
static void words_append(const struct child *child, char *arguments,
    size_t size)
{
	const struct environment *environment =
	    environments_find(&environments, child->environment);

	if (!environment || !(child->flags & CONF_CMDLINE) ||
	    environment_administers(child->environment))
		return;
	text_append(arguments, size, " %s", environment->words);
	if (environment->limit.tasks)
		text_append(arguments, size, " tasks=%u",
		    environment->limit.tasks);
}

error_t serve_acs_check_in(object_t object, text_line_t arguments,
    mach_msg_type_number_t *count, mach_port_t *host, mach_port_t *device)
{
	struct child *child;

	lock(&acs_lock);
	child = client_of(object)->child;
	if (!child) {
		unlock(&acs_lock);
		return E_PERM;
	}
	text_format(arguments, sizeof(text_line_t), "%s %s", child->name,
	    child->arguments);
	words_append(child, arguments, sizeof(text_line_t));
	if (!(child->flags & CONF_CMDLINE))
		trace_word_append(arguments, sizeof(text_line_t));
	*count = strlen(arguments);
	*host = port_grant(acs_host, child->flags & CONF_HOST);
	*device = port_grant(acs_device, child->flags & CONF_DEVICE);
	unlock(&acs_lock);
	return 0;
}

error_t serve_acs_register(object_t object, const name_t name,
    mach_msg_type_number_t length, int flags, int version, mach_port_t port)
{
	struct child *child;
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	if (!MACH_PORT_VALID(port))
		return E_INVAL;
	lock(&acs_lock);
	child = client_of(object)->child;
	if (!child || child->state == CHILD_DEAD)
		error = E_PERM;
	else
		error = name_register(child, text, (unsigned)version, port);
	if (!error && strcmp(text, child->name) == 0)
		child_serves(child, flags);
	unlock(&acs_lock);
	return error;
}

error_t serve_acs_unregister(object_t object, const name_t name,
    mach_msg_type_number_t length)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	lock(&acs_lock);
	if (!client->child || !name_unregister(client->child, text))
		error = E_NOENT;
	if (client->child && !name_of_child(client->child))
		client->child->state = CHILD_STOPPING;
	keep_write();
	unlock(&acs_lock);
	return error;
}

/* Lock held. "ENVIRONMENT/NAME" for those who administer. */
static struct name *name_look(const struct client *client, const char *text)
{
	char environment[ENVIRONMENT_MAX_SIZE];
	struct name *found;

	if (environment_split(text, environment, &text)) {
		found = environment_administers(client->environment) ?
		    names_find(&names, environment, text) : NULL;
		if (found && strcmp(found->environment, environment) != 0)
			found = NULL;
		return found;
	}
	found = names_find(&names, client->environment, text);
	/* its right may do all to the ACS */
	if (twin_is(text) && !environment_administers(client->environment))
		return NULL;
	if (found && !found->environment[0] &&
	    !environment_sees(client->environment, found->text))
		return NULL;
	return found;
}

error_t serve_acs_lookup(object_t object, const name_t name,
    mach_msg_type_number_t length, int wait, mach_port_t *port)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX];
	struct name *found;
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	if (client->level < LEVEL_ROOT)
		return E_PERM;
	lock(&acs_lock);
	found = name_look(client, text);
	if (found) {
		*port = found->port;
		error = port_copy_send(found->port);
	} else if (wait && !wait_cancelled()) {
		error = wait_park(&name_waiters, 0);
	} else {
		error = wait ? E_INTR : E_NOENT;
	}
	unlock(&acs_lock);
	return error;
}

error_t serve_acs_watch(object_t object, const name_t pattern,
    mach_msg_type_number_t length, mach_port_t notify)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), pattern, length);

	if (error)
		return error;
	if (!MACH_PORT_VALID(notify))
		return E_INVAL;
	if (client->level < LEVEL_ROOT)
		return E_PERM;
	lock(&acs_lock);
	error = watch_add(client->environment, text, notify);
	unlock(&acs_lock);
	return error;
}

/* The answer to acs_start once the server lives or is dead; lock held. */
static error_t start_answer(const char *environment, const char *name,
    mach_port_t *port)
{
	struct child *child = child_find(environment, name);
	struct name *found;

	if (!child || child->state == CHILD_DEAD)
		return E_IO;
	if (wait_cancelled())
		return E_INTR;
	if (child->state == CHILD_STARTING || child->state == CHILD_PAUSED)
		return wait_park(&name_waiters, 0);
	found = names_own(&names, child->environment, name);
	*port = found ? found->port : name_of_child(child);
	return *port ? port_copy_send(*port) : E_IO;
}

error_t serve_acs_start(object_t object, const name_t image,
    mach_msg_type_number_t image_length, const name_t name,
    mach_msg_type_number_t name_length, const text_line_t arguments,
    mach_msg_type_number_t arguments_length, mach_port_t *port)
{
	char image_text[SERVER_NAME_MAX], name_text[SERVER_NAME_MAX];
	char line[sizeof(text_line_t)];
	struct child_plan plan = { name_text, image_text,
		client_of(object)->environment, line, "", 0 };
	struct conf_line conf;
	struct child *child;
	error_t error;

	if (client_of(object)->level < LEVEL_ROOT)
		return E_PERM;
	error = text_take(image_text, sizeof(image_text), image, image_length);
	if (!error)
		error = text_take(name_text, sizeof(name_text), name,
		    name_length);
	if (error)
		return error;
	if (!text_copy(line, sizeof(line), arguments, arguments_length))
		return E_2BIG;
	lock(&acs_lock);
	if (!wait_repeated()) {
		image_plan(&plan, &conf);
		error = child_start(&plan, &child);
	}
	if (!error)
		error = start_answer(plan.environment, name_text, port);
	unlock(&acs_lock);
	return error;
}

/* It has saved: until it has ended, too, and its names are free. It is looked
 * up each time: somebody may remove it meanwhile. */
static void stopped_await(object_t object, const name_t name,
    mach_msg_type_number_t length)
{
	struct child *child;

	lock(&acs_lock);
	while (!child_named(object, name, length, &child) &&
	    child->state == CHILD_STOPPING &&
	    condition_wait_timed(&child_changed, &acs_lock, STOP_DEADLINE))
		;
	unlock(&acs_lock);
}

error_t serve_acs_stop(object_t object, const name_t name,
    mach_msg_type_number_t length)
{
	mach_port_t port = MACH_PORT_NULL;
	struct child *child;
	error_t error;

	lock(&acs_lock);
	error = child_named(object, name, length, &child);
	if (!error && child->state == CHILD_SERVING)
		port = name_of_child(child);
	if (error)
		;
	else if (!port)
		error = E_NOENT;
	else if (child->flags & CONF_ESSENTIAL)
		error = E_BUSY;
	else
		error = port_copy_send(port);
	if (!error) {
		child->state = CHILD_STOPPING;
		child->deadline = uptime_seconds() + STOP_DEADLINE / 1000 + 1;
	}
	unlock(&acs_lock);
	if (error)
		return error;
	server_stop(port, STOP_DEADLINE);
	port_drop(port);
	stopped_await(object, name, length);
	return 0;
}

error_t serve_acs_add_image(object_t object, const name_t image,
    mach_msg_type_number_t length, large_data_t content,
    mach_msg_type_number_t size)
{
	const char *environment = client_of(object)->environment;
	char text[SERVER_NAME_MAX];
	error_t error = text_take(text, sizeof(text), image, length);

	if (error)
		return error;
	if (client_of(object)->level < LEVEL_ROOT)
		return E_PERM;
	lock(&acs_lock);
	error = image_add(environment_administers(environment) ? "" :
	                                                         environment,
	    text, content, size);
	unlock(&acs_lock);
	return error;
}

error_t serve_acs_archive_file(object_t object, const name_t name,
    mach_msg_type_number_t length, large_data_t *content,
    mach_msg_type_number_t *size)
{
	char text[SERVER_NAME_MAX];
	struct vm_buffer buffer;
	struct image image;
	error_t error = text_take(text, sizeof(text), name, length);

	if (error)
		return error;
	if (client_of(object)->level < LEVEL_SERVER)
		return E_PERM;
	lock(&acs_lock);
	error = image_find("", text, &image);
	unlock(&acs_lock);
	if (!error)
		error = vm_buffer_new(&buffer, image.size);
	if (error)
		return error;
	memcpy(buffer.start, image.data, image.size);
	vm_buffer_give(&buffer, image.size, content, size);
	return 0;
}

error_t serve_acs_log(object_t object, int loud, const text_line_t line,
    mach_msg_type_number_t length)
{
	struct client *client = client_of(object);
	char text[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE];
	char name[sizeof(text)] = "?";

	if (client->level < LEVEL_SERVER)
		loud = 0;
	lock(&acs_lock);
	if (client->child)
		strlcpy(name, child_title(client->child, text), sizeof(name));
	else
		strlcpy(name, client->level == LEVEL_ROOT ? "root" : "process",
		    sizeof(name));
	unlock(&acs_lock);
	log_add(loud, name, line, length);
	return 0;
}

error_t serve_acs_read_log(object_t object, large_data_t *text,
    mach_msg_type_number_t *size)
{
	size_t length;
	error_t error;

	(void)object;
	error = log_text(text, &length);
	*size = length;
	return error;
}

error_t serve_acs_shutdown(object_t object, int how)
{
	error_t error = 0;

	if (client_of(object)->level < LEVEL_ROOT)
		return E_PERM;
	lock(&acs_lock);
	if (environment_administers(client_of(object)->environment))
		shutdown_begin(how != 0);
	else
		error = environment_end(client_of(object)->environment,
		    "its root wants it");
	unlock(&acs_lock);
	return error;
}

error_t serve_acs_pong(object_t object, int serial)
{
	struct child *child;

	lock(&acs_lock);
	child = client_of(object)->child;
	if (child)
		child->unanswered = serial < 0 ? HANGS : 0;
	unlock(&acs_lock);
	return 0;
}

error_t serve_acs_command_line(object_t object, text_line_t line,
    mach_msg_type_number_t *count)
{
	const struct environment *environment;
	const char *text = command_line;

	lock(&acs_lock);
	environment = environments_find(&environments,
	    client_of(object)->environment);
	if (environment && !(environment->flags & ENVIRONMENT_ADMINISTERS))
		text = environment->words;
	*count = strlcpy(line, text, sizeof(text_line_t));
	unlock(&acs_lock);
	return 0;
}

error_t serve_acs_make_client(object_t object, int level,
    mach_port_t *client_port)
{
	struct client *client;
	error_t error;

	if (client_of(object)->level < LEVEL_SERVER)
		return E_PERM;
	if (level != LEVEL_PROCESS && level != LEVEL_ROOT)
		return E_INVAL;
	error = client_new(level, client_of(object)->environment, NULL,
	    &client);
	if (error)
		return error;
	error = object_make_right(client, &pool_files, client_port);
	object_release(client);
	return error;
}
