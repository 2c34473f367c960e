/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening devices by their Linux numbers, and the list of nodes. */
#include "devices.h"
#include <base/memory.h>
#include <base/port.h>
#include <device_server.server.h>
#include <string.h>

enum {
	OPEN_MODE = 3, /* Linux: O_RDONLY 0, O_WRONLY 1, O_RDWR 2 */
	OPEN_EXCLUSIVE = 0200,
	LIST_SIZE = 8192,
};

error_t serve_device_server_open(object_t object, int kind, int number,
    int flags, int session, int uid, GIVEN mach_port_t *right,
    mach_msg_type_name_t *right_type)
{
	unsigned access = (flags & OPEN_MODE) + 1;
	struct device_file *file;
	error_t error;

	(void)object, (void)session, (void)uid;
	if (access > (OPEN_READ | OPEN_WRITE))
		return E_INVAL;
	random_note_time();
	error = device_open_file(kind, number, access,
	    (flags & OPEN_EXCLUSIVE) != 0, &file);
	if (error)
		return error;
	error = object_make_answer(file, &pool_files, right, right_type);
	object_release(file); /* a claim is its holder's now */
	return error;
}

static const struct {
	const char *name;
	unsigned major, minor, mode;
} nodes[] = {
	{ "mem", MAJOR_MEMORY, MINOR_MEM, 0640 },
	{ "null", MAJOR_MEMORY, MINOR_NULL, 0666 },
	{ "zero", MAJOR_MEMORY, MINOR_ZERO, 0666 },
	{ "full", MAJOR_MEMORY, MINOR_FULL, 0666 },
	{ "random", MAJOR_MEMORY, MINOR_RANDOM, 0666 },
	{ "urandom", MAJOR_MEMORY, MINOR_URANDOM, 0666 },
	{ "kmsg", MAJOR_MEMORY, MINOR_KMSG, 0644 },
	{ "loop-control", MAJOR_MISC, MINOR_LOOP_CONTROL, 0660 },
};

error_t serve_device_server_list(object_t object, GIVEN large_data_t *names,
    mach_msg_type_number_t *names_count)
{
	struct vm_buffer buffer;
	size_t length = 0;
	unsigned index;
	error_t error;

	(void)object;
	error = vm_buffer_new(&buffer, LIST_SIZE);
	if (error)
		return error;
	for (index = 0; index < sizeof nodes / sizeof nodes[0]; index++)
		names_line(buffer.start, LIST_SIZE, nodes[index].name, 'c',
		    nodes[index].major, nodes[index].minor, nodes[index].mode);
	disk_list(buffer.start, LIST_SIZE);
	loop_list(buffer.start, LIST_SIZE);
	length = strlen(buffer.start);
	vm_buffer_give(&buffer, length, names, names_count);
	return 0;
}
