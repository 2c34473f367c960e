/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for whom, by the names of messages. */
#include "waits.h"
#include <base/mach.h>
#include <env.client.h>
#include <kernel/mach.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES "/usr/share/masix/msgids"

/* interface (null: not wanted) and name of message id; 0: unknown. */
static int name_find(int id, char *interface, char *name)
{
	FILE *file = fopen(NAMES, "r");
	char line[160];
	int one, found = 0;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%23s %*d %39s %*d %d", interface, name,
			    &one) == 3 && one == id;
	if (file)
		fclose(file);
	if (!found) {
		strcpy(interface, "?");
		sprintf(name, "message %d", id);
	}
	return found;
}

void waits_read(struct waits *waits, mach_port_t acs)
{
	large_data_t text;
	mach_msg_type_number_t size;

	waits->count = 0;
	if (env_waits(acs, &text, &size))
		return;
	for (char *at = text, *end = text + size; at < end;) {
		struct wait *wait = &waits->all[waits->count];
		char *tab = memchr(at, '\t', end - at), *line;

		if (!tab || waits->count == WAITS_MAX)
			break;
		snprintf(wait->server, sizeof(wait->server), "%.*s",
		    (int)(tab - at), at);
		name_find(atoi(tab + 1), wait->interface, wait->message);
		waits->count++;
		line = memchr(tab, '\n', end - tab);
		at = line ? line + 1 : end;
	}
	vm_deallocate(mach_task_self(), (vm_address_t)text, size);
}

/* "pfs_lookup, device_read x2": all that server waits for. */
const char *waits_of(const struct waits *waits, const char *server)
{
	static char text[200];
	unsigned used = 0;

	text[0] = 0;
	for (int i = 0; i < waits->count; i++) {
		const struct wait *wait = &waits->all[i];
		int times = 0, before = 0;

		if (strcmp(wait->server, server) != 0)
			continue;
		for (int j = 0; j < waits->count; j++)
			if (!strcmp(waits->all[j].server, server) &&
			    !strcmp(waits->all[j].message, wait->message)) {
				times++;
				before += j < i;
			}
		if (before || used > sizeof(text) - 60)
			continue;
		used += sprintf(text + used, "%s%s", used ? ", " : "",
		    wait->message);
		if (times > 1)
			used += sprintf(text + used, " x%d", times);
	}
	return text;
}
