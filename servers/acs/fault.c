/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults in a server, made on purpose (acs_fault): a bit of its text, of its
 * memory or of a thread's registers is turned over, or its fault switch
 * (base/fault.h) is set. Its threads stand still meanwhile, so that nothing
 * else of it changes; acs_lock is not held, as its pages may have to come
 * back first.
 */
#include "acs.h"
#include "core/elf.h"
#include <acs.server.h>
#include <base/fault.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/trace.h>
#include <kernel/mach.client.h>
#include <mach/machine/thread_status.h>
#include <string.h>

enum {
	TRIES = 64, /* pages that hold nothing but zeros */
	SEGMENTS = 8,
	KIND_MAX = ACS_FAULT_LOSS,
};

static const char mark[16] = "fault switch v1\n";

struct victim {
	mach_port_t task;         /* send right, owned */
	vm_address_t switch_at;   /* its fault switch; 0: it has none */
	struct elf_segment segments[SEGMENTS];
	unsigned segment_count;
	uint32_t noise;
	uint32_t place;           /* of the bit: address, or register */
	unsigned bit;
};

static uint32_t noise(struct victim *victim)
{
	victim->noise = victim->noise * 1664525u + 1013904223u;
	return victim->noise >> 8 | victim->noise << 24;
}

/* What tasks that run the image have where. */
static void image_look(struct victim *victim, const struct image *image)
{
	struct elf_segment *segment = victim->segments;
	unsigned count;
	uint32_t entry;

	if (!elf_check(image->data, image->size, &count, &entry))
		return;
	for (unsigned i = 0; i < count && i < SEGMENTS; i++, segment++) {
		if (!elf_segment(image->data, image->size, i, segment))
			return;
		victim->segment_count++;
		segment->writable = segment->writable != 0;
		for (uint32_t at = 0; segment->writable &&
		     at + sizeof(struct fault_switch) <= segment->data_size;
		     at += 4)
			if (!memcmp(segment->data + at, mark, sizeof(mark)))
				victim->switch_at = segment->address +
				    segment->data_offset + at;
	}
}

/* A page of the image's segments that a kind is about; 0: none. Not of all the
 * memory that the task has: the packaged kernel stops when a copy of what a
 * pager serves ends while the object is copied elsewhere, too. */
static vm_address_t page_any(struct victim *victim, int kind)
{
	unsigned count = victim->segment_count, all = 0, place;

	for (unsigned i = 0; i < count; i++)
		if (victim->segments[i].writable == (kind == ACS_FAULT_DATA))
			all += victim->segments[i].size / PAGE_SIZE;
	if (!all)
		return 0;
	place = noise(victim) % all;
	for (unsigned i = 0; i < count; i++) {
		const struct elf_segment *segment = &victim->segments[i];
		unsigned pages = segment->size / PAGE_SIZE;

		if (segment->writable != (kind == ACS_FAULT_DATA))
			continue;
		if (place < pages)
			return segment->address + place * PAGE_SIZE;
		place -= pages;
	}
	return 0;
}

static error_t page_put(struct victim *victim, vm_address_t page,
    const char *data, int read_only)
{
	error_t error = 0;

	if (read_only)
		error = vm_protect(victim->task, page, PAGE_SIZE, FALSE,
		    VM_PROT_READ | VM_PROT_WRITE);
	if (!error)
		error = vm_write(victim->task, page, (vm_offset_t)data,
		    PAGE_SIZE);
	if (read_only)
		vm_protect(victim->task, page, PAGE_SIZE, FALSE,
		    VM_PROT_READ | VM_PROT_EXECUTE);
	return error;
}

/* A bit of a byte that is not 0, if the page has any. */
static int page_spoil(struct victim *victim, vm_address_t page, char *data)
{
	unsigned at = noise(victim) % PAGE_SIZE, i;

	for (i = 0; i < PAGE_SIZE; i++, at = (at + 1) % PAGE_SIZE)
		if (data[at])
			break;
	if (i == PAGE_SIZE)
		return 0;
	victim->place = page + at;
	victim->bit = noise(victim) % 8;
	data[at] ^= (char)(1 << victim->bit);
	return 1;
}

static error_t memory_spoil(struct victim *victim, int kind)
{
	mach_msg_type_number_t got;
	error_t error = E_OPNOTSUPP;

	for (int i = 0; i < TRIES; i++) {
		vm_address_t page = page_any(victim, kind);
		vm_offset_t data;
		int spoilt;

		if (!page || vm_read(victim->task, page, PAGE_SIZE, &data,
		    &got))
			continue;
		spoilt = page_spoil(victim, page, (char *)data);
		if (spoilt)
			error = page_put(victim, page, (char *)data,
			    kind == ACS_FAULT_TEXT);
		memory_free(data, got);
		if (spoilt)
			break;
	}
	return error;
}

static error_t thread_spoil(struct victim *victim, mach_port_t thread)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	error_t error = thread_get_state(thread, i386_THREAD_STATE,
	    (thread_state_t)&state, &count);
	unsigned int *registers[] = { &state.eax, &state.ebx, &state.ecx,
		&state.edx, &state.esi, &state.edi, &state.ebp, &state.uesp,
		&state.eip };

	if (error)
		return error;
	victim->bit = noise(victim) % 32;
	victim->place = noise(victim) % 9;
	*registers[victim->place] ^= 1u << victim->bit;
	return thread_set_state(thread, i386_THREAD_STATE,
	    (thread_state_t)&state, count);
}

static error_t registers_spoil(struct victim *victim)
{
	mach_msg_type_number_t count;
	thread_array_t threads;
	unsigned which;
	error_t error = task_threads(victim->task, &threads, &count);

	if (error)
		return error;
	which = noise(victim) % count;
	error = thread_spoil(victim, threads[which]);
	for (unsigned i = 0; i < count; i++)
		port_drop(threads[i]);
	memory_free((vm_address_t)threads, count * sizeof(*threads));
	return error;
}

/* The number-th operation from now. */
static error_t switch_set(struct victim *victim, int kind, int number)
{
	vm_address_t page = page_trunc(victim->switch_at);
	vm_size_t span = page_round(victim->switch_at +
	    sizeof(struct fault_switch)) - page;
	struct fault_switch *there;
	mach_msg_type_number_t got;
	vm_offset_t data;
	error_t error;

	if (!victim->switch_at)
		return E_OPNOTSUPP;
	error = vm_read(victim->task, page, span, &data, &got);
	if (error)
		return error;
	there = (struct fault_switch *)(data + (victim->switch_at - page));
	there->armed = 1;
	there->left[kind - ACS_FAULT_ALLOCATION] = (uint32_t)number;
	if (kind >= ACS_FAULT_MESSAGE)
		there->trace_level |= FAULT_WATCHES;
	error = vm_write(victim->task, page, data, span);
	memory_free(data, got);
	return error;
}

static error_t fault_make(struct victim *victim, int kind, int number)
{
	error_t error = task_suspend(victim->task);

	if (error)
		return error;
	if (kind == ACS_FAULT_REGISTERS)
		error = registers_spoil(victim);
	else if (kind >= ACS_FAULT_ALLOCATION)
		error = switch_set(victim, kind, number);
	else
		error = memory_spoil(victim, kind);
	task_resume(victim->task);
	return error;
}

error_t serve_acs_fault(object_t object, const name_t name,
    mach_msg_type_number_t length, int kind, int number)
{
	struct victim victim = { .noise = (uint32_t)number };
	struct child *child;
	error_t error;

	if (kind < 0 || kind > KIND_MAX)
		return E_INVAL;
	lock(&acs_lock);
	error = child_named(object, name, length, &child);
	if (!error && !child->task)
		error = E_NOENT;
	if (!error)
		error = port_copy_send(child->task);
	if (!error) {
		victim.task = child->task;
		image_look(&victim, &child->held);
	}
	unlock(&acs_lock);
	if (error)
		return error;
	log_line("a fault on purpose: %.*s, kind %d, number %d", (int)length,
	    name, kind, number);
	error = fault_make(&victim, kind, number);
	if (!error && kind < ACS_FAULT_ALLOCATION)
		log_line("turned over: bit %u of %x", victim.bit, victim.place);
	port_drop(victim.task);
	return error;
}
