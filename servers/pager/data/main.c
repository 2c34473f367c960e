/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data pager: swap space for anonymous memory, as Mach's default memory
 * manager. Arguments: swap=DEVICE[,DEVICE...], each a partition that mkswap
 * has prepared. Without any it still serves: see space.c.
 */
#include "datapager.h"
#include <base/log.h>
#include <base/text.h>
#include <server/recover.h>
#include <server/server.h>
#include <stddef.h>
#include <string.h>
#include <swap.server.h>

enum {
	SWAP_OPTION_MAX = 128,
};

static struct object front;

static routine_t swap_interface(const mach_msg_header_t *request)
{
	return (routine_t)swap_server_routine(request);
}

static const struct object_class front_class = {
	.name = "swap",
	.interfaces = (const interface_t[]){ swap_interface, 0 },
};

static error_t front_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&front);
	return 0;
}

static const struct recovery front_recovery = {
	.class = &front_class,
	.restore = front_restore,
};

static const struct recovery *const recovers[] = { &front_recovery, 0 };

static void areas_add(char *names)
{
	uint32_t pages;
	error_t error;
	char *comma;

	for (; names && *names; names = comma) {
		comma = strchr(names, ',');
		if (comma)
			*comma++ = 0;
		error = area_add(names, &pages);
		if (error)
			log_line("no swap on %s: %s", names,
			    error_name(error));
		else
			log_line("swap on %s: %u MB", names, pages / 256);
	}
}

/* All threads may use the last pages there are: others wait for them. */
static error_t prepare(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return pages_prepare();
}

static error_t start(int argc, char **argv)
{
	char names[SWAP_OPTION_MAX];
	error_t error = kept_start();

	strlcpy(names, text_option(argc, argv, "swap", ""), sizeof(names));
	if (!error)
		error = held_start();
	if (error)
		return error;
	areas_resume();
	error = objects_start();
	if (error)
		return error;
	if (!server_recovered)
		areas_add(names);
	error = shortage_start();
	return error ? error : pages_start();
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
	.public_object = &front,
	.recovers = recovers,
	.rows = ROWS_MAX,
	.memory_size = KEPT_SIZE,
	.memory_clear = offsetof(struct kept, pool),
	.ports = &objects_ports,
	.prepare = prepare,
	.start = start,
	.quiesce = pages_rest,
	.describe = describe,
};

int main(int argc, char **argv)
{
	object_init(&front, &front_class);
	pool_files.threads_max = 2;
	pool_files.privileged = 1;
	return server_run(&server, argc, argv);
}
