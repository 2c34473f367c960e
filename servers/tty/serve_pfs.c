/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/pts: pfs.defs on the folder of slaves. Its names come and go as pairs
 * do, so VFS keeps none of them (FILE_VOLATILE), and nothing here counts what
 * VFS knows. Nodes are opened by their device number, as all devices.
 */
#include "core/folder.h"
#include "tty.h"
#include <base/port.h>
#include <base/types.h>
#include <pfs.server.h>
#include <string.h>

enum {
	MODE_CHARACTER_DEVICE = 0020000,
	MODE_DIRECTORY = 0040000,
	MODE_BITS = 07777,
	FOLDER_MAGIC = 0x1cd1, /* what statfs says of devpts */
	FOLDER_BLOCK = 1024,
};

static int file_system;  /* our st_dev, as VFS said at pfs_attach */
static int64_t attached; /* when that was: the folder's times */

static routine_t pfs_interface(const mach_msg_header_t *request)
{
	return (routine_t)pfs_server_routine(request);
}

const struct object_class folder_class = {
	.name = "pts",
	.interfaces = (const interface_t[]){ pfs_interface, 0 },
};

/* With the lock held; null for the folder itself and for what is gone. */
static struct terminal *slave_of(offset_t node)
{
	if (node < FOLDER_FIRST || node >= FOLDER_FIRST + TTY_PSEUDO_MAX)
		return NULL;
	return pseudo_find(node - FOLDER_FIRST);
}

static void attributes_common(file_attributes_t *attributes, offset_t node)
{
	memset(attributes, 0, sizeof *attributes);
	attributes->node = node;
	attributes->device = file_system;
	attributes->block_size = FOLDER_BLOCK;
	attributes->slot = -1;
}

static error_t attributes_of(offset_t node, file_attributes_t *attributes)
{
	struct terminal *terminal = slave_of(node);

	attributes_common(attributes, node);
	if (node == FOLDER_ROOT) {
		attributes->mode = MODE_DIRECTORY | 0755;
		attributes->links = 2;
		attributes->flags = FILE_VOLATILE;
		attributes->atime = attributes->mtime = attached;
		attributes->ctime = attached;
		return 0;
	}
	if (!terminal)
		return E_NOENT;
	attributes->mode = MODE_CHARACTER_DEVICE | terminal->mode;
	attributes->links = 1;
	attributes->uid = terminal->uid;
	attributes->gid = terminal->gid;
	attributes->special = terminal->device;
	attributes->atime = attributes->mtime = terminal->changed;
	attributes->ctime = terminal->changed;
	return 0;
}

error_t serve_pfs_attach(object_t object, int device, offset_t *root,
    file_attributes_t *attributes, name_t type_name,
    mach_msg_type_number_t *type_name_count)
{
	static const char name[] = "devpts";
	int64_t now;

	(void)object;
	now = seconds_now();
	tty_lock();
	file_system = device;
	attached = now;
	attributes_of(FOLDER_ROOT, attributes);
	tty_unlock();
	*root = FOLDER_ROOT;
	memcpy(type_name, name, sizeof name - 1);
	*type_name_count = sizeof name - 1;
	return 0;
}

error_t serve_pfs_lookup(object_t object, offset_t directory, const name_t name,
    mach_msg_type_number_t name_count, offset_t *node,
    file_attributes_t *attributes)
{
	int number = folder_number(name, name_count);
	error_t error;

	(void)object;
	if (directory != FOLDER_ROOT)
		return E_NOTDIR;
	if (number < 0)
		return E_NOENT;
	*node = FOLDER_FIRST + number;
	tty_lock();
	error = attributes_of(*node, attributes);
	tty_unlock();
	return error;
}

error_t serve_pfs_read_directory(object_t object, offset_t directory,
    offset_t position, small_data_t data, mach_msg_type_number_t *data_count,
    offset_t *next)
{
	unsigned char exists[TTY_PSEUDO_MAX];
	uint64_t at = position;
	int number;

	(void)object;
	if (directory != FOLDER_ROOT)
		return E_NOTDIR;
	if (position < 0)
		return E_INVAL;
	tty_lock();
	for (number = 0; number < TTY_PSEUDO_MAX; number++)
		exists[number] = pseudo_find(number) != NULL;
	tty_unlock();
	*data_count =
	    folder_records(data, IO_INLINE_MAX, &at, exists, TTY_PSEUDO_MAX);
	*next = at;
	return 0;
}

error_t serve_pfs_get_attributes(
    object_t object, offset_t node, file_attributes_t *attributes)
{
	error_t error;

	(void)object;
	tty_lock();
	error = attributes_of(node, attributes);
	tty_unlock();
	return error;
}

error_t serve_pfs_set_attributes(object_t object, offset_t node, int mask,
    file_attributes_t attributes, file_attributes_t *now)
{
	struct terminal *terminal;
	error_t error = 0;

	(void)object;
	tty_lock();
	terminal = slave_of(node);
	if (!terminal) {
		error = node == FOLDER_ROOT ? E_PERM : E_NOENT;
	} else {
		if (mask & ATTRIBUTE_MODE)
			terminal->mode = attributes.mode & MODE_BITS;
		if (mask & ATTRIBUTE_UID)
			terminal->uid = attributes.uid;
		if (mask & ATTRIBUTE_GID)
			terminal->gid = attributes.gid;
		error = attributes_of(node, now);
	}
	tty_unlock();
	return error;
}

/* Nothing is made, linked or removed here but by opening /dev/ptmx. */
error_t serve_pfs_create(object_t object, offset_t directory, const name_t name,
    mach_msg_type_number_t name_count, int mode, int uid, int gid, int device,
    const path_t target, mach_msg_type_number_t target_count, int access,
    int request, offset_t *node, file_attributes_t *attributes,
    mach_port_t *file, mach_msg_type_name_t *file_type)
{
	(void)object, (void)directory, (void)name, (void)name_count;
	(void)mode, (void)uid, (void)gid, (void)device, (void)target;
	(void)target_count, (void)access, (void)node, (void)attributes;
	(void)request;
	(void)file, (void)file_type;
	return E_PERM;
}

error_t serve_pfs_unlink(object_t object, offset_t directory, const name_t name,
    mach_msg_type_number_t name_count, int kind, int told, int request,
    offset_t *node, int *links)
{
	(void)object, (void)directory, (void)name, (void)name_count;
	(void)kind, (void)told, (void)request, (void)node, (void)links;
	return E_PERM;
}

error_t serve_pfs_rename(object_t object, offset_t from_directory,
    const name_t from_name, mach_msg_type_number_t from_count,
    offset_t to_directory, const name_t to_name,
    mach_msg_type_number_t to_count, int flags, int request,
    offset_t *moved, offset_t *replaced, int *links)
{
	(void)object, (void)from_directory, (void)from_name, (void)from_count;
	(void)to_directory, (void)to_name, (void)to_count, (void)flags;
	(void)request, (void)moved, (void)replaced, (void)links;
	return E_PERM;
}

error_t serve_pfs_forget(object_t object, offset_t node, int told)
{
	(void)object, (void)node, (void)told;
	return 0;
}

error_t serve_pfs_status(object_t object, file_system_status_t *status)
{
	(void)object;
	memset(status, 0, sizeof *status);
	status->magic = FOLDER_MAGIC;
	status->block_size = FOLDER_BLOCK;
	status->name_max = NAME_LENGTH_MAX;
	return 0;
}

error_t serve_pfs_sync(object_t object)
{
	(void)object;
	return 0;
}

error_t serve_pfs_remount(object_t object, int read_only,
    const text_line_t options, mach_msg_type_number_t count)
{
	(void)object, (void)read_only, (void)options, (void)count;
	return 0;
}

/* The folder is left, the terminals stay. */
error_t serve_pfs_detach(object_t object, int force)
{
	(void)object, (void)force;
	return 0;
}
