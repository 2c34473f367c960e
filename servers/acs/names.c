/* SPDX-License-Identifier: BSD-2-Clause */
/* The name service: paper section 2.1. */
#include "acs.h"
#include <base/heap.h>
#include <base/port.h>
#include <string.h>

static struct list names = LIST_EMPTY(names);
struct wait_queue name_waiters;

struct name *name_find(const char *text)
{
	list_each(link, &names) {
		struct name *name = list_item(link, struct name, link);

		if (strcmp(name->text, text) == 0)
			return name;
	}
	return NULL;
}

error_t name_add(const char *text, CONSUMED mach_port_t port,
    struct child *child)
{
	struct name *name;

	if (name_find(text))
		return E_EXIST;
	name = heap_alloc_zero(sizeof(*name));
	if (!name)
		return E_NOMEM;
	strlcpy(name->text, text, sizeof(name->text));
	name->port = port;
	name->child = child;
	list_append(&names, &name->link);
	wait_wake(&name_waiters);
	return 0;
}

static void name_free(struct name *name)
{
	list_remove(&name->link);
	port_drop(name->port);
	heap_free(name);
}

int name_remove(const char *text, struct child *child)
{
	struct name *name = name_find(text);

	if (!name || name->child != child)
		return 0;
	name_free(name);
	return 1;
}

void names_of_child_remove(struct child *child)
{
	list_each_safe(link, &names) {
		struct name *name = list_item(link, struct name, link);

		if (name->child == child)
			name_free(name);
	}
}

mach_port_t name_of_child(struct child *child)
{
	mach_port_t port = MACH_PORT_NULL;

	list_each(link, &names) {
		struct name *name = list_item(link, struct name, link);

		if (name->child != child)
			continue;
		if (strcmp(name->text, child->name) == 0)
			return name->port;
		if (!port)
			port = name->port;
	}
	return port;
}
