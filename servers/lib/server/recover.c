/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects that outlive the task; README.md, "Recovery", has states and
 * invariants, core/region.c the memory. Everything here but recover_begin()
 * and recover_end() runs with table_lock held.
 */
#include "core/region.h"
#include "internal.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/trace.h>
#include <kernel/mach_port.client.h>
#include <mach/notify.h>
#include <server/recover.h>
#include <string.h>

_Static_assert(offsetof(struct region_head, trace) == REGION_TRACE, "same");
_Static_assert(offsetof(struct region_head, hand) == REGION_HAND, "same");
_Static_assert((int)RECORD_MAX == (int)REGION_RECORD, "one size");

enum {
	ROWS_DEFAULT = 32768,
	KIND_BITS = 6, /* a row's class: pool << KIND_BITS | recovery */
	KINDS_MAX = 1 << KIND_BITS,
	KIND_SPARE = KINDS_MAX - 1, /* a port that no object has */
	SPARES_MAX = 64,            /* of a pool */
	INDEX_PORT = 1u << 31, /* of a region_port: no row, recovery_ports' */
};

/* Ports that are ready for an object: in their pool's set, and asked for. */
struct spare {
	uint32_t index;
	mach_port_t port; /* receive right, owned */
	unsigned make_sends;
};
static struct spare spares[POOLS_MAX][SPARES_MAX];
static unsigned spare_count[POOLS_MAX];

int server_recovered;
void *server_memory;

static struct region region;
static int region_on; /* the server declares something */
static uint32_t row_limit;

static uint32_t index_of(const struct object *object)
{
	return object->handle & HANDLE_INDEX;
}

/* The number of the class's recovery, or -1. */
static int recovery_find(const struct object_class *class)
{
	const struct recovery *const *each = server_running->recovers;

	for (unsigned i = 0; each[i] && i < KIND_SPARE; i++) {
		if (each[i]->class == class)
			return i;
	}
	return -1;
}

static void record_write(struct object *object, int kind)
{
	const struct recovery *recovery = server_running->recovers[kind];
	uint8_t record[REGION_RECORD] = { 0 };

	if (recovery->save)
		recovery->save(object, record);
	row_save(&region, index_of(object), record);
}

static unsigned pool_number(const struct pool *pool)
{
	unsigned number = 0;

	while (number < pool_count && pools[number] != pool)
		number++;
	return number;
}

/* Asks for the port to come back, with the row around it. */
static error_t row_open(uint32_t index, mach_port_t port, unsigned class)
{
	error_t error = port_notify_destroyed(port, GUARD_PORT);

	if (error)
		row_set(&region, index, 0, 0, ROW_FREE);
	else
		row_set(&region, index, port, class, ROW_OPEN);
	return error;
}

error_t recover_opened(struct object *object, struct pool *pool)
{
	uint32_t index = index_of(object);
	unsigned class;
	int kind;

	if (!region_on || index >= row_limit)
		return 0;
	kind = recovery_find(object->class);
	if (kind < 0)
		return 0;
	class = pool_number(pool) << KIND_BITS | (unsigned)kind;
	row_set(&region, index, object->port, class, ROW_OPENING);
	record_write(object, kind);
	return row_open(index, object->port, class);
}

int recover_closes(struct object *object)
{
	uint32_t index = index_of(object);
	struct region_row *row;

	if (!region_on || index >= row_limit)
		return 0;
	row = &region.rows[index];
	if (!row->state)
		return 0;
	row_set(&region, index, row->name, row->state >> 8, ROW_CLOSING);
	port_notify_cancel(object->port, MACH_NOTIFY_PORT_DESTROYED);
	port_end(object->port);
	row_set(&region, index, 0, 0, ROW_FREE);
	return 1;
}

/* No message for it can be left: the notice that made has_senders 0 came after
 * all of them. */
int recover_parks(struct object *object)
{
	uint32_t index = index_of(object);
	unsigned pool;
	struct spare *spare;

	if (!region_on || index >= row_limit || object->has_senders ||
	    !object->ended || !region.rows[index].state)
		return 0;
	pool = region.rows[index].state >> 8 >> KIND_BITS;
	if (spare_count[pool] >= SPARES_MAX)
		return 0;
	row_set(&region, index, object->port, pool << KIND_BITS | KIND_SPARE,
	    ROW_OPEN);
	spare = &spares[pool][spare_count[pool]++];
	spare->index = index;
	spare->port = object->port;
	spare->make_sends = object->make_sends;
	table_park(object);
	return 1;
}

int recover_unparks(struct object *object, struct pool *pool)
{
	unsigned number = pool_number(pool), class;
	struct spare *spare;
	int kind;

	if (!region_on || number >= pool_count || !spare_count[number])
		return 0;
	kind = recovery_find(object->class);
	if (kind < 0)
		return 0;
	spare = &spares[number][spare_count[number] - 1];
	if (table_unpark(object, spare->index, spare->port))
		return 0;
	spare_count[number]--;
	object->make_sends = spare->make_sends;
	class = number << KIND_BITS | (unsigned)kind;
	row_set(&region, spare->index, spare->port, class, ROW_OPENING);
	record_write(object, kind);
	row_set(&region, spare->index, spare->port, class, ROW_OPEN);
	return 1;
}

void object_save(void *pointer)
{
	struct object *object = pointer;

	lock(&table_lock);
	if (region_on && object->port && index_of(object) < row_limit &&
	    region.rows[index_of(object)].state)
		record_write(object, recovery_find(object->class));
	unlock(&table_lock);
}

error_t recover_port(mach_port_t port)
{
	return port_notify_destroyed(port, GUARD_PORT);
}

void recover_port_end(CONSUMED mach_port_t port)
{
	port_notify_cancel(port, MACH_NOTIFY_PORT_DESTROYED);
	port_end(port);
}

void recover_hand(struct hand *hand)
{
	region.head->hand = (uint32_t)(uintptr_t)hand;
}

/* ---- a new instance --------------------------------------------------- */

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

/* Senders as the kernel knows them; asks to hear of the last one again if
 * that was lost with a message. */
static void senders_find(struct object *object)
{
	struct mach_port_status status;

	if (mach_port_get_receive_status(mach_task_self(), object->port,
		&status))
		return;
	object->make_sends = status.mps_mscount;
	object->restored = 1;
	if (!status.mps_srights)
		return;
	object->has_senders = 1;
	object->references++;
	if (!status.mps_nsrequest)
		port_notify_no_senders(object->port, object->make_sends,
		    object->port);
}

/* Gives the row's object its port back; the port is in no set yet. */
static error_t row_restore(uint32_t index, mach_port_t port,
    struct object **object)
{
	const uint8_t *record = row_record(&region, index);
	unsigned class = region.rows[index].state >> 8;
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
	error = (*object)->port ? E_EXIST : table_restore(*object, index, port);
	if (!error)
		error = port_set_payload(port, (*object)->handle);
	if (!error) {
		senders_find(*object);
		row_set(&region, index, port, class, ROW_OPENING);
		record_write(*object, (int)kind);
		error = row_open(index, port, class);
	}
	unlock(&table_lock);
	return error;
}

/* A port that can't be brought back ends. */
static void row_lose(uint32_t index, mach_port_t port)
{
	port_end(port);
	row_set(&region, index, 0, 0, ROW_FREE);
}

/* One of the server's own. Returns whether it was lost. */
static unsigned port_restore(const struct region_port *row, mach_port_t port)
{
	if (!server_running->ports->restore(row->index & ~INDEX_PORT, port))
		return 0;
	port_end(port);
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
		class = region.rows[rows[i].index].state >> 8;
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
		port_move_to_set(arrivals[i].object->port,
		    arrivals[i].pool->set);
		object_release(arrivals[i].object);
	}
	vm_buffer_free(&arrival_buffer);
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

static error_t restore_all(void)
{
	uint32_t end = ports_limit();
	struct region_port *rows;
	mach_port_t *ports;
	unsigned lost;
	error_t error;

	error = vm_buffer_new(&arrival_buffer, (end + 1) * (sizeof *rows +
		sizeof *arrivals + sizeof *ports));
	if (error)
		return error;
	rows = arrival_buffer.start;
	arrivals = (struct arrival *)(rows + end + 1);
	ports = (mach_port_t *)(arrivals + end + 1);
	error = region_ports(&region, rows, end, &arrival_count);
	if (!error)
		error = ports_add(rows, end, &arrival_count);
	if (!error) {
		region.head->state = REGION_RECOVERING;
		vault_begin(++region.head->turn);
		error = rows_match(rows, ports, end);
	}
	if (error) {
		arrival_count = 0;
		return error;
	}
	lost = rows_restore(rows, arrival_count, ports);
	table_restored();
	vault_end();
	region_own(&region, (uint32_t)server_running->version);
	trace_show();
	log_line("took over %u ports, %u lost", arrival_count, lost);
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
	row_limit = server_running->rows ? server_running->rows : ROWS_DEFAULT;
	error = region_lay_out(&region, (void *)REGION_ADDRESS, REGION_SIZE,
	    row_limit, server_running->memory_size);
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
	used = page_round(region_size(row_limit, memory));
	memory_free(REGION_ADDRESS + used, REGION_SIZE - used);
	region_on = 1;
	error = region_check(&region, server_running->name, row_limit, memory,
	    &version);
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
	if (error != E_NOENT)
		memset(region.memory, 0, server_running->memory_clear ?
			server_running->memory_clear : memory);
	region_format(&region, server_running->name,
	    (uint32_t)server_running->version, row_limit, memory);
	trace_show();
	vault_begin(0);
	return begin();
}
