/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/self/fd: the directory of one's own descriptors. It is made here: "."
 * and ".." are at positions 0 and 1, descriptor n at n + 2. Other processes'
 * are read in their memory by pfs-proc, to which files_layout says how.
 */
#include <base/heap.h>
#include <base/text.h>
#include <string.h>
#include <unix/list.h>
#include <unix/path.h>

enum {
	FIRST = 2,
	TYPE_DIRECTORY = 4, /* DT_DIR */
	TYPE_LINK = 10,
	LINK_SIZE = 64,
	NODE_SHIFT = 6,     /* as /proc's own numbers */
	PROCESS_BITS = 21,
	PATH_ROOM = 32,
};

const struct libmasix_files files_layout = {
	.slots = (uint32_t)&descriptors.slots,
	.end = (uint32_t)&descriptors.end,
	.slot_size = sizeof(struct descriptor),
	.slot_file = offsetof(struct descriptor, file),
	.slot_flags = offsetof(struct descriptor, flags),
	.file_right = offsetof(struct open_file, right),
	.file_state = offsetof(struct open_file, state),
	.file_path = offsetof(struct open_file, path),
	.file_epoll = offsetof(struct open_file, epoll),
	.file_event = offsetof(struct open_file, event),
	.state_position = offsetof(struct shared_state, position),
	.state_flags = offsetof(struct shared_state, flags),
	.right_port = offsetof(struct file_right, port),
	.right_kind = offsetof(struct file_right, kind),
	.right_node = offsetof(struct file_right, attributes.node),
	.right_device = offsetof(struct file_right, attributes.device),
};

static uint64_t node_of(unsigned number)
{
	/* 32 bits, for programs that know no longer ones */
	return ((uint64_t)PAGE->pid << NODE_SHIFT) +
	    ((uint64_t)(number + 1) << PROCESS_BITS);
}

void list_attributes(struct file_attributes *attributes)
{
	memset(attributes, 0, sizeof *attributes);
	attributes->mode = S_IFDIR | 0500;
	attributes->links = 2;
	attributes->uid = PAGE->euid;
	attributes->gid = PAGE->egid;
	attributes->node = node_of(0);
	attributes->block_size = 1024;
}

error_t list_link_attributes(int fd, struct file_attributes *attributes)
{
	struct open_file *file = open_file_take(fd);

	if (!file)
		return E_NOENT;
	list_attributes(attributes);
	attributes->mode = S_IFLNK | 0100;
	if (open_file_readable(file))
		attributes->mode |= 0400;
	if (open_file_writable(file))
		attributes->mode |= 0200;
	attributes->links = 1;
	attributes->size = LINK_SIZE;
	attributes->node = node_of((unsigned)fd + FIRST);
	open_file_release(file);
	return 0;
}

long list_open(int flags)
{
	struct file_attributes attributes;
	struct open_file *file;

	if ((flags & O_ACCMODE) != O_RDONLY)
		return -EISDIR;
	list_attributes(&attributes);
	file = open_file_new(MACH_PORT_NULL, &attributes, flags);
	if (!file)
		return -ENOMEM;
	file->event = EVENT_LIST;
	file->path = heap_alloc(PATH_ROOM);
	if (file->path)
		text_format(file->path, PATH_ROOM, "/proc/%d/fd", PAGE->pid);
	return descriptor_add(
	    file, 0, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

static unsigned put(char *data, int64_t position, int type, const char *name)
{
	struct directory_record *record = (void *)data;
	unsigned length = strlen(name);

	record->node = node_of((unsigned)position);
	record->next = position + 1;
	record->type = (uint8_t)type;
	record->name_length = (uint8_t)length;
	record->length = (uint16_t)((offsetof(struct directory_record, name) +
	    length + 1 + 7) & ~7u);
	memcpy(record->name, name, length + 1);
	return record->length;
}

unsigned list_read(int64_t position, char *data, unsigned room)
{
	unsigned size = 0;
	char name[12];

	while (position < FIRST + (int64_t)descriptors.end &&
	    room - size >= LIST_RECORD_MAX) {
		unsigned fd = (unsigned)(position - FIRST);

		if (position < FIRST) {
			size += put(data + size, position, TYPE_DIRECTORY,
			    position ? ".." : ".");
		} else if (descriptors_find(&descriptors, fd)) {
			text_format(name, sizeof name, "%u", fd);
			size += put(data + size, position, TYPE_LINK, name);
		}
		position++;
	}
	return size;
}
