/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file's chain of clusters, kept in memory as runs as far as it has been
 * followed: a long file that lies in one piece is one run.
 *
 * A damaged chain may be a ring. Following it compares each cluster with one
 * seen before, which is replaced at each power of two of steps (Brent's way):
 * so a ring is noticed after at most three times its length, without memory.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

enum {
	ZEROS_BYTES = 16 * 1024,
};

uint64_t cluster_position(const struct volume *volume, uint32_t cluster)
{
	return volume->data_start +
	    ((uint64_t)(cluster - CLUSTER_FIRST) << volume->cluster_shift);
}

uint32_t clusters_for(const struct volume *volume, uint64_t bytes)
{
	return (uint32_t)((bytes + volume->cluster_size - 1) >>
	    volume->cluster_shift);
}

error_t zeros_write(struct volume *volume, uint64_t position, uint64_t count)
{
	static const uint8_t zeros[ZEROS_BYTES];
	error_t error = 0;

	while (count && !error) {
		size_t part = count < ZEROS_BYTES ? (size_t)count :
		    ZEROS_BYTES;

		error = disk_write(volume->fs.device, position, zeros, part);
		position += part;
		count -= part;
	}
	volume->data_written = 1;
	return error;
}

void chain_forget(struct node *node)
{
	heap_free(node->chain.runs);
	memset(&node->chain, 0, sizeof node->chain);
}

/* Room for one run more, so that run_add can't fail. */
static error_t run_room(struct chain *chain)
{
	unsigned room = chain->room * 2 + 4;
	struct run *runs;

	if (chain->count < chain->room)
		return 0;
	runs = heap_resize(chain->runs, room * sizeof *runs);
	if (!runs)
		return E_NOMEM;
	chain->runs = runs;
	chain->room = room;
	return 0;
}

static void run_add(struct chain *chain, uint32_t disk, uint32_t count)
{
	struct run *last = chain->runs + chain->count - 1;

	if (chain->count && last->disk + last->count == disk) {
		last->count += count;
	} else {
		last++;
		last->file = chain->known;
		last->disk = disk;
		last->count = count;
		chain->count++;
	}
	chain->known += count;
}

static uint32_t chain_last(const struct chain *chain)
{
	const struct run *last = chain->runs + chain->count - 1;

	return last->disk + last->count - 1;
}

static int ring_seen(struct chain *chain, uint32_t cluster)
{
	if (cluster == chain->tortoise)
		return 1;
	if (chain->step++ == chain->lap) {
		chain->tortoise = cluster;
		chain->lap = chain->lap * 2 + 1;
		chain->step = 0;
	}
	return 0;
}

static error_t chain_damaged(struct node *node, const char *what,
    uint32_t cluster)
{
	fs_complain(&node_volume(node)->fs, "fat: cluster %x", cluster);
	return volume_damaged(node_volume(node), what, node->fs.number);
}

/* One cluster further. */
static error_t chain_step(struct node *node)
{
	struct chain *chain = &node->chain;
	uint32_t next = node->start;
	error_t error = run_room(chain);

	if (!error && chain->known)
		error = table_get(node_volume(node), chain_last(chain), &next);
	if (error)
		return error;
	if (next == (chain->known ? (uint32_t)CLUSTER_END : 0)) {
		chain->whole = 1;
		return 0;
	}
	if (!cluster_exists(node_volume(node), next))
		return chain_damaged(node, "chain of file", next);
	if (ring_seen(chain, next))
		return chain_damaged(node, "ring in the chain of file", next);
	run_add(chain, next, 1);
	return 0;
}

error_t chain_length(struct node *node, uint32_t *clusters)
{
	error_t error = 0;

	while (!error && !node->chain.whole)
		error = chain_step(node);
	*clusters = node->chain.known;
	return error;
}

/* The run of a cluster of the file that is known. */
static const struct run *run_of(const struct chain *chain, uint32_t file)
{
	unsigned low = 0, high = chain->count;

	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;

		if (chain->runs[middle].file <= file)
			low = middle;
		else
			high = middle;
	}
	return chain->runs + low;
}

enum {
	AHEAD = 256, /* clusters that are followed beyond the one wanted */
};

error_t chain_find(struct node *node, uint32_t file, uint32_t *disk,
    uint32_t *count)
{
	struct chain *chain = &node->chain;
	const struct run *run;
	error_t error = 0;

	while (!error && !chain->whole &&
	       (chain->known <= file || chain->known - file < AHEAD))
		error = chain_step(node);
	if (file >= chain->known) {
		*count = 0;
		return error;
	}
	/* what is wrong further on doesn't matter here */
	run = run_of(chain, file);
	*disk = run->disk + (file - run->file);
	*count = run->count - (file - run->file);
	return 0;
}

static void blocks_count(struct node *node)
{
	struct volume *volume = node_volume(node);

	node->fs.attributes.blocks = (uint64_t)node->chain.known <<
	    volume->cluster_shift >> 9;
	node->fs.attributes.delayed = (uint64_t)node->reserved <<
	    volume->cluster_shift >> 9;
}

/* The table's entries of new clusters, which nothing leads to yet. */
static error_t new_set(struct volume *volume, uint32_t first, uint32_t count)
{
	error_t error = 0;
	uint32_t i;

	for (i = 0; i < count && !error; i++)
		error = table_set(volume, first + i, i + 1 < count ?
		    first + i + 1 : (uint32_t)CLUSTER_END);
	if (error)
		while (i--)
			table_set(volume, first + i, CLUSTER_FREE);
	return error;
}

static void grown(struct node *node, uint32_t first, uint32_t count)
{
	struct volume *volume = node_volume(node);
	uint32_t used = count < node->reserved ? count : node->reserved;

	node->reserved -= used;
	volume->reserved -= used;
	volume->free -= count;
	volume->next = first + count - 1;
	if (!node->start)
		node->start = first;
	run_add(&node->chain, first, count);
	blocks_count(node);
	fs_node_dirty(&node->fs);
}

error_t chain_grow(struct node *node, uint32_t want, uint32_t *disk,
    uint32_t *count)
{
	struct volume *volume = node_volume(node);
	uint64_t others = volume->reserved - node->reserved;
	uint64_t all = (uint64_t)volume->free + volume->freed;
	uint32_t length, first, found;
	error_t error = chain_length(node, &length);

	if (!error)
		error = run_room(&node->chain);
	if (!error && all <= others)
		error = E_NOSPC;
	if (error)
		return error;
	if (want > all - others)
		want = (uint32_t)(all - others);
	error = table_find(volume, length ? chain_last(&node->chain) + 1 :
	    volume->next, want, &first, &found);
	if (!error)
		error = new_set(volume, first, found);
	if (error)
		return error;
	if (length) {
		error = table_patch(volume, chain_last(&node->chain), first,
		    PATCH_LINK);
		if (error) {
			while (found)
				table_set(volume, first + --found,
				    CLUSTER_FREE);
			return error;
		}
	}
	grown(node, first, found);
	*disk = first;
	*count = found;
	return 0;
}

/* Runs behind the first keep clusters are forgotten. */
static void runs_cut(struct chain *chain, uint32_t keep)
{
	while (chain->count && chain->runs[chain->count - 1].file >= keep)
		chain->count--;
	if (chain->count) {
		struct run *last = chain->runs + chain->count - 1;

		last->count = keep - last->file;
	}
	chain->known = keep;
	chain->whole = 1;
}

error_t chain_cut(struct node *node, uint32_t keep)
{
	struct volume *volume = node_volume(node);
	struct chain *chain = &node->chain;
	uint32_t length, first, count;
	error_t error = chain_length(node, &length);

	/* What a damaged chain leads to is not ours to free. */
	if (error && error != E_UCLEAN)
		return error;
	if (length <= keep) {
		if (!keep)
			node->start = 0; /* it led nowhere */
		return 0;
	}
	error = chain_find(node, keep, &first, &count);
	if (!error && keep) {
		runs_cut(chain, keep);
		error = table_patch(volume, chain_last(chain), CLUSTER_END,
		    PATCH_CUT);
	}
	if (error)
		return error;
	if (!keep) {
		runs_cut(chain, 0);
		node->start = 0;
	}
	table_free(volume, first, length - keep);
	blocks_count(node);
	fs_node_dirty(&node->fs);
	return 0;
}
