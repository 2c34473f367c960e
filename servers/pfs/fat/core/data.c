/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of files, between the disk and the caller's buffer.
 *
 * FAT knows no holes, but memory does: pages come back from the kernel in any
 * order, and some never. So a node has, beside its size, a mark: `written`.
 * Below it the disk has the contents, above it (up to the size) are zeros that
 * may not be on the disk, or not even have clusters, though these are promised
 * (reserved). A write beyond the mark fills the gap with zeros first; what is
 * left of the gap is filled at the next sync, when all pages are back. The size
 * in the entry on the disk is never beyond the mark, so what the disk held
 * before is never part of a file.
 */
#include "fat.h"
#include <string.h>

/* The run at offset, as bytes of the disk: position, at most *count. *count 0:
 * the chain ends before. */
static error_t bytes_find(struct node *node, uint64_t offset,
    uint64_t *position, uint64_t *count)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)offset & (volume->cluster_size - 1);
	uint32_t disk = 0, clusters;
	uint64_t length;
	error_t error = chain_find(node,
	    (uint32_t)(offset >> volume->cluster_shift), &disk, &clusters);

	if (error)
		return error;
	if (!clusters) {
		*count = 0;
		return 0;
	}
	length = ((uint64_t)clusters << volume->cluster_shift) - inside;
	*position = cluster_position(volume, disk) + inside;
	if (*count > length)
		*count = length;
	return 0;
}

/* The same for what must be there. */
static error_t bytes_have(struct node *node, uint64_t offset,
    uint64_t *position, uint64_t *count)
{
	error_t error = bytes_find(node, offset, position, count);

	if (!error && !*count)
		error = volume_damaged(node_volume(node),
		    "chain is too short of file", node->fs.number);
	return error;
}

/* Any bytes of the disk. */
static error_t any_read(struct volume *volume, uint64_t position,
    uint8_t *buffer, size_t count)
{
	struct block_device *device = volume->fs.device;
	uint32_t mask = device->sector_size - 1, inside;
	size_t part;
	error_t error = 0;

	while (count && !error) {
		inside = (uint32_t)position & mask;
		if (!inside && count > mask) {
			part = count & ~(size_t)mask;
			error = disk_read(device, position, buffer, part);
		} else {
			part = mask + 1 - inside;
			if (part > count)
				part = count;
			error = disk_read(device, position - inside,
			    volume->bounce, mask + 1);
			memcpy(buffer, volume->bounce + inside, part);
		}
		position += part;
		buffer += part;
		count -= part;
	}
	return error;
}

/* Part of a sector: the rest of it stays. data null: zeros. */
static error_t part_write(struct volume *volume, uint64_t position,
    const uint8_t *data, size_t count)
{
	struct block_device *device = volume->fs.device;
	uint32_t inside = (uint32_t)position & (device->sector_size - 1);
	error_t error = disk_read(device, position - inside, volume->bounce,
	    device->sector_size);

	if (error)
		return error;
	if (data)
		memcpy(volume->bounce + inside, data, count);
	else
		memset(volume->bounce + inside, 0, count);
	return disk_write(device, position - inside, volume->bounce,
	    device->sector_size);
}

static error_t any_write(struct volume *volume, uint64_t position,
    const uint8_t *data, uint64_t count)
{
	uint32_t mask = volume->fs.device->sector_size - 1, inside;
	uint64_t part;
	error_t error = 0;

	volume->data_written = 1;
	while (count && !error) {
		inside = (uint32_t)position & mask;
		if (inside || count <= mask) {
			part = mask + 1 - inside;
			if (part > count)
				part = count;
			error = part_write(volume, position, data,
			    (size_t)part);
		} else {
			part = count & ~(uint64_t)mask;
			error = data ? disk_write(volume->fs.device, position,
			    data, (size_t)part) :
			    zeros_write(volume, position, part);
		}
		position += part;
		if (data)
			data += part;
		count -= part;
	}
	return error;
}

error_t fat_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	struct node *node = node_of(fs);
	uint64_t limit = node->written < fs->attributes.size ? node->written :
	    fs->attributes.size;
	uint64_t position, part;
	size_t left = *count;
	uint8_t *at = buffer;
	error_t error;

	left = fs_read_below(limit, offset, buffer, left);
	for (; left; offset += part, at += part, left -= (size_t)part) {
		part = left;
		error = bytes_have(node, offset, &position, &part);
		if (!error)
			error = any_read(node_volume(node), position, at,
			    (size_t)part);
		if (error)
			return error;
	}
	return 0;
}

/* More clusters for what ends at end; the chain ends at offset. */
static error_t grow_at(struct node *node, uint64_t offset, uint64_t end)
{
	struct volume *volume = node_volume(node);
	uint32_t known = node->chain.known, disk, count;

	if (offset != (uint64_t)known << volume->cluster_shift)
		return volume_damaged(volume, "chain is too short of file",
		    node->fs.number);
	return chain_grow(node, clusters_for(volume, end) - known, &disk,
	    &count);
}

/* Data (null: zeros) at offset, which is not beyond the mark. */
static error_t range_write(struct node *node, uint64_t offset,
    const uint8_t *data, uint64_t count)
{
	struct volume *volume = node_volume(node);
	uint64_t position = 0, part;
	error_t error;

	for (; count; offset += part, count -= part) {
		part = count;
		error = bytes_find(node, offset, &position, &part);
		if (!error && !part) {
			error = grow_at(node, offset, offset + count);
			if (!error)
				continue;
		}
		if (!error)
			error = any_write(volume, position, data, part);
		if (error)
			return error;
		if (data)
			data += part;
		if (offset + part > node->written)
			node->written = offset + part;
	}
	return 0;
}

/* Zeros from the mark to offset. */
static error_t gap_fill(struct node *node, uint64_t offset)
{
	error_t error = 0;

	if (offset > node->written) {
		error = range_write(node, node->written, 0,
		    offset - node->written);
		fs_node_dirty(&node->fs);
	}
	return error;
}

error_t node_fill(struct node *node)
{
	return gap_fill(node, node->fs.attributes.size);
}

error_t fat_write(struct fs_node *fs, uint64_t offset, const void *buffer,
    size_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->cluster_size - 1;
	uint64_t size = fs->attributes.size, end = (size + mask) & ~mask;
	error_t error;

	if (volume->fs.read_only)
		return E_ROFS; /* it was damaged */
	if (offset >= end)
		return 0;
	if (count > end - offset)
		count = (size_t)(end - offset);
	error = volume_relieve(volume, clusters_for(volume, offset + count -
	    (node->written < offset ? node->written : offset)) + 1);
	if (!error)
		error = gap_fill(node, offset);
	if (!error)
		error = range_write(node, offset, buffer, count);
	/* A page is whole, but its file may end in it. */
	if (node->written > size)
		node->written = size;
	fs_node_dirty(fs);
	return error;
}

error_t fat_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct node *node = node_of(fs);
	uint64_t size = fs->attributes.size;

	if (offset >= node->written) {
		extent->hole = 1;
		extent->position = 0;
		extent->count = INT32_MAX;
		return 0;
	}
	extent->hole = 0;
	/* If all is on the disk the last cluster may be read whole. */
	extent->count = node->written < size ? node->written - offset :
	    INT32_MAX;
	return bytes_have(node, offset, &extent->position, &extent->count);
}

/* Clusters that the file has, or will have when its gap is filled, without
 * taking more promises than there are. */
static error_t clusters_have(struct node *node, uint32_t *have)
{
	if (node->chain.whole || !node->written) {
		*have = node->chain.known;
		return node->chain.whole || !node->start ? 0 :
		    chain_length(node, have);
	}
	*have = clusters_for(node_volume(node), node->written);
	return 0;
}

static void promise(struct node *node, uint32_t clusters)
{
	struct volume *volume = node_volume(node);

	volume->reserved += clusters;
	volume->reserved -= node->reserved;
	node->reserved = clusters;
	node->fs.attributes.delayed = (uint64_t)clusters <<
	    volume->cluster_shift >> 9;
}

error_t fat_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t end = offset + count, available;
	uint32_t have, need;
	error_t error = clusters_have(node, &have);

	if (error)
		return error;
	if (end < fs->attributes.size)
		end = fs->attributes.size;
	need = clusters_for(volume, end);
	need = need > have ? need - have : 0;
	if (need <= node->reserved)
		return 0;
	available = (uint64_t)volume->free + volume->freed;
	available -= volume->reserved < available ? volume->reserved :
	    available;
	if (need - node->reserved > available)
		return E_NOSPC;
	promise(node, need);
	return 0;
}

void fat_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	uint32_t need = clusters_for(node_volume(node), fs->attributes.size);
	uint32_t have = clusters_for(node_volume(node), node->written);

	if (node->chain.whole && node->chain.known > have)
		have = node->chain.known;
	/* what a gap needs stays promised */
	need = need > have ? need - have : 0;
	if (need < node->reserved)
		promise(node, need);
}

error_t fat_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	error_t error = volume_relieve(volume, 1);

	if (!error && size > fs->attributes.size)
		error = fat_reserve(fs, size, 0);
	else if (!error)
		error = chain_cut(node, clusters_for(volume, size));
	if (error)
		return error;
	fs->attributes.size = size;
	if (node->written > size)
		node->written = size;
	fat_settle(fs);
	node_stamp(node);
	return 0;
}
