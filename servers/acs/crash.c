/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports of crashes and hangs: what is said goes to the log at once and is
 * kept for `acs crashes`, the last CRASHES_MAX of them. acs_lock is held.
 */
#include "keep.h"
#include "core/symbols.h"
#include <base/guard.h>
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <base/trace.h>
#include <kernel/mach.client.h>
#include <mach/machine/thread_status.h>
#include <string.h>

enum {
	BACKTRACE_MAX = 16,
	MESSAGES_MAX = 16,
};

static char *reports[CRASHES_MAX]; /* owned; a ring */
static unsigned own_count, *report_count = &own_count;
static char *report; /* the one that grows, or null */

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list list;

	va_start(list, format);
	text_format_list(line, sizeof(line), format, list);
	va_end(list);
	log_loud("%s", line);
	if (report)
		text_append(report, CRASH_TEXT, "%s\n", line);
}

void crash_start(char *texts, unsigned *count)
{
	for (unsigned i = 0; i < CRASHES_MAX; i++)
		reports[i] = texts + i * CRASH_TEXT;
	report_count = count;
}

static void report_begin(const char *name)
{
	unsigned place = (*report_count)++ % CRASHES_MAX;

	if (!reports[place])
		reports[place] = heap_alloc(CRASH_TEXT);
	report = reports[place];
	if (report)
		text_format(report, CRASH_TEXT, "[%5u s] %s\n",
		    uptime_seconds(), name);
}

/* What has gone out can be read, or the task never waits for a page. */
static int is_there(mach_port_t task)
{
	const struct child *child = child_of_task(task);

	return pages_come() ||
	    (child && strcmp(child->image, PAGER_IMAGE) == 0);
}

/* Copies size bytes of the task's memory; 0 if they can't be read. */
static int memory_read(mach_port_t task, uint32_t address, void *to,
    uint32_t size)
{
	vm_size_t span = page_round(address + size) - page_trunc(address);
	mach_msg_type_number_t got;
	vm_offset_t data;

	if (!is_there(task) ||
	    vm_read(task, page_trunc(address), span, &data, &got))
		return 0;
	memcpy(to, (char *)data + (address & (PAGE_SIZE - 1)), size);
	memory_free(data, got);
	return 1;
}

/* Of its memory that survives. That is shared with the vault: if it is copied
 * while the kernel writes from there to a disk, zeros may be written
 * (mach/fixups/write_protect.fix). So who does such things stands still, and
 * what the kernel does for it is done. */
static int region_read(mach_port_t task, uint32_t offset, void *to,
    uint32_t size)
{
	const struct child *child = child_of_task(task);
	int stops = child && child->recovers, done;

	if (stops)
		task_suspend(task);
	done = memory_read(task, REGION_ADDRESS + offset, to, size);
	if (stops)
		task_resume(task);
	return done;
}

/* One word of the task's memory; 0 if it can't be read. */
static uint32_t word_read(mach_port_t task, uint32_t address)
{
	uint32_t word;

	if ((address & 3) || !memory_read(task, address, &word, sizeof(word)))
		return 0;
	return word;
}

/* One address by its symbol, if the archive knows it. */
static void address_say(const char *what, uint32_t address)
{
	char text[128];
	struct image symbols;
	error_t error = image_find("", "symbols", &symbols);

	symbol_format(error ? "" : symbols.data, error ? 0 : symbols.size,
	    address, text, sizeof(text));
	say("  %s %08x %s", what, address, text);
}

/* A frame lies on the thread's stack. What else its register may say is not
 * read: to read from memory that survives would cut the task's map of it in
 * two, and the next instance could not take it over. */
static int on_stack(uint32_t frame, uint32_t esp)
{
	return (frame ^ esp) < THREAD_STACK_SIZE;
}

static void thread_say(mach_port_t task, mach_port_t thread)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	uint32_t frame, back, next;

	memset(&state, 0, sizeof(state));
	thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state,
	    &count);
	say("eip %x esp %x eax %x ebx %x ecx %x edx %x esi %x edi %x ebp %x",
	    state.eip, state.uesp, state.eax, state.ebx, state.ecx, state.edx,
	    state.esi, state.edi, state.ebp);
	address_say("at", state.eip);
	frame = state.ebp;
	for (int i = 0; i < BACKTRACE_MAX && on_stack(frame, state.uesp); i++) {
		back = word_read(task, frame + 4);
		next = word_read(task, frame);
		if (!back)
			break;
		address_say("called from", back);
		if (next <= frame)
			break;
		frame = next;
	}
}

/* The end of the trace ring: the server says in its region where it is. */
static void messages_say(mach_port_t task)
{
	static const char *const kinds[] = { "?", "sent", "received", "error",
		"begins", "ends", "waits", "note" };
	uint32_t places[2], ring, last, serial;
	struct trace_record record;

	/* the two words behind what region_head has of its own */
	if (!region_read(task, REGION_TRACE, places, sizeof(places)) ||
	    !places[0] || !places[1])
		return;
	ring = word_read(task, places[0]);
	last = word_read(task, places[1]);
	serial = last > MESSAGES_MAX ? last - MESSAGES_MAX + 1 : 1;
	for (; ring && serial <= last; serial++) {
		if (!memory_read(task, ring +
			serial % TRACE_RECORDS * sizeof(record), &record,
			sizeof(record)) || record.serial != serial)
			continue;
		say("  message %d %s, object %x, result %x, thread %u",
		    record.id, kinds[record.kind & 7], record.object,
		    record.result, record.thread);
	}
}

static void threads_say(mach_port_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	if (task_threads(task, &threads, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		thread_say(task, threads[i]);
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof(*threads));
}

void crash_report(const char *name, const char *what, mach_port_t task,
    mach_port_t thread)
{
	report_begin(name);
	say("%s %s", name, what);
	if (thread)
		thread_say(task, thread);
	else
		threads_say(task);
	messages_say(task);
	report = NULL;
}

error_t crash_texts(GIVEN char **text, mach_msg_type_number_t *size)
{
	struct vm_buffer buffer;
	unsigned first = *report_count > CRASHES_MAX ?
	    *report_count - CRASHES_MAX : 0;
	error_t error = vm_buffer_new(&buffer, CRASHES_MAX * CRASH_TEXT);

	if (error)
		return error;
	for (unsigned i = first; i < *report_count; i++) {
		if (reports[i % CRASHES_MAX])
			text_append(buffer.start, buffer.size, "%s\n",
			    reports[i % CRASHES_MAX]);
	}
	vm_buffer_give(&buffer, strlen(buffer.start), text, size);
	return 0;
}
