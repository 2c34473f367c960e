/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sync: everything that was changed reaches the disk, in an order in which
 * the power may go at any moment, within any of the steps and with any of a
 * step's sectors written or not.
 *
 *	step  written                                    then a flush
 *	 1    data; new clusters of directories (when they are made)
 *	 2    table: chains of new clusters              nothing leads to them
 *	 3    table: chains that go on (PATCH_LINK)
 *	 4    directories; hints
 *	 5    directories: entries that have moved away (leaving)
 *	 6    table: chains that end earlier (PATCH_CUT)
 *	 7    table: chains that are free (frees)
 *
 * What holds on the disk at every moment:
 *
 *  1  No cluster is in two chains. A cluster that was freed is taken again
 *     only when step 7 has been done: its entry is not 0 before.
 *  2  Whatever an entry or a chain leads to is a chain with an end: 2 comes
 *     before 3 and 4, and 4 before 6 and 7.
 *  3  What a file has below its size was written to it: 1 comes before 4.
 *  4  A cluster of a directory has entries in it, or zeros: 1 comes before 3
 *     and 4.
 *  5  A file that was renamed has its old name, its new one, or both, which
 *     are then the same file: 4 comes before 5.
 *  6  What can be lost are clusters of files that were being written or
 *     removed: after 2 or 3 they belong to nobody or lie behind the end of
 *     their file, after 4 nobody frees them. The mark "in use" says that
 *     this may be so; after a mount that finds it the count of free clusters
 *     is made anew, and what nobody owns is freed (sweep.c).
 *
 * A step that has nothing to write costs nothing. An entry of FAT12 that lies
 * across two sectors could break 2; clusters of such entries are taken only
 * when all others are.
 */
#include "fat.h"
#include <base/heap.h>

static error_t cache_write(struct volume *volume, struct cache *cache)
{
	keep_numbers(volume);
	return cache_dirty_bytes(cache) ? cache_sync(cache) : 0;
}

static error_t data_flush(struct volume *volume)
{
	error_t error = 0;

	if (volume->data_written)
		error = disk_flush(volume->fs.device);
	if (!error)
		volume->data_written = 0;
	return error;
}

static error_t patches_write(struct volume *volume, enum patch_time time)
{
	error_t error = 0;

	if (volume->patches.count)
		error = patches_apply(volume, time);
	return error ? error : cache_write(volume, volume->table);
}

static error_t leaving_write(struct volume *volume)
{
	error_t error = 0;

	if (volume->leaving.count)
		error = leaving_apply(volume);
	return error ? error : cache_write(volume, volume->names);
}

/* What entries no longer lead to: steps 5 to 7. */
static error_t rest_write(struct volume *volume)
{
	error_t error = leaving_write(volume);

	if (!error)
		error = patches_write(volume, PATCH_CUT);
	if (!error)
		error = frees_apply(volume);
	return error ? error : cache_write(volume, volume->table);
}

/* Files are filled up to their size, unless their pages are still to come. */
static error_t nodes_write(struct volume *volume)
{
	struct list *link;

	if (volume->relieving)
		return keep_nodes(volume);
	while ((link = list_take(&volume->gaps)))
		fs_node_dirty(&list_item(link, struct node, gap)->fs);
	return fs_nodes_save(&volume->fs);
}

error_t volume_write(struct volume *volume)
{
	error_t saved, error;

	/* One node that can't be saved does not keep the others back. But then
	 * its entry may still lead to what would be freed. */
	volume->unsaved = 0;
	saved = nodes_write(volume);
	error = data_flush(volume);
	if (!error)
		error = cache_write(volume, volume->table);
	if (!error)
		error = patches_write(volume, PATCH_LINK);
	if (!error)
		error = info_save(volume);
	if (!error)
		error = cache_write(volume, volume->names);
	if (!error && !volume->unsaved)
		error = rest_write(volume);
	return error ? error : saved;
}
