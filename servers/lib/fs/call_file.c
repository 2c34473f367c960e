/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of another file system as a disk: what a loop device stands for, or
 * the root of an environment. We wait for a
 * server of our own rank here, which the rule of ranks allows for one reason
 * only: that file system was mounted before us, is kept mounted by our right,
 * and can't get a right to a file of ours; so no ring of waits can close.
 */
#include "disk.h"
#include <acs.client.h>
#include <base/heap.h>
#include <base/log.h>
#include <base/port.h>
#include <base/types.h>
#include <block/file_bytes.h>
#include <file.client.h>
#include <server/recover.h>
#include <server/server.h>
#include <string.h>

enum {
	SECTOR = 512,
};

struct file_device {
	struct block_device device;
	mach_port_t file; /* send right, owned */
};

static mach_port_t file_of(struct block_device *device)
{
	return ((struct file_device *)device)->file;
}

static error_t file_device_read(struct block_device *device,
    uint64_t position, void *buffer, size_t count)
{
	return file_bytes_read(file_of(device), position, buffer, count);
}

static error_t file_device_write(struct block_device *device,
    uint64_t position, const void *buffer, size_t count)
{
	return file_bytes_write(file_of(device), position, buffer, count);
}

static error_t file_device_flush(struct block_device *device)
{
	return file_sync(file_of(device), 0) ? E_IO : 0;
}

/*
 * The name is there until we serve. An instance after ours finds the file in
 * the vault, at the last of its numbers (lib/pager counts from the first).
 */
static error_t file_take(const char *name, mach_port_t *file)
{
	error_t error;

	if (server_recovered && !vault_take_at(VAULT_NUMBERS - 1, file))
		return 0;
	error = acs_lookup(server_acs, name, strlen(name), 0, file);
	if (!error)
		vault_keep_at(VAULT_NUMBERS - 1, *file);
	return error;
}

error_t file_device_open(
    const char *name, int read_only, struct block_device **device)
{
	struct file_device *made = heap_alloc_zero(sizeof *made);
	struct file_attributes attributes;
	error_t error;

	if (!made)
		return E_NOMEM;
	error = file_take(name, &made->file);
	if (!error)
		error = file_stat(made->file, &attributes);
	if (error) {
		log_loud("no file %s: %s", name, error_name(error));
		port_drop(made->file);
		heap_free(made);
		return E_NXIO;
	}
	made->device.size = attributes.size & ~(uint64_t)(SECTOR - 1);
	made->device.sector_size = SECTOR;
	made->device.read_only = read_only;
	made->device.read = file_device_read;
	made->device.write = file_device_write;
	made->device.flush = file_device_flush;
	*device = &made->device;
	return 0;
}
