/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes in Linux i386's structures. */
#include <string.h>
#include <unix/core/stat.h>

enum {
	STATX_BASIC = 0x7ff,
	STATX_IMMUTABLE = 0x10, /* the same bits as FS_IMMUTABLE_FL … */
	STATX_APPEND = 0x20,
	STATX_NODUMP = 0x40,
	STATX_FLAGS = STATX_IMMUTABLE | STATX_APPEND | STATX_NODUMP,
	ST_VALID = 0x20,
	ID_OVERFLOW = 65534,
};

static uint16_t short_id(uint32_t id)
{
	return id > 0xffff ? ID_OVERFLOW : (uint16_t)id;
}

int stat_convert(const struct file_attributes *from, struct linux_stat *to)
{
	memset(to, 0, sizeof(*to));
	to->device = from->device;
	to->node = (uint32_t)from->node;
	to->mode = (uint16_t)from->mode;
	to->links = (uint16_t)from->links;
	to->uid = short_id(from->uid);
	to->gid = short_id(from->gid);
	to->special = from->special;
	to->size = (uint32_t)from->size;
	to->block_size = from->block_size;
	to->blocks = (uint32_t)from->blocks;
	to->atime = (uint32_t)from->atime;
	to->atime_nsec = from->atime_nsec;
	to->mtime = (uint32_t)from->mtime;
	to->mtime_nsec = from->mtime_nsec;
	to->ctime = (uint32_t)from->ctime;
	to->ctime_nsec = from->ctime_nsec;
	return from->size > INT32_MAX || from->node > UINT32_MAX;
}

/* Linux's first encoding: eight bits each. */
static uint16_t short_device(uint32_t device)
{
	return (uint16_t)(((device >> 8) & 0xff) << 8 | (device & 0xff));
}

int stat_convert_old(
    const struct file_attributes *from, struct linux_old_stat *to)
{
	memset(to, 0, sizeof(*to));
	to->device = short_device(from->device);
	to->node = (uint16_t)from->node;
	to->mode = (uint16_t)from->mode;
	to->links = (uint16_t)from->links;
	to->uid = short_id(from->uid);
	to->gid = short_id(from->gid);
	to->special = short_device(from->special);
	to->size = (uint32_t)from->size;
	to->atime = (uint32_t)from->atime;
	to->mtime = (uint32_t)from->mtime;
	to->ctime = (uint32_t)from->ctime;
	return from->size > INT32_MAX || from->node > UINT16_MAX;
}

void stat_convert_64(
    const struct file_attributes *from, struct linux_stat64 *to)
{
	memset(to, 0, sizeof(*to));
	to->device = from->device;
	to->short_node = (uint32_t)from->node;
	to->mode = from->mode;
	to->links = from->links;
	to->uid = from->uid;
	to->gid = from->gid;
	to->special = from->special;
	to->size = from->size;
	to->block_size = from->block_size;
	to->blocks = from->blocks;
	to->atime = (uint32_t)from->atime;
	to->atime_nsec = from->atime_nsec;
	to->mtime = (uint32_t)from->mtime;
	to->mtime_nsec = from->mtime_nsec;
	to->ctime = (uint32_t)from->ctime;
	to->ctime_nsec = from->ctime_nsec;
	to->node = from->node;
}

static uint32_t number_major(uint32_t device)
{
	return (device >> 8) & 0xfff;
}

static uint32_t number_minor(uint32_t device)
{
	return (device & 0xff) | ((device >> 12) & 0xfff00);
}

void stat_convert_x(const struct file_attributes *from, struct linux_statx *to)
{
	memset(to, 0, sizeof(*to));
	to->mask = STATX_BASIC;
	to->block_size = from->block_size;
	to->flags = from->flags & STATX_FLAGS;
	to->flags_mask = STATX_FLAGS;
	to->links = from->links;
	to->uid = from->uid;
	to->gid = from->gid;
	to->mode = (uint16_t)from->mode;
	to->node = from->node;
	to->size = from->size;
	to->blocks = from->blocks;
	to->atime.seconds = from->atime;
	to->atime.nanoseconds = from->atime_nsec;
	to->mtime.seconds = from->mtime;
	to->mtime.nanoseconds = from->mtime_nsec;
	to->ctime.seconds = from->ctime;
	to->ctime.nanoseconds = from->ctime_nsec;
	to->special_major = number_major(from->special);
	to->special_minor = number_minor(from->special);
	to->device_major = number_major(from->device);
	to->device_minor = number_minor(from->device);
}

int statfs_convert(
    const struct file_system_status *from, struct linux_statfs *to)
{
	memset(to, 0, sizeof(*to));
	to->magic = from->magic;
	to->block_size = from->block_size;
	to->blocks = (uint32_t)from->blocks;
	to->free = (uint32_t)from->blocks_free;
	to->available = (uint32_t)from->blocks_available;
	to->nodes = (uint32_t)from->nodes;
	to->nodes_free = (uint32_t)from->nodes_free;
	to->id[0] = from->id[0];
	to->id[1] = from->id[1];
	to->name_max = from->name_max;
	to->fragment_size = from->block_size;
	to->flags = from->flags | ST_VALID;
	return (from->blocks | from->blocks_free | from->nodes) > UINT32_MAX;
}

void statfs_convert_64(
    const struct file_system_status *from, struct linux_statfs64 *to)
{
	memset(to, 0, sizeof(*to));
	to->magic = from->magic;
	to->block_size = from->block_size;
	to->blocks = from->blocks;
	to->free = from->blocks_free;
	to->available = from->blocks_available;
	to->nodes = from->nodes;
	to->nodes_free = from->nodes_free;
	to->id[0] = from->id[0];
	to->id[1] = from->id[1];
	to->name_max = from->name_max;
	to->fragment_size = from->block_size;
	to->flags = from->flags | ST_VALID;
}
