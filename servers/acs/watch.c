/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who wants to hear of births and deaths of names. Notices are sent without
 * waiting (acs_notice.defs says so to MIG), hence under the lock: a watcher
 * hears of changes in the order in which they were made. One whose queue is
 * full is told ACS_MISSED before the next notice that passes; one whose port
 * has died is forgotten when it is next told something.
 */
#include "keep.h"
#include <acs_notice.client.h>
#include <base/heap.h>
#include <base/port.h>
#include <string.h>

struct watch {
	struct list link;
	char environment[ENVIRONMENT_MAX_SIZE];
	char pattern[NAME_MAX_SIZE];
	mach_port_t notify; /* send right, owned */
	int missed;
};

static struct list watches = LIST_EMPTY(watches);

static void watch_end(struct watch *watch)
{
	list_remove(&watch->link);
	port_drop(watch->notify);
	heap_free(watch);
	keep_write();
}

unsigned watches_keep(struct kept_watch *to, unsigned limit)
{
	unsigned count = 0;

	list_each(link, &watches) {
		struct watch *watch = list_item(link, struct watch, link);

		if (count == limit)
			break;
		strlcpy(to[count].environment, watch->environment,
		    sizeof(to->environment));
		strlcpy(to[count].pattern, watch->pattern,
		    sizeof(to->pattern));
		to[count].notify = watch->notify;
		to[count++].missed = watch->missed;
	}
	return count;
}

/* Who was being told something when the ACS died asks anew. */
void watch_restore(const struct kept_watch *from, CONSUMED mach_port_t notify)
{
	struct watch *watch = notify ? heap_alloc_zero(sizeof(*watch)) : NULL;

	if (!watch) {
		port_drop(notify);
		return;
	}
	strlcpy(watch->environment, from->environment,
	    sizeof(watch->environment));
	strlcpy(watch->pattern, from->pattern, sizeof(watch->pattern));
	watch->notify = notify;
	watch->missed = 1;
	list_append(&watches, &watch->link);
}

/* Returns 0 if the watch is no more. */
static int watch_send(struct watch *watch, const char *name, unsigned version,
    int what)
{
	error_t error = 0;

	if (watch->missed)
		error = acs_event(watch->notify, "", 0, 0, ACS_MISSED);
	if (!error) {
		watch->missed = 0;
		error = acs_event(watch->notify, (char *)name, strlen(name),
		    (int)version, what);
	}
	if (error == MACH_SEND_TIMED_OUT) {
		watch->missed = 1;
	} else if (error) {
		watch_end(watch);
		return 0;
	}
	return 1;
}

static int watch_sees(const struct watch *watch, const char *environment,
    const char *text)
{
	if (!environment[0] ? !environment_sees(watch->environment, text) :
	                      strcmp(environment, watch->environment) != 0)
		return 0;
	return pattern_matches(watch->pattern, strlen(watch->pattern), text);
}

void watch_tell(const char *environment, const char *text, unsigned version,
    int what)
{
	list_each_safe(link, &watches) {
		struct watch *watch = list_item(link, struct watch, link);

		if (watch_sees(watch, environment, text))
			watch_send(watch, text, version, what);
	}
}

error_t watch_add(const char *environment, const char *pattern,
    CONSUMED mach_port_t notify)
{
	struct watch *watch = heap_alloc_zero(sizeof(*watch));

	if (!watch)
		return E_NOMEM;
	strlcpy(watch->environment, environment, sizeof(watch->environment));
	strlcpy(watch->pattern, pattern, sizeof(watch->pattern));
	watch->notify = notify;
	list_append(&watches, &watch->link);
	keep_write();
	list_each(link, &names.all) {
		struct name *name = list_item(link, struct name, link);

		if (watch_sees(watch, name->environment, name->text) &&
		    !watch_send(watch, name->text, name->version, ACS_PRESENT))
			return 0;
	}
	watch_send(watch, "", 0, ACS_ALL_TOLD);
	return 0;
}
