/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests that are lost: nobody works at them, nobody has parked them, and
 * nobody has answered, so that their callers wait for ever. What such a request
 * leaves is the right to answer it. At some pings the rights of that kind that
 * the task has are compared with the requests that it knows; one that belongs
 * to none at four looks in a row ends the task (names are used again at once,
 * and that of a request which has just come belongs to none yet). The right
 * ends with it, which tells the caller to ask again. (A handler answers, parks,
 * or lets its request go; none keeps a right to answer for itself.)
 */
#include "internal.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach_port.client.h>

enum {
	LOOK_EVERY = 2,  /* pings */
	RIGHTS_MAX = 128, /* more than that are not looked at */
	LOOKS_MOST = 4,
};

struct rights {
	mach_port_t names[RIGHTS_MAX];
	unsigned char looks[RIGHTS_MAX]; /* at so many in a row */
	unsigned count;
};

static struct rights doubtful; /* at the look before */

/* All rights to send once; 0: they can't be told, or are too many. */
static int rights_get(struct rights *rights)
{
	mach_port_array_t names;
	mach_port_type_array_t types;
	mach_msg_type_number_t count, type_count;

	rights->count = 0;
	if (mach_port_names(mach_task_self(), &names, &count, &types,
	    &type_count))
		return 0;
	for (unsigned i = 0; i < count; i++) {
		if (!(types[i] & MACH_PORT_TYPE_SEND_ONCE))
			continue;
		if (rights->count < RIGHTS_MAX)
			rights->names[rights->count] = names[i];
		rights->count++;
	}
	memory_free((vm_address_t)names, count * sizeof *names);
	memory_free((vm_address_t)types, type_count * sizeof *types);
	return rights->count <= RIGHTS_MAX;
}

static unsigned looks_of(const struct rights *rights, mach_port_t name)
{
	for (unsigned i = 0; i < rights->count; i++)
		if (rights->names[i] == name)
			return rights->looks[i];
	return 0;
}

void lost_look(void)
{
	static unsigned pings;
	struct rights rights;
	unsigned left = 0, lost = 0, looks;

	if (++pings % LOOK_EVERY)
		return;
	if (!rights_get(&rights)) {
		doubtful.count = 0;
		return;
	}
	for (unsigned i = 0; i < rights.count; i++) {
		mach_port_t name = rights.names[i];

		if (wait_knows(name) || stuck_knows(name))
			continue;
		looks = looks_of(&doubtful, name) + 1;
		lost |= looks == LOOKS_MOST;
		rights.names[left] = name;
		rights.looks[left++] = (unsigned char)looks;
	}
	stuck_looked();
	if (lost) {
		log_line("a request was lost");
		__builtin_trap();
	}
	rights.count = left;
	doubtful = rights;
}
