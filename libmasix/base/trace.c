/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace ring. Writers take a serial by one instruction that no interrupt
 * splits and fill the place it names; a reader may meet a half-written record
 * at the very end, which is why each carries its serial.
 */
#include <base/atomic.h>
#include <base/cycles.h>
#include <base/log.h>
#include <base/memory.h>
#include <base/thread.h>
#include <base/trace.h>

int trace_level;
static struct trace_record *ring; /* TRACE_RECORDS; made once */
static volatile uint32_t last_serial;

static uint64_t trace_time(uint32_t serial)
{
	return cycles_exist() ? cycles_now() : serial;
}

static uint32_t next_serial(void)
{
	return atomic_add(&last_serial, 1) + 1;
}

error_t trace_set(int level)
{
	vm_address_t address;
	error_t error;

	if (level && !ring) {
		error = memory_allocate(TRACE_RECORDS *
			sizeof(struct trace_record), &address);
		if (error)
			return E_NOMEM;
		ring = (struct trace_record *)address;
	}
	trace_level = level;
	return 0;
}

static void trace_print(const struct trace_record *record)
{
	static const char *const names[] = { "?", "send", "receive", "error",
		"begin", "end", "park", "note" };

	log_line("trace %u %s %d object %x result %d thread %u for %u",
	    record->serial, names[record->kind & 7], record->id,
	    record->object, record->result, record->thread, record->request);
}

uint32_t trace_record(enum trace_kind kind, int id, uint32_t object, int result)
{
	struct thread *self = thread_self();
	struct trace_record *record;
	uint32_t serial;
	int level = trace_level;

	if (!ring)
		return 0;
	serial = next_serial();
	record = &ring[serial % TRACE_RECORDS];
	record->time = trace_time(serial);
	record->serial = serial;
	record->request = self->trace_request;
	record->id = id;
	record->object = object;
	record->result = result;
	record->thread = (uint16_t)self->number;
	record->kind = (uint16_t)kind;
	if (level > 1 && !self->trace_record) {
		self->trace_record = 1; /* the log's own messages: not again */
		trace_print(record);
		self->trace_record = 0;
	}
	return serial;
}

unsigned trace_read(struct trace_record *records, unsigned limit)
{
	uint32_t end = last_serial, serial;
	unsigned count = 0;

	if (!ring)
		return 0;
	serial = end > TRACE_RECORDS ? end - TRACE_RECORDS + 1 : 1;
	if (end - serial + 1 > limit)
		serial = end - limit + 1;
	for (; serial <= end; serial++)
		if (ring[serial % TRACE_RECORDS].serial == serial)
			records[count++] = ring[serial % TRACE_RECORDS];
	return count;
}
