/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot sector: where everything is, and the marks that say whether the
 * volume was left clean; and FAT32's sector of hints.
 *
 * What is refused is what Linux refuses. A volume whose clusters don't all lie
 * on the disk is used as far as the disk goes.
 */
#include "fat.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

enum {
	SECTOR_LEAST = 512,
	SECTOR_MOST = 4096,
	BUFFER_MOST = 4096,
};

/* What the boot sector says, in sectors. */
struct geometry {
	uint32_t reserved, tables, table_sectors;
	uint32_t root_entries, root_sectors;
	uint32_t cluster_sectors;
	uint32_t sectors;
};

static int is_power(uint32_t value)
{
	return value && !(value & (value - 1));
}

static error_t refuse(struct volume *volume, const char *what, uint32_t value)
{
	fs_complain(&volume->fs, "fat: no FAT volume: %s %u", what, value);
	return E_INVAL;
}

static error_t geometry_read(struct volume *volume, const uint8_t *boot,
    struct geometry *geometry)
{
	uint32_t size = bytes_get16(boot + BOOT_SECTOR_SIZE);
	uint32_t media = boot[BOOT_MEDIA];

	geometry->reserved = bytes_get16(boot + BOOT_RESERVED);
	geometry->tables = boot[BOOT_TABLES];
	geometry->root_entries = bytes_get16(boot + BOOT_ROOT_ENTRIES);
	geometry->cluster_sectors = boot[BOOT_CLUSTER_SECTORS];
	geometry->table_sectors = bytes_get16(boot + BOOT_TABLE_SECTORS_16);
	geometry->sectors = bytes_get16(boot + BOOT_SECTORS_16);
	if (!geometry->sectors)
		geometry->sectors = bytes_get32(boot + BOOT_SECTORS_32);
	if (!geometry->table_sectors) {
		geometry->table_sectors =
		    bytes_get32(boot + BOOT_TABLE_SECTORS_32);
		volume->bits = 32;
	}
	if (!is_power(size) || size < SECTOR_LEAST || size > SECTOR_MOST ||
	    size < volume->fs.device->sector_size)
		return refuse(volume, "sector size", size);
	if (!is_power(geometry->cluster_sectors))
		return refuse(volume, "sectors in a cluster",
		    geometry->cluster_sectors);
	if (!geometry->reserved || !geometry->tables ||
	    !geometry->table_sectors)
		return refuse(volume, "tables", geometry->tables);
	if (media < 0xf8 && media != 0xf0)
		return refuse(volume, "media", media);
	if (geometry->root_entries & (size / SLOT_BYTES - 1))
		return refuse(volume, "root entries", geometry->root_entries);
	volume->sector_size = size;
	geometry->root_sectors = geometry->root_entries / (size / SLOT_BYTES);
	return 0;
}

/* FAT32's own fields. */
static error_t wide_read(struct volume *volume, const uint8_t *boot)
{
	uint32_t info = bytes_get16(boot + BOOT_INFO_SECTOR);
	uint32_t mirror = bytes_get16(boot + BOOT_MIRROR);
	struct copies *copies = &volume->copies;

	if (bytes_get16(boot + BOOT_VERSION))
		return refuse(volume, "version",
		    bytes_get16(boot + BOOT_VERSION));
	volume->serial = bytes_get32(boot + BOOT_SERIAL_32);
	volume->root_cluster = bytes_get32(boot + BOOT_ROOT_CLUSTER);
	if (!cluster_exists(volume, volume->root_cluster))
		return refuse(volume, "root cluster", volume->root_cluster);
	if (info && info * (uint64_t)volume->sector_size < copies->first)
		volume->info_position = info * (uint64_t)volume->sector_size;
	if (mirror & BOOT_MIRROR_OFF) {
		copies->mirrored = 0;
		copies->active = mirror & BOOT_MIRROR_ACTIVE;
		if (copies->active >= copies->count)
			return refuse(volume, "active table", copies->active);
	}
	return 0;
}

/* How many clusters there are, and so how wide the entries are. */
static error_t clusters_count(struct volume *volume,
    const struct geometry *geometry)
{
	uint64_t size = volume->fs.device->size;
	uint64_t start = volume->data_start / volume->sector_size, room;
	uint32_t most;

	if (start >= geometry->sectors || volume->data_start >= size)
		return refuse(volume, "sectors", geometry->sectors);
	volume->clusters = (geometry->sectors - (uint32_t)start) /
	    geometry->cluster_sectors;
	if (volume->bits != 32)
		volume->bits = volume->clusters > CLUSTERS_MAX_12 ? 16 : 12;
	room = volume->copies.bytes * 8 / volume->bits;
	if (room <= CLUSTER_FIRST)
		return refuse(volume, "table of sectors",
		    geometry->table_sectors);
	if (volume->clusters > room - CLUSTER_FIRST)
		volume->clusters = (uint32_t)(room - CLUSTER_FIRST);
	most = volume->bits == 12 ? CLUSTERS_MAX_12 : volume->bits == 16 ?
	    CLUSTERS_MAX_16 : CLUSTERS_MAX_32;
	if (volume->clusters > most)
		return refuse(volume, "clusters", volume->clusters);
	room = (size - volume->data_start) >> volume->cluster_shift;
	if (volume->clusters > room) {
		fs_complain(&volume->fs, "fat: the disk ends too early: "
		    "%u of %u clusters are there", (uint32_t)room,
		    volume->clusters);
		volume->clusters = (uint32_t)room;
	}
	return volume->clusters ? 0 : refuse(volume, "clusters", 0);
}

static error_t geometry_use(struct volume *volume, const uint8_t *boot,
    const struct geometry *geometry)
{
	uint64_t sector = volume->sector_size;
	struct copies *copies = &volume->copies;
	error_t error;

	volume->cluster_size = geometry->cluster_sectors * volume->sector_size;
	while ((1u << volume->cluster_shift) < volume->cluster_size)
		volume->cluster_shift++;
	copies->first = geometry->reserved * sector;
	copies->bytes = geometry->table_sectors * sector;
	copies->count = geometry->tables;
	copies->mirrored = 1;
	volume->root_start = copies->first + copies->count * copies->bytes;
	volume->root_slots = geometry->root_entries;
	volume->data_start = volume->root_start +
	    geometry->root_sectors * sector;
	error = clusters_count(volume, geometry);
	if (error)
		return error;
	if (volume->bits == 32)
		return wide_read(volume, boot);
	if (!geometry->root_entries)
		return refuse(volume, "root entries", 0);
	if ((boot[BOOT_SIGNATURE_16] & 0xfe) == 0x28)
		volume->serial = bytes_get32(boot + BOOT_SERIAL_16);
	return 0;
}

/* Buffers of names are as large as all that they hold allows: a whole number
 * of them must fit everything they are laid over. */
static uint32_t buffer_size(const struct volume *volume)
{
	uint64_t all = volume->root_start | volume->data_start |
	    volume->cluster_size | volume->fs.device->size | BUFFER_MOST;

	return (uint32_t)(all & -all);
}

error_t boot_read(struct volume *volume)
{
	struct geometry geometry = { 0 };
	uint8_t *boot = heap_alloc(SECTOR_MOST);
	error_t error;

	if (!boot)
		return E_NOMEM;
	error = disk_read(volume->fs.device, 0, boot, SECTOR_MOST);
	if (!error)
		error = geometry_read(volume, boot, &geometry);
	if (!error)
		error = geometry_use(volume, boot, &geometry);
	if (!error) {
		copies_init(&volume->copies, volume->fs.device);
		volume->names_block = buffer_size(volume);
	}
	heap_free(boot);
	return error;
}

static unsigned state_at(const struct volume *volume)
{
	return volume->bits == 32 ? BOOT_STATE_32 : BOOT_STATE_16;
}

error_t boot_state(struct volume *volume, int *clean)
{
	struct buffer *buffer;
	error_t error = buffer_get(volume->names, 0, &buffer);

	if (error)
		return error;
	*clean = !(buffer->data[state_at(volume)] & BOOT_STATE_DIRTY);
	buffer_put(buffer);
	return table_state(volume, clean);
}

error_t boot_mark(struct volume *volume, int clean)
{
	unsigned at = state_at(volume);
	struct buffer *buffer;
	error_t error = buffer_get(volume->names, 0, &buffer);

	if (error)
		return error;
	if (clean)
		buffer->data[at] &= (uint8_t)~BOOT_STATE_DIRTY;
	else
		buffer->data[at] |= BOOT_STATE_DIRTY;
	buffer_dirty_part(buffer, ORDER_LAST, at, 1);
	buffer_put(buffer);
	return table_set_state(volume, clean);
}

static int is_info(const uint8_t *info)
{
	return bytes_get32(info + INFO_MAGIC) == INFO_MAGIC_IS &&
	    bytes_get32(info + INFO_MAGIC_2) == INFO_MAGIC_2_IS;
}

/* info: in the buffer; null: there is none. */
static error_t info_get(struct volume *volume, struct buffer **buffer,
    uint8_t **info)
{
	uint64_t at = volume->info_position;
	error_t error;

	*info = 0;
	if (!at)
		return 0;
	error = buffer_get(volume->names, at / volume->names_block, buffer);
	if (error)
		return error;
	*info = (*buffer)->data + at % volume->names_block;
	if (!is_info(*info)) {
		*info = 0;
		buffer_put(*buffer);
	}
	return 0;
}

void info_load(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *info;

	volume->free = UINT32_MAX;
	if (info_get(volume, &buffer, &info) || !info)
		return;
	volume->free = bytes_get32(info + INFO_FREE);
	volume->next = bytes_get32(info + INFO_NEXT);
	buffer_put(buffer);
}

/* What is freed by this sync counts: it is when the sync is done. */
error_t info_save(struct volume *volume)
{
	uint32_t free = volume->free + volume->freed;
	struct buffer *buffer;
	uint8_t *info;
	error_t error = info_get(volume, &buffer, &info);

	if (error || !info)
		return error;
	if (bytes_get32(info + INFO_FREE) != free ||
	    bytes_get32(info + INFO_NEXT) != volume->next) {
		bytes_put32(info + INFO_FREE, free);
		bytes_put32(info + INFO_NEXT, volume->next);
		buffer_dirty_part(buffer, ORDER_MIDDLE, (size_t)(info -
		    buffer->data) + INFO_FREE, INFO_NEXT + 4 - INFO_FREE);
	}
	buffer_put(buffer);
	return 0;
}
