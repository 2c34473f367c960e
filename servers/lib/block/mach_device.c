/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disks of the kernel. device_read brings new memory, device_write takes a
 * copy-on-write one; both wait for the disk. The kernel's drivers write
 * through, so flush has only to wait for the data of other threads.
 */
#include <base/heap.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <block/mach_device.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <string.h>

enum {
	TRANSFER_MAX = 256 * 1024, /* bytes at a time */
};

struct mach_device {
	struct block_device device;
	mach_port_t port; /* send right, owned */
	struct lock lock;      /* a leaf: guards the rest */
	struct thread *writer; /* who writes data now, or null */
	struct condition written;
};

static struct mach_device *mach_of(struct block_device *device)
{
	return (struct mach_device *)device;
}

static mach_port_t port_of(struct block_device *device)
{
	return mach_of(device)->port;
}

static error_t part_read_new(struct block_device *device, uint64_t position,
    void **memory, size_t count)
{
	mach_msg_type_number_t got = 0;
	io_buf_ptr_t data;
	kern_return_t error = device_read(port_of(device), 0,
	    (recnum_t)(position / device->sector_size), (int)count, &data,
	    &got);

	if (error)
		return E_IO;
	if (got != count) {
		memory_free((vm_address_t)data, got);
		return E_IO;
	}
	*memory = data;
	return 0;
}

static error_t mach_read_new(struct block_device *device, uint64_t position,
    void **memory, size_t count)
{
	return count <= TRANSFER_MAX ?
	    part_read_new(device, position, memory, count) : E_INVAL;
}

static error_t mach_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	uint8_t *at = buffer;

	while (count) {
		size_t part = count < TRANSFER_MAX ? count : TRANSFER_MAX;
		void *memory;
		error_t error = part_read_new(device, position, &memory, part);

		if (error)
			return error;
		memcpy(at, memory, part);
		memory_free((vm_address_t)memory, part);
		at += part;
		position += part;
		count -= part;
	}
	return 0;
}

/* Until no other thread writes data. */
static void data_wait(struct mach_device *mach)
{
	struct thread *self = thread_self();

	lock(&mach->lock);
	while (mach->writer && mach->writer != self)
		condition_wait(&mach->written, &mach->lock);
	unlock(&mach->lock);
}

static void mach_write_begin(struct block_device *device)
{
	struct mach_device *mach = mach_of(device);

	lock(&mach->lock);
	while (mach->writer)
		condition_wait(&mach->written, &mach->lock);
	mach->writer = thread_self();
	unlock(&mach->lock);
}

static void mach_write_end(struct block_device *device)
{
	struct mach_device *mach = mach_of(device);

	lock(&mach->lock);
	mach->writer = 0;
	condition_broadcast(&mach->written);
	unlock(&mach->lock);
}

static error_t mach_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	const uint8_t *at = buffer;

	data_wait(mach_of(device));
	while (count) {
		size_t part = count < TRANSFER_MAX ? count : TRANSFER_MAX;
		int written = 0;
		kern_return_t error = device_write(port_of(device), 0,
		    (recnum_t)(position / device->sector_size),
		    (io_buf_ptr_t)at, part, &written);

		if (error || written <= 0 ||
		    written % (int)device->sector_size)
			return E_IO;
		at += written;
		position += (unsigned)written;
		count -= (unsigned)written;
	}
	return 0;
}

static error_t mach_flush(struct block_device *device)
{
	data_wait(mach_of(device));
	return 0;
}

/* Size in sectors where the kernel can say it, else in (32-bit) bytes. */
static error_t size_find(struct mach_device *made)
{
	int status[DEV_STATUS_MAX > 8 ? 8 : DEV_STATUS_MAX];
	mach_msg_type_number_t count = DEV_GET_RECORDS_COUNT;

	if (!device_get_status(made->port, DEV_GET_RECORDS, status, &count)) {
		made->device.sector_size =
		    (uint32_t)status[DEV_GET_RECORDS_RECORD_SIZE];
		made->device.size = (uint64_t)(uint32_t)
		    status[DEV_GET_RECORDS_DEVICE_RECORDS] *
		    made->device.sector_size;
	} else {
		count = DEV_GET_SIZE_COUNT;
		if (device_get_status(made->port, DEV_GET_SIZE, status, &count))
			return E_IO;
		made->device.sector_size =
		    (uint32_t)status[DEV_GET_SIZE_RECORD_SIZE];
		made->device.size =
		    (uint32_t)status[DEV_GET_SIZE_DEVICE_SIZE];
	}
	if (made->device.sector_size < 512 || made->device.sector_size > 4096 ||
	    (made->device.sector_size & (made->device.sector_size - 1)))
		return E_IO;
	return 0;
}

error_t mach_device_open(mach_port_t master, const char *name, int read_only,
    struct block_device **device)
{
	struct mach_device *made = heap_alloc_zero(sizeof *made);
	error_t error;

	if (!made)
		return E_NOMEM;
	error = E_IO;
	if (!read_only)
		error = device_open(master, D_READ | D_WRITE, name,
		    &made->port);
	if (error) {
		read_only = 1;
		error = device_open(master, D_READ, name, &made->port);
	}
	if (!error)
		error = size_find(made);
	if (error) {
		log_loud("no disk %s: %s", name, error_name(error));
		port_drop(made->port);
		heap_free(made);
		return E_NXIO;
	}
	made->device.read_only = read_only;
	made->device.read = mach_read;
	made->device.write = mach_write;
	made->device.flush = mach_flush;
	made->device.read_new = mach_read_new;
	made->device.write_begin = mach_write_begin;
	made->device.write_end = mach_write_end;
	*device = &made->device;
	return 0;
}

void mach_device_close(struct block_device *device)
{
	port_drop(port_of(device));
	heap_free(device);
}
