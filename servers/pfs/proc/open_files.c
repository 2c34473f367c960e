/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/fd and fdinfo. Nobody but the process itself knows what its
 * descriptors stand for: libmasix keeps that in the process's memory, and says
 * in its head how (struct libmasix_files). Here it is read through the task.
 *
 * What a file is called is VFS's affair: the link of one that has a node says
 * "file:[DEVICE:NODE]PATH", where PATH is how it was opened, and VFS makes a
 * path of that.
 */
#include "proc.h"
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <kernel/mach.client.h>
#include <string.h>

enum {
	OPEN_ACCESS = 3, /* O_ACCMODE */
	WRITE_ONLY = 1,
	CLOSE_ON_EXEC = 02000000, /* O_CLOEXEC */
	KIND_FIFO = 0010000,
	KIND_SOCKET = 0140000,
	KIND_REGULAR = 0100000,
	KIND_DIRECTORY = 0040000,
	PATH_ROOM = 4096,
	ANONYMOUS = 32, /* devices below it are those of pipes and sockets */
	FLAGS_SHOWN = 0x7fffffff, /* libmasix has one of its own */
};

/* One open file. */
struct open_seen {
	uint32_t slot_flags;
	uint32_t port, kind, device;
	uint64_t node;
	uint32_t path, epoll, event;
	int64_t position;
	uint32_t flags;
};

static error_t page_read(struct opens *opens, vm_address_t page)
{
	vm_offset_t data;
	mach_msg_type_number_t size;

	if (opens->page == page && page)
		return 0;
	if (opens->page)
		memory_free(opens->copy, PAGE_SIZE);
	opens->page = 0;
	if (vm_read(opens->task, page, PAGE_SIZE, &data, &size))
		return E_NOENT;
	opens->page = page;
	opens->copy = data;
	return 0;
}

static error_t peek(struct opens *opens, uint32_t address, void *to,
    unsigned size)
{
	char *at = to;

	while (size) {
		vm_address_t page = page_trunc(address);
		unsigned part = PAGE_SIZE - (address - page);

		if (part > size)
			part = size;
		if (page_read(opens, page))
			return E_NOENT;
		memcpy(at, (char *)opens->copy + (address - page), part);
		at += part;
		address += part;
		size -= part;
	}
	return 0;
}

static error_t word(struct opens *opens, uint32_t address, uint32_t *value)
{
	return peek(opens, address, value, sizeof *value);
}

static error_t layout_read(struct opens *opens)
{
	struct libmasix_header header;
	uint32_t count = 0;
	error_t error;

	error = peek(opens, LAYOUT_LIBMASIX, &header, sizeof header);
	if (!error && header.magic != LIBMASIX_MAGIC)
		error = E_NOENT;
	if (!error)
		error = peek(opens, header.files, &opens->layout,
		    sizeof opens->layout);
	if (!error)
		error = word(opens, opens->layout.slots, &opens->slots);
	if (!error)
		error = word(opens, opens->layout.end, &count);
	opens->count = count < TREE_OPEN_LIMIT ? (int)count : TREE_OPEN_LIMIT;
	return error;
}

error_t opens_begin(struct opens *opens, int pid)
{
	error_t error;

	opens->page = 0;
	error = process_task(pid, &opens->task);
	if (error)
		return error;
	error = layout_read(opens);
	if (error)
		opens_end(opens);
	return error;
}

void opens_end(struct opens *opens)
{
	if (opens->page)
		memory_free(opens->copy, PAGE_SIZE);
	opens->page = 0;
	port_drop(opens->task);
}

static uint32_t slot_at(const struct opens *opens, int fd)
{
	return opens->slots + (uint32_t)fd * opens->layout.slot_size;
}

int opens_next(struct opens *opens, int fd)
{
	uint32_t file;

	for (; fd >= 0 && fd < opens->count; fd++) {
		if (word(opens, slot_at(opens, fd) + opens->layout.slot_file,
			&file))
			break;
		if (file)
			return fd;
	}
	return -1;
}

/* What stands behind a right. */
static error_t right_read(struct opens *opens, uint32_t right,
    struct open_seen *seen)
{
	const struct libmasix_files *layout = &opens->layout;
	error_t error;

	error = word(opens, right + layout->right_port, &seen->port);
	if (!error)
		error = word(opens, right + layout->right_kind, &seen->kind);
	if (!error)
		error = word(opens, right + layout->right_device,
		    &seen->device);
	if (!error)
		error = peek(opens, right + layout->right_node, &seen->node,
		    sizeof seen->node);
	return error;
}

static error_t file_read(struct opens *opens, uint32_t file,
    struct open_seen *seen)
{
	const struct libmasix_files *layout = &opens->layout;
	uint32_t right = 0, state = 0;
	error_t error;

	error = word(opens, file + layout->file_right, &right);
	if (!error)
		error = word(opens, file + layout->file_state, &state);
	if (!error)
		error = word(opens, file + layout->file_path, &seen->path);
	if (!error)
		error = word(opens, file + layout->file_epoll, &seen->epoll);
	if (!error)
		error = word(opens, file + layout->file_event, &seen->event);
	if (!error)
		error = word(opens, state + layout->state_flags, &seen->flags);
	if (!error)
		error = peek(opens, state + layout->state_position,
		    &seen->position, sizeof seen->position);
	return error ? error : right_read(opens, right, seen);
}

static error_t open_read(struct opens *opens, int fd, struct open_seen *seen)
{
	uint32_t slot = slot_at(opens, fd), file = 0;
	error_t error;

	if (fd >= opens->count)
		return E_NOENT;
	error = word(opens, slot + opens->layout.slot_file, &file);
	if (!error)
		error = word(opens, slot + opens->layout.slot_flags,
		    &seen->slot_flags);
	if (error || !file)
		return E_NOENT;
	return file_read(opens, file, seen);
}

/* The open file of a node's number; opens_end() if it returned 0. */
static error_t open_find(uint64_t number, struct opens *opens,
    struct open_seen *seen)
{
	error_t error = opens_begin(opens, tree_pid(number));

	if (error)
		return E_NOENT;
	error = open_read(opens, tree_open(number), seen);
	if (error)
		opens_end(opens);
	return error;
}

error_t open_mode(uint64_t number, uint32_t *mode)
{
	struct open_seen seen;
	struct opens opens;
	error_t error = open_find(number, &opens, &seen);

	if (error)
		return error;
	opens_end(&opens);
	if (tree_kind(number) != TREE_OPEN)
		return 0;
	if ((seen.flags & OPEN_ACCESS) != WRITE_ONLY)
		*mode |= 0400;
	if (seen.flags & OPEN_ACCESS)
		*mode |= 0200;
	return 0;
}

static void path_read(struct opens *opens, uint32_t path, char *text)
{
	unsigned length = 0;

	while (path && length < PATH_ROOM - 1 &&
	    !peek(opens, path + length, text + length, 1) && text[length])
		length++;
	text[length] = 0;
}

static const char *event_name(const struct open_seen *seen)
{
	if (seen->epoll)
		return "anon_inode:[eventpoll]";
	switch (seen->event) {
	case EVENT_PROCESS:
		return "anon_inode:[pidfd]";
	case EVENT_SIGNALS:
		return "anon_inode:[signalfd]";
	case EVENT_COUNTER:
	case EVENT_SEMAPHORE:
		return "anon_inode:[eventfd]";
	default:
		return "";
	}
}

static void link_text(const struct open_seen *seen, const char *path,
    char *text, unsigned size)
{
	if (!seen->port && !*path)
		text_append(text, size, "%s", event_name(seen));
	else if (seen->kind == KIND_FIFO && seen->device < ANONYMOUS)
		text_append(text, size, "pipe:[%llu]",
		    (unsigned long long)seen->node);
	else if (seen->kind == KIND_SOCKET)
		text_append(text, size, "socket:[%llu]",
		    (unsigned long long)seen->node);
	else if (seen->port && !seen->kind)
		text_append(text, size, "anon_inode:inotify");
	else if (seen->kind == KIND_REGULAR || seen->kind == KIND_DIRECTORY ||
	    seen->kind == KIND_FIFO || !*path)
		text_append(text, size, "file:[%u:%llu]%s", seen->device,
		    (unsigned long long)seen->node, path);
	else
		text_append(text, size, "%s", path);
}

error_t open_link(uint64_t number, char *target, unsigned *length)
{
	char path[PATH_ROOM];
	struct open_seen seen;
	struct opens opens;
	error_t error = open_find(number, &opens, &seen);

	if (error)
		return error;
	path_read(&opens, seen.path, path);
	opens_end(&opens);
	target[0] = 0;
	link_text(&seen, path, target, FS_TARGET_MAX);
	*length = (unsigned)strlen(target);
	return *length ? 0 : E_NOENT;
}

error_t open_info(uint64_t number, char *text, size_t size)
{
	struct open_seen seen;
	struct opens opens;
	error_t error = open_find(number, &opens, &seen);
	uint32_t flags;

	if (error)
		return error;
	opens_end(&opens);
	flags = (seen.flags & FLAGS_SHOWN) |
	    (seen.slot_flags & 1 ? CLOSE_ON_EXEC : 0);
	text_append(text, size, "pos:\t%lld\nflags:\t0%o\nino:\t%llu\n",
	    (long long)seen.position, flags, (unsigned long long)seen.node);
	return 0;
}
