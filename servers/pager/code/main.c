/* SPDX-License-Identifier: BSD-2-Clause */
/* The code pager: what starts, in order. */
#include "code.h"
#include <base/text.h>

struct pool pool_pages = { .name = "pages", .threads_max = 4,
	.privileged = 1 };

static struct object front;

static error_t start(int argc, char **argv)
{
	error_t error;

	(void)argc;
	(void)argv;
	cache_init(&code_cache, TEXTS_MAX);
	error = pool_start(&pool_pages);
	if (!error)
		error = sweep_start();
	return error;
}

static void describe(char *text, unsigned size)
{
	lock(&code_lock);
	text_append(text, size, "texts\t%u\nshared\t%u of %u maps\n"
	    "supplied\t%u pages in %u requests\n", code_cache.count,
	    code_cache.found, code_cache.asked, code_counters.pages,
	    code_counters.requests);
	unlock(&code_lock);
}

static struct server server = {
	.name = "codepager",
	.essential = 1,
	.public_object = &front,
	.start = start,
	.describe = describe,
};

int main(int argc, char **argv)
{
	object_init(&front, &front_class);
	return server_run(&server, argc, argv);
}
