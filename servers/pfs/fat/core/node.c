/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes: what an entry of a directory says, in memory, and back. See fat.h for
 * where their numbers come from.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

enum {
	MODE_READ = 0444,
	MODE_WRITE = 0222,
	MODE_EXECUTE = 0111,
	MODE_ALL = 0777,
	MODE_BITS = 07777,
	/* what a mode can't say */
	ATTRIBUTES_KEPT = ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM |
	    ATTRIBUTE_ARCHIVE,
	DIRECTORY_MOST = SLOTS_MAX * SLOT_BYTES,
};

static uint32_t mask_of(const struct node *node)
{
	const struct options *options = &node_volume(node)->options;

	return node_is_directory(node) ? options->directory_mask :
	    options->file_mask;
}

/* The read-only attribute can say whether the node can be written. */
static int holds_read_only(const struct node *node)
{
	if (node_is_directory(node) &&
	    !node_volume(node)->options.read_only_directories)
		return 0;
	return (~mask_of(node) & MODE_WRITE) != 0;
}

static int is_executable(const uint8_t *name)
{
	const uint8_t *extension = name + 8;

	return !memcmp(extension, "EXE", 3) || !memcmp(extension, "COM", 3) ||
	    !memcmp(extension, "BAT", 3);
}

static void mode_read(struct node *node, const struct disk_entry *entry)
{
	const struct options *options = &node_volume(node)->options;
	uint32_t mode = MODE_ALL;

	node->fs.attributes.mode = FS_REGULAR;
	if (entry->attributes & ATTRIBUTE_DIRECTORY)
		node->fs.attributes.mode = FS_DIRECTORY;
	else if (options->only_executables && !is_executable(entry->name))
		mode &= ~(uint32_t)MODE_EXECUTE;
	node->attributes = entry->attributes & ATTRIBUTES_KEPT;
	if (!holds_read_only(node))
		node->attributes |= entry->attributes & ATTRIBUTE_READ_ONLY;
	if ((entry->attributes & ATTRIBUTE_READ_ONLY) &&
	    (!node_is_directory(node) || options->read_only_directories))
		mode &= ~(uint32_t)MODE_WRITE;
	node->fs.attributes.mode |= mode & ~mask_of(node);
	node->fs.attributes.uid = options->uid;
	node->fs.attributes.gid = options->gid;
}

static void entry_read(struct node *node, const struct disk_entry *entry)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *to = &node->fs.attributes;

	mode_read(node, entry);
	time_read(volume, entry->date, entry->time, 0, &to->mtime);
	time_read(volume, entry->used_date, 0, 0, &to->atime);
	time_read(volume, entry->created_date, entry->created_time,
	    entry->created_10ms, &node->created);
	to->ctime = to->mtime;
	to->links = 1;
	to->size = entry->size;
	node->written = entry->size;
	node->start = entry->start;
	if (volume->bits == 32)
		node->start |= (uint32_t)entry->start_high << 16;
	to->blocks = (uint64_t)clusters_for(volume, to->size) <<
	    volume->cluster_shift >> 9;
}

void node_entry(const struct node *node, struct disk_entry *entry)
{
	struct volume *volume = node_volume(node);
	const struct fs_attributes *from = &node->fs.attributes;
	uint16_t ignored_time;
	uint8_t ignored;

	entry->attributes = node->attributes;
	if (node_is_directory(node))
		entry->attributes |= ATTRIBUTE_DIRECTORY;
	if (holds_read_only(node) && !(from->mode & MODE_WRITE))
		entry->attributes |= ATTRIBUTE_READ_ONLY;
	time_write(volume, &from->mtime, &entry->date, &entry->time,
	    &ignored);
	time_write(volume, &from->atime, &entry->used_date, &ignored_time,
	    &ignored);
	time_write(volume, &node->created, &entry->created_date,
	    &entry->created_time, &entry->created_10ms);
	entry->start = (uint16_t)node->start;
	if (volume->bits == 32)
		entry->start_high = (uint16_t)(node->start >> 16);
	entry->size = node_is_directory(node) ? 0 : (uint32_t)(
	    node->written < from->size ? node->written : from->size);
}

static struct node *node_new(struct volume *volume, uint64_t number)
{
	struct node *node = heap_alloc_zero(sizeof *node);

	if (!node)
		return 0;
	fs_node_init(&node->fs, &volume->fs, number);
	list_init(&node->index_link);
	list_init(&node->gap);
	return node;
}

static error_t directory_damaged(struct node *node)
{
	return volume_damaged(node_volume(node), "directory",
	    node->fs.number);
}

/* One directory that is loaded has those clusters. */
static error_t start_enter(struct node *node)
{
	struct volume *volume = node_volume(node);

	if (map_find(&volume->starts, node->start))
		return directory_damaged(node);
	map_add(&volume->starts, &node->by_start, node->start);
	node->listed = 1;
	return 0;
}

/* A directory's size is its chain's, its links are its directories. */
static error_t directory_load(struct node *node)
{
	struct volume *volume = node_volume(node);
	uint64_t size;
	uint32_t length;
	error_t error = 0;

	if (node->fs.number == NODE_ROOT && volume->bits != 32) {
		size = (uint64_t)volume->root_slots * SLOT_BYTES;
		node->fs.attributes.blocks = (size + 511) / 512;
	} else {
		if (!cluster_exists(volume, node->start))
			return directory_damaged(node);
		error = chain_length(node, &length);
		size = (uint64_t)length << volume->cluster_shift;
		node->fs.attributes.blocks = size / 512;
		if (!error && size > DIRECTORY_MOST &&
		    length > 1)
			error = directory_damaged(node);
	}
	if (!error)
		error = start_enter(node);
	if (error)
		return error;
	node->fs.attributes.size = node->written = size;
	error = index_need(node);
	if (!error)
		node->fs.attributes.links = 2 + index_directories(node);
	return error;
}

static error_t root_load(struct volume *volume, struct node *node)
{
	const struct options *options = &volume->options;

	node->fs.attributes.mode = FS_DIRECTORY |
	    (MODE_ALL & ~options->directory_mask);
	node->fs.attributes.uid = options->uid;
	node->fs.attributes.gid = options->gid;
	node->start = volume->bits == 32 ? volume->root_cluster : 0;
	return directory_load(node);
}

static error_t place_load(struct volume *volume, struct node *node,
    uint64_t place)
{
	struct disk_entry *entry;
	struct buffer *buffer;
	error_t error;

	if (map_find(&volume->places, place))
		return E_STALE;
	error = place_get(volume, place, &buffer, &entry);
	if (error)
		return error;
	if (entry_is_name(volume, entry, place))
		entry_read(node, entry);
	else
		error = E_STALE;
	buffer_put(buffer);
	if (!error && node_is_directory(node))
		error = directory_load(node);
	if (!error)
		node_place(node, place);
	return error;
}

error_t fat_load(struct fs_volume *fs, uint64_t number,
    struct fs_node **result)
{
	struct volume *volume = volume_of(fs);
	struct node *node = node_new(volume, number);
	error_t error;

	if (!node)
		return E_NOMEM;
	if (number == NODE_ROOT)
		error = root_load(volume, node);
	else
		error = place_load(volume, node, number);
	if (error) {
		fat_free(&node->fs);
		return error;
	}
	*result = &node->fs;
	return 0;
}

error_t node_make(struct node *directory, const struct fs_new *what,
    struct node **result)
{
	struct volume *volume = node_volume(directory);
	struct node *node = node_new(volume, 0);
	struct disk_entry entry;
	error_t error = 0;

	if (!node)
		return E_NOMEM;
	memset(&entry, 0, sizeof entry);
	entry.attributes = (what->mode & FS_KIND) == FS_DIRECTORY ?
	    ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE;
	entry_read(node, &entry);
	volume->fs.now(&node->created);
	node->fs.attributes.mtime = node->fs.attributes.ctime =
	    node->fs.attributes.atime = node->created;
	fat_refresh(&node->fs);
	if (node_is_directory(node)) {
		node_entry(node, &entry);
		error = directory_begin(node, directory, &entry);
		if (!error)
			error = start_enter(node);
		node->fs.attributes.links = 2;
	}
	if (error) {
		node_unmake(node);
		return error;
	}
	*result = node;
	return 0;
}

void node_unmake(struct node *node)
{
	chain_cut(node, 0);
	list_remove(&node->fs.dirty);
	fat_free(&node->fs);
}

/* Its end is filled now: nobody will know of it. */
static void gap_end(struct node *node)
{
	if (list_empty(&node->gap))
		return;
	list_remove(&node->gap);
	if (node_has_gap(node) && fat_save(&node->fs))
		fs_complain(&node_volume(node)->fs, "fat: zeros at the end of "
		    "file %llu were not written",
		    (unsigned long long)node->fs.number);
	list_remove(&node->fs.dirty);
}

void fat_free(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);

	gap_end(node);
	note_drop(&volume->kept_nodes, &node->note);
	volume->reserved -= node->reserved;
	if (node->place)
		map_remove(&volume->places, &node->by_place);
	if (node->listed)
		map_remove(&volume->starts, &node->by_start);
	if (node->stray)
		map_remove(&volume->strays, &node->by_number);
	index_drop(node);
	chain_forget(node);
	heap_free(node);
}

void node_place(struct node *node, uint64_t place)
{
	struct volume *volume = node_volume(node);
	int stray = place != node->fs.number;

	/* no add fails: these maps were given their tables at the mount */
	if (node->place)
		map_remove(&volume->places, &node->by_place);
	if (place)
		map_add(&volume->places, &node->by_place, place);
	if (stray && !node->stray)
		map_add(&volume->strays, &node->by_number, node->fs.number);
	if (!stray && node->stray)
		map_remove(&volume->strays, &node->by_number);
	node->place = place;
	node->stray = (unsigned char)stray;
}

uint64_t place_number(struct volume *volume, uint64_t place)
{
	struct map_entry *entry = map_find(&volume->places, place);

	return entry ? map_item(entry, struct node, by_place)->fs.number :
	    place;
}

int node_has_gap(const struct node *node)
{
	return node->place && !node_is_directory(node) &&
	    node->written < node->fs.attributes.size;
}

error_t node_save(struct node *node)
{
	struct volume *volume = node_volume(node);
	struct disk_entry *entry, now;
	struct buffer *buffer;
	error_t error;

	keep_node(node);
	if (!node->place)
		return 0;
	error = place_get(volume, node->place, &buffer, &entry);
	if (error) {
		volume->unsaved = 1;
		return error;
	}
	now = *entry;
	node_entry(node, &now);
	if (memcmp(entry, &now, sizeof now)) {
		*entry = now;
		buffer_dirty_part(buffer, ORDER_MIDDLE,
		    (size_t)((uint8_t *)entry - buffer->data), sizeof now);
	}
	buffer_put(buffer);
	return 0;
}

error_t fat_save(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	error_t filled = 0, error;

	if (node_has_gap(node))
		filled = node_fill(node);
	error = node_save(node);
	return error ? error : filled;
}

void node_describe(const struct node *node, struct kept_node *kept)
{
	const struct fs_attributes *from = &node->fs.attributes;

	kept->number = node->fs.number;
	kept->place = node->place;
	kept->size = from->size;
	kept->written = node->written;
	kept->mtime = from->mtime;
	kept->atime = from->atime;
	kept->created = node->created;
	kept->start = node->start;
	kept->mode = from->mode;
	kept->attributes = node->attributes;
}

/* One that has no name any more. */
static error_t nameless_restore(struct node *node,
    const struct kept_node *kept)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *to = &node->fs.attributes;
	uint32_t length;
	error_t error;

	to->mode = kept->mode;
	to->uid = volume->options.uid;
	to->gid = volume->options.gid;
	to->mtime = to->ctime = kept->mtime;
	to->atime = kept->atime;
	node->created = kept->created;
	node->attributes = (uint8_t)kept->attributes;
	node->start = kept->start;
	node->written = kept->written;
	if (node_is_directory(node)) {
		error = directory_load(node);
	} else {
		error = chain_length(node, &length);
		to->blocks = (uint64_t)length << volume->cluster_shift >> 9;
	}
	if (!error)
		node_place(node, 0);
	to->links = 0;
	return error;
}

error_t node_restore(struct volume *volume, const struct kept_node *kept,
    struct node **result)
{
	struct node *node = node_new(volume, kept->number);
	error_t error;

	if (!node)
		return E_NOMEM;
	error = kept->place ? place_load(volume, node, kept->place) :
	    nameless_restore(node, kept);
	if (!error && !node_is_directory(node)) {
		node->fs.attributes.size = kept->size;
		error = fat_reserve(&node->fs, kept->size, 0);
	}
	if (!error)
		error = fs_node_add(&node->fs);
	if (error) {
		fat_free(&node->fs);
		return error;
	}
	if (node_has_gap(node))
		list_append(&volume->gaps, &node->gap);
	*result = node;
	return 0;
}

error_t fat_remove(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	list_remove(&node->gap);
	if (node_is_directory(node))
		directory_forget(node);
	return chain_cut(node, 0);
}

/* Times as the disk can have them; FAT knows no ctime. The root has no times
 * at all. */
void fat_refresh(struct fs_node *fs)
{
	struct fs_attributes *attributes = &fs->attributes;

	if (fs->number == NODE_ROOT) {
		memset(&attributes->mtime, 0, sizeof attributes->mtime);
		attributes->atime = attributes->mtime;
	} else {
		time_trim(volume_of(fs->volume), &attributes->mtime);
		day_trim(volume_of(fs->volume), &attributes->atime);
	}
	attributes->ctime = attributes->mtime;
}

void node_stamp(struct node *node)
{
	node->fs.volume->now(&node->fs.attributes.mtime);
	fat_refresh(&node->fs);
	fs_node_dirty(&node->fs);
}

/* Linux's rules: there is one owner; what can't be kept is refused if it is an
 * owner or a set-id bit, and ignored if it is a permission. */
error_t fat_change(struct fs_node *fs, struct fs_attributes *to)
{
	struct node *node = node_of(fs);
	const struct options *options = &node_volume(node)->options;
	uint32_t mask = mask_of(node), old = fs->attributes.mode;
	uint32_t mode = to->mode & MODE_ALL & ~mask;
	uint32_t write = mode & MODE_WRITE;

	if (to->uid != options->uid || to->gid != options->gid ||
	    (to->mode & MODE_BITS & ~MODE_ALL)) {
		*to = fs->attributes;
		return options->quiet ? 0 : E_PERM;
	}
	if ((mode ^ old) & (MODE_READ | MODE_EXECUTE) ||
	    (write != (MODE_WRITE & ~mask) &&
	    (write || !holds_read_only(node))))
		mode = old & MODE_ALL;
	to->mode = (old & FS_KIND) | mode;
	return 0;
}

uint32_t node_parent_start(const struct node *directory)
{
	return directory->fs.number == NODE_ROOT ? 0 : directory->start;
}

struct node *directory_loaded(struct volume *volume, uint32_t start)
{
	struct map_entry *entry = map_find(&volume->starts, start);

	if (!entry)
		return 0;
	return node_of(fs_node_reference(&map_item(entry, struct node,
	    by_start)->fs));
}
