/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disks of the kernel. device_read brings new memory, device_write takes a
 * copy-on-write one; both wait for the disk. The kernel's drivers write
 * through, so flush has only to wait for the data of other threads.
 *
 * Small pieces of data that follow one another on the disk (the files of a tree
 * that is being made) are gathered and written as one. They are on the disk
 * before anything else is written, at a flush, and before they are read. That
 * it failed is said by the next flush.
 */
#include <base/atomic.h>
#include <base/heap.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <block/mach_device.h>
#include <block/transfer.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <string.h>

enum {
	TRANSFER_MAX = 256 * 1024, /* bytes at a time */
	GATHER_PIECE = 64 * 1024,  /* larger ones are written as they are */
};

struct mach_device {
	struct block_device device;
	mach_port_t port;      /* send right, owned */
	struct lock lock;      /* a leaf: guards the rest */
	struct thread *writer; /* who writes data now, or null */
	struct condition written;
	struct gather *gather; /* null: no memory for it */
	int gather_owned;      /* it is in the heap */
	error_t failed;        /* a gathered write */
};

static struct mach_device *mach_of(struct block_device *device)
{
	return (struct mach_device *)device;
}

static mach_port_t port_of(struct block_device *device)
{
	return mach_of(device)->port;
}

static recnum_t record_of(const struct block_device *device, uint64_t position)
{
	return (recnum_t)(position / device->sector_size);
}

static error_t raw_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	const uint8_t *at = buffer;

	while (count) {
		size_t part = count < TRANSFER_MAX ? count : TRANSFER_MAX;
		size_t done;
		error_t error = transfer_write(port_of(device),
		    record_of(device, position), at, part, &done);

		if (error)
			return error;
		if (done % device->sector_size)
			return E_IO;
		at += done;
		position += done;
		count -= done;
	}
	return 0;
}

/* What was gathered reaches the disk. The lock is held. */
static void gather_end(struct mach_device *mach)
{
	struct gather *gather = mach->gather;
	error_t error;

	if (!gather || !gather->count)
		return;
	error = raw_write(&mach->device, gather->position, gather->data,
	    gather->count);
	if (error)
		mach->failed = error;
	/* if we die before this, it is written once more */
	*(volatile uint32_t *)&gather->count = 0;
}

/* The same if it has a part of that range. */
static void gather_end_at(struct mach_device *mach, uint64_t position,
    size_t count)
{
	struct gather *gather = mach->gather;

	if (!gather)
		return;
	lock(&mach->lock);
	if (gather->count && position < gather->position + gather->count &&
	    gather->position < position + count)
		gather_end(mach);
	unlock(&mach->lock);
}

static error_t mach_read_new(struct block_device *device, uint64_t position,
    void **memory, size_t count)
{
	if (count > TRANSFER_MAX)
		return E_INVAL;
	gather_end_at(mach_of(device), position, count);
	return transfer_read(port_of(device), record_of(device, position),
	    count, memory);
}

static error_t mach_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	uint8_t *at = buffer;

	gather_end_at(mach_of(device), position, count);
	while (count) {
		size_t part = count < TRANSFER_MAX ? count : TRANSFER_MAX;
		void *memory;
		error_t error = transfer_read(port_of(device),
		    record_of(device, position), part, &memory);

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

/* Until no other thread writes data; all that was written is on the disk. */
static error_t data_wait(struct mach_device *mach)
{
	struct thread *self = thread_self();
	error_t error;

	lock(&mach->lock);
	while (mach->writer && mach->writer != self)
		condition_wait(&mach->written, &mach->lock);
	gather_end(mach);
	error = mach->failed;
	unlock(&mach->lock);
	return error;
}

/* A piece of data; 0: it is too large. The caller is the writer. */
static int gather_add(struct mach_device *mach, uint64_t position,
    const void *data, size_t count)
{
	struct gather *gather = mach->gather;

	if (!gather || count > GATHER_PIECE)
		return 0;
	lock(&mach->lock);
	if (gather->count && (gather->position + gather->count != position ||
	    gather->count + count > GATHER_MAX))
		gather_end(mach);
	if (!gather->count)
		gather->position = position;
	memcpy(gather->data + gather->count, data, count);
	atomic_barrier();
	*(volatile uint32_t *)&gather->count += count;
	unlock(&mach->lock);
	return 1;
}

static error_t mach_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	struct mach_device *mach = mach_of(device);

	if (mach->writer == thread_self() &&
	    gather_add(mach, position, buffer, count))
		return 0;
	data_wait(mach);
	return raw_write(device, position, buffer, count);
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

static error_t mach_flush(struct block_device *device)
{
	struct mach_device *mach = mach_of(device);
	error_t error = data_wait(mach);

	mach->failed = 0;
	return error;
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

/* What an instance before us had gathered comes first. */
static void gather_start(struct mach_device *made, struct gather *survives)
{
	made->gather = survives;
	if (!survives) {
		made->gather = heap_alloc_zero(sizeof *made->gather);
		made->gather_owned = 1;
	} else if (survives->count > GATHER_MAX) {
		survives->count = 0;
	} else {
		gather_end(made);
	}
}

error_t mach_device_open(mach_port_t master, const char *name,
    struct gather *survives, struct block_device **device)
{
	struct mach_device *made = heap_alloc_zero(sizeof *made);
	int read_only;
	error_t error;

	if (!made)
		return E_NOMEM;
	error = device_open(master, D_READ | D_WRITE, name, &made->port);
	read_only = error != 0;
	if (error)
		error = device_open(master, D_READ, name, &made->port);
	if (!error)
		error = size_find(made);
	if (error) {
		log_loud("no disk %s: %s", name, error_name(error));
		port_drop(made->port);
		heap_free(made);
		return E_NXIO;
	}
	if (!read_only)
		gather_start(made, survives);
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
	if (mach_of(device)->gather_owned)
		heap_free(mach_of(device)->gather);
	heap_free(device);
}
