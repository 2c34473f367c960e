/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume's life: mount, sync, remount, unmount. While it is mounted for
 * writing the disk says "in use"; only unmount and a remount to read-only say
 * "clean" again, after all else has been written.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

enum {
	FAT_MAGIC = 0x4d44,
	TABLE_BLOCK = 4096,
	BLOCK_MOST = 4096,     /* fs_volume.block_size */
	CLEAN_BYTES = 1024 * 1024, /* of each cache */
	DIRTY_BYTES = 4 * 1024 * 1024,
	SCAN_MOST = 16 * 1024 * 1024, /* table that is always counted */
	COMPLAINTS_MOST = 32,
};

error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long long number)
{
	if (volume->complaints < COMPLAINTS_MOST) {
		volume->complaints++;
		fs_complain(&volume->fs, "fat: damaged: %s %llu", what,
		    number);
	}
	volume->was_clean = 0;
	if (!volume->options.go_on && !volume->fs.read_only)
		volume->damaged = 1;
	return E_UCLEAN;
}

static void lists_free(struct volume *volume)
{
	struct map_entry *entry;

	while ((entry = map_first(&volume->patches))) {
		map_remove(&volume->patches, entry);
		heap_free(map_item(entry, struct patch, entry));
	}
	while ((entry = map_first(&volume->leaving))) {
		map_remove(&volume->leaving, entry);
		heap_free(map_item(entry, struct leaving, entry));
	}
	map_free(&volume->patches);
	map_free(&volume->leaving);
	heap_free(volume->frees);
}

static void volume_free(struct volume *volume)
{
	lists_free(volume);
	keep_close(volume);
	table_drop(volume);
	if (volume->table)
		cache_free(volume->table);
	if (volume->names)
		cache_free(volume->names);
	map_free(&volume->places);
	map_free(&volume->starts);
	map_free(&volume->strays);
	map_free(&volume->fs.nodes);
	heap_free(volume->bounce);
	heap_free(volume);
}

/* The first entry of a map may find no memory, later ones never. */
static error_t map_start(struct map *map)
{
	struct map_entry entry;

	map_init(map);
	if (map_add(map, &entry, 0))
		return E_NOMEM;
	map_remove(map, &entry);
	return 0;
}

static error_t maps_start(struct volume *volume)
{
	error_t error = map_start(&volume->places);

	map_init(&volume->patches);
	map_init(&volume->leaving);
	if (!error)
		error = map_start(&volume->starts);
	return error ? error : map_start(&volume->strays);
}

static error_t caches_sync(struct volume *volume)
{
	error_t error = cache_sync(volume->table);

	return error ? error : cache_sync(volume->names);
}

/* From now on the disk says "in use". */
static error_t writing_start(struct volume *volume)
{
	error_t error = boot_mark(volume, 0);

	keep_mark(volume, 1);
	return error ? error : caches_sync(volume);
}

/* Files without a name are in use: only the next mount can free them. */
static int has_orphans(struct volume *volume)
{
	struct map_entry *entry;

	for (entry = map_first(&volume->strays); entry;
	     entry = map_next(&volume->strays, entry))
		if (!map_item(entry, struct node, by_number)->place)
			return 1;
	return 0;
}

static error_t writing_end(struct volume *volume)
{
	error_t error = fat_sync(&volume->fs);

	if (!error && volume->was_clean && !has_orphans(volume))
		error = boot_mark(volume, 1);
	if (error)
		return error;
	keep_mark(volume, 0);
	return caches_sync(volume);
}

static error_t table_load(struct volume *volume)
{
	int clean, equalize;
	error_t error = boot_state(volume, &clean);

	if (error)
		return error;
	volume->was_clean = (unsigned char)clean;
	info_load(volume);
	equalize = !volume->was_clean && !volume->fs.read_only;
	if (volume->free <= volume->clusters && volume->was_clean &&
	    volume->copies.bytes > SCAN_MOST)
		return 0;
	return table_scan(volume, equalize);
}

/* Both caches; what an instance before us had in them is there. */
static error_t caches_open(struct volume *volume)
{
	error_t error = cache_new(&volume->copies.device, TABLE_BLOCK,
	    CLEAN_BYTES, &volume->table);

	if (!error)
		error = cache_new(volume->fs.device, volume->names_block,
		    CLEAN_BYTES, &volume->names);
	if (!error && volume->store)
		error = cache_survive(volume->table, volume->store, 0, 2);
	if (!error && volume->store)
		error = cache_survive(volume->names, volume->store, 1, 2);
	return error;
}

static error_t volume_load(struct volume *volume)
{
	error_t error = boot_read(volume);

	if (!error)
		error = maps_start(volume);
	if (!error)
		error = caches_open(volume);
	if (!error)
		error = keep_open(volume);
	if (error)
		return error;
	volume->bounce = heap_alloc(volume->fs.device->sector_size);
	if (!volume->bounce)
		return E_NOMEM;
	volume->fs.max_size = UINT32_MAX;
	volume->fs.root = NODE_ROOT;
	volume->fs.block_size = volume->cluster_size < BLOCK_MOST ?
	    volume->cluster_size : BLOCK_MOST;
	if (keep_knows(volume))
		error = keep_nodes_load(volume);
	if (!error && !keep_writing(volume) &&
	    !volume->fs.device->read_only) /* a mark, and all else is there */
		error = caches_sync(volume);
	if (!error && !keep_knows(volume))
		error = table_load(volume);
	return error;
}

/* As any mount, if no instance before us had the volume. */
static error_t volume_clean(struct volume *volume)
{
	if (volume->was_clean || keep_knows(volume))
		return 0;
	fs_complain(&volume->fs, "fat: was not unmounted cleanly");
	return volume->fs.read_only ? 0 : volume_sweep(volume);
}

error_t fat_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct volume *volume = heap_alloc_zero(sizeof *volume);
	struct fs_node *root;
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &fat_type, device, options);
	options_read(&volume->options, options->argc, options->argv);
	list_init(&volume->indexed);
	list_init(&volume->gaps);
	volume->store = options->store;
	if (device->read_only)
		volume->fs.read_only = 1;
	error = volume_load(volume);
	if (!error)
		error = volume_clean(volume);
	if (!error) {
		error = fs_node_get(&volume->fs, NODE_ROOT, &root);
		if (!error)
			fs_node_put(root);
	}
	if (!error && !volume->fs.read_only && !keep_writing(volume))
		error = writing_start(volume);
	if (error) {
		fs_nodes_trim(&volume->fs, 0);
		volume_free(volume);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

error_t fat_unmount(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error = 0;

	if (!fs->read_only)
		error = writing_end(volume);
	volume_free(volume);
	return error;
}

/* Without filling files up: their pages are still to come. */
static error_t volume_write_early(struct volume *volume)
{
	error_t error;

	volume->relieving = 1;
	error = volume_write(volume);
	volume->relieving = 0;
	return error;
}

error_t volume_relieve(struct volume *volume, uint32_t clusters)
{
	size_t dirty = cache_dirty_bytes(volume->table) +
	    cache_dirty_bytes(volume->names);

	if (dirty > DIRTY_BYTES || keep_many(volume) ||
	    (volume->freed && volume->free < clusters))
		return volume_write_early(volume);
	return 0;
}

error_t fat_sync(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error = 0;

	if (fs->read_only)
		return 0;
	/* Filling may need what was freed. */
	if (volume->freed && volume->free < volume->reserved)
		error = volume_write_early(volume);
	if (!error)
		error = volume_write(volume);
	if (volume->damaged) {
		volume->damaged = 0;
		fs->read_only = 1;
		fs_complain(fs, "fat: read-only from now on");
	}
	return error;
}

error_t fat_remount(struct fs_volume *fs, int read_only)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (read_only == fs->read_only)
		return 0;
	if (read_only)
		return writing_end(volume);
	if (fs->device->read_only)
		return E_ROFS;
	fs->read_only = 0;
	error = writing_start(volume);
	if (error)
		fs->read_only = 1;
	return error;
}

error_t fat_status(struct fs_volume *fs, struct fs_status *status)
{
	struct volume *volume = volume_of(fs);
	uint64_t free = (uint64_t)volume->free + volume->freed;

	free -= volume->reserved < free ? volume->reserved : free;
	status->magic = FAT_MAGIC;
	status->block_size = volume->cluster_size;
	status->blocks = volume->clusters;
	status->blocks_free = free;
	status->blocks_available = free;
	status->nodes = 0;
	status->nodes_free = 0;
	status->id[0] = volume->serial;
	status->id[1] = 0;
	status->name_max = FS_NAME_MAX;
	return 0;
}
