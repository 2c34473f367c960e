/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new instance takes over what one that died has left: README.md, "Recovery".
 * In the same task (place.c) all ports are there; else they come by D. It has
 * one thread until recover_end().
 */
#include "rows.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/trace.h>
#include <mach/notify.h>
#include <server/recover.h>
#include <string.h>

enum {
	ROWS_DEFAULT = 32768,
};

int server_recovered;
void *server_memory;

/* Objects whose ports are not served yet: until start() has run. */
struct arrival {
	struct object *object; /* a reference, owned; null: lost */
	struct pool *pool;
};
static struct vm_buffer arrival_buffer;
static struct arrival *arrivals; /* in the buffer */
static uint32_t arrival_count;

/* The next port in D's queue, or null. */
static mach_port_t port_receive(void)
{
	union {
		mach_msg_header_t header;
		mach_port_destroyed_notification_t destroyed;
		char room[128];
	} message;

	while (!mach_msg(&message.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
		sizeof message, GUARD_PORT, 0, MACH_PORT_NULL)) {
		if (message.header.msgh_id == MACH_NOTIFY_PORT_DESTROYED)
			return message.destroyed.not_port;
		message_destroy(&message.header);
	}
	return MACH_PORT_NULL;
}

static uint32_t ports_receive(mach_port_t *ports, uint32_t limit)
{
	uint32_t count = 0;
	mach_port_t port;

	while ((port = port_receive())) {
		if (count < limit)
			ports[count] = port;
		else
			port_end(port);
		count++;
	}
	return count;
}

/* The row's object gets this port, which comes from a dead task. */
static error_t port_adopt(struct object *object, uint32_t index,
    mach_port_t port, int kind)
{
	unsigned class = row_class(&region.rows[index]);
	error_t error = table_restore(object, index, port);

	if (!error)
		error = port_set_payload(port, object->handle);
	if (error)
		return error;
	object_restored(object, 0);
	row_set(&region, index, port, class, ROW_OPENING);
	row_write(object, kind, 0);
	return row_ask(index, port, class);
}

/* The same, if it has always been here: it is as it should be. */
static error_t port_stays(struct object *object, uint32_t index,
    mach_port_t port, int kind, const void *record)
{
	error_t error = table_restore(object,
	    index | row_generation(&region.rows[index]) * (HANDLE_INDEX + 1),
	    port);

	if (error)
		return error;
	object_restored(object, server_running->senders_later);
	row_write(object, kind, record);
	return 0;
}

/* Gives the row's object its port back. */
static error_t row_restore(uint32_t index, mach_port_t port,
    struct object **object)
{
	const uint8_t *record = row_record(&region, index);
	unsigned class = row_class(&region.rows[index]);
	const struct recovery *const *recovers = server_running->recovers;
	uint8_t bytes[REGION_RECORD];
	unsigned kind = 0;
	error_t error;

	while (kind < (class & (KINDS_MAX - 1)) && recovers[kind])
		kind++;
	if (!record || !recovers[kind] || class >> KIND_BITS >= pool_count)
		return E_UCLEAN;
	memcpy(bytes, record, sizeof bytes);
	error = recovers[kind]->restore(bytes, object);
	if (error)
		return error;
	lock(&table_lock);
	if ((*object)->port)
		error = E_EXIST;
	else if (server_in_place)
		error = port_stays(*object, index, port, (int)kind,
		    bytes);
	else
		error = port_adopt(*object, index, port, (int)kind);
	unlock(&table_lock);
	return error;
}

/* A port that can't be brought back ends. In the same task the kernel would
 * bring it to D. */
static void port_lose(mach_port_t port)
{
	if (server_in_place)
		recover_port_end(port);
	else
		port_end(port);
}

static void row_lose(uint32_t index, mach_port_t port)
{
	port_lose(port);
	row_set(&region, index, 0, 0, ROW_FREE);
}

/* One of the server's own. Returns whether it was lost. */
static unsigned port_restore(const struct region_port *row, mach_port_t port)
{
	if (!server_running->ports->restore(row->index & ~INDEX_PORT, port))
		return 0;
	port_lose(port);
	return 1;
}

static unsigned rows_restore(const struct region_port *rows, uint32_t count,
    const mach_port_t *ports)
{
	unsigned lost = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct object *object = 0;
		unsigned class;

		arrivals[i].object = 0;
		if (rows[i].index & INDEX_PORT) {
			lost += port_restore(&rows[i], ports[i]);
			continue;
		}
		class = row_class(&region.rows[rows[i].index]);
		if (!rows[i].sure ||
		    row_restore(rows[i].index, ports[i], &object)) {
			row_lose(rows[i].index, ports[i]);
			lost += rows[i].sure &&
			    (class & (KINDS_MAX - 1)) != KIND_SPARE;
			continue;
		}
		arrivals[i].object = object;
		arrivals[i].pool = pools[class >> KIND_BITS];
	}
	return lost;
}

void recover_end(void)
{
	for (uint32_t i = 0; i < arrival_count; i++) {
		if (!arrivals[i].object)
			continue;
		if (!arrivals[i].pool->kept)
			port_move_to_set(arrivals[i].object->port,
			    arrivals[i].pool->set);
		object_release(arrivals[i].object);
	}
	vm_buffer_free(&arrival_buffer);
	pools_run();
}

/* Under which names they will be found. */
static void sets_note(void)
{
	for (unsigned i = 0; i < pool_count; i++)
		region.head->sets[i] = pools[i]->set;
}

/* Where the ACS finds the last messages of this task. */
static void trace_show(void)
{
	region.head->trace[0] = (uint32_t)(uintptr_t)trace_ring_address();
	region.head->trace[1] = (uint32_t)(uintptr_t)trace_serial_address();
}

/* The ports that came, each with its row. */
static error_t rows_match(struct region_port *rows, mach_port_t *ports,
    uint32_t end)
{
	uint32_t arrived, doubtful;
	error_t error;

	arrived = ports_receive(ports, end);
	error = region_match(rows, &arrival_count, arrived, &doubtful);
	for (uint32_t i = 0; error && i < arrived && i < end; i++)
		port_end(ports[i]);
	return error;
}

/* Behind the rows' ports those that the server itself keeps. */
static error_t ports_add(struct region_port *rows, uint32_t limit,
    uint32_t *count)
{
	const struct recovery_ports *own = server_running->ports;
	mach_port_t name;
	int sure;

	for (uint32_t i = 0; own && i < own->limit; i++) {
		sure = 1;
		name = own->name(i, &sure);
		if (!name)
			continue;
		if (*count >= limit)
			return E_UCLEAN;
		rows[*count].index = i | INDEX_PORT;
		rows[*count].name = name;
		rows[(*count)++].sure = sure != 0;
	}
	return region_sort(rows, *count);
}

/* How many ports may come, at most. */
static uint32_t ports_limit(void)
{
	const struct recovery_ports *own = server_running->ports;
	uint32_t count = region.head->row_end;
	int sure;

	for (uint32_t i = 0; own && i < own->limit; i++)
		count += own->name(i, &sure) != MACH_PORT_NULL;
	return count;
}

/* In the same task: rows whose ports are there. */
static uint32_t rows_here(struct region_port *rows, uint32_t limit)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < region.head->row_end && count < limit; i++) {
		const struct region_row *row = &region.rows[i];
		int port = row_port(row);

		if (!port)
			continue;
		if (!place_take(row->name)) {
			row_set(&region, i, 0, 0, ROW_FREE);
			continue;
		}
		rows[count].index = i;
		rows[count].name = row->name;
		rows[count++].sure = port > 0;
	}
	return count;
}

static uint32_t ports_here(struct region_port *rows, uint32_t count,
    uint32_t limit)
{
	const struct recovery_ports *own = server_running->ports;
	mach_port_t name;
	int sure;

	for (uint32_t i = 0; own && i < own->limit && count < limit; i++) {
		name = own->name(i, &sure);
		if (!name || !place_take(name))
			continue;
		rows[count].index = i | INDEX_PORT;
		rows[count].name = name;
		rows[count++].sure = 1;
	}
	return count;
}

/* In the same task a death meanwhile changes nothing: the next instance finds
 * what this one has found. */
static unsigned restore_here(struct region_port *rows, mach_port_t *ports,
    uint32_t limit)
{
	unsigned lost;

	arrival_count = ports_here(rows, 0, limit);
	arrival_count += rows_here(rows + arrival_count,
	    limit - arrival_count);
	for (uint32_t i = 0; i < arrival_count; i++)
		ports[i] = rows[i].name;
	vault_stay(region.head->turn);
	recover_asked = 1;
	lost = rows_restore(rows, arrival_count, ports);
	recover_asked = 0;
	return lost;
}

/* From D: a death meanwhile is the end of it. */
static error_t restore_moved(struct region_port *rows, mach_port_t *ports,
    uint32_t limit, unsigned *lost)
{
	error_t error = region_ports(&region, rows, limit, &arrival_count);

	if (!error)
		error = ports_add(rows, limit, &arrival_count);
	if (!error) {
		region.head->state = REGION_RECOVERING;
		vault_begin(++region.head->turn);
		error = rows_match(rows, ports, limit);
	}
	if (error)
		arrival_count = 0;
	else
		*lost = rows_restore(rows, arrival_count, ports);
	return error;
}

static error_t restore_all(void)
{
	uint32_t end = ports_limit();
	struct region_port *rows;
	mach_port_t *ports;
	unsigned lost = 0;
	error_t error;

	error = vm_buffer_new(&arrival_buffer, (end + 1) * (sizeof *rows +
		sizeof *arrivals + sizeof *ports));
	if (error)
		return error;
	rows = arrival_buffer.start;
	arrivals = (struct arrival *)(rows + end + 1);
	ports = (mach_port_t *)(arrivals + end + 1);
	if (server_in_place)
		lost = restore_here(rows, ports, end);
	else
		error = restore_moved(rows, ports, end, &lost);
	if (error)
		return error;
	place_end();
	table_restored();
	vault_end();
	region_own(&region, (uint32_t)server_running->version);
	sets_note();
	trace_show();
	log_line("took over %u ports, %u lost%s", arrival_count, lost,
	    server_in_place ? "" : ", by D");
	return 0;
}

static void ports_let_go(void)
{
	mach_port_t port;

	while ((port = port_receive()))
		port_end(port);
}

error_t recover_prepare(void)
{
	error_t error;

	if (!server_running->recovers)
		return 0;
	recover_rows = server_running->rows;
	if (!recover_rows)
		recover_rows = ROWS_DEFAULT;
	error = region_lay_out(&region, (void *)REGION_ADDRESS, REGION_SIZE,
	    recover_rows, server_running->memory_size);
	server_memory = error ? 0 : region.memory;
	return error;
}

static error_t begin(void)
{
	return server_running->begin ? server_running->begin() : 0;
}

error_t recover_begin(void)
{
	uint32_t version, memory = server_running->memory_size, used;
	error_t error;

	if (!server_running->recovers) {
		memory_free(REGION_ADDRESS, REGION_SIZE);
		return 0;
	}
	error = recover_prepare(); /* prepare() may have said how much */
	if (error)
		return error;
	used = page_round(region_size(recover_rows, memory));
	if (!place_is_old) /* else it went long ago */
		memory_free(REGION_ADDRESS + used, REGION_SIZE - used);
	recover_on = 1;
	error = region_check(&region, server_running->name,
	    recover_rows, memory, &version);
	if (error == E_INVAL)
		return error; /* not ours: whoever made it goes on */
	if (!error && version != (uint32_t)server_running->version) {
		error = server_running->convert ?
		    server_running->convert(version) : E_OPNOTSUPP;
		if (error)
			return error;
	}
	if (!error) {
		server_recovered = 1;
		error = begin();
		if (error)
			return error;
		error = restore_all();
		if (!error || server_running->begin)
			return error;
	}
	if (error != E_NOENT)
		log_loud("what was left is of no use: %s", error_name(error));
	server_recovered = 0;
	ports_let_go();
	place_end();
	if (error != E_NOENT)
		memset(region.memory, 0, server_running->memory_clear ?
			server_running->memory_clear : memory);
	region_format(&region, server_running->name,
	    (uint32_t)server_running->version, recover_rows, memory);
	sets_note();
	trace_show();
	vault_begin(0);
	return begin();
}
