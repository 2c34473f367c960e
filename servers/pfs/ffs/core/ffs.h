/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FFS in memory, and what its files offer each other, from below: super block,
 * groups, allocation, inodes, map of a file, its tail, data, directories, and
 * what waits for the next sync (late.c).
 *
 * Addresses are fragments of the volume, 32 bits wide; 0 is "none": a hole.
 * Every number from the disk is checked before it is used. Metadata is cached
 * by the fragment: the end of a directory shares a block with others' data.
 */
#pragma once
#include "disk.h"
#include <block/cache.h>
#include <fs/blocks.h>
#include <fs/name_index.h>
#include <fs/node.h>

enum ffs_format {
	FORMAT_44,  /* 32-bit owners, types in directories */
	FORMAT_OLD, /* 4.2BSD */
	FORMAT_SUN, /* old directories; long owners behind a marker */
};

struct sums {
	uint32_t directories, blocks, inodes, frags; /* free but the first */
};

struct group {
	uint8_t *bytes; /* owned: its own block; null until it is needed */
	struct sums sums; /* the truth */
	/* Freed since the last sync, as maps, or null: the disk may still call
	 * them somebody's, so nobody gets them before. */
	uint8_t *freed, *freed_inodes; /* owned */
	unsigned char dirty;
	uint32_t block_hint; /* no free block below */
};

struct volume {
	struct fs_volume fs;
	struct cache *cache; /* owned; of fragments */
	uint8_t super[SUPER_BYTES]; /* as on the disk */
	unsigned char big, super_dirty, updated, data_written;
	enum ffs_format format;
	uint32_t block_size, block_shift, frag_size, frag_shift;
	uint32_t frags; /* of a block */
	uint32_t pointers, pointer_shift;
	uint32_t size; /* fragments */
	uint32_t data_size, minimum_free;
	uint32_t group_count, group_frags, group_inodes, group_size;
	uint32_t group_offset, group_mask;
	uint32_t super_at, group_at, inodes_at, data_at;
	uint32_t group_blocks_max, cluster_max, link_max;
	uint32_t sums_address, sums_size;
	struct sums total;
	struct group *groups; /* owned */
	uint32_t freed;    /* upper bound of blocks that can't be had yet */
	unsigned orphans;  /* nodes without a name that somebody uses */
	struct name_indexes indexes; /* of its directories */
	struct late *late; /* owned: what waits for the next sync */
	struct store *store; /* BORROWED: what outlives us, or null */
	struct fs_blocks data; /* of files, and what they were promised */
};

struct node {
	struct fs_node fs;
	uint32_t block[BLOCKS_INODE];
	uint8_t target[LINK_BYTES]; /* of a short symbolic link */
	/* The block that has only tail_frags fragments, if tail_frags. */
	uint32_t tail_block, tail_frags;
	uint32_t flags; /* BSD's */
	struct fs_promise promise; /* of whole blocks */
	unsigned char orphan;
	uint32_t orphan_note;
	struct name_index index; /* of a directory */
};

static inline struct volume *volume_of(struct fs_volume *volume)
{
	return (struct volume *)volume;
}

static inline struct node *node_of(struct fs_node *node)
{
	return (struct node *)node;
}

static inline struct volume *node_volume(const struct node *node)
{
	return (struct volume *)node->fs.volume;
}

static inline int is_directory(const struct node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_DIRECTORY;
}

static inline uint16_t get16(const struct volume *volume, const uint8_t *at)
{
	return volume->big ? bytes_get16_big(at) : bytes_get16(at);
}

static inline uint32_t get32(const struct volume *volume, const uint8_t *at)
{
	return volume->big ? bytes_get32_big(at) : bytes_get32(at);
}

static inline uint64_t get64(const struct volume *volume, const uint8_t *at)
{
	return volume->big ?
	    (uint64_t)bytes_get32_big(at) << 32 | bytes_get32_big(at + 4) :
	    bytes_get64(at);
}

static inline void put16(const struct volume *volume, uint8_t *at, uint32_t n)
{
	if (volume->big)
		bytes_put16_big(at, (uint16_t)n);
	else
		bytes_put16(at, (uint16_t)n);
}

static inline void put32(const struct volume *volume, uint8_t *at, uint32_t n)
{
	if (volume->big)
		bytes_put32_big(at, n);
	else
		bytes_put32(at, n);
}

static inline void put64(const struct volume *volume, uint8_t *at, uint64_t n)
{
	put32(volume, at + (volume->big ? 4 : 0), (uint32_t)n);
	put32(volume, at + (volume->big ? 0 : 4), (uint32_t)(n >> 32));
}

static inline int bit_get(const uint8_t *map, uint32_t bit)
{
	return map[bit / 8] >> bit % 8 & 1;
}

static inline void bit_set(uint8_t *map, uint32_t bit)
{
	map[bit / 8] |= (uint8_t)(1 << bit % 8);
}

static inline void bit_clear(uint8_t *map, uint32_t bit)
{
	map[bit / 8] &= (uint8_t)~(1 << bit % 8);
}

/* The fragments of block in a map; a block never crosses a byte. */
static inline unsigned block_bits(const struct volume *volume,
    const uint8_t *map, uint32_t block)
{
	uint32_t bit = block * volume->frags;

	return map[bit / 8] >> bit % 8 & ((1u << volume->frags) - 1);
}

extern const struct fs_ops ffs_ops;
extern const struct fs_type ffs_type;

/* volume.c */
error_t ffs_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **volume);
error_t ffs_unmount(struct fs_volume *volume);
error_t ffs_sync(struct fs_volume *volume);
void ffs_limit_cache(struct fs_volume *volume, size_t bytes);
error_t ffs_keep(struct fs_volume *volume);
error_t ffs_remount(struct fs_volume *volume, int read_only);
error_t ffs_status(struct fs_volume *volume, struct fs_status *status);
/* What mount does before it asks whether the volume is clean; and its end. */
error_t volume_open(struct block_device *device,
    const struct fs_options *options, struct volume **volume);
void volume_close(struct volume *volume);
/* Complains; E_UCLEAN. The volume won't be called clean any more. */
error_t volume_damaged(struct volume *volume, const char *what, uint64_t where);
/* At the start of an operation that changes something: syncs if much is
 * dirty, or if blocks can be had only then. */
error_t volume_relieve(struct volume *volume, uint32_t blocks);

/* super.c */
/* Finds and checks it; fills the volume's numbers. */
error_t super_read(struct volume *volume, const struct fs_options *options);
/* 0, or why the volume can only be read (complained). */
error_t super_may_write(struct volume *volume);
/* Into the cache. */
error_t super_save(struct volume *volume);
/* Out of it: what survived there is newer than the disk. */
error_t super_read_kept(struct volume *volume);

/* group.c */
error_t groups_start(struct volume *volume);
void groups_free(struct volume *volume);
/* Bytes of a buffer that are written last; what is the same stays. */
void bytes_save(struct buffer *buffer, uint32_t at, const uint8_t *bytes,
    uint32_t count);
/* Its own block, loaded and checked. */
error_t group_get(struct volume *volume, uint32_t number, struct group **group);
error_t groups_save(struct volume *volume);
/* What was freed may be used again. */
void groups_synced(struct volume *volume);
uint32_t group_first(const struct volume *volume, uint32_t group);
uint32_t group_start(const struct volume *volume, uint32_t group);
uint32_t group_length(const struct volume *volume, uint32_t group);
/* These fragments may hold data. */
int frags_are_data(const struct volume *volume, uint32_t first, uint32_t count);
uint8_t *group_map(const struct volume *volume, const struct group *group,
    unsigned field);

/* account.c: the sums after a block's map changed from before to after. */
void block_account(struct volume *volume, struct group *group, uint32_t block,
    unsigned before, unsigned after);

/* alloc.c */
/* count fragments in one block, near goal: *first. A whole block is promised
 * to node or free for all. */
error_t frags_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t count, uint32_t *first);
/* Those behind the had ones at first, in the same block. E_NOSPC. */
error_t frags_extend(struct volume *volume, uint32_t first, uint32_t had,
    uint32_t count);
void frags_free(struct volume *volume, uint32_t first, uint32_t count);
/* Whole blocks that node's owner may still be promised. */
uint64_t blocks_available(const struct volume *volume,
    const struct node *node);
/* Where file block `index` of node should lie, before being the one before. */
uint32_t goal_find(struct node *node, uint32_t index, uint32_t before);

/* check.c */
struct check_result {
	unsigned faults; /* found */
	unsigned severe; /* of these: a human must look, nothing was done */
};
/* What fsck does to a volume that is not mounted. repair: what a loss of power
 * can leave is put right. say: each fault, in words; may be null. */
error_t ffs_check(struct block_device *device, int repair,
    void (*say)(struct fs_volume *volume, const char *text),
    struct check_result *result);

/* make.c: an empty volume that fills the device. E_INVAL: sizes that can't be;
 * E_NOSPC: too small a device. */
struct ffs_make {
	uint32_t block_size, frag_size;
	uint32_t inode_bytes;  /* one inode for so many */
	uint32_t minimum_free; /* per cent */
	int big;               /* endian */
};
error_t ffs_make(struct block_device *device, const struct ffs_make *what,
    const struct fs_time *now);

/* inode_alloc.c */
error_t inode_take(struct volume *volume, struct node *directory,
    int is_directory, uint32_t *number);
void inode_free(struct volume *volume, uint32_t number, int is_directory);

/* inode.c */
error_t inode_find(struct volume *volume, uint32_t number,
    struct buffer **buffer, uint8_t **bytes);
error_t ffs_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
/* The same for an inode that may have no links, and isn't put among the
 * nodes: ffs_free() it. E_STALE: free. */
error_t inode_load(struct volume *volume, uint32_t number, struct node **node);
void ffs_free(struct fs_node *node);
error_t ffs_save(struct fs_node *node);
error_t ffs_remove(struct fs_node *node);
error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node **node);
void node_stamp(struct node *node, int modified);
/* Its target is in the inode. */
int node_is_short_link(const struct node *node);
int node_has_blocks(const struct node *node);
int number_is_sane(const struct volume *volume, uint64_t number);

/* map.c */
error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length);
/* Takes blocks for holes from first on, at most want in a row; the last may
 * be the tail. */
error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length);
/* These blocks become holes again: they could not be written. */
void map_unfill(struct node *node, uint32_t first, uint32_t count);
/* Frees all blocks from file block first on. */
error_t map_cut(struct node *node, uint32_t first);
uint64_t map_limit(const struct volume *volume);
void frags_count(struct node *node, int64_t frags);

/* tail.c */
/* Fragments that file block `index` has if the file has that size. */
uint32_t tail_need(const struct node *node, uint32_t index, uint64_t size);
/* Fragments that it has. */
uint32_t tail_has(const struct node *node, uint32_t index);
/* Before the file gets that size: its tail grows, with zeros. */
error_t tail_grow(struct node *node, uint64_t size);
/* The tail is what the size needs; more is given back. */
void tail_settle(struct node *node);

/* data.c */
extern const struct fs_map_ops ffs_map;
error_t ffs_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t ffs_write(struct fs_node *node, uint64_t offset, const void *buffer,
    size_t count);
error_t ffs_extent(struct fs_node *node, uint64_t offset,
    struct fs_extent *extent);
error_t ffs_reserve(struct fs_node *node, uint64_t offset, uint64_t count);
void ffs_settle(struct fs_node *node);
error_t ffs_truncate(struct fs_node *node, uint64_t size);
/* Fragments of the disk become zeros. */
error_t frags_clear(struct volume *volume, uint32_t first, uint32_t count);

/* dir.c */
struct place {
	struct buffer *buffer; /* held */
	unsigned offset;       /* of the entry in it */
	uint32_t piece;        /* of the file */
};

struct name {
	const char *text;
	unsigned length;
};

error_t dir_find(struct node *directory, const struct name *name,
    struct place *place);
uint32_t place_inode(struct node *directory, const struct place *place);
void place_put(struct place *place);
error_t dir_add(struct node *directory, const struct name *name,
    uint32_t inode, uint32_t mode);
/* Removes the entry at place and puts the place. */
error_t dir_remove(struct node *directory, struct place *place);
/* Makes the entry at place name another inode, and puts the place. */
error_t dir_change(struct node *directory, struct place *place,
    uint32_t inode, uint32_t mode);
error_t dir_is_empty(struct node *directory, int *empty);
error_t dir_start(struct node *directory, uint32_t parent);
error_t ffs_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);
/* A piece, held and checked; *at: where it is in the buffer. */
error_t dir_piece(struct node *directory, uint32_t piece,
    struct buffer **buffer, unsigned *at);
unsigned entry_length(const struct volume *volume, const uint8_t *entry);
unsigned entry_name_length(const struct volume *volume, const uint8_t *entry);

/* late.c: what the disk learns only in the order that a sync has. */
error_t late_start(struct volume *volume);
void late_free(struct volume *volume);
/* An inode that was free on the disk until now. */
error_t late_fresh(struct volume *volume, uint32_t number);
/* Fewer links than the disk has, or (clear) none and no inode any more. */
error_t late_links(struct volume *volume, uint32_t number, uint32_t links,
    int clear);
void late_links_forget(struct volume *volume, uint32_t number);
/* 1: *links is what the inode will have; *clear. */
int late_find(struct volume *volume, uint32_t number, uint32_t *links,
    int *clear);
/* A directory's buffer is changed. */
error_t late_directory(struct volume *volume, struct buffer *buffer);
/* The entry at place will be empty: E_NOMEM, and it must not be. */
error_t late_removal(struct node *directory, const struct place *place,
    const struct name *name);
/* Where the name was until it was removed since the last sync, if so: held,
 * and late no more. Else E_NOENT. */
error_t late_reuse(struct node *directory, const struct name *name,
    struct place *place);
/* An entry was removed from there since the last sync. */
int late_removed(struct volume *volume, uint64_t block, unsigned offset);
/* A directory's fragment lies elsewhere now. */
void late_moved(struct volume *volume, struct buffer *from,
    struct buffer *to);
/* The fragment is freed. */
void late_forget(struct volume *volume, uint64_t block);
unsigned late_bytes(const struct volume *volume);
error_t late_sync(struct volume *volume);
/* late_keep.c */
/* More waits than should. */
int late_many(const struct volume *volume);
/* A node that has no name, but is used. */
void orphan_keep(struct node *node);
void orphan_forget(struct node *node);
/* All are loaded, and held. */
error_t orphans_hold(struct volume *volume);

/* ops.c */
error_t ffs_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
void node_unlinked(struct node *node, struct node *directory);
error_t node_may_go(struct node *node, int as_directory);

/* rename.c */
error_t ffs_rename(struct fs_rename *rename);
