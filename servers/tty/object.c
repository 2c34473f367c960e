/* SPDX-License-Identifier: BSD-2-Clause */
/* The one kind of port that clients hold here: files. */
#include "tty.h"
#include <base/heap.h>
#include <file.server.h>

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

void file_closed(struct terminal_file *file)
{
	if (file->is_master)
		pseudo_master_closed(file);
	else
		terminal_file_closed(file);
}

static void file_no_senders(object_t object)
{
	struct terminal_file *file = (struct terminal_file *)object;

	tty_lock();
	file_closed(file);
	tty_unlock();
}

static void file_destroy(object_t object)
{
	struct terminal_file *file = (struct terminal_file *)object;

	tty_lock();
	terminal_release(file->terminal);
	tty_unlock();
	heap_free(file);
}

const struct object_class terminal_file_class = {
	.name = "terminal",
	.interfaces = (const interface_t[]){ file_interface, 0 },
	.destroy = file_destroy,
	.no_senders = file_no_senders,
};
