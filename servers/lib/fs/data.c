/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of files: as pages for the kernel, by message for clients, and the
 * changes of a file's size. Mach's page cache is the only one: what comes by
 * message goes past it only when it holds nothing newer.
 *
 * To cut a file: (1) the new size holds for paging, so that no page behind it
 * is supplied or written any more; (2) the kernel gives up the last page
 * (writing it back, its tail now zeros) and all behind; (3) the type frees the
 * blocks. Requests of the kernel wait meanwhile (pager_hold).
 */
#include "survive.h"
#include <base/atomic.h>
#include <base/heap.h>
#include <base/log.h>
#include <base/memory.h>
#include <string.h>

static const struct fs_ops *ops_of(struct file *file)
{
	return file->node->volume->type->ops;
}

static uint64_t size_of(struct file *file)
{
	return file->cutting ? file->cut_size : file->node->attributes.size;
}

uint64_t file_size_max(void)
{
	uint64_t most = (uint64_t)UINT32_MAX - 2 * PAGE_SIZE;

	return fs_volume->max_size < most ? fs_volume->max_size : most;
}

static uint64_t pager_size(struct pager *pager)
{
	return size_of(pager->user);
}

/* One run of the disk, straight into pages. 0: that can't be done here. */
static int run_read(struct file *file, uint64_t offset,
    const struct fs_extent *extent, vm_address_t *memory, vm_size_t *count,
    error_t *error)
{
	struct block_device *device = file->node->volume->device;
	vm_size_t bytes = extent->count < *count ?
	    page_trunc((vm_size_t)extent->count) : *count;
	uint64_t size = size_of(file);
	void *pages;

	if (!device || !device->read_new || !bytes ||
	    extent->position > device->size ||
	    bytes > device->size - extent->position)
		return 0;
	/* Whoever takes the blocks away meanwhile holds the pager first. */
	fs_unlock();
	*error = device->read_new(device, extent->position, &pages, bytes);
	lock(&fs_lock);
	if (*error)
		return 1;
	if (offset + bytes > size)
		memset((char *)pages + (vm_size_t)(size - offset), 0,
		    (size_t)(offset + bytes - size));
	*memory = (vm_address_t)pages;
	*count = bytes;
	return 1;
}

static error_t pager_read(struct pager *pager, uint64_t offset,
    vm_address_t *memory, vm_size_t *count)
{
	struct file *file = pager->user;
	const struct fs_ops *ops = ops_of(file);
	struct fs_extent extent;
	size_t wanted = *count;
	error_t error = 0;

	*memory = 0;
	if (ops->extent) {
		error = ops->extent(file->node, offset, &extent);
		if (error)
			return error;
		if (extent.hole && extent.count >= PAGE_SIZE) {
			if (extent.count < *count)
				*count = page_trunc((vm_size_t)extent.count);
			return 0;
		}
		if (!extent.hole && run_read(file, offset, &extent, memory,
		    count, &error))
			return error;
		if (file->pager->ops->room && extent.count < *count)
			wanted = *count = page_trunc((vm_size_t)extent.count);
	}
	error = memory_allocate(*count, memory);
	if (error)
		return error;
	error = ops->read(file->node, offset, (void *)*memory, &wanted);
	if (error) {
		memory_free(*memory, *count);
		*memory = 0;
	}
	return error;
}

/* Runs of the disk, the lock released while it works: others go on. What is
 * cut from the file, or written by message, waits for us (pager_flush), and the
 * device does not count as flushed before we have written. */
static error_t runs_write(struct file *file, uint64_t offset,
    vm_address_t memory, uint64_t count)
{
	struct block_device *device = file->node->volume->device;
	struct fs_node *node = file->node;
	struct fs_extent extent;
	error_t error = 0;

	while (!error && count) {
		/* Run by run: while this one is written somebody may commit
		 * the metadata, which must not point to blocks without data. */
		error = ops_of(file)->take(node, offset, count);
		if (!error)
			error = ops_of(file)->extent(node, offset, &extent);
		if (!error && extent.hole)
			error = E_UCLEAN;
		if (error)
			break;
		if (extent.count > count)
			extent.count = count;
		disk_write_begin(device);
		fs_unlock();
		error = disk_write(device, extent.position, (void *)memory,
		    (size_t)extent.count);
		disk_write_end(device);
		lock(&fs_lock);
		memory += (vm_address_t)extent.count;
		offset += extent.count;
		count -= extent.count;
	}
	return error;
}

/* Whole pages of a file, whoever has them. */
static error_t pages_write(struct file *file, uint64_t offset,
    vm_address_t memory, vm_size_t count)
{
	const struct fs_ops *ops = ops_of(file);
	uint32_t block = fs_volume->block_size;
	uint64_t size = size_of(file), end;

	if (offset >= size)
		return 0;
	if (count > size - offset) {
		vm_size_t inside = (vm_size_t)(size - offset);

		memset((char *)memory + inside, 0,
		    page_round(inside) - inside);
		count = page_round(inside);
	}
	if (!ops->write)
		return E_ROFS;
	if (!ops->take || !fs_volume->device ||
	    !fs_volume->device->write_begin)
		return ops->write(file->node, offset, (void *)memory, count);
	end = (size + block - 1) & ~(uint64_t)(block - 1);
	if (count > end - offset)
		count = (vm_size_t)(end - offset);
	return runs_write(file, offset, memory, count);
}

static error_t pager_write(struct pager *pager, uint64_t offset,
    vm_address_t memory, vm_size_t count)
{
	error_t error = pages_write(pager->user, offset, memory, count);

	survive_commit();
	*(volatile uint32_t *)&fs_memory->staged.count = 0;
	return error;
}

static void pager_stage(struct pager *pager, uint64_t offset,
    vm_address_t memory, vm_size_t count)
{
	struct file *file = pager->user;

	if (count > STAGED_MAX) /* more than the kernel ever sends */
		return;
	memcpy(fs_memory->staged_data, (void *)memory, count);
	fs_memory->staged.number = file->node->number;
	fs_memory->staged.offset = (uint32_t)offset;
	atomic_barrier();
	*(volatile uint32_t *)&fs_memory->staged.count = count;
}

void staged_write(void)
{
	struct staged *staged = &fs_memory->staged;
	struct file *file;
	error_t error;

	if (!staged->count)
		return;
	lock(&fs_lock);
	error = staged->count > STAGED_MAX ? E_UCLEAN :
	    file_get(staged->number, &file);
	if (!error) {
		error = pages_write(file, staged->offset,
		    (vm_address_t)fs_memory->staged_data, staged->count);
		file_put(file);
	}
	if (error)
		log_loud("%u bytes at %u of node %llu were not written: %s",
		    (unsigned)staged->count, (unsigned)staged->offset,
		    (unsigned long long)staged->number, error_name(error));
	survive_commit();
	*(volatile uint32_t *)&staged->count = 0;
	fs_unlock();
}

static void pager_terminated(struct pager *pager)
{
	file_look(pager->user);
}

static int pager_empty(struct pager *pager)
{
	const struct file *file = pager->user;

	return !file->node->attributes.blocks;
}

/* Of a type in memory: nobody but its writer can be told that it is full. */
static error_t pager_room(struct pager *pager, uint64_t offset,
    vm_size_t count)
{
	struct file *file = pager->user;
	uint64_t blocks = file->node->attributes.blocks;
	error_t error = ops_of(file)->reserve(file->node, offset, count);

	if (file->node->attributes.blocks != blocks)
		slot_write(file);
	return error;
}

#define PAGER_OPS \
	.size = pager_size, .read = pager_read, .write = pager_write, \
	.stage = pager_stage, .terminated = pager_terminated, \
	.empty = pager_empty

static const struct pager_ops device_ops = { PAGER_OPS };
static const struct pager_ops memory_ops = { PAGER_OPS, .room = pager_room };

error_t file_pager(struct file *file)
{
	error_t error;

	if (file->shed && file->pager) {
		/* it had been given up; somebody wants it again */
		file->shed = 0;
	}
	if (file->pager)
		return 0;
	error = pager_new((fs_type->flags & FS_TYPE_NO_DEVICE) &&
	    ops_of(file)->reserve ? &memory_ops : &device_ops, file,
	    &file->pager);
	if (error)
		return error;
	file->pager->key = file->node->number;
	if (file->record) {
		file->pager->number = record_number(file->record);
		file->pager->marks = &file->record->marks;
	}
	file->pager->slow = fs_volume->device != 0;
	file_writers(file);
	return 0;
}

void resize_start(struct file *file)
{
	while (file->resizing)
		condition_wait(&file->idle, &fs_lock);
	file->resizing = 1;
}

void resize_end(struct file *file)
{
	file->resizing = 0;
	condition_broadcast(&file->idle);
}

/* What the kernel has of the part that goes. */
static void pages_cut(struct file *file, uint64_t size)
{
	struct pager *pager = file->pager;
	uint64_t whole = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);

	if (size & (PAGE_SIZE - 1))
		pager_flush(pager, size, 1, 1);
	pager_flush(pager, whole, UINT64_MAX - whole, 0);
}

error_t file_resize(struct file *file, uint64_t size)
{
	struct fs_node *node = file->node;
	error_t error;

	if (!ops_of(file)->truncate)
		return E_ROFS;
	if (size > file_size_max())
		return E_FBIG;
	resize_start(file);
	if (size < node->attributes.size && file->pager &&
	    pager_known(file->pager)) {
		file->cut_size = size;
		file->cutting = 1;
		slot_write(file);
		pager_hold(file->pager);
		pages_cut(file, size);
		error = ops_of(file)->truncate(node, size);
		file->cutting = 0;
		pager_let_go(file->pager);
	} else {
		error = ops_of(file)->truncate(node, size);
	}
	file_changed(file);
	resize_end(file);
	return error;
}

error_t file_grow(struct file *file, int64_t offset, uint64_t count,
    int request, uint64_t *at, int *longer)
{
	struct fs_attributes *attributes = &file->node->attributes;
	uint64_t start, end, first;
	error_t error = 0;

	resize_start(file);
	end = attributes->size;
	start = offset < 0 ? attributes->size : (uint64_t)offset;
	if (start > file_size_max() || count > file_size_max() - start)
		error = E_FBIG;
	else if (ops_of(file)->reserve)
		do
			error = ops_of(file)->reserve(file->node, start, count);
		while (error == E_NOSPC && files_wait());
	if (!error) {
		file->promised = 1;
		record_promise(file->record, start, count);
		if (start + count > end) {
			attributes->size = start + count;
			if (longer) {
				writing_begin(file, request, end);
				*longer = 1;
			}
		}
		file_stamp(file, 1);
		*at = start;
	}
	resize_end(file);
	/* Pages behind the old end, which the caller writes next. */
	first = start & ~(uint64_t)(PAGE_SIZE - 1);
	if (!error && file->pager && start + count > end)
		pager_fresh(file->pager, first > end ? first : end,
		    start + count);
	return error;
}

error_t file_get_data(struct file *file, uint64_t offset, void *buffer,
    size_t *count)
{
	uint64_t size = writing_size(file, file->node->attributes.size);
	error_t error;

	if (!(fs_type->flags & FS_TYPE_GENERATED)) {
		if (offset >= size)
			*count = 0;
		else if (*count > size - offset)
			*count = (size_t)(size - offset);
	}
	if (!*count)
		return 0;
	if (file->pager && pager_dirty(file->pager, offset, *count)) {
		fs_unlock();
		error = pager_clean(file->pager);
		lock(&fs_lock);
		if (error)
			return error;
	}
	return ops_of(file)->read(file->node, offset, buffer, count);
}

error_t file_put_data(struct file *file, uint64_t offset, const void *data,
    size_t count)
{
	struct block_device *device = fs_volume->device;
	struct pager *pager = file->pager;
	error_t error;

	if (!ops_of(file)->write)
		return E_ROFS;
	if (pager && pager_known(pager)) {
		pager_hold(pager);
		pager_flush(pager, offset, count, 1);
	} else {
		pager = 0;
	}
	/* As data of the pager it may be gathered with its neighbours'. */
	if (device)
		disk_write_begin(device);
	error = ops_of(file)->write(file->node, offset, data, count);
	if (device)
		disk_write_end(device);
	if (pager)
		pager_let_go(pager);
	return error;
}
