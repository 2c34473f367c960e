/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients: who holds a right to the ACS, and what it may do. */
#include "keep.h"
#include <acs.server.h>
#include <base/heap.h>
#include <server/recover.h>
#include <env.server.h>
#include <string.h>

static routine_t acs_interface(const mach_msg_header_t *request)
{
	return (routine_t)acs_server_routine(request);
}

static routine_t env_interface(const mach_msg_header_t *request)
{
	return (routine_t)env_server_routine(request);
}

struct client_record {
	int level, entered;
	unsigned child; /* its number, or 0 */
	char environment[ENVIRONMENT_MAX_SIZE];
};
_Static_assert(sizeof(struct client_record) <= RECORD_MAX, "fits");

static void client_save(object_t object, void *to)
{
	struct client *client = client_of(object);
	struct client_record *record = to;

	record->level = client->level;
	record->entered = client->entered;
	record->child = client->child ? client->child->number : 0;
	memcpy(record->environment, client->environment,
	    sizeof(record->environment));
}

static error_t client_restore(const void *from, object_t *object)
{
	const struct client_record *record = from;
	struct client *client;
	struct child *child = NULL;
	error_t error;

	keep_restore();
	while (record->child && (child = child_next(child)) &&
	    child->number != record->child)
		;
	error = client_new(record->level, record->environment, child, &client);
	if (error)
		return error;
	client->entered = record->entered;
	if (child)
		child->client = object_reference(client);
	*object = &client->object;
	return 0;
}

const struct recovery client_recovery = {
	.class = &client_class,
	.save = client_save,
	.restore = client_restore,
};

static void client_destroy(object_t object)
{
	heap_free(object);
}

const interface_t client_interfaces[] = { acs_interface, env_interface, 0 };

const struct object_class client_class = {
	.name = "client",
	.interfaces = client_interfaces,
	.destroy = client_destroy,
};

error_t client_new(int level, const char *environment, struct child *child,
    struct client **client)
{
	struct client *new = heap_alloc_zero(sizeof(*new));

	if (!new)
		return E_NOMEM;
	object_init(&new->object, &client_class);
	new->level = level;
	new->child = child;
	strlcpy(new->environment, environment, sizeof(new->environment));
	*client = new;
	return 0;
}
