/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text holds a right to its file, which keeps an unlinked file's blocks. So
 * texts are looked at in turn, a few each second, and those of files without
 * a name are retired. So are those that the kernel knows and that know nothing
 * of the kernel: what tells it comes once, and the instance that was at that
 * when it died has taken it along. A page that somebody waits for while no
 * thread of ours is at anything was asked for and forgotten: it is supplied.
 */
#include "code.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/mach_debug.client.h>

enum {
	PERIOD = 1000, /* milliseconds */
	AT_ONCE = 8,
	IKOT_PAGER = 8, /* kern/ipc_kobject.h of the kernel */
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

static int kernel_waits(const struct text *text)
{
	unsigned kind = 0;
	vm_offset_t known = 0;

	return !text->control && text->object.port && pool_pages.idle > 0 &&
	    !mach_port_kernel_object(mach_task_self(), text->object.port,
		&kind, &known) && kind == IKOT_PAGER;
}

static int all_listen(void)
{
	return pool_pages.idle == (int)pool_pages.threads;
}

static void pages_look(struct text *text)
{
	if (text->control && all_listen())
		text_resume(text);
}

/* Twice in a row: who maps it would wait for ever, and gets an error. */
static void unheard_look(struct text *text)
{
	if (!kernel_waits(text)) {
		text->unheard = 0;
		return;
	}
	if (!text->unheard++)
		return;
	log_line("the kernel was not heard about a text: it ends");
	lock(&code_lock);
	text_retire(text);
	unlock(&code_lock);
	object_close_port(text);
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
			unheard_look(text);
			pages_look(text);
			object_release(text);
		}
	}
}

error_t sweep_start(void)
{
	return thread_start(sweep, 0);
}
