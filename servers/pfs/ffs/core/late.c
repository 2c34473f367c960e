/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which the disk learns what has changed. Between two syncs it
 * learns nothing; a sync is four steps, with flushes between:
 *
 *	1  data of files; maps and directory pieces that are new; inodes that
 *	   were free on the disk, as empty files without name
 *	2  inodes, with no fewer links than the disk has
 *	3  directories: new names; names that are gone are still there
 *	4  directories without the names that are gone, then inodes with their
 *	   true links or freed, then the maps of what is free, and the sums
 *
 * Invariants, at every moment of a loss of power:
 *	1  a name leads to an inode that is in use and was that name's;
 *	2  an inode leads to maps, and these to blocks, that are its own, whose
 *	   data was written before;
 *	3  no block and no inode has two owners: what was freed is nobody's
 *	   until the sync is over (group.freed, freed_inodes);
 *	4  a file that was there before and after has a name all the time;
 *	5  links on the disk are at least as many as names, but for a file
 *	   that is being renamed, which may have both names for a moment.
 * What may be wrong: numbers of links, inodes without names, free maps and
 * sums, and ".." of a directory that was being moved. fsck.ffs -p puts that
 * right and needs nobody.
 *
 * For step 3 an entry that was removed stays what it was but for its inode
 * number, and its room is not used, until the sync: so the number can be put
 * back while step 3 writes. Only the same name may use it again.
 */
#include "late.h"
#include <base/heap.h>
#include <string.h>

enum {
	/* buffer->mark, further bits are dir.c's */
	MARK_PENDING = 2,
	KEY_SHIFT = 16,
};

error_t late_start(struct volume *volume)
{
	struct late *late = heap_alloc_zero(sizeof *late);

	if (!late)
		return E_NOMEM;
	map_init(&late->links);
	map_init(&late->removals);
	map_init(&late->names);
	map_init(&late->made);
	list_init(&late->fresh);
	list_init(&late->link_list);
	list_init(&late->removal_list);
	list_init(&late->directories);
	volume->late = late;
	return late_open(volume);
}

static void pending_end(struct late *late, struct pending *pending)
{
	pending->buffer->mark &= (unsigned char)~MARK_PENDING;
	buffer_put(pending->buffer);
	list_remove(&pending->link);
	heap_free(pending);
	late->directory_count--;
}

static void removal_end(struct late *late, struct removal *removal)
{
	map_remove(&late->removals, &removal->entry);
	map_remove(&late->names, &removal->name);
	list_remove(&removal->link);
	note_drop(&late->kept_removals, &removal->note);
	heap_free(removal);
	late->count--;
}

static void lower_end(struct late *late, struct lower *lower)
{
	map_remove(&late->links, &lower->entry);
	list_remove(&lower->link);
	note_drop(&late->kept_links, &lower->note);
	heap_free(lower);
	late->count--;
}

static void late_empty(struct late *late)
{
	struct list *link;

	while ((link = list_first(&late->directories)))
		pending_end(late, list_item(link, struct pending, link));
	while ((link = list_first(&late->removal_list)))
		removal_end(late, list_item(link, struct removal, link));
	while ((link = list_first(&late->link_list)))
		lower_end(late, list_item(link, struct lower, link));
	while ((link = list_take(&late->fresh))) {
		struct fresh *fresh = list_item(link, struct fresh, link);

		map_remove(&late->made, &fresh->entry);
		note_drop(&late->kept_fresh, &fresh->note);
		heap_free(fresh);
		late->count--;
	}
}

void late_free(struct volume *volume)
{
	if (!volume->late)
		return;
	late_empty(volume->late);
	map_free(&volume->late->links);
	map_free(&volume->late->removals);
	map_free(&volume->late->names);
	map_free(&volume->late->made);
	late_close(volume->late);
	heap_free(volume->late);
}

unsigned late_bytes(const struct volume *volume)
{
	return volume->late->count * (unsigned)sizeof(struct fresh);
}

error_t fresh_add(struct late *late, uint32_t number, struct fresh **result)
{
	struct fresh *fresh = heap_alloc_zero(sizeof *fresh);

	if (!fresh || map_add(&late->made, &fresh->entry, number)) {
		heap_free(fresh);
		return E_NOMEM;
	}
	fresh->number = number;
	list_append(&late->fresh, &fresh->link);
	late->count++;
	*result = fresh;
	return 0;
}

error_t late_fresh(struct volume *volume, uint32_t number)
{
	struct fresh *fresh;
	error_t error = fresh_add(volume->late, number, &fresh);

	if (!error)
		keep_fresh(volume->late, fresh);
	return error;
}

static struct lower *lower_find(struct volume *volume, uint32_t number)
{
	struct map_entry *entry = map_find(&volume->late->links, number);

	return entry ? map_item(entry, struct lower, entry) : 0;
}

error_t lower_add(struct late *late, uint32_t number, struct lower **result)
{
	struct lower *lower = heap_alloc_zero(sizeof *lower);

	if (!lower || map_add(&late->links, &lower->entry, number)) {
		heap_free(lower);
		return E_NOMEM;
	}
	lower->number = number;
	list_append(&late->link_list, &lower->link);
	late->count++;
	*result = lower;
	return 0;
}

error_t late_links(struct volume *volume, uint32_t number, uint32_t links,
    int clear)
{
	struct lower *lower = lower_find(volume, number);
	error_t error = lower ? 0 : lower_add(volume->late, number, &lower);

	if (error)
		return error;
	lower->links = links;
	lower->clear = clear;
	keep_lower(volume->late, lower);
	return 0;
}

void late_links_forget(struct volume *volume, uint32_t number)
{
	struct lower *lower = lower_find(volume, number);

	if (lower)
		lower_end(volume->late, lower);
}

int late_find(struct volume *volume, uint32_t number, uint32_t *links,
    int *clear)
{
	struct lower *lower = lower_find(volume, number);

	if (!lower)
		return 0;
	*links = lower->links;
	*clear = lower->clear;
	return 1;
}

error_t late_directory(struct volume *volume, struct buffer *buffer)
{
	struct pending *pending;

	buffer_dirty(buffer, ORDER_KEPT);
	if (buffer->mark & MARK_PENDING)
		return 0;
	pending = heap_alloc(sizeof *pending);
	if (!pending)
		return E_NOMEM;
	pending->buffer = buffer_hold(buffer);
	buffer->mark |= MARK_PENDING;
	list_append(&volume->late->directories, &pending->link);
	volume->late->directory_count++;
	return 0;
}

static uint64_t removal_key(uint64_t block, unsigned offset)
{
	return block << KEY_SHIFT | offset;
}

static uint64_t name_key(uint32_t directory, const struct name *name)
{
	return (uint64_t)directory << 32 | map_hash(name->text, name->length);
}

error_t removal_add(struct late *late, const struct removal *like,
    uint64_t name, struct removal **result)
{
	struct removal *removal = heap_alloc_zero(sizeof *removal);

	if (!removal)
		return E_NOMEM;
	*removal = *like;
	if (map_add(&late->removals, &removal->entry,
	    removal_key(like->block, like->offset))) {
		heap_free(removal);
		return E_NOMEM;
	}
	if (map_add(&late->names, &removal->name, name)) {
		map_remove(&late->removals, &removal->entry);
		heap_free(removal);
		return E_NOMEM;
	}
	list_append(&late->removal_list, &removal->link);
	late->count++;
	*result = removal;
	return 0;
}

error_t late_removal(struct node *directory, const struct place *place,
    const struct name *name)
{
	struct volume *volume = node_volume(directory);
	struct removal *removal, like = { .block = place->buffer->block,
		.offset = place->offset, .piece = place->piece,
		.inode = place_inode(directory, place),
		.directory = (uint32_t)directory->fs.number };
	error_t error = late_directory(volume, place->buffer);

	/* The disk knows no name of an inode that it doesn't know. */
	if (error || map_find(&volume->late->made, like.inode))
		return error;
	error = removal_add(volume->late, &like, name_key(like.directory, name),
	    &removal);
	if (!error)
		keep_removal(volume->late, removal);
	return error;
}

error_t late_reuse(struct node *directory, const struct name *name,
    struct place *place)
{
	struct volume *volume = node_volume(directory);
	struct map_entry *entry = map_find(&volume->late->names,
	    name_key((uint32_t)directory->fs.number, name));
	error_t error;

	for (; entry; entry = map_find_next(entry)) {
		struct removal *removal = map_item(entry, struct removal,
		    name);
		const uint8_t *at;

		error = buffer_get(volume->cache, removal->block,
		    &place->buffer);
		if (error)
			return error;
		at = place->buffer->data + removal->offset;
		if (entry_name_length(volume, at) == name->length &&
		    !memcmp(at + ENTRY_NAME, name->text, name->length)) {
			place->offset = removal->offset;
			place->piece = removal->piece;
			removal_end(volume->late, removal);
			buffer_dirty(place->buffer, ORDER_KEPT);
			return 0;
		}
		buffer_put(place->buffer);
	}
	return E_NOENT;
}

int late_removed(struct volume *volume, uint64_t block, unsigned offset)
{
	return map_find(&volume->late->removals,
	    removal_key(block, offset)) != 0;
}

void late_moved(struct volume *volume, struct buffer *from, struct buffer *to)
{
	struct late *late = volume->late;

	list_each(link, &late->removal_list)
	{
		struct removal *removal = list_item(link, struct removal, link);

		if (removal->block != from->block)
			continue;
		map_remove(&late->removals, &removal->entry);
		removal->block = to->block;
		/* There is room: one was just taken out. */
		map_add(&late->removals, &removal->entry,
		    removal_key(to->block, removal->offset));
		keep_removal(late, removal);
	}
}

void late_forget(struct volume *volume, uint64_t block)
{
	struct late *late = volume->late;

	list_each_safe(link, &late->directories)
	{
		struct pending *pending = list_item(link, struct pending, link);

		if (pending->buffer->block == block)
			pending_end(late, pending);
	}
	list_each_safe(link, &late->removal_list)
	{
		struct removal *removal = list_item(link, struct removal, link);

		if (removal->block == block)
			removal_end(late, removal);
	}
}

/* Puts removed names back, or takes them out again. The buffer of each is
 * pending, so it is in memory. */
static error_t removals_all(struct volume *volume, int show)
{
	list_each(link, &volume->late->removal_list)
	{
		struct removal *removal = list_item(link, struct removal, link);
		struct buffer *buffer;
		error_t error = buffer_get(volume->cache, removal->block,
		    &buffer);

		if (error)
			return error;
		put32(volume, buffer->data + removal->offset + ENTRY_INODE,
		    show ? removal->inode : 0);
		buffer_put(buffer);
	}
	return 0;
}

/* The inodes that are fresh become empty files, of which the disk may know. */
static error_t fresh_hide(struct volume *volume)
{
	list_each(link, &volume->late->fresh)
	{
		struct fresh *fresh = list_item(link, struct fresh, link);
		uint8_t *bytes;
		error_t error = inode_find(volume, fresh->number,
		    &fresh->buffer, &bytes);

		if (error) {
			fresh->buffer = 0;
			return error;
		}
		memcpy(fresh->saved, bytes, INODE_BYTES);
		memset(bytes, 0, INODE_BYTES);
		put16(volume, bytes + INODE_MODE, FS_REGULAR);
		memcpy(bytes + INODE_GENERATION,
		    fresh->saved + INODE_GENERATION, 4);
		buffer_dirty(fresh->buffer, ORDER_FIRST);
		keep_fresh(volume->late, fresh);
	}
	return 0;
}

/* They are themselves again. */
static void fresh_show(struct volume *volume)
{
	list_each(link, &volume->late->fresh)
	{
		struct fresh *fresh = list_item(link, struct fresh, link);
		unsigned at = fresh->number % volume->group_inodes *
		    INODE_BYTES & (volume->frag_size - 1);

		if (!fresh->buffer)
			continue;
		memcpy(fresh->buffer->data + at, fresh->saved, INODE_BYTES);
		buffer_dirty(fresh->buffer, ORDER_MIDDLE);
		buffer_put(fresh->buffer);
		fresh->buffer = 0;
		keep_fresh(volume->late, fresh);
	}
}

/* Step 1. Directory pieces that moved are new, too, with the names that are
 * gone. */
static error_t fresh_write(struct volume *volume)
{
	error_t error = 0, other;

	if (volume->data_written)
		error = disk_flush(volume->fs.device);
	if (error)
		return error;
	volume->data_written = 0;
	if (list_empty(&volume->late->fresh) &&
	    !cache_dirty_bytes(volume->cache))
		return 0;
	error = removals_all(volume, 1);
	if (!error)
		error = fresh_hide(volume);
	if (!error)
		error = cache_sync(volume->cache);
	fresh_show(volume);
	other = removals_all(volume, 0);
	return error ? error : other;
}

static void directories_dirty(struct volume *volume, enum buffer_order order)
{
	list_each(link, &volume->late->directories)
		buffer_dirty(list_item(link, struct pending, link)->buffer,
		    order);
}

/* Steps 2 and 3. */
static error_t names_write(struct volume *volume)
{
	error_t error = fs_nodes_save(&volume->fs), other;

	if (error)
		return error;
	error = removals_all(volume, 1);
	if (error)
		return error;
	directories_dirty(volume, ORDER_LAST);
	error = cache_sync(volume->cache);
	other = removals_all(volume, 0);
	return error ? error : other;
}

static error_t lower_apply(struct volume *volume, const struct lower *lower)
{
	struct buffer *buffer;
	uint8_t *bytes;
	error_t error = inode_find(volume, lower->number, &buffer, &bytes);

	if (error)
		return error;
	put16(volume, bytes + INODE_LINKS, lower->links);
	if (lower->clear) {
		put16(volume, bytes + INODE_MODE, 0);
		put64(volume, bytes + INODE_SIZE, 0);
		memset(bytes + INODE_BLOCKS, 0, LINK_BYTES);
		put32(volume, bytes + INODE_SECTORS, 0);
	}
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	return 0;
}

/* Step 4. */
static error_t rest_write(struct volume *volume)
{
	error_t error = 0;

	if (!list_empty(&volume->late->removal_list))
		directories_dirty(volume, ORDER_FIRST);
	list_each(link, &volume->late->link_list)
	{
		if (!error)
			error = lower_apply(volume,
			    list_item(link, struct lower, link));
	}
	if (!error)
		error = groups_save(volume);
	if (!error && volume->super_dirty)
		error = super_save(volume);
	return error ? error : cache_sync(volume->cache);
}

error_t late_sync(struct volume *volume)
{
	error_t error = fresh_write(volume);

	if (!error)
		error = names_write(volume);
	if (!error)
		error = rest_write(volume);
	if (!error) {
		late_empty(volume->late);
		groups_synced(volume);
	}
	return error;
}
