/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holes and room: SEEK_DATA, fallocate, posix_fadvise. A hole whose pages were
 * written is a hole until the kernel returns them: so it is asked first.
 */
#include "fs.h"
#include <base/memory.h>

enum {
	ALLOCATE_KEEP_SIZE = 1,
	ALLOCATE_PUNCH = 2,
	ALLOCATE_ZERO = 16,

	ADVICE_RANDOM = 1,
	ADVICE_SEQUENTIAL = 2,
	ADVICE_WILL_NEED = 3,
	ADVICE_DONT_NEED = 4,

	ZEROS = 65536, /* written at once */
	ZEROS_MOST = 16 << 20, /* for one request: others wait for it */
};

static const struct fs_ops *ops_of(struct file *file)
{
	return file->node->volume->type->ops;
}

static error_t settled(struct file *file)
{
	error_t error = 0;

	if (file->pager && pager_dirty(file->pager, 0, UINT32_MAX)) {
		fs_unlock();
		error = pager_clean(file->pager);
		lock(&fs_lock);
	}
	return error;
}

error_t file_find_run(struct file *file, uint64_t offset, int hole,
    uint64_t *found)
{
	struct fs_extent extent;
	error_t error = settled(file);
	uint64_t size = file->node->attributes.size;

	*found = offset;
	if (!error && offset >= size)
		error = E_NXIO;
	while (!error && *found < size && ops_of(file)->extent) {
		error = ops_of(file)->extent(file->node, *found, &extent);
		if (error || extent.hole == (hole != 0))
			break;
		*found += extent.count;
	}
	if (error)
		return error;
	if (hole && !ops_of(file)->extent)
		*found = size;
	if (*found >= size) {
		*found = size;
		return hole ? 0 : E_NXIO;
	}
	return 0;
}

/* How many of the bytes at offset, count at most, there is one answer to:
 * they are to be written. */
static error_t part_look(struct file *file, uint64_t offset, uint64_t *count,
    int holes, int *wanted)
{
	struct fs_extent extent = { .hole = 1, .count = *count };
	error_t error = 0;

	if (holes)
		error = ops_of(file)->extent(file->node, offset, &extent);
	if (*count > extent.count)
		*count = extent.count;
	*wanted = extent.hole;
	if (extent.hole && *count > ZEROS - (offset & (ZEROS - 1)))
		*count = ZEROS - (offset & (ZEROS - 1));
	return error;
}

/* Zeros in [*offset, end); holes: only where nothing is yet, so that it is.
 * Up to ZEROS_MOST of them: *offset moves behind what is done. */
static error_t zeros_write(struct file *file, uint64_t *offset, uint64_t end,
    int holes)
{
	uint64_t part, written = 0;
	vm_address_t zeros;
	error_t error;
	int wanted;

	if (holes && !ops_of(file)->extent) { /* it may all be data */
		*offset = end;
		return 0;
	}
	error = memory_allocate(ZEROS, &zeros);
	if (error)
		return error;
	while (*offset < end && written < ZEROS_MOST) {
		part = end - *offset;
		error = part_look(file, *offset, &part, holes, &wanted);
		if (!error && wanted)
			error = ops_of(file)->write(file->node, *offset,
			    (void *)zeros, (size_t)part);
		if (error)
			break;
		*offset += part;
		written += wanted ? part : 0;
		if (wanted && part == ZEROS) { /* let others in */
			fs_unlock();
			lock(&fs_lock);
		}
	}
	memory_free(zeros, ZEROS);
	return error;
}

/* The parts of blocks at both sides become zeros, the blocks between holes. */
static error_t punch(struct file *file, uint64_t offset, uint64_t end)
{
	uint64_t mask = fs_volume->block_size - 1;
	uint64_t first = (offset + mask) & ~mask, last = end & ~mask;
	struct fs_extent extent;
	uint64_t at = offset;
	error_t error = 0;

	if (first > last)
		first = last = end;
	if (offset < first)
		error = ops_of(file)->extent(file->node, offset, &extent);
	if (!error && offset < first && !extent.hole)
		error = zeros_write(file, &at, first, 0);
	if (!error && first < last)
		error = ops_of(file)->punch(file->node, first, last - first);
	if (!error && last < end)
		error = ops_of(file)->extent(file->node, last, &extent);
	if (!error && last < end && !extent.hole)
		error = zeros_write(file, &last, end, 0);
	return error;
}

/* The kernel's pages of the range go; then the disk is changed. */
static error_t range_change(struct file *file, int mode, uint64_t *offset,
    uint64_t end)
{
	struct pager *pager = file->pager;
	uint64_t mask = fs_volume->block_size - 1;
	error_t error;

	if (pager && !pager_known(pager))
		pager = 0;
	if (!(mode & ALLOCATE_PUNCH) && end - *offset > ZEROS_MOST)
		end = *offset + ZEROS_MOST;
	if (pager) {
		pager_hold(pager);
		pager_flush(pager, *offset, end - *offset, 1);
	}
	if (mode & ALLOCATE_PUNCH) {
		if (end == file->node->attributes.size)
			end = (end + mask) & ~mask;
		error = punch(file, *offset, end);
		*offset = end;
	} else {
		error = zeros_write(file, offset, end, 0);
	}
	if (pager)
		pager_let_go(pager);
	return error;
}

static error_t mode_check(struct file *file, int mode)
{
	const struct fs_ops *ops = ops_of(file);
	int what = mode & ~ALLOCATE_KEEP_SIZE;

	if (what & ~(ALLOCATE_PUNCH | ALLOCATE_ZERO) ||
	    what == (ALLOCATE_PUNCH | ALLOCATE_ZERO) || !ops->write)
		return E_OPNOTSUPP;
	if ((what & ALLOCATE_PUNCH) &&
	    (!(mode & ALLOCATE_KEEP_SIZE) || !ops->punch || !ops->extent))
		return E_OPNOTSUPP;
	return 0;
}

/* Room beyond the end: a type on a disk has no blocks there, as Linux's ext2
 * has none; one in memory has. */
static error_t room_beyond(struct file *file, uint64_t from, uint64_t end)
{
	error_t error;

	if (!(fs_type->flags & FS_TYPE_NO_DEVICE) || !ops_of(file)->reserve)
		return E_OPNOTSUPP;
	error = ops_of(file)->reserve(file->node, from, end - from);
	if (error) /* nothing stays of it */
		ops_of(file)->truncate(
		    file->node, file->node->attributes.size);
	return error;
}

/* Inside the file, all of it; how much that is. */
static error_t range_grow(struct file *file, int mode, uint64_t offset,
    uint64_t *end)
{
	uint64_t size = file->node->attributes.size, at;
	error_t error = 0;

	if (*end <= size)
		return 0;
	if (!(mode & ALLOCATE_KEEP_SIZE))
		return file_grow(file, (int64_t)offset, *end - offset, 0,
		    &at, 0);
	if (!(mode & ALLOCATE_PUNCH))
		error = room_beyond(file, size > offset ? size : offset, *end);
	*end = offset < size ? size : offset;
	return error;
}

error_t file_allocate_range(struct file *file, int mode, uint64_t offset,
    uint64_t count, uint64_t *done)
{
	error_t error = mode_check(file, mode);
	uint64_t at = offset, end = offset + count;

	*done = count;
	if (error)
		return error;
	if (offset > file_size_max() || count > file_size_max() - offset)
		return E_FBIG;
	error = range_grow(file, mode, offset, &end);
	if (!error && end == offset)
		file_stamp(file, 1);
	if (error || end == offset)
		return error;
	resize_start(file);
	if (end > file->node->attributes.size) /* cut since */
		end = file->node->attributes.size;
	if (offset >= end)
		;
	else if (mode & (ALLOCATE_PUNCH | ALLOCATE_ZERO))
		error = range_change(file, mode, &at, end);
	else
		error = zeros_write(file, &at, end, 1);
	if (at < end)
		*done = at - offset;
	file_stamp(file, 1);
	resize_end(file);
	return error;
}

void file_advise_range(struct file *file, uint64_t offset, uint64_t count,
    int advice)
{
	struct pager *pager = file->pager;

	if (!pager || !pager_known(pager) || offset > UINT32_MAX)
		return;
	if (!count || count > UINT32_MAX - offset)
		count = UINT32_MAX - offset;
	switch (advice) {
	case ADVICE_RANDOM:
		pager_advise(pager, PAGES_RANDOM);
		break;
	case ADVICE_SEQUENTIAL:
		pager_advise(pager, PAGES_SEQUENTIAL);
		break;
	case ADVICE_WILL_NEED:
		pager_want(pager, offset);
		break;
	case ADVICE_DONT_NEED:
		pager_flush(pager, offset, count, 1);
		break;
	default:
		pager_advise(pager, PAGES_NORMAL);
	}
}
