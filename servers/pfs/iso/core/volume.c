/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The volume: its descriptors, which of its trees is shown, options. As on
 * Linux, Rock Ridge is taken if it is there, then Joliet, then plain names.
 * Options, all Linux's: norock, nojoliet, map=normal|off, check=strict|relaxed,
 * hide, showassoc, uid=, gid=, mode=, dmode=, overriderockperm, sbsector=.
 */
#include "iso.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

enum {
	CACHE_BYTES = 1024 * 1024,
	ISO_MAGIC = 0x9660,
};

/* What the descriptors say. */
struct found {
	int primary, joliet;
	uint32_t space;
	uint32_t block_size[2]; /* primary, Joliet */
	uint8_t root[2][RECORD_NAME + 1];
};

error_t volume_damaged(struct volume *volume, const char *what, uint64_t where)
{
	fs_complain(&volume->fs, "iso9660: damaged: %s %llu", what,
	    (unsigned long long)where);
	return E_UCLEAN;
}

static int64_t number_option(const struct fs_options *options,
    const char *name, unsigned base)
{
	const char *text = text_option(options->argc, options->argv, name, "");
	uint64_t value;

	return text_number(&text, base, &value) && value <= UINT32_MAX ?
	    (int64_t)value : -1;
}

static int has_option(const struct fs_options *options, const char *name)
{
	return text_option(options->argc, options->argv, name, 0) != 0;
}

static char letter_option(const struct fs_options *options, const char *name)
{
	return text_option(options->argc, options->argv, name, "")[0];
}

static void options_read(struct volume *volume,
    const struct fs_options *options)
{
	volume->uid = number_option(options, "uid", 10);
	volume->gid = number_option(options, "gid", 10);
	volume->file_mode = number_option(options, "mode", 8);
	volume->directory_mode = number_option(options, "dmode", 8);
	volume->override = has_option(options, "overriderockperm") != 0;
	volume->hide = has_option(options, "hide") != 0;
	volume->show_associated = has_option(options, "showassoc") != 0;
	volume->plain_map = letter_option(options, "map") != 'o';
	volume->strict = letter_option(options, "check") == 's';
}

static int is_joliet(const uint8_t *descriptor)
{
	const uint8_t *escape = descriptor + DESCRIPTOR_ESCAPE;

	return escape[0] == '%' && escape[1] == '/' &&
	    (escape[2] == '@' || escape[2] == 'C' || escape[2] == 'E');
}

static error_t descriptor_take(struct volume *volume, const uint8_t *data,
    struct found *found)
{
	int which = data[DESCRIPTOR_TYPE] == DESCRIPTOR_SUPPLEMENTARY;
	uint16_t block_size;

	if (which ? found->joliet || !is_joliet(data) : found->primary)
		return 0;
	if (both_get16(data + DESCRIPTOR_BLOCK_SIZE, &block_size) ||
	    both_get32(data + DESCRIPTOR_SPACE, &found->space))
		return volume_damaged(volume, "numbers of descriptor type",
		    data[DESCRIPTOR_TYPE]);
	found->block_size[which] = block_size;
	memcpy(found->root[which], data + DESCRIPTOR_ROOT,
	    sizeof found->root[which]);
	*(which ? &found->joliet : &found->primary) = 1;
	return 0;
}

static error_t descriptors_read(struct volume *volume, uint64_t start,
    struct found *found)
{
	uint64_t sector;
	error_t error = 0;
	int over = 0;

	for (sector = start + DESCRIPTOR_FIRST; !error && !over &&
	     sector < start + DESCRIPTOR_LIMIT; sector++) {
		struct buffer *buffer;

		error = buffer_get(volume->cache, sector, &buffer);
		if (error)
			return found->primary ? 0 : error;
		if (!memcmp(buffer->data + HIGH_SIERRA_ID, "CDROM", 5))
			fs_complain(&volume->fs, "iso9660: High Sierra, the "
			    "standard's forerunner, is not supported");
		over = memcmp(buffer->data + DESCRIPTOR_ID, "CD001", 5) ||
		    buffer->data[DESCRIPTOR_TYPE] == DESCRIPTOR_END;
		if (!over &&
		    (buffer->data[DESCRIPTOR_TYPE] == DESCRIPTOR_PRIMARY ||
		    buffer->data[DESCRIPTOR_TYPE] == DESCRIPTOR_SUPPLEMENTARY))
			error = descriptor_take(volume, buffer->data, found);
		buffer_put(buffer);
	}
	if (!error && !found->primary)
		error = E_INVAL;
	return error;
}

/* Takes one of the trees: the block size that it counts in, its root. */
static error_t tree_take(struct volume *volume, const struct found *found,
    int which)
{
	uint32_t size = found->block_size[which];
	struct record record;
	error_t error;

	if ((size != 512 && size != 1024 && size != 2048) ||
	    size < volume->fs.device->sector_size)
		return volume_damaged(volume, "block size", size);
	volume->block_shift = size == 512 ? 9 : size == 1024 ? 10 : 11;
	error = record_parse(volume, found->root[which],
	    sizeof found->root[which], 0, &record);
	if (error)
		return error;
	volume->fs.block_size = size;
	volume->fs.root = record.data >> NUMBER_SHIFT;
	return 0;
}

/* Looks at the root's own record: E_UCLEAN if it is no directory. */
static error_t rock_look(struct volume *volume, int *rock)
{
	struct cursor cursor;
	struct record record;
	error_t error;

	cursor_start(&cursor, volume, volume->fs.root << NUMBER_SHIFT,
	    SECTOR_SIZE, 0);
	error = cursor_next(&cursor, &record);
	if (!error)
		error = rock_detect(volume, &record, rock);
	cursor_end(&cursor);
	return error == E_NOENT ? E_UCLEAN : error;
}

static error_t tree_choose(struct volume *volume,
    const struct fs_options *options, const struct found *found)
{
	int joliet = found->joliet && !has_option(options, "nojoliet");
	int rock = 0;
	error_t error = tree_take(volume, found, 0);

	if (!error && !has_option(options, "norock"))
		error = rock_look(volume, &rock);
	if (error)
		return error;
	volume->names = NAMES_PLAIN;
	if (rock)
		volume->names = NAMES_ROCK;
	else if (joliet && !tree_take(volume, found, 1))
		volume->names = NAMES_JOLIET;
	else
		error = tree_take(volume, found, 0);
	if (rock && letter_option(options, "check") != 'r')
		volume->strict = 1;
	return error;
}

static void volume_free(struct volume *volume)
{
	if (volume->cache)
		cache_free(volume->cache);
	map_free(&volume->fs.nodes);
	heap_free(volume->bounce);
	heap_free(volume);
}

static error_t volume_load(struct volume *volume,
    const struct fs_options *options)
{
	int64_t start = number_option(options, "sbsector", 10);
	struct found found;
	struct fs_node *root;
	error_t error;

	if (volume->fs.device->sector_size > SECTOR_SIZE)
		return E_INVAL;
	volume->bounce = heap_alloc(SECTOR_SIZE);
	if (!volume->bounce)
		return E_NOMEM;
	error = cache_new(volume->fs.device, SECTOR_SIZE, CACHE_BYTES,
	    &volume->cache);
	if (error)
		return error;
	memset(&found, 0, sizeof found);
	error = descriptors_read(volume, start > 0 ? (uint64_t)start : 0,
	    &found);
	if (!error)
		error = tree_choose(volume, options, &found);
	if (error)
		return error;
	volume->space = found.space;
	error = fs_node_get(&volume->fs, volume->fs.root, &root);
	if (error)
		return error == E_STALE ? E_UCLEAN : error;
	if ((root->attributes.mode & FS_KIND) != FS_DIRECTORY)
		error = volume_damaged(volume, "root at",
		    volume->fs.root << NUMBER_SHIFT);
	fs_node_put(root);
	return error;
}

error_t iso_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct volume *volume = heap_alloc_zero(sizeof *volume);
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &iso_type, device, options);
	volume->fs.read_only = 1;
	volume->fs.max_size = INT64_MAX;
	options_read(volume, options);
	error = volume_load(volume, options);
	if (error) {
		fs_nodes_trim(&volume->fs, 0);
		volume_free(volume);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

error_t iso_unmount(struct fs_volume *fs)
{
	volume_free(volume_of(fs));
	return 0;
}

static error_t iso_remount(struct fs_volume *fs, int read_only)
{
	(void)fs;
	return read_only ? 0 : E_ROFS;
}

error_t iso_status(struct fs_volume *fs, struct fs_status *status)
{
	memset(status, 0, sizeof *status);
	status->magic = ISO_MAGIC;
	status->block_size = fs->block_size;
	status->blocks = volume_of(fs)->space;
	status->name_max = FS_NAME_MAX;
	return 0;
}

const struct fs_ops iso_ops = {
	.mount = iso_mount,
	.unmount = iso_unmount,
	.remount = iso_remount,
	.status = iso_status,
	.load = iso_load,
	.free = iso_free,
	.lookup = iso_lookup,
	.read_link = iso_read_link,
	.read_directory = iso_read_directory,
	.read = iso_read,
	.extent = iso_extent,
};

const struct fs_type iso_type = {
	.name = "iso9660",
	.flags = FS_TYPE_STATELESS,
	.ops = &iso_ops,
};
