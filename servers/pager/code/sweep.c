/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text holds a right to its file, which keeps an unlinked file's blocks. So
 * texts are looked at in turn, a few each second, and those of files without
 * a name are retired.
 */
#include "code.h"
#include <base/thread.h>

enum {
	PERIOD = 1000, /* milliseconds */
	AT_ONCE = 8,
};

extern int call_file_is_gone(mach_port_t file);

/* The text that waits longest for a look, with a reference: the one in the
 * place'th position of the table. */
static struct text *next_text(unsigned place)
{
	struct text *text = 0;

	lock(&code_lock);
	if (code_cache.count) {
		place %= code_cache.count;
		list_each(link, &code_cache.ages)
			if (!place--)
				text = object_reference(list_item(link,
				    struct text, cached.age));
	}
	unlock(&code_lock);
	return text;
}

static void sweep(void *argument)
{
	unsigned place = 0;
	struct text *text;

	(void)argument;
	thread_name("sweep");
	for (;; thread_sleep(PERIOD)) {
		for (unsigned i = 0; i < AT_ONCE; i++) {
			if (i && i >= code_cache.count)
				break;
			text = next_text(place++);
			if (!text)
				break;
			if (call_file_is_gone(text->file)) {
				lock(&code_lock);
				text_retire(text);
				unlock(&code_lock);
			}
			object_release(text);
		}
	}
}

error_t sweep_start(void)
{
	return thread_start(sweep, 0);
}
