/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the process server, and looks at its tasks for /proc/PID/maps. */
#include "proc.h"
#include <acs.client.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/settled.h>
#include <base/text.h>
#include <kernel/mach.client.h>
#include <mach/mig_errors.h>
#include <process_info.client.h>
#include <server/server.h>
#include <string.h>

/* The process server, once it is there; E_NXIO before. */
static error_t server_find(mach_port_t *port)
{
	static struct settled found;
	error_t error = 0;

	*port = settled_get(&found);
	if (*port)
		return 0;
	error = acs_lookup(server_acs, "process-info", 12, 0, port);
	if (!error)
		settled_set(&found, *port);
	return error ? E_NXIO : 0;
}

/* The process server knows what it is asked. If not, it was somebody else:
 * memory of ours was hurt, and the next instance asks. */
static error_t asked(error_t error)
{
	if (error == MIG_BAD_ID)
		__builtin_trap();
	return error;
}

error_t processes_list(GIVEN int **pids, unsigned *count)
{
	mach_port_t server;
	error_t error = server_find(&server);

	return error ? error : asked(process_info_list(server, pids, count));
}

void processes_list_free(int *pids, unsigned count)
{
	memory_free((vm_address_t)pids, count * sizeof(*pids));
}

error_t process_read(int pid, struct process_record *record)
{
	mach_port_t server;
	error_t error = server_find(&server);

	return error ? error : asked(process_info_get(server, pid, record));
}

error_t process_text(int pid, int what, char *text, size_t size,
    size_t *length)
{
	mach_port_t server;
	large_data_t data;
	mach_msg_type_number_t count;
	error_t error = server_find(&server);

	if (!error)
		error = asked(process_info_text(server, pid, what, &data,
		    &count));
	if (error)
		return error;
	*length = count < size ? count : size;
	memcpy(text, data, *length);
	memory_free((vm_address_t)data, count);
	return 0;
}

static void region_append(char *text, size_t size, vm_address_t start,
    vm_size_t length, vm_prot_t protection, vm_offset_t offset, int shared)
{
	text_append(text, size, "%08x-%08x %c%c%c%c %08x 00:00 0\n",
	    (unsigned)start, (unsigned)(start + length),
	    protection & VM_PROT_READ ? 'r' : '-',
	    protection & VM_PROT_WRITE ? 'w' : '-',
	    protection & VM_PROT_EXECUTE ? 'x' : '-', shared ? 's' : 'p',
	    (unsigned)offset);
}

error_t process_task(int pid, GIVEN mach_port_t *task)
{
	mach_port_t server;
	error_t error = server_find(&server);

	return error ? error : asked(process_info_task(server, pid, task));
}

error_t process_maps(int pid, char *text, size_t size)
{
	vm_address_t address = 0;
	vm_size_t length;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t object, task;
	vm_offset_t offset;
	error_t error = process_task(pid, &task);

	if (error)
		return error;
	while (vm_region(task, &address, &length, &protection, &maximum,
		   &inheritance, &shared, &object, &offset) == 0) {
		port_drop(object);
		region_append(text, size, address, length, protection, offset,
		    shared);
		address += length;
	}
	port_drop(task);
	return 0;
}

error_t process_numbers(struct system_facts *facts)
{
	struct process_record record;
	struct process_usage usage;
	const uint32_t *numbers = (const uint32_t *)&usage;
	mach_port_t server;
	unsigned count = 0;
	int *pids;
	error_t error = server_find(&server);

	if (!error)
		error = process_info_system(server, &usage);
	if (error)
		return error;
	facts->forks = numbers[0];
	facts->running = numbers[1];
	facts->processes = numbers[2];
	memcpy(facts->loads, numbers + 3, sizeof(facts->loads));
	error = process_info_list(server, &pids, &count);
	for (unsigned i = 0; i < count && !error; i++) {
		if (process_info_get(server, pids[i], &record) == 0)
			facts->busy += record.user + record.system;
	}
	if (!error)
		processes_list_free(pids, count);
	return 0;
}

error_t command_line_read(char *text, size_t size)
{
	text_line_t line;
	mach_msg_type_number_t length = sizeof(line);
	error_t error = acs_command_line(server_acs, line, &length);

	if (!error)
		text_append(text, size, "%.*s\n", (int)length, line);
	return error;
}
