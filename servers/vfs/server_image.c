/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where file servers come from. The ACS has the images of the boot archive;
 * /lib/masix/servers is the place for others, and for newer ones: a file
 * pfs-TYPE there is given to the ACS before a server of that type is started,
 * whenever it is another file than the last time. A symbolic link there is
 * another name of a type ("pfs-vfat" leads to "pfs-fat"), wherever the image
 * it leads to may be. So a type can be added to the running system, and no
 * line of ours knows its name.
 */
#include "core/numbers.h"
#include "vfs.h"
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <file.client.h>
#include <string.h>

#define PLACE "/lib/masix/servers/"

enum {
	IMAGE_MAX = 8 << 20,  /* bytes */
	PIECE = 256 * 1024,
	GIVEN_MAX = 32, /* files that are remembered */
	IMAGE_NAME = 64,
};

/* What is mounted before there is a disk to look at. */
static const char *const memory_types[] = { "tmpfs", "ramfs", "devtmpfs" };

/* What the ACS was given last: which file, as it was then. */
static struct given {
	char image[IMAGE_NAME];
	uint64_t node, size;
	int64_t mtime;
	uint32_t mtime_nsec;
} given[GIVEN_MAX]; /* guarded by vfs_lock */

static struct given *given_find(const char *image)
{
	for (int i = 0; i < GIVEN_MAX; i++)
		if (!given[i].image[0] || !strcmp(given[i].image, image))
			return &given[i];
	return &given[0];
}

static int given_is(
    const struct given *last, const struct file_attributes *now)
{
	return last->image[0] && last->node == now->node &&
	    last->size == now->size && last->mtime == now->mtime &&
	    last->mtime_nsec == now->mtime_nsec;
}

static error_t content_read(mach_port_t file, char *to, unsigned size)
{
	unsigned at = 0;

	while (at < size) {
		mach_msg_type_number_t count = 0;
		large_data_t data;
		error_t error = file_read_large(file, (offset_t)at,
		    (int)(size - at < PIECE ? size - at : PIECE), 0, 0, &data,
		    &count);

		if (error)
			return error;
		if (count > size - at)
			count = 0;
		memcpy(to + at, data, count);
		memory_free((vm_address_t)data, count);
		if (!count)
			return E_IO;
		at += count;
	}
	return 0;
}

/* Lock not held. */
static error_t file_give(
    mach_port_t file, const char *image, unsigned size)
{
	struct vm_buffer buffer;
	error_t error = vm_buffer_new(&buffer, size);

	if (error)
		return error;
	error = content_read(file, buffer.start, size);
	if (!error)
		error = image_give(image, buffer.start, size);
	vm_buffer_free(&buffer);
	return error;
}

static error_t node_give(struct node *node, const char *image)
{
	struct file_attributes now;
	struct given *last;
	mach_port_t file;
	error_t error = node_current(node, &now);

	if (error || given_is(given_find(image), &now))
		return error;
	if (!now.size || now.size > IMAGE_MAX)
		return E_NOEXEC;
	error = node_right(node, OPEN_READ, &file);
	if (error)
		return error;
	unlock(&vfs_lock);
	error = file_give(file, image, (unsigned)now.size);
	port_drop(file);
	lock(&vfs_lock);
	if (error)
		return error;
	last = given_find(image);
	text_copy(last->image, sizeof last->image, image, strlen(image));
	last->node = now.node;
	last->size = now.size;
	last->mtime = now.mtime;
	last->mtime_nsec = now.mtime_nsec;
	return 0;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The name of another type that this one is a name of. */
static void link_follow(struct node *node, char *image, unsigned size)
{
	node_reference(node);
	if (!node->target)
		ask_link(node);
	if (node->target && *last_name(node->target))
		text_format(image, size, "%s", last_name(node->target));
	node_drop(node);
}

error_t image_prepare(const char *type, char *image, unsigned size)
{
	char path[sizeof PLACE + IMAGE_NAME];
	struct node *node;
	error_t error = 0;

	text_format(image, size, "pfs-%s", type);
	for (unsigned i = 0; i < sizeof memory_types / sizeof *memory_types;
	     i++)
		if (!strcmp(type, memory_types[i]))
			text_format(image, size, "pfs-tmp");
	if (!mount_root) /* the root itself is being mounted */
		return 0;
	text_format(path, sizeof path, "%s%s", PLACE, image);
	node = node_at(path, 0);
	if (node && node_is(node, MODE_LINK)) {
		link_follow(node, image, size);
		text_format(path, sizeof path, "%s%s", PLACE, image);
		node = node_at(path, WALK_FOLLOW);
	}
	if (!node || !node_is(node, MODE_REGULAR))
		return 0; /* perhaps the boot archive has it */
	node_reference(node);
	error = node_give(node, image);
	node_drop(node);
	if (error)
		log_loud("%s can't be loaded: %s", path, error_name(error));
	return error;
}
