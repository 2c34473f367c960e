/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Environments while they live: made empty, filled by who starts servers in
 * them, ended in order by a thread of their own: servers, the youngest first,
 * then what is left of their programs, then the names.
 */
#include "acs.h"
#include "core/conf.h"
#include <base/log.h>
#include <base/port.h>
#include <base/thread.h>
#include <string.h>

struct environments environments = { LIST_EMPTY(environments.all) };

int environment_administers(const char *name)
{
	struct environment *environment;

	if (!name[0])
		return 1;
	environment = environments_find(&environments, name);
	return environment &&
	    (environment->flags & ENVIRONMENT_ADMINISTERS) != 0;
}

int environment_is_essential(const char *name)
{
	struct environment *environment;

	if (!name[0])
		return 1;
	environment = environments_find(&environments, name);
	return environment && (environment->flags & ENVIRONMENT_ESSENTIAL) != 0;
}

int environment_sees(const char *name, const char *text)
{
	struct environment *environment =
	    environments_find(&environments, name);

	return !environment || patterns_match(environment->sees, text);
}

error_t environment_starts(const struct child_plan *plan)
{
	struct environment *environment =
	    environments_find(&environments, plan->environment);

	if (!plan->environment[0])
		return 0;
	return !environment || environment->ending ? E_NOENT : 0;
}

/* Nothing of it runs any more. */
static void environment_over(struct environment *environment)
{
	struct child *child, *next;

	for (child = child_next(NULL); child; child = next) {
		next = child_next(child);
		if (strcmp(child->environment, environment->name) == 0)
			child_forget(child);
	}
	names_of_owner_remove(environment);
	images_forget(environment->name);
	log_line("environment %s has ended", environment->name);
	environment_free(environment);
	keep_write();
	wait_wake(&name_waiters);
}

static void end_thread(void *argument)
{
	struct environment *environment = argument;

	lock(&acs_lock);
	children_stop(environment->name);
	share_end(environment);
	environment_over(environment);
	unlock(&acs_lock);
}

error_t environment_end(const char *name, const char *why)
{
	struct environment *environment =
	    environments_find(&environments, name);
	error_t error;

	if (!environment)
		return E_NOENT;
	if (environment->flags & ENVIRONMENT_ESSENTIAL)
		return E_BUSY;
	if (environment->ending)
		return 0;
	log_loud("environment %s ends: %s", name, why);
	environment->ending = 1;
	keep_write();
	error = thread_start(end_thread, environment);
	if (error)
		environment->ending = 0;
	return error;
}
