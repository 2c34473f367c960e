/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cylinder groups: where their parts lie; their own blocks, which are in
 * memory from their first use on; the table of their sums.
 */
#include "ffs.h"
#include <base/heap.h>
#include <string.h>

uint32_t group_first(const struct volume *volume, uint32_t group)
{
	return group * volume->group_frags;
}

uint32_t group_start(const struct volume *volume, uint32_t group)
{
	return group_first(volume, group) +
	    volume->group_offset * (group & ~volume->group_mask);
}

uint32_t group_length(const struct volume *volume, uint32_t group)
{
	uint32_t first = group_first(volume, group);

	return volume->size - first < volume->group_frags ?
	    volume->size - first : volume->group_frags;
}

uint8_t *group_map(const struct volume *volume, const struct group *group,
    unsigned field)
{
	return group->bytes + get32(volume, group->bytes + field);
}

int frags_are_data(const struct volume *volume, uint32_t first, uint32_t count)
{
	uint32_t group, start, sums;

	if (!first || first >= volume->size || count > volume->size - first)
		return 0;
	group = first / volume->group_frags;
	if ((first + count - 1) / volume->group_frags != group)
		return 0;
	start = group_start(volume, group);
	if (first < start + volume->data_at &&
	    (!group || first + count > start + volume->super_at))
		return 0;
	sums = (volume->sums_size + volume->frag_size - 1) >>
	    volume->frag_shift;
	return first + count <= volume->sums_address ||
	    first >= volume->sums_address + sums;
}

static void sums_read(const struct volume *volume, const uint8_t *at,
    struct sums *sums)
{
	sums->directories = get32(volume, at);
	sums->blocks = get32(volume, at + 4);
	sums->inodes = get32(volume, at + 8);
	sums->frags = get32(volume, at + 12);
}

static void sums_write(const struct volume *volume, uint8_t *at,
    const struct sums *sums)
{
	put32(volume, at, sums->directories);
	put32(volume, at + 4, sums->blocks);
	put32(volume, at + 8, sums->inodes);
	put32(volume, at + 12, sums->frags);
}

/* The buffer with a group's line in the table, held. */
static error_t table_get(struct volume *volume, uint32_t group,
    struct buffer **buffer, uint8_t **at)
{
	uint32_t offset = group * SUMS_BYTES;
	error_t error = buffer_get(volume->cache, volume->sums_address +
	    (offset >> volume->frag_shift), buffer);

	if (!error)
		*at = (*buffer)->data + (offset & (volume->frag_size - 1));
	return error;
}

error_t groups_start(struct volume *volume)
{
	uint32_t group;

	volume->groups = heap_alloc_zero(volume->group_count *
	    sizeof *volume->groups);
	if (!volume->groups)
		return E_NOMEM;
	for (group = 0; group < volume->group_count; group++) {
		struct buffer *buffer;
		uint8_t *at;
		error_t error = table_get(volume, group, &buffer, &at);

		if (error)
			return error;
		sums_read(volume, at, &volume->groups[group].sums);
		buffer_put(buffer);
	}
	return 0;
}

/* A part of a group's own block. */
struct part {
	uint32_t at, length;
};

static int parts_are_sane(const struct volume *volume, const struct part *parts,
    unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct part *part = &parts[i];

		if (part->at < CG_END - 16 || part->at > volume->group_size ||
		    part->length > volume->group_size - part->at)
			return 0;
		for (unsigned j = 0; j < i; j++)
			if (part->at < parts[j].at + parts[j].length &&
			    parts[j].at < part->at + part->length)
				return 0;
	}
	return 1;
}

static int group_is_sane(const struct volume *volume, uint32_t number,
    const uint8_t *bytes)
{
	uint32_t frags = group_length(volume, number);
	uint32_t blocks = frags / volume->frags;
	/* The first of the sums of clusters is not used: BSD has the end of
	 * the map of fragments there. */
	const struct part parts[] = {
		{ get32(volume, bytes + CG_INODES_AT),
			(volume->group_inodes + 7) / 8 },
		{ get32(volume, bytes + CG_FREE_AT), (frags + 7) / 8 },
		{ get32(volume, bytes + CG_CLUSTER_SUMS_AT) + 4,
			volume->cluster_max * 4 },
		{ get32(volume, bytes + CG_CLUSTERS_AT), (blocks + 7) / 8 },
	};

	return get32(volume, bytes + CG_MAGIC) == CG_MAGIC_NUMBER &&
	    get32(volume, bytes + CG_NUMBER) == number &&
	    get32(volume, bytes + CG_FRAGMENTS) == frags &&
	    parts_are_sane(volume, parts, volume->cluster_max ? 4 : 2) &&
	    (!volume->cluster_max ||
	    get32(volume, bytes + CG_CLUSTER_BLOCKS) <= blocks);
}

void bytes_save(struct buffer *buffer, uint32_t at, const uint8_t *bytes,
    uint32_t count)
{
	uint8_t *to = buffer->data + at;
	uint32_t first = 0;

	while (first < count && to[first] == bytes[first])
		first++;
	while (count > first && to[count - 1] == bytes[count - 1])
		count--;
	if (first == count)
		return;
	memcpy(to + first, bytes + first, count - first);
	buffer_dirty_part(buffer, ORDER_LAST, at + first, count - first);
}

/* Copies a group's own block between the cache and bytes. */
static error_t group_copy(struct volume *volume, uint32_t number,
    uint8_t *bytes, int save)
{
	uint32_t first = group_start(volume, number) + volume->group_at;
	uint32_t done = 0, part;

	for (; done < volume->group_size; done += part, first++) {
		struct buffer *buffer;
		error_t error = buffer_get(volume->cache, first, &buffer);

		if (error)
			return error;
		part = volume->group_size - done < volume->frag_size ?
		    volume->group_size - done : volume->frag_size;
		if (save) {
			bytes_save(buffer, 0, bytes + done, part);
		} else {
			memcpy(bytes + done, buffer->data, part);
		}
		buffer_put(buffer);
	}
	return 0;
}

error_t group_get(struct volume *volume, uint32_t number, struct group **group)
{
	struct group *here = &volume->groups[number];
	uint8_t *bytes;
	error_t error;

	*group = here;
	if (here->bytes)
		return 0;
	/* A few bytes more: maps are looked at by whole bytes. */
	bytes = heap_alloc_zero(volume->group_size + 8);
	if (!bytes)
		return E_NOMEM;
	error = group_copy(volume, number, bytes, 0);
	if (!error && !group_is_sane(volume, number, bytes))
		error = volume_damaged(volume, "block of group", number);
	if (error) {
		heap_free(bytes);
		return error;
	}
	here->bytes = bytes;
	sums_read(volume, bytes + CG_SUMS, &here->sums);
	return 0;
}

static error_t group_save(struct volume *volume, uint32_t number)
{
	struct group *group = &volume->groups[number];
	struct buffer *buffer;
	struct fs_time now;
	uint8_t *at;
	error_t error;

	volume->fs.now(&now);
	sums_write(volume, group->bytes + CG_SUMS, &group->sums);
	put32(volume, group->bytes + CG_OLD_TIME, (uint32_t)now.seconds);
	if (volume->updated)
		put64(volume, group->bytes + CG_TIME, (uint64_t)now.seconds);
	error = group_copy(volume, number, group->bytes, 1);
	if (!error)
		error = table_get(volume, number, &buffer, &at);
	if (error)
		return error;
	sums_write(volume, at, &group->sums);
	buffer_dirty_part(buffer, ORDER_LAST, (size_t)(at - buffer->data),
	    SUMS_BYTES);
	buffer_put(buffer);
	group->dirty = 0;
	return 0;
}

error_t groups_save(struct volume *volume)
{
	uint32_t group;
	error_t error = 0;

	for (group = 0; group < volume->group_count && !error; group++)
		if (volume->groups[group].dirty)
			error = group_save(volume, group);
	return error;
}

void groups_synced(struct volume *volume)
{
	uint32_t i;

	for (i = 0; i < volume->group_count; i++) {
		struct group *group = &volume->groups[i];

		heap_free(group->freed);
		heap_free(group->freed_inodes);
		group->freed = group->freed_inodes = 0;
	}
	volume->freed = 0;
}

void groups_free(struct volume *volume)
{
	uint32_t i;

	if (!volume->groups)
		return;
	groups_synced(volume);
	for (i = 0; i < volume->group_count; i++)
		heap_free(volume->groups[i].bytes);
	heap_free(volume->groups);
}
