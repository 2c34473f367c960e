/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is a thread's own: its struct, its segments (thread areas), where its
 * id is to be written when it ends.
 *
 * The kernel has room for two segments of a thread in its GDT: selectors 0x4b
 * and 0x53, entries 9 and 10. Linux has three, 6 to 8 or 12 to 14; programs
 * use what set_thread_area answers.
 */
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_i386.client.h>
#include <linux/linux.h>

enum {
	ENTRY_FIRST = 9,
	ENTRIES = 2,
	/* flags of struct user_desc */
	SEGMENT_32 = 1,
	SEGMENT_CONTENTS = 6,
	SEGMENT_READ_ONLY = 8,
	SEGMENT_PAGES = 16,
	SEGMENT_ABSENT = 32,
	SEGMENT_USEABLE = 64,
};

void thread_prepare(struct unix_thread *thread)
{
	thread->fault_esp = (uint32_t)thread_frame(thread) - 6 * 4;
	thread->fault_eip = (uint32_t)call_fault;
	thread->interruptible = 0;
	thread->cancel = NULL;
	thread->reply_depth = 0;
	PAGE->waiting = 0;
}

static mach_port_t own_port(struct unix_thread *thread)
{
	if (!thread->self)
		thread->self = mach_thread_self();
	return thread->self;
}

/* words: entry, base, limit, flags, as struct user_desc. */
void segment_encode(const uint32_t *words, uint32_t *descriptor)
{
	uint32_t base = words[1], limit = words[2], flags = words[3];
	uint32_t type = 0x10 | (flags & SEGMENT_CONTENTS) << 1 |
	    (flags & SEGMENT_READ_ONLY ? 0 : 2) | 0x60 | 1;

	if (flags & SEGMENT_ABSENT) {
		descriptor[0] = descriptor[1] = 0;
		return;
	}
	descriptor[0] = (limit & 0xffff) | base << 16;
	descriptor[1] = (base >> 16 & 0xff) | (type | 0x80) << 8 |
	    (limit & 0xf0000) | (flags & SEGMENT_USEABLE ? 1 << 20 : 0) |
	    (flags & SEGMENT_32 ? 1 << 22 : 0) |
	    (flags & SEGMENT_PAGES ? 1 << 23 : 0) | (base & 0xff000000);
}

static void segment_decode(const uint32_t *descriptor, uint32_t *words)
{
	uint32_t low = descriptor[0], high = descriptor[1];

	words[1] = low >> 16 | (high & 0xff) << 16 | (high & 0xff000000);
	words[2] = (low & 0xffff) | (high & 0xf0000);
	words[3] = (high >> 22 & 1) | (high >> 10 & 3) << 1 |
	    (high & 0x200 ? 0 : SEGMENT_READ_ONLY) |
	    (high & 1 << 23 ? SEGMENT_PAGES : 0) |
	    (high & 0x8000 ? 0 : SEGMENT_ABSENT) |
	    (high & 1 << 20 ? SEGMENT_USEABLE : 0);
}

static int entry_free(const struct unix_thread *thread)
{
	for (int i = 0; i < ENTRIES; i++)
		if (!thread->tls[2 * i] && !thread->tls[2 * i + 1])
			return i;
	return -1;
}

long unix_set_thread_area(uint32_t *description)
{
	struct unix_thread *thread = thread_current();
	int entry = (int)description[0] - ENTRY_FIRST, selector;
	struct descriptor descriptor;
	uint32_t words[2];
	error_t error;

	if (description[0] == 0xffffffff) {
		entry = entry_free(thread);
		if (entry < 0)
			return -ESRCH;
		description[0] = (uint32_t)entry + ENTRY_FIRST;
	}
	if (entry < 0 || entry >= ENTRIES)
		return -EINVAL;
	segment_encode(description, words);
	descriptor.low_word = words[0];
	descriptor.high_word = words[1];
	selector = (entry + ENTRY_FIRST) << 3 | 3;
	error = i386_set_gdt(own_port(thread), &selector, descriptor);
	if (error)
		return unix_error(error);
	thread->tls[2 * entry] = words[0];
	thread->tls[2 * entry + 1] = words[1];
	return 0;
}

long unix_get_thread_area(uint32_t *description)
{
	struct unix_thread *thread = thread_current();
	int entry = (int)description[0] - ENTRY_FIRST;

	if (entry < 0 || entry >= ENTRIES)
		return -EINVAL;
	segment_decode(thread->tls + 2 * entry, description);
	return 0;
}

long unix_set_tid_address(int *address)
{
	struct unix_thread *thread = thread_current();

	thread->clear_child_tid = (uint32_t)address;
	return thread->tid;
}

long unix_set_robust_list(uint32_t head, size_t size)
{
	struct unix_thread *thread = thread_current();

	if (size != 12)
		return -EINVAL;
	thread->robust_list = head;
	thread->robust_size = size;
	return 0;
}

long unix_get_robust_list(int tid, uint32_t *head, uint32_t *size)
{
	struct unix_thread *thread = thread_current();

	if (tid && tid != thread->tid)
		return -ESRCH;
	*head = thread->robust_list;
	*size = 12;
	return 0;
}

long unix_gettid(void)
{
	return thread_current()->tid;
}
