/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients: who holds a right to the ACS, and what it may do. */
#include "acs.h"
#include <acs.server.h>
#include <base/heap.h>
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

static void client_destroy(object_t object)
{
	heap_free(object);
}

const struct object_class client_class = {
	.name = "client",
	.interfaces = (const interface_t[]){ acs_interface, env_interface, 0 },
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
