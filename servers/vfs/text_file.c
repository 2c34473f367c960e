/* SPDX-License-Identifier: BSD-2-Clause */
/* Files whose content VFS writes: see text_file.h. */
#include "text_file.h"
#include <base/heap.h>
#include <base/text.h>
#include <file.server.h>
#include <string.h>

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

static void text_file_destroy(object_t object)
{
	struct text_file *file = (struct text_file *)object;

	vfs_enter();
	node_drop(file->node);
	vfs_leave();
	heap_free(file);
}

const struct object_class text_file_class = {
	.name = "text",
	.interfaces = (const interface_t[]){ file_interface, 0 },
	.destroy = text_file_destroy,
};

/* What node says; returns its length, writes what fits. */
static unsigned text_make(const struct node *node, char *text, unsigned size)
{
	unsigned flags = node->attributes.flags;

	if (flags & FILE_PARTITIONS)
		return (unsigned)text_format(
		    text, size, "%s", partitions_text());
	return mounts_text(text, size, (flags & FILE_MOUNT_INFO) != 0);
}

error_t text_file_make(struct node *node, struct text_file **made)
{
	unsigned size = text_make(node, NULL, 0) + 1;
	struct text_file *file = heap_alloc_zero(sizeof *file + size);

	if (!file)
		return E_NOMEM;
	object_init(&file->object, &text_file_class);
	file->length = text_make(node, file->text, size);
	file->node = node_reference(node);
	*made = file;
	return 0;
}

error_t text_file_answer(
    struct node *node, mach_port_t *right, mach_msg_type_name_t *type)
{
	struct text_file *file;
	error_t error = text_file_make(node, &file);

	if (error)
		return error;
	error = object_make_answer(file, &pool_files, right, type);
	/* The right's count keeps it from now on. The first reference goes
	 * without the lock's help: it is not the last one, unless there is no
	 * right, and then it is freed here. */
	if (!error) {
		object_release(file);
		return 0;
	}
	node_drop(node);
	heap_free(file);
	return error;
}

unsigned text_file_read(
    const struct text_file *file, int64_t offset, char *data, unsigned size)
{
	if (offset < 0 || offset >= (int64_t)file->length)
		return 0;
	if (size > file->length - (unsigned)offset)
		size = file->length - (unsigned)offset;
	memcpy(data, file->text + offset, size);
	return size;
}
