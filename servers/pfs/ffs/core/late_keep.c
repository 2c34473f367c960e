/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What waits for a sync outlives the server: notes of what late.c has in its
 * lists, and of inodes without a name that somebody uses. The directories that
 * were changed are in the cache, under ORDER_KEPT.
 *
 * While a sync writes, buffers are what the disk is to have at that step, not
 * what they are: names that are gone are there, new inodes are not. Another
 * instance may find them so, and undoes it by these notes.
 */
#include "late.h"
#include <base/heap.h>
#include <string.h>

enum {
	NOTES_MOST = 16384,
};

struct kept_fresh {
	uint32_t number, hidden;
	uint8_t saved[INODE_BYTES];
};

struct kept_lower {
	uint32_t number, links, clear;
};

struct kept_removal {
	uint64_t block, name;
	uint32_t offset, inode, directory, piece;
};

void keep_fresh(struct late *late, struct fresh *fresh)
{
	struct kept_fresh kept = { .number = fresh->number,
		.hidden = fresh->buffer != 0 };

	if (fresh->buffer)
		memcpy(kept.saved, fresh->saved, sizeof kept.saved);
	note_set(&late->kept_fresh, &fresh->note, &kept);
}

void keep_lower(struct late *late, struct lower *lower)
{
	struct kept_lower kept = { lower->number, lower->links,
		(uint32_t)lower->clear };

	note_set(&late->kept_links, &lower->note, &kept);
}

void keep_removal(struct late *late, struct removal *removal)
{
	struct kept_removal kept = { removal->block, removal->name.key,
		removal->offset, removal->inode, removal->directory,
		removal->piece };

	note_set(&late->kept_removals, &removal->note, &kept);
}

void orphan_keep(struct node *node)
{
	uint32_t number = (uint32_t)node->fs.number;

	note_set(&node_volume(node)->late->kept_orphans, &node->orphan_note,
	    &number);
}

void orphan_forget(struct node *node)
{
	note_drop(&node_volume(node)->late->kept_orphans, &node->orphan_note);
}

int late_many(const struct volume *volume)
{
	const struct late *late = volume->late;

	return notes_many(&late->kept_fresh) || notes_many(&late->kept_links) ||
	    notes_many(&late->kept_removals);
}

/* One that the disk got as an empty file is itself again. */
static error_t fresh_restore(struct volume *volume,
    const struct kept_fresh *kept)
{
	struct buffer *buffer;
	uint8_t *bytes;
	error_t error = inode_find(volume, kept->number, &buffer, &bytes);

	if (error)
		return error;
	memcpy(bytes, kept->saved, sizeof kept->saved);
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	return 0;
}

static error_t fresh_load(struct volume *volume)
{
	struct late *late = volume->late;
	struct kept_fresh kept;
	struct fresh *fresh;
	const void *note;
	error_t error = 0;

	for (uint32_t i = 0; !error && (note =
	     notes_next(&late->kept_fresh, &i)); i++) {
		memcpy(&kept, note, sizeof kept);
		if (!number_is_sane(volume, kept.number))
			return E_UCLEAN;
		error = fresh_add(late, kept.number, &fresh);
		if (error)
			break;
		fresh->note = i;
		if (kept.hidden)
			error = fresh_restore(volume, &kept);
		keep_fresh(late, fresh);
	}
	return error;
}

static error_t lower_load(struct volume *volume)
{
	struct late *late = volume->late;
	struct kept_lower kept;
	struct lower *lower;
	const void *note;
	error_t error = 0;

	for (uint32_t i = 0; !error && (note =
	     notes_next(&late->kept_links, &i)); i++) {
		memcpy(&kept, note, sizeof kept);
		if (!number_is_sane(volume, kept.number))
			return E_UCLEAN;
		error = lower_add(late, kept.number, &lower);
		if (error)
			break;
		lower->links = kept.links;
		lower->clear = (int)kept.clear;
		lower->note = i;
	}
	return error;
}

/* A name that is gone is so in the buffer, too. */
static error_t removal_restore(struct volume *volume,
    const struct kept_removal *kept)
{
	struct buffer *buffer;
	error_t error = buffer_get(volume->cache, kept->block, &buffer);

	if (error)
		return error;
	put32(volume, buffer->data + kept->offset + ENTRY_INODE, 0);
	error = late_directory(volume, buffer);
	buffer_put(buffer);
	return error;
}

static error_t removals_load(struct volume *volume)
{
	struct late *late = volume->late;
	struct kept_removal kept;
	struct removal *removal;
	const void *note;
	error_t error = 0;

	for (uint32_t i = 0; !error && (note =
	     notes_next(&late->kept_removals, &i)); i++) {
		struct removal like = { .note = i };

		memcpy(&kept, note, sizeof kept);
		if (kept.offset > volume->frag_size - ENTRY_NAME)
			return E_UCLEAN;
		like.block = kept.block;
		like.offset = kept.offset;
		like.inode = kept.inode;
		like.directory = kept.directory;
		like.piece = kept.piece;
		error = removal_add(late, &like, kept.name, &removal);
		if (!error)
			error = removal_restore(volume, &kept);
	}
	return error;
}

static error_t pending_load(void *context, struct buffer *buffer)
{
	return late_directory(context, buffer);
}

error_t late_open(struct volume *volume)
{
	struct late *late = volume->late;
	struct store *store = volume->store;
	error_t error = notes_open(&late->kept_fresh, store,
	    sizeof(struct kept_fresh), NOTES_MOST);

	if (!error)
		error = notes_open(&late->kept_links, store,
		    sizeof(struct kept_lower), NOTES_MOST);
	if (!error)
		error = notes_open(&late->kept_removals, store,
		    sizeof(struct kept_removal), NOTES_MOST);
	if (!error)
		error = notes_open(&late->kept_orphans, store,
		    sizeof(uint32_t), NOTES_MOST);
	if (!error)
		error = cache_each(volume->cache, ORDER_KEPT, pending_load,
		    volume);
	if (!error)
		error = removals_load(volume);
	if (!error)
		error = lower_load(volume);
	return error ? error : fresh_load(volume);
}

void late_close(struct late *late)
{
	notes_close(&late->kept_fresh);
	notes_close(&late->kept_links);
	notes_close(&late->kept_removals);
	notes_close(&late->kept_orphans);
}

error_t orphans_hold(struct volume *volume)
{
	struct notes *notes = &volume->late->kept_orphans;
	uint32_t number;
	struct node *node;
	const void *note;
	error_t error;

	for (uint32_t i = 0; (note = notes_next(notes, &i)); i++) {
		memcpy(&number, note, sizeof number);
		if (!number_is_sane(volume, number))
			return E_UCLEAN;
		error = inode_load(volume, number, &node);
		if (!error && fs_node_add(&node->fs)) {
			ffs_free(&node->fs);
			error = E_NOMEM;
		}
		if (error)
			return error;
		node->orphan = 1;
		node->orphan_note = i;
		volume->orphans++;
		fs_node_hold(&node->fs);
	}
	return 0;
}
