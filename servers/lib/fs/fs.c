/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a file system server. Arguments: device=NAME (of a kernel's
 * disk), read_only=0|1, and what the type understands. Mounting happens before
 * registration, so whoever started the server learns from its end that it
 * failed; why is in the log.
 */
#include "disk.h"
#include "survive.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <pfs.server.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <server/recover.h>
#include <string.h>

enum {
	DETACH_STEP = 20, /* milliseconds */
	DETACH_PATIENCE = 2000,
	REMOUNT_PATIENCE = 200,
	ANSWER_TIME = 50,
	OPTIONS_MOST = 64,
};

struct lock fs_lock;
struct fs_volume *fs_volume;
const struct fs_type *fs_type;

static routine_t pfs_interface(const mach_msg_header_t *request)
{
	return (routine_t)pfs_server_routine(request);
}

static const interface_t interfaces[] = { pfs_interface, 0 };

const struct object_class fs_public_class = {
	.name = "pfs",
	.interfaces = interfaces,
};
struct object fs_public;

static void fs_complained(struct fs_volume *volume, const char *text)
{
	(void)volume;
	log_loud("%s", text);
}

static error_t volume_mount(struct fs_options *options,
    struct block_device *device)
{
	error_t error;

	options->store = survive_store();
	error = fs_type->ops->mount(device, options, &fs_volume);
	if (error != E_UCLEAN || !options->store || !options->store->recovered)
		return error;
	log_loud("what was left is of no use: the disk alone counts");
	survive_forget();
	return fs_type->ops->mount(device, options, &fs_volume);
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
	if (fs_memory->remounted)
		options.read_only = fs_memory->read_only != 0;
	if (!(fs_type->flags & FS_TYPE_NO_DEVICE))
		error = fs_disk_open(argc, argv, options.read_only,
		    &fs_memory->gather, &device);
	if (!error)
		error = volume_mount(&options, device);
	if (error)
		log_loud("%s: %s can't be mounted: %s", fs_type->name,
		    name, error_name(error));
	return error;
}

/* The words of the command, which come before what survives. */
static int word_count;
static char **words;

static error_t fs_prepare(int argc, char **argv)
{
	word_count = argc;
	words = argv;
	object_init(&fs_public, &fs_public_class);
	fs_clock_start();
	recovery_prepare();
	return pagers_start(&fs_lock);
}

static error_t fs_begin(void)
{
	error_t error = survive_start();

	fs_device_number = (int)fs_memory->device;
	if (!error && !(fs_type->flags & FS_TYPE_GENERATED))
		error = slots_start();
	return error ? error : volume_open(word_count, words);
}

/* All but the banks, 100 MB, which a type that does not survive never uses. */
static void range_wire(vm_address_t start, vm_address_t end,
    vm_prot_t protection)
{
	vm_address_t bank = page_round((vm_address_t)fs_memory->banks);
	vm_address_t bank_end = page_trunc((vm_address_t)(fs_memory->banks +
	    sizeof fs_memory->banks));

	if (start < bank && bank < end)
		range_wire(start, bank, protection);
	if (start < bank_end && bank < end)
		start = bank_end;
	if (start < end)
		vm_wire(server_host, mach_task_self(), start, end - start,
		    protection);
}

/* What page-outs run through stays in memory; of what survives, which is large
 * and mostly untouched, each page does so once it is in use. */
static void memory_wire(void)
{
	vm_address_t address = 0;
	vm_size_t size;
	vm_prot_t protection, most;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t object;
	vm_offset_t offset;

	for (; !vm_region(mach_task_self(), &address, &size, &protection,
		 &most, &inheritance, &shared, &object, &offset);
	     address += size) {
		port_drop(object);
		if (protection && (address < REGION_ADDRESS ||
		    address >= REGION_ADDRESS + REGION_SIZE))
			range_wire(address, address + size, protection);
	}
}

static error_t fs_start(int argc, char **argv)
{
	error_t error = 0;

	(void)argc, (void)argv;
	if (!server_memory) /* nothing of this type survives */
		error = fs_begin();
	if (error)
		return error;
	recovery_end();
	if (fs_type->ops->sync)
		error = fs_sync_start();
	if (!error && server_host)
		memory_wire();
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
	fs_unlock();
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
	files_describe(text, size);
	fs_unlock();
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
	fs_unlock();
	return written;
}

/* Lock held. */
static error_t options_change(const char *options, unsigned length)
{
	char text[sizeof(text_line_t) + 1], *words[OPTIONS_MOST];

	if (!length || !fs_type->ops->change_options)
		return 0;
	if (!text_copy(text, sizeof text, options, length))
		return E_INVAL;
	return fs_type->ops->change_options(fs_volume,
	    text_words(text, words, OPTIONS_MOST), words);
}

error_t serve_pfs_remount(object_t object, int read_only,
    const text_line_t options, mach_msg_type_number_t length)
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
	error = options_change(options, length);
	if (!error && read_only != fs_volume->read_only) {
		if (read_only && fs_nodes_unnamed(fs_volume))
			error = E_BUSY;
		else if (fs_type->ops->remount)
			error = fs_type->ops->remount(fs_volume, read_only);
		if (!error)
			fs_volume->read_only = read_only;
	}
	if (!error) {
		fs_memory->read_only = (uint32_t)read_only;
		fs_memory->remounted = 1;
	}
	fs_unlock();
	return error;
}

/* Files that a client or the kernel still uses. Lock held. */
static int files_busy(void)
{
	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (file->rights || (file->pager && pager_known(file->pager)))
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
		fs_unlock();
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
	.public_object = &fs_public,
	.memory_size = sizeof(struct fs_memory),
	.senders_later = 1,
	.holds = records_hold,
	.prepare = fs_prepare,
	.begin = fs_begin,
	.start = fs_start,
	.flush = fs_flush,
	.describe = fs_describe,
};

int fs_main(const struct fs_type *type, int argc, char **argv)
{
	fs_type = type;
	server.name = type->name;
	if (type->ops->keep || (type->flags & FS_TYPE_STATELESS))
		server.recovers = fs_recovers;
	/* they hold fs_lock, which the kernel's page-outs need, too */
	pool_files.privileged = 1;
	return server_run(&server, argc, argv);
}
