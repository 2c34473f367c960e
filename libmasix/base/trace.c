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
#include <string.h>

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
		"begin", "end", "park", "note", "again", "text" };

	if (record->kind == TRACE_TEXT)
		log_line("trace %u text %.12s thread %u for %u",
		    record->serial, record->text, record->thread,
		    record->request);
	else
		log_line("trace %u %s %d object %x result %d thread %u for %u",
		    record->serial, names[record->kind], record->id,
		    record->object, record->result, record->thread,
		    record->request);
}

/* Takes the next place; the record is then the calling thread's. */
static struct trace_record *record_new(enum trace_kind kind)
{
	struct thread *self = thread_self();
	uint32_t serial = next_serial();
	struct trace_record *record = &ring[serial % TRACE_RECORDS];

	record->time = trace_time(serial);
	record->serial = serial;
	record->request = self->trace_request;
	record->thread = (uint16_t)self->number;
	record->kind = (uint16_t)kind;
	return record;
}

static void record_show(const struct trace_record *record)
{
	struct thread *self = thread_self();

	if ((trace_level & TRACE_LEVELS) < 2 || self->trace_record)
		return;
	self->trace_record = 1; /* the log's own messages: not again */
	trace_print(record);
	self->trace_record = 0;
}

uint32_t trace_record(enum trace_kind kind, int id, uint32_t object, int result)
{
	struct trace_record *record;
	uint32_t serial;

	if (!ring)
		return 0;
	record = record_new(kind);
	serial = record->serial;
	record->id = id;
	record->object = object;
	record->result = result;
	record_show(record);
	return serial;
}

void trace_text(const char *text, size_t length)
{
	struct trace_record *record;
	size_t piece;

	if (!ring)
		return;
	if (length > TRACE_TEXT_MAX)
		length = TRACE_TEXT_MAX;
	for (; length; text += piece, length -= piece) {
		record = record_new(TRACE_TEXT);
		piece = length < sizeof record->text ? length :
						       sizeof record->text;
		memset(record->text, 0, sizeof record->text);
		memcpy(record->text, text, piece);
		record_show(record);
	}
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

const void *trace_ring_address(void)
{
	return &ring;
}

const volatile void *trace_serial_address(void)
{
	return &last_serial;
}
