/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outlives the server, besides the buffers of both caches: what the disk
 * must learn later than these (patches, frees, leaving), and nodes that no
 * entry describes: those that have moved or lost their name, and those whose
 * end is not written yet. Lists change here with each step that changes them,
 * nodes at the end of each operation; all of it counts with the store's next
 * commit, as the buffers do. So another instance goes on as if it had been
 * there before.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

/* Of store->words. */
enum {
	WORD_KNOWN, /* the others are set */
	WORD_WRITING,
	WORD_WAS_CLEAN,
	WORD_DAMAGED, /* read-only for that */
	WORD_FREE,
	WORD_NEXT,
};

enum {
	LIST_MOST = 32768,
	NODES_MOST = 32768,
};

struct kept_patch {
	uint32_t cluster, value, time;
};

struct kept_free {
	uint32_t start, count;
};

struct kept_leaving {
	uint64_t place;
	uint32_t directory, slot;
};

static void word_set(struct volume *volume, unsigned word, uint32_t value)
{
	struct store *store = volume->store;

	if (store && store->words[word] != value)
		store_set_word(store, &store->words[word], value);
}

int keep_knows(const struct volume *volume)
{
	return volume->store && volume->store->recovered &&
	    volume->store->words[WORD_KNOWN];
}

int keep_writing(const struct volume *volume)
{
	return keep_knows(volume) && volume->store->words[WORD_WRITING];
}

void keep_numbers(struct volume *volume)
{
	word_set(volume, WORD_WAS_CLEAN, volume->was_clean);
	word_set(volume, WORD_DAMAGED, volume->damaged);
	word_set(volume, WORD_FREE, volume->free);
	word_set(volume, WORD_NEXT, volume->next);
}

void keep_mark(struct volume *volume, int writing)
{
	word_set(volume, WORD_KNOWN, 1);
	word_set(volume, WORD_WRITING, (uint32_t)writing);
	keep_numbers(volume);
}

static void numbers_load(struct volume *volume)
{
	const uint32_t *words = volume->store->words;

	volume->was_clean = words[WORD_WAS_CLEAN] != 0;
	volume->damaged = words[WORD_DAMAGED] != 0;
	volume->free = words[WORD_FREE];
	volume->next = words[WORD_NEXT];
	volume->data_written = 1;
	if (volume->damaged) /* as the next sync would have it */
		volume->fs.read_only = 1;
}

/* ---- lists ---- */

void keep_patch(struct volume *volume, struct patch *patch)
{
	struct kept_patch kept = { (uint32_t)patch->entry.key, patch->value,
		patch->time };

	note_set(&volume->kept_patches, &patch->note, &kept);
}

void keep_free(struct volume *volume, struct chain_free *chain)
{
	struct kept_free kept = { chain->start, chain->count };

	note_set(&volume->kept_frees, &chain->note, &kept);
}

void keep_leaving(struct volume *volume, struct leaving *leaving)
{
	struct kept_leaving kept = { leaving->entry.key, leaving->directory,
		leaving->slot };

	note_set(&volume->kept_leaving, &leaving->note, &kept);
}

static error_t patches_load(struct volume *volume)
{
	struct kept_patch kept;
	const void *note;

	for (uint32_t i = 0; (note = notes_next(&volume->kept_patches, &i));
	     i++) {
		struct patch *patch = heap_alloc_zero(sizeof *patch);

		memcpy(&kept, note, sizeof kept);
		if (!patch || map_add(&volume->patches, &patch->entry,
		    kept.cluster)) {
			heap_free(patch);
			return E_NOMEM;
		}
		patch->value = kept.value;
		patch->time = (enum patch_time)kept.time;
		patch->note = i;
	}
	return 0;
}

static error_t frees_load(struct volume *volume)
{
	struct kept_free kept;
	const void *note;

	for (uint32_t i = 0; (note = notes_next(&volume->kept_frees, &i));
	     i++) {
		struct chain_free *chain = chain_free_add(volume);

		if (!chain)
			return E_NOMEM;
		memcpy(&kept, note, sizeof kept);
		chain->start = kept.start;
		chain->count = kept.count;
		chain->note = i;
		volume->freed += kept.count;
	}
	return 0;
}

static error_t leaving_load(struct volume *volume)
{
	struct kept_leaving kept;
	const void *note;

	for (uint32_t i = 0; (note = notes_next(&volume->kept_leaving, &i));
	     i++) {
		struct leaving *leaving = heap_alloc_zero(sizeof *leaving);

		memcpy(&kept, note, sizeof kept);
		if (!leaving || map_add(&volume->leaving, &leaving->entry,
		    kept.place)) {
			heap_free(leaving);
			return E_NOMEM;
		}
		leaving->directory = kept.directory;
		leaving->slot = kept.slot;
		leaving->note = i;
	}
	return 0;
}

error_t keep_open(struct volume *volume)
{
	struct store *store = volume->store;
	error_t error = notes_open(&volume->kept_nodes, store,
	    sizeof(struct kept_node), NODES_MOST);

	if (!error)
		error = notes_open(&volume->kept_patches, store,
		    sizeof(struct kept_patch), LIST_MOST);
	if (!error)
		error = notes_open(&volume->kept_frees, store,
		    sizeof(struct kept_free), LIST_MOST);
	if (!error)
		error = notes_open(&volume->kept_leaving, store,
		    sizeof(struct kept_leaving), LIST_MOST);
	if (error || !keep_knows(volume))
		return error;
	numbers_load(volume);
	error = patches_load(volume);
	if (!error)
		error = frees_load(volume);
	return error ? error : leaving_load(volume);
}

void keep_close(struct volume *volume)
{
	notes_close(&volume->kept_nodes);
	notes_close(&volume->kept_patches);
	notes_close(&volume->kept_frees);
	notes_close(&volume->kept_leaving);
}

int keep_many(const struct volume *volume)
{
	return notes_many(&volume->kept_patches) ||
	    notes_many(&volume->kept_frees) ||
	    notes_many(&volume->kept_leaving);
}

/* ---- nodes ---- */

void keep_node(struct node *node)
{
	struct volume *volume = node_volume(node);
	struct kept_node kept;

	if (!volume->store)
		return;
	if (!node->stray && !node_has_gap(node)) {
		note_drop(&volume->kept_nodes, &node->note);
		return;
	}
	memset(&kept, 0, sizeof kept);
	node_describe(node, &kept);
	note_set(&volume->kept_nodes, &node->note, &kept);
}

error_t keep_nodes_load(struct volume *volume)
{
	struct kept_node kept;
	struct node *node;
	const void *note;
	error_t error;

	for (uint32_t i = 0; (note = notes_next(&volume->kept_nodes, &i));
	     i++) {
		memcpy(&kept, note, sizeof kept);
		error = node_restore(volume, &kept, &node);
		if (error)
			return error;
		node->note = i;
		fs_node_hold(&node->fs);
	}
	return 0;
}

error_t keep_nodes(struct volume *volume)
{
	error_t first = 0, error;

	list_each_safe(link, &volume->fs.dirty) {
		struct node *node =
		    node_of(list_item(link, struct fs_node, dirty));

		error = node_save(node);
		if (error) {
			first = first ? first : error;
			continue;
		}
		list_remove(link);
		list_remove(&node->gap);
		if (node_has_gap(node))
			list_append(&volume->gaps, &node->gap);
	}
	return first;
}

error_t fat_keep(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (fs->read_only)
		return 0;
	error = keep_nodes(volume);
	keep_numbers(volume);
	return error;
}
