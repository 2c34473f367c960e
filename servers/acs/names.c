/* SPDX-License-Identifier: BSD-2-Clause */
/* The name service (paper section 2.1): the table's rights, and who is told
 * when it changes. */
#include "acs.h"
#include "core/conf.h"
#include <base/heap.h>
#include <base/port.h>
#include <string.h>

struct names names = { LIST_EMPTY(names.all) };
struct wait_queue name_waiters;

error_t name_register(struct child *child, const char *text, unsigned version,
    CONSUMED mach_port_t port)
{
	struct name *name;
	error_t error;

	if (strcmp(text, child->name) != 0 &&
	    !patterns_match(child->may_register, text))
		return E_PERM;
	name = names_own(&names, child->environment, text);
	if (name && name->owner == child) { /* it was started again */
		port_drop(name->port);
		name->port = port;
		name->version = version;
		keep_write();
		return 0;
	}
	error = names_add(&names, child->environment, text, version, port,
	    child);
	if (error)
		return error;
	keep_write();
	watch_tell(child->environment, text, version, ACS_BORN);
	wait_wake(&name_waiters);
	return 0;
}

static void name_end(struct name *name)
{
	watch_tell(name->environment, name->text, name->version, ACS_DIED);
	port_drop(name->port);
	name_free(name);
	keep_write();
}

int name_unregister(struct child *child, const char *text)
{
	struct name *name = names_own(&names, child->environment, text);

	if (!name || name->owner != child)
		return 0;
	name_end(name);
	return 1;
}

void names_of_owner_remove(const void *owner)
{
	struct name *name;

	while ((name = names_of(&names, owner, NULL)))
		name_end(name);
}

void names_of_child_tell(struct child *child, int what)
{
	struct name *name = NULL;

	while ((name = names_of(&names, child, name)))
		watch_tell(name->environment, name->text, name->version, what);
}

mach_port_t name_of_child(struct child *child)
{
	struct name *name = names_own(&names, child->environment, child->name);

	if (!name || name->owner != child)
		name = names_of(&names, child, NULL);
	return name ? name->port : MACH_PORT_NULL;
}
