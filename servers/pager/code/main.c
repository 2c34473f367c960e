/* SPDX-License-Identifier: BSD-2-Clause */
/* The code pager: what starts, in order. */
#include "code.h"
#include <base/text.h>

struct pool pool_pages = { .name = "pages", .threads_max = 4,
	.privileged = 1 };

static struct object front;

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

static const struct recovery *const recovers[] = { &front_recovery,
	&text_recovery, 0 };

static error_t prepare(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cache_init(&code_cache, TEXTS_MAX);
	return pool_start(&pool_pages);
}

static error_t start(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	texts_resume();
	return sweep_start();
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
	.recovers = recovers,
	.rows = 4096,
	.prepare = prepare,
	.start = start,
	.describe = describe,
};

int main(int argc, char **argv)
{
	object_init(&front, &front_class);
	return server_run(&server, argc, argv);
}
