/* SPDX-License-Identifier: BSD-2-Clause */
/* What every server answers on its public port: server.defs. */
#include "internal.h"
#include <acs.client.h>
#include <base/heap.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/trace.h>
#include <server.server.h>
#include <string.h>

volatile unsigned server_pings;

error_t serve_server_ping(object_t object, int serial)
{
	(void)object;
	server_pings++;
	sound_ping();
	lost_look();
	acs_pong(server_acs, stuck_look() ? -1 : serial);
	return 0;
}

error_t serve_server_stop(object_t object, int deadline)
{
	(void)object;
	server_order_stop(deadline);
	return 0;
}

error_t serve_server_hand_over(object_t object, int deadline)
{
	(void)object;
	if (!server_running->recovers)
		return E_OPNOTSUPP;
	server_order_hand_over(deadline);
	return 0;
}

static void describe_pools(char *text, size_t size)
{
	for (unsigned i = 0; i < pool_count; i++)
		text_append(text, size, "pool %s: %u threads of %u, "
		    "%d listen, %u requests\n", pools[i]->name,
		    pools[i]->threads, pools[i]->threads_max, pools[i]->idle,
		    pools[i]->requests);
	text_append(text, size, "%u requests wait\n", wait_count());
}

static void describe_objects(char *text, size_t size)
{
	const struct object_class *class;
	unsigned index = 1, count;

	lock(&table_lock);
	while ((count = table_count(&class, &index)))
		text_append(text, size, "%u objects: %s\n", count,
		    class->name);
	unlock(&table_lock);
}

static void describe_ports(char *text, size_t size)
{
	struct port_counts ports;

	if (!port_count(&ports))
		text_append(text, size, "%u names of ports: %u received here, "
		    "%u of them spare, %u dead\n", ports.names,
		    ports.received, recover_spares(), ports.dead);
}

error_t serve_server_describe(object_t object, small_data_t text,
    mach_msg_type_number_t *count)
{
	size_t used, taken;

	(void)object;
	text_format(text, sizeof(small_data_t), "%s\n", server_running->name);
	describe_pools(text, sizeof(small_data_t));
	describe_objects(text, sizeof(small_data_t));
	describe_ports(text, sizeof(small_data_t));
	heap_usage(&used, &taken);
	text_append(text, sizeof(small_data_t),
	    "heap: %u KB used of %u KB\n", (unsigned)used / 1024,
	    (unsigned)taken / 1024);
	if (server_running->describe)
		server_running->describe(text + strlen(text),
		    sizeof(small_data_t) - strlen(text));
	*count = strlen(text);
	return 0;
}

error_t serve_server_trace(object_t object, int level)
{
	(void)object;
	if (level < 0 || level > 2)
		return E_INVAL;
	return trace_set(level);
}

error_t serve_server_trace_read(object_t object, large_data_t *records,
    mach_msg_type_number_t *count)
{
	struct vm_buffer buffer;
	unsigned number;
	error_t error;

	(void)object;
	error = vm_buffer_new(&buffer,
	    TRACE_RECORDS * sizeof(struct trace_record));
	if (error)
		return error;
	number = trace_read(buffer.start, TRACE_RECORDS);
	vm_buffer_give(&buffer, number * sizeof(struct trace_record), records,
	    count);
	return 0;
}

error_t serve_server_count(object_t object, server_counters_t *counters)
{
	struct port_counts ports;
	size_t used, taken;
	error_t error;

	(void)object;
	error = port_count(&ports);
	if (error)
		return error;
	memset(counters, 0, sizeof *counters);
	for (unsigned i = 0; i < pool_count; i++) {
		counters->requests += pools[i]->requests;
		counters->threads += pools[i]->threads;
	}
	counters->waiting = wait_count();
	lock(&table_lock);
	counters->objects = table_size();
	unlock(&table_lock);
	counters->ports = ports.names;
	counters->ports_received = ports.received;
	counters->ports_dead = ports.dead;
	heap_usage(&used, &taken);
	counters->heap_used = used / 1024;
	counters->heap_taken = taken / 1024;
	return 0;
}
