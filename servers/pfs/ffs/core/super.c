/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The super block: checked before anything else is read, and refused by name
 * if it has what we don't. Where a volume has both old and new fields for the
 * same (FLAG_UPDATED), the new ones count and both are kept true.
 */
#include "ffs.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

static error_t refuse(struct volume *volume, const char *what)
{
	fs_complain(&volume->fs, "ffs: %s: not what we can mount", what);
	return E_UCLEAN;
}

static uint32_t field(const struct volume *volume, unsigned at)
{
	return get32(volume, volume->super + at);
}

/* The bytes at position; E_INVAL: no such magic number there. */
static error_t super_look(struct volume *volume, uint64_t position,
    uint32_t magic)
{
	uint64_t start = position & ~(uint64_t)4095;
	uint8_t *bytes = heap_alloc(4096);
	error_t error;

	if (!bytes)
		return E_NOMEM;
	error = disk_read(volume->fs.device, start, bytes, 4096);
	if (!error) {
		memcpy(volume->super, bytes + (position - start), SUPER_BYTES);
		volume->big = 0;
		if (field(volume, MAGIC) != magic)
			volume->big = 1;
		if (field(volume, MAGIC) != magic)
			error = E_INVAL;
	}
	heap_free(bytes);
	return error;
}

static int is_power(uint32_t number)
{
	return number && !(number & (number - 1));
}

static uint32_t shift_of(uint32_t number)
{
	uint32_t shift = 0;

	while (number > 1u << shift)
		shift++;
	return shift;
}

static error_t sizes_check(struct volume *volume)
{
	uint32_t block = field(volume, BLOCK_SIZE);
	uint32_t frag = field(volume, FRAGMENT_SIZE);

	if (!is_power(block) || block < 4096 || block > 65536)
		return refuse(volume, "block size");
	if (!is_power(frag) || frag < 512 || frag > block ||
	    block / frag > 8 || frag < volume->fs.device->sector_size ||
	    field(volume, FRAGMENTS) != block / frag)
		return refuse(volume, "fragment size");
	if (field(volume, POINTERS) != block / 4 ||
	    field(volume, INODES_BLOCK) != block / INODE_BYTES)
		return refuse(volume, "numbers in a block");
	volume->block_size = block;
	volume->block_shift = shift_of(block);
	volume->frag_size = frag;
	volume->frag_shift = shift_of(frag);
	volume->frags = block / frag;
	volume->pointers = block / 4;
	volume->pointer_shift = volume->block_shift - 2;
	return 0;
}

static error_t groups_check(struct volume *volume)
{
	uint64_t inode_frags = (uint64_t)volume->group_inodes * INODE_BYTES >>
	    volume->frag_shift;
	uint32_t group, last;

	if (!volume->group_count || !volume->group_frags ||
	    volume->group_frags % volume->frags ||
	    (uint64_t)volume->group_count * volume->group_frags <
	    volume->size || (uint64_t)(volume->group_count - 1) *
	    volume->group_frags >= volume->size)
		return refuse(volume, "number of groups");
	if (!volume->group_inodes ||
	    volume->group_inodes % (volume->block_size / INODE_BYTES) ||
	    (uint64_t)volume->group_inodes * volume->group_count > INT32_MAX)
		return refuse(volume, "number of inodes");
	if (volume->group_size < CG_END ||
	    volume->group_size > volume->block_size ||
	    volume->group_frags / 8 > volume->group_size ||
	    volume->group_inodes / 8 > volume->group_size)
		return refuse(volume, "size of a group's own block");
	if (volume->super_at >= volume->group_at ||
	    volume->group_at >= volume->inodes_at ||
	    volume->inodes_at >= volume->data_at ||
	    volume->inodes_at - volume->group_at < volume->frags ||
	    inode_frags > volume->data_at - volume->inodes_at ||
	    volume->data_at > volume->group_frags ||
	    volume->inodes_at % volume->frags)
		return refuse(volume, "parts of a group");
	for (group = 0; group < volume->group_count; group++) {
		last = group_start(volume, group) - group_first(volume, group);
		if (last > volume->group_frags ||
		    volume->data_at > group_length(volume, group) ||
		    last > group_length(volume, group) - volume->data_at)
			return refuse(volume, "place of a group");
	}
	return 0;
}

static error_t space_check(struct volume *volume)
{
	uint64_t bytes = (uint64_t)volume->size << volume->frag_shift;
	uint32_t sums = (volume->sums_size + volume->frag_size - 1) >>
	    volume->frag_shift;

	if (bytes > volume->fs.device->size || volume->size > INT32_MAX ||
	    volume->data_size > volume->size)
		return refuse(volume, "size of the volume");
	if (volume->sums_size / SUMS_BYTES < volume->group_count ||
	    volume->sums_size >> volume->frag_shift > volume->size ||
	    volume->sums_address < volume->data_at ||
	    volume->sums_address >= volume->size ||
	    sums > volume->size - volume->sums_address)
		return refuse(volume, "table of groups");
	if (volume->minimum_free > 99 || volume->cluster_max > 64)
		return refuse(volume, "parameters");
	return 0;
}

static void numbers_read(struct volume *volume)
{
	int new = volume->updated;

	volume->size = new ? (uint32_t)get64(volume, volume->super + SIZE) :
			     field(volume, OLD_SIZE);
	volume->data_size = new ?
	    (uint32_t)get64(volume, volume->super + DATA_SIZE) :
	    field(volume, OLD_DATA_SIZE);
	volume->sums_address = new ?
	    (uint32_t)get64(volume, volume->super + SUMS_ADDRESS) :
	    field(volume, OLD_SUMS_ADDRESS);
	volume->sums_size = field(volume, SUMS_SIZE);
	volume->group_count = field(volume, GROUP_COUNT);
	volume->group_frags = field(volume, GROUP_FRAGMENTS);
	volume->group_inodes = field(volume, GROUP_INODES);
	volume->group_size = field(volume, GROUP_SIZE);
	volume->group_offset = field(volume, GROUP_OFFSET);
	volume->group_mask = field(volume, GROUP_MASK);
	volume->super_at = field(volume, SUPER_AT);
	volume->group_at = field(volume, GROUP_AT);
	volume->inodes_at = field(volume, INODES_AT);
	volume->data_at = field(volume, DATA_AT);
	volume->minimum_free = field(volume, MINIMUM_FREE);
	volume->group_blocks_max = field(volume, GROUP_BLOCKS_MAX);
	volume->cluster_max = field(volume, CLUSTER_MAX);
	volume->link_max = field(volume, LINK_MAX_SHORT);
	if (volume->link_max > LINK_BYTES)
		volume->link_max = volume->format == FORMAT_44 ? LINK_BYTES : 0;
}

static void total_read(struct volume *volume)
{
	const uint8_t *at = volume->super +
	    (volume->updated ? TOTAL : OLD_TOTAL);
	unsigned step = volume->updated ? 8 : 4;
	uint32_t numbers[4];
	unsigned i;

	for (i = 0; i < 4; i++)
		numbers[i] = volume->updated ?
		    (uint32_t)get64(volume, at + i * step) :
		    get32(volume, at + i * step);
	volume->total.directories = numbers[0];
	volume->total.blocks = numbers[1];
	volume->total.inodes = numbers[2];
	volume->total.frags = numbers[3];
}

static error_t format_choose(struct volume *volume,
    const struct fs_options *options)
{
	const char *type = text_option(options->argc, options->argv, "ufstype",
	    "");

	volume->format = field(volume, INODE_FORMAT) == INODE_FORMAT_44 ?
	    FORMAT_44 : FORMAT_OLD;
	if (!strcmp(type, "44bsd"))
		volume->format = FORMAT_44;
	else if (!strcmp(type, "old"))
		volume->format = FORMAT_OLD;
	else if (!strcmp(type, "sun") || !strcmp(type, "sunx86"))
		volume->format = FORMAT_SUN;
	else if (*type)
		return refuse(volume, "ufstype");
	volume->updated = volume->format == FORMAT_44 &&
	    (volume->super[OLD_FLAGS] & FLAG_UPDATED);
	return 0;
}

error_t super_read(struct volume *volume, const struct fs_options *options)
{
	error_t error = super_look(volume, SUPER_POSITION, SUPER_MAGIC);

	if (error == E_INVAL &&
	    (!super_look(volume, SUPER_POSITION_2, SUPER_MAGIC_2) ||
	    !super_look(volume, SUPER_POSITION, SUPER_MAGIC_2)))
		return refuse(volume, "UFS2");
	if (!error)
		error = format_choose(volume, options);
	if (!error)
		error = sizes_check(volume);
	if (error)
		return error;
	numbers_read(volume);
	total_read(volume);
	error = groups_check(volume);
	return error ? error : space_check(volume);
}

error_t super_may_write(struct volume *volume)
{
	uint32_t flags = volume->super[OLD_FLAGS] & ~(uint32_t)FLAG_UPDATED;
	const char *why = 0;

	if (volume->updated)
		flags |= field(volume, FLAGS);
	if (volume->format != FORMAT_44)
		why = "4.2BSD's or Sun's format";
	else if (field(volume, TABLE_FORMAT) != TABLE_FORMAT_NEW)
		why = "4.2BSD's cylinder groups";
	else if (flags & FLAG_GJOURNAL)
		why = "gjournal";
	else if (flags & FLAG_JOURNAL)
		why = "journalled soft updates";
	else if (flags & FLAG_CHECK_HASH)
		why = "check hashes";
	else if (volume->super[CLEAN] != 1 || (flags & FLAG_NEEDS_CHECK))
		why = "not unmounted cleanly (fsck.ffs is needed)";
	if (!why)
		return 0;
	fs_complain(&volume->fs, "ffs: %s: read-only", why);
	return E_ROFS;
}

static void total_write(struct volume *volume)
{
	const uint32_t numbers[4] = { volume->total.directories,
		volume->total.blocks, volume->total.inodes,
		volume->total.frags };
	unsigned i;

	for (i = 0; i < 4; i++) {
		put32(volume, volume->super + OLD_TOTAL + 4 * i, numbers[i]);
		if (volume->updated)
			put64(volume, volume->super + TOTAL + 8 * i,
			    numbers[i]);
	}
}

/* Copies the super block between the cache and volume->super. */
static error_t super_copy(struct volume *volume, int save)
{
	uint32_t done = 0, part, inside;

	for (; done < SUPER_END; done += part) {
		uint32_t position = SUPER_POSITION + done;
		struct buffer *buffer;
		error_t error = buffer_get(volume->cache,
		    position >> volume->frag_shift, &buffer);

		if (error)
			return error;
		inside = position & (volume->frag_size - 1);
		part = volume->frag_size - inside;
		if (part > SUPER_END - done)
			part = SUPER_END - done;
		if (save)
			bytes_save(buffer, inside, volume->super + done, part);
		else
			memcpy(volume->super + done, buffer->data + inside,
			    part);
		buffer_put(buffer);
	}
	return 0;
}

error_t super_read_kept(struct volume *volume)
{
	error_t error = super_copy(volume, 0);

	if (!error)
		total_read(volume);
	return error;
}

error_t super_save(struct volume *volume)
{
	struct fs_time now;
	error_t error;

	volume->fs.now(&now);
	total_write(volume);
	put32(volume, volume->super + OLD_TIME, (uint32_t)now.seconds);
	if (volume->updated)
		put64(volume, volume->super + TIME, (uint64_t)now.seconds);
	error = super_copy(volume, 1);
	if (!error)
		volume->super_dirty = 0;
	return error;
}
