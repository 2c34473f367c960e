/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that may write a file has a right to its memory object, on which
 * the kernel tells the file server which port controls the file's pages. The
 * program says so itself, with a port of its own, before the kernel does. Then
 * it writes by message, for which the server asks whoever controls the pages to
 * give them back: nobody would, and all others' requests would wait as well.
 */
#define NAME "forged"
#include "child.h"
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <fcntl.h>
#include <file.client.h>
#include <mach/message.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfs.client.h>

enum {
	OBJECT_INIT = 2200, /* memory_object.defs */
	READ_WRITE = 2,
	PATIENCE = 30, /* tenths of a second */
};

struct init {
	mach_msg_header_t header;
	mach_msg_type_t control_type;
	mach_port_t control;
	mach_msg_type_t name_type;
	mach_port_t name;
	mach_msg_type_t size_type;
	vm_size_t size;
};

static const char name[] = "/dev/shm/forged";

static void init_send(mach_port_t object, mach_port_t control)
{
	const mach_msg_type_t right = {
		.msgt_name = MACH_MSG_TYPE_MAKE_SEND,
		.msgt_size = 32,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	}, word = {
		.msgt_name = MACH_MSG_TYPE_INTEGER_32,
		.msgt_size = 32,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	struct init message = {
		.header = {
			.msgh_bits = MACH_MSGH_BITS_COMPLEX |
			    MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
			.msgh_size = sizeof message,
			.msgh_remote_port = object,
			.msgh_id = OBJECT_INIT,
		},
		.control_type = right, .control = control,
		.name_type = right, .name = control,
		.size_type = word, .size = PAGE_SIZE,
	};

	must(mach_msg(&message.header, MACH_SEND_MSG, sizeof message, 0,
	    MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL), "send");
}

static void attack(void)
{
	struct file_attributes attributes;
	mach_port_t file, object, area, control;
	int slot, count = 0;

	must(vfs_open(PORT_VFS, MACH_PORT_NULL, name, strlen(name), READ_WRITE,
	    0, 1, &file, (void *)&attributes), "open");
	must(file_map(file, &object, &area, &slot), "file_map");
	must(port_new(&control), "a port");
	init_send(object, control);
	must(file_write(file, 0, 0, 1, "after", 5, &count) || count != 5,
	    "writing");
}

int main(void)
{
	char text[6] = "";
	int status;
	int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	must(write(file, "begin", 5) != 5 || close(file), "making a file");
	status = child_watch(attack, PATIENCE);
	if (status)
		return printf("forged: the file is stuck: %x\n", status), 1;
	file = open(name, O_RDONLY);
	must(read(file, text, 5) != 5, "reading");
	printf("forged: the file has %s\n", text);
	unlink(name);
	return strcmp(text, "after") != 0;
}
