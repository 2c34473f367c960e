/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a file system server. Arguments: device=NAME (of a kernel's
 * disk), read_only=0|1, and what the type understands. Mounting happens before
 * registration, so whoever started the server learns from its end that it
 * failed; why is in the log.
 */
#include "disk.h"
#include "fs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/text.h>
#include <base/thread.h>
#include <pfs.server.h>
#include <kernel/gnumach.client.h>
#include <mach/vm_wire.h>
#include <string.h>

enum {
	DETACH_STEP = 20, /* milliseconds */
	DETACH_PATIENCE = 2000,
	REMOUNT_PATIENCE = 200,
	ANSWER_TIME = 50,
};

struct lock fs_lock;
struct fs_volume *fs_volume;
const struct fs_type *fs_type;

static routine_t pfs_interface(const mach_msg_header_t *request)
{
	return (routine_t)pfs_server_routine(request);
}

static const interface_t interfaces[] = { pfs_interface, 0 };

static const struct object_class pfs_class = {
	.name = "pfs",
	.interfaces = interfaces,
};
static struct object pfs;

static void fs_complained(struct fs_volume *volume, const char *text)
{
	(void)volume;
	log_loud("%s", text);
}

static error_t volume_open(int argc, char **argv)
{
	struct fs_options options = { .argc = argc, .argv = argv,
		.now = fs_now, .complain = fs_complained };
	struct block_device *device = 0;
	const char *name = text_option(argc, argv, "device",
	    text_option(argc, argv, "file", ""));
	error_t error = 0;

	options.read_only = text_unsigned(text_option(argc, argv, "read_only",
	    "0"), 0) != 0;
	if (!(fs_type->flags & FS_TYPE_NO_DEVICE))
		error = fs_disk_open(argc, argv, options.read_only, &device);
	if (error)
		return error;
	error = fs_type->ops->mount(device, &options, &fs_volume);
	if (error)
		log_loud("%s: %s can't be mounted: %s", fs_type->name,
		    name, error_name(error));
	return error;
}

static error_t fs_start(int argc, char **argv)
{
	error_t error;

	object_init(&pfs, &pfs_class);
	fs_clock_start();
	error = volume_open(argc, argv);
	if (!error)
		error = pagers_start(&fs_lock);
	if (!error && !(fs_type->flags & FS_TYPE_GENERATED))
		error = slots_start();
	if (!error && fs_type->ops->sync)
		error = fs_sync_start();
	if (!error && server_host) /* what page-outs run through stays */
		vm_wire_all(server_host, mach_task_self(), VM_WIRE_CURRENT);
	return error;
}

error_t fs_finish(void)
{
	error_t error = fs_sync(), other = 0;

	lock(&fs_lock);
	if (fs_type->ops->remount && !fs_volume->read_only) {
		other = fs_type->ops->remount(fs_volume, 1);
		if (!other)
			fs_volume->read_only = 1;
	}
	unlock(&fs_lock);
	return error ? error : other;
}

static void fs_flush(void)
{
	error_t error = fs_finish();

	if (error)
		log_loud("%s: not all was written: %s", fs_type->name,
		    error_name(error));
}

static void fs_describe(char *text, unsigned size)
{
	lock(&fs_lock);
	text_append(text, size, "%s: %u nodes, %u unused\n", fs_type->name,
	    fs_volume->node_count, fs_volume->unused_count);
	unlock(&fs_lock);
}

/* Somebody holds a right to write. */
static int files_written(void)
{
	int written = 0;

	lock(&fs_lock);
	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		written |= file->by_access[OPEN_WRITE] ||
		    file->by_access[OPEN_READ | OPEN_WRITE];
	}
	unlock(&fs_lock);
	return written;
}

error_t serve_pfs_remount(object_t object, int read_only)
{
	error_t error;

	(void)object;
	read_only = read_only != 0;
	/* VFS has just given up its own: that may still be on its way. */
	for (unsigned waited = 0; read_only && files_written();
	     waited += DETACH_STEP) {
		if (waited >= REMOUNT_PATIENCE)
			return E_BUSY;
		thread_sleep(DETACH_STEP);
	}
	error = fs_sync();
	if (error)
		return error;
	lock(&fs_lock);
	if (read_only != fs_volume->read_only) {
		if (read_only && fs_nodes_unnamed(fs_volume))
			error = E_BUSY;
		else if (fs_type->ops->remount)
			error = fs_type->ops->remount(fs_volume, read_only);
		if (!error)
			fs_volume->read_only = read_only;
	}
	unlock(&fs_lock);
	return error;
}

/* Files that a client or the kernel still uses. Lock held. */
static int files_busy(void)
{
	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (file->rights || (file->pager && file->pager->control))
			return 1;
	}
	return 0;
}

static void end_soon(void *argument)
{
	(void)argument;
	thread_sleep(ANSWER_TIME);
	server_end();
}

error_t serve_pfs_detach(object_t object, int force)
{
	unsigned waited;
	int busy = 1;
	error_t error;

	(void)object;
	/* What is dirty goes to the disk before the kernel gives memory up: it
	 * would return single pages, and wait for each with our lock held. */
	fs_sync();
	for (waited = 0; busy && waited < DETACH_PATIENCE;
	     waited += DETACH_STEP) {
		lock(&fs_lock);
		list_each(link, &fs_files) {
			struct file *file = list_item(link, struct file, link);

			if (!file->rights && file->pager)
				pager_uncache(file->pager);
		}
		busy = files_busy();
		unlock(&fs_lock);
		if (busy)
			thread_sleep(DETACH_STEP);
	}
	if (busy && !force)
		return E_BUSY;
	error = fs_finish();
	if (error && !force)
		return error;
	return thread_start(end_soon, 0);
}

static struct server server = {
	.interfaces = interfaces,
	.public_object = &pfs,
	.start = fs_start,
	.flush = fs_flush,
	.describe = fs_describe,
};

int fs_main(const struct fs_type *type, int argc, char **argv)
{
	fs_type = type;
	server.name = type->name;
	/* they hold fs_lock, which the kernel's page-outs need, too */
	pool_files.privileged = 1;
	return server_run(&server, argc, argv);
}
