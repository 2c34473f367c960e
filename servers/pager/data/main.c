/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data pager: swap space for anonymous memory, as Mach's default memory
 * manager. Arguments: swap=DEVICE[,DEVICE...], each a partition that mkswap
 * has prepared. Without any it still serves: see space.c.
 */
#include "datapager.h"
#include <base/log.h>
#include <base/text.h>
#include <server/server.h>
#include <string.h>
#include <swap.server.h>

enum {
	SWAP_OPTION_MAX = 128,
};

static routine_t swap_interface(const mach_msg_header_t *request)
{
	return (routine_t)swap_server_routine(request);
}

static void areas_add(char *names)
{
	uint32_t pages;
	error_t error;
	char *comma;

	for (; names && *names; names = comma) {
		comma = strchr(names, ',');
		if (comma)
			*comma++ = 0;
		error = space_add(names, &pages);
		if (error)
			log_line("no swap on %s: %s", names,
			    error_name(error));
		else
			log_line("swap on %s: %u MB", names, pages / 256);
	}
}

static error_t start(int argc, char **argv)
{
	char names[SWAP_OPTION_MAX];
	error_t error;

	strlcpy(names, text_option(argc, argv, "swap", ""), sizeof(names));
	error = space_start();
	if (!error)
		error = objects_start();
	if (error)
		return error;
	areas_add(names);
	return pages_start();
}

static void describe(char *text, unsigned size)
{
	struct space_status status;

	space_status(&status);
	text_format(text, size, "%u objects, %u of %u pages used, %u in, "
	    "%u out, %u held in memory, %u failures\n", object_count(),
	    status.used, status.total, status.paged_in, status.paged_out,
	    status.held, status.failures);
}

static struct server server = {
	.name = "datapager",
	.essential = 1,
	.interfaces = (const interface_t[]){ swap_interface, 0 },
	.start = start,
	.describe = describe,
};

int main(int argc, char **argv)
{
	pool_files.threads_max = 2;
	return server_run(&server, argc, argv);
}
