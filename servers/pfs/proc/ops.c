/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc as a file system type. */
#include "proc.h"
#include <base/file_types.h>
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

enum {
	PROC_MAGIC = 0x9fa0,
	TYPE_DIRECTORY = 4, /* DT_DIR */
	POSITION_TABLE = 2, /* behind "." and ".." */
	POSITION_PROCESSES = 256,
	OPEN_LINK_SIZE = 64, /* as Linux, whatever the target */
};

static error_t proc_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct fs_volume *volume = heap_alloc_zero(sizeof(*volume));

	if (!volume)
		return E_NOMEM;
	fs_volume_init(volume, &proc_type, device, options);
	volume->root = tree_number(0, TREE_ROOT);
	volume->block_size = 1024;
	volume->max_size = CONTENT_MAX;
	*result = volume;
	return 0;
}

static error_t proc_unmount(struct fs_volume *volume)
{
	map_free(&volume->nodes);
	heap_free(volume);
	return 0;
}

static error_t proc_sync(struct fs_volume *volume)
{
	(void)volume;
	return 0;
}

static error_t proc_status(struct fs_volume *volume, struct fs_status *status)
{
	(void)volume;
	memset(status, 0, sizeof(*status));
	status->magic = PROC_MAGIC;
	status->block_size = 4096;
	status->name_max = FS_NAME_MAX;
	return 0;
}

/* Owner and time of a process's nodes; E_STALE: there is no such process. */
static error_t process_attributes(int pid, struct fs_attributes *attributes)
{
	struct process_record record;

	if (process_read(pid, &record))
		return E_STALE;
	attributes->uid = record.euid;
	attributes->gid = record.egid;
	return 0;
}

static void proc_refresh(struct fs_node *node)
{
	int pid = tree_pid(node->number);

	if (pid)
		process_attributes(pid, &node->attributes);
	node->volume->now(&node->attributes.mtime);
	node->attributes.ctime = node->attributes.mtime;
	node->attributes.atime = node->attributes.mtime;
}

/* What VFS knows and we don't: who asks, who is where, what is mounted. */
static uint32_t flags_of(enum tree_kind kind)
{
	switch (kind) {
	case TREE_SELF:
		return FILE_SELF;
	case TREE_MOUNTS:
	case TREE_P_MOUNTS:
		return FILE_MOUNTS;
	case TREE_PARTITIONS:
		return FILE_PARTITIONS;
	case TREE_P_MOUNT_INFO:
		return FILE_MOUNT_INFO;
	case TREE_P_CWD:
		return FILE_CURRENT;
	case TREE_P_ROOT:
		return (uint32_t)FILE_ROOT;
	default:
		return 0;
	}
}

static error_t proc_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **result)
{
	enum tree_kind kind = tree_kind(number);
	struct fs_attributes attributes = { .mode = tree_mode(kind) };
	struct fs_node *node;

	if (kind == TREE_NONE || kind >= TREE_KINDS ||
	    (tree_pid(number) && process_attributes(tree_pid(number),
		&attributes)))
		return E_STALE;
	if (tree_open(number) >= 0 && open_mode(number, &attributes.mode))
		return E_STALE;
	if (kind == TREE_OPEN)
		attributes.size = OPEN_LINK_SIZE;
	node = heap_alloc_zero(sizeof(*node));
	if (!node)
		return E_NOMEM;
	fs_node_init(node, volume, number);
	attributes.links = (attributes.mode & FS_KIND) == FS_DIRECTORY ? 2 : 1;
	attributes.flags = flags_of(kind);
	attributes.generation = (uint32_t)tree_pid(number);
	node->attributes = attributes;
	proc_refresh(node);
	*result = node;
	return 0;
}

static void proc_free(struct fs_node *node)
{
	heap_free(node);
}

static error_t proc_save(struct fs_node *node)
{
	(void)node;
	return 0;
}

static uint64_t parent_number(enum tree_kind kind, int pid)
{
	enum tree_kind parent = tree_parent(kind);

	return tree_number(parent == TREE_ROOT || parent == TREE_SYS ? 0 : pid,
	    parent);
}

static error_t proc_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	enum tree_kind kind = tree_kind(directory->number);
	struct process_record record;
	int pid = tree_pid(directory->number), found;
	uint32_t mode = 0;

	if (text_equals(name, length, "..")) {
		*number = parent_number(kind, pid);
		return 0;
	}
	found = pid;
	kind = tree_find(kind, name, length, &found);
	if (kind == TREE_NONE)
		return E_NOENT;
	if (kind == TREE_OPEN || kind == TREE_OPEN_INFO) {
		*number = tree_number_open(pid, kind, found);
		return open_mode(*number, &mode) ? E_NOENT : 0;
	}
	if (kind == TREE_PROCESS && process_read(found, &record))
		return E_NOENT;
	if (kind == TREE_TASK && found != pid)
		return E_NOENT;
	*number = tree_number(found, kind);
	return 0;
}

static error_t proc_read_link(struct fs_node *node, char *target,
    unsigned *length)
{
	size_t size = FS_TARGET_MAX;
	error_t error;

	if (tree_kind(node->number) == TREE_OPEN)
		return open_link(node->number, target, length);
	if (tree_kind(node->number) != TREE_P_EXE)
		return E_NOENT; /* never asked */
	error = process_text(tree_pid(node->number), 2, target, size, &size);
	if (!error && size == 0)
		return E_NOENT;
	while (size > 0 && !target[size - 1])
		size--;
	*length = (unsigned)size;
	return error;
}

static int emit_number(uint64_t number, const char *name, unsigned length,
    uint64_t next, fs_emit_t emit, void *context)
{
	struct fs_entry entry = { name, length, number,
		fs_entry_type(tree_mode(tree_kind(number))), next };

	return emit(context, &entry);
}

static error_t processes_emit(uint64_t position, fs_emit_t emit,
    void *context)
{
	unsigned count;
	char name[16];
	int *pids;
	error_t error = processes_list(&pids, &count);

	if (error)
		return 0; /* before the process server is there */
	for (unsigned i = 0; i < count; i++) {
		uint64_t at = POSITION_PROCESSES + (uint64_t)pids[i];
		int length;

		if (at < position)
			continue;
		length = text_format(name, sizeof(name), "%d", pids[i]);
		if (emit_number(tree_number(pids[i], TREE_PROCESS), name,
			(unsigned)length, at + 1, emit, context))
			break;
	}
	processes_list_free(pids, count);
	return 0;
}

static error_t opens_emit(uint64_t directory, uint64_t position,
    fs_emit_t emit, void *context)
{
	enum tree_kind kind = tree_kind(directory) == TREE_P_OPEN ?
	    TREE_OPEN : TREE_OPEN_INFO;
	int pid = tree_pid(directory), fd;
	struct opens opens;
	char name[16];

	if (opens_begin(&opens, pid))
		return 0; /* it has ended */
	fd = (int)position - POSITION_TABLE;
	while ((fd = opens_next(&opens, fd)) >= 0) {
		int length = text_format(name, sizeof(name), "%d", fd);

		fd++;
		if (emit_number(tree_number_open(pid, kind, fd - 1), name,
			(unsigned)length, POSITION_TABLE + (uint64_t)fd, emit,
			context))
			break;
	}
	opens_end(&opens);
	return 0;
}

/* A process has one thread, which has its number. */
static void task_emit(int pid, uint64_t position, fs_emit_t emit,
    void *context)
{
	char name[16];
	int length = text_format(name, sizeof(name), "%d", pid);

	if (position == POSITION_TABLE)
		emit_number(tree_number(pid, TREE_TASK), name,
		    (unsigned)length, position + 1, emit, context);
}

static error_t proc_read_directory(struct fs_node *node, uint64_t position,
    fs_emit_t emit, void *context)
{
	enum tree_kind kind = tree_kind(node->number);
	int pid = tree_pid(node->number);
	const struct tree_entry *entry;

	for (; position < POSITION_TABLE; position++) {
		uint64_t number = position ?
		    parent_number(kind, pid) :
		    node->number;

		if (emit_number(number, "..", (unsigned)position + 1,
			position + 1, emit, context))
			return 0;
	}
	if (kind == TREE_P_OPEN || kind == TREE_P_OPEN_INFO)
		return opens_emit(node->number, position, emit, context);
	if (kind == TREE_P_TASKS)
		task_emit(pid, position, emit, context);
	for (; position < POSITION_PROCESSES &&
	     (entry = tree_entry(kind, (unsigned)position - POSITION_TABLE));
	     position++) {
		if (emit_number(tree_number(pid, entry->kind), entry->name,
			(unsigned)strlen(entry->name), position + 1, emit,
			context))
			return 0;
	}
	return kind == TREE_ROOT ? processes_emit(position, emit, context) : 0;
}

static error_t proc_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count)
{
	char *text = heap_alloc(CONTENT_MAX);
	size_t length = 0;
	error_t error;

	if (!text)
		return E_NOMEM;
	error = content_make(node->number, text, CONTENT_MAX, &length);
	if (!error) {
		length = offset < length ? length - (size_t)offset : 0;
		if (*count > length)
			*count = length;
		memcpy(buffer, text + offset, *count);
	}
	heap_free(text);
	return error;
}

static const struct fs_ops proc_ops = {
	.mount = proc_mount,
	.unmount = proc_unmount,
	.sync = proc_sync,
	.status = proc_status,
	.load = proc_load,
	.free = proc_free,
	.save = proc_save,
	.refresh = proc_refresh,
	.lookup = proc_lookup,
	.read_link = proc_read_link,
	.read_directory = proc_read_directory,
	.read = proc_read,
};

const struct fs_type proc_type = {
	.name = "proc",
	.flags = FS_TYPE_GENERATED | FS_TYPE_NO_DEVICE | FS_TYPE_VOLATILE |
	    FS_TYPE_STATELESS,
	.ops = &proc_ops,
};
