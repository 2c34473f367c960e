/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ext2 in memory, and what its files offer each other, from below: super
 * block, groups, allocation, inodes, map of a file, data, directories.
 *
 * Block numbers are 32 bits wide, and 0 is "no block": a hole. Every number
 * that comes from the disk is checked before it is used.
 */
#pragma once
#include "disk.h"
#include <block/cache.h>
#include <fs/blocks.h>
#include <fs/name_index.h>
#include <fs/node.h>

/* A group's descriptor, in memory; written back by groups_save. */
struct group {
	struct disk_group disk;
	unsigned char dirty;
	uint32_t head; /* blocks at its start: super block, descriptors */
	/* Blocks that were freed since the last sync: a bitmap as on the disk,
	 * or null. The disk may still call them somebody's, so nobody gets
	 * them before the sync: else a loss of power could give one block to
	 * two files. */
	uint8_t *freed; /* owned */
	/* no free block below; no free inode below */
	uint32_t block_hint, inode_hint;
};

enum {
	SUPER_COUNTED = 1, /* what is free, or the first orphan */
	SUPER_CHANGED = 2, /* anything else */
	SUPER_RARE = 4,    /* also what the mount of a plain volume changes */
};

struct volume {
	struct fs_volume fs;
	struct cache *cache;    /* owned */
	struct journal *journal; /* owned, or null */
	struct disk_super super; /* the truth while mounted */
	unsigned char super_dirty, was_clean; /* SUPER_* below */
	unsigned char super_counted; /* since it was saved as a whole */
	unsigned char no_journal;  /* an option: none is made for the time */
	unsigned char half_freed;  /* what is freed may be free already */
	uint32_t block_size, block_shift; /* 1 << block_shift */
	uint32_t pointers;      /* block numbers in a block */
	uint32_t pointer_shift;
	uint32_t inode_size, first_inode;
	uint32_t group_count;
	struct group *groups;   /* owned */
	uint32_t descriptor_blocks;
	uint32_t table_blocks;  /* of each group's inodes */
	uint32_t overhead;      /* blocks that can't ever be data */
	uint32_t freed;         /* blocks in all groups' freed */
	/* groups that are dirty lie in [dirty_first, dirty_end) */
	uint32_t dirty_first, dirty_end;
	struct store *store;    /* BORROWED: what outlives us, or null */
	struct list windows;    /* nodes that allocate now */
	uint32_t window_count;
	size_t dirty_most;      /* bytes of metadata between two syncs */
	struct name_indexes indexes; /* of its directories; pieces: blocks */
	struct fs_blocks data;  /* of files, and what they were promised */
};

struct node {
	struct fs_node fs;
	uint32_t block[BLOCKS_INODE];
	uint32_t attribute_block; /* of extended attributes, or 0 */
	uint32_t orphan_next;     /* number, in the list of orphans */
	uint32_t flags;           /* all of the disk's flags */
	unsigned char orphan;     /* is in that list */
	struct fs_promise promise;
	uint32_t delayed_first, delayed_end; /* counted in delayed */
	/* allocation: the block after the last one taken, and a range of the
	 * disk that others stay away from */
	uint32_t last_file, last_disk;
	uint32_t window, window_length, window_want;
	struct list window_link;
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

static inline struct volume *node_volume(struct node *node)
{
	return (struct volume *)node->fs.volume;
}

extern const struct fs_ops ext2_ops;
extern const struct fs_type ext2_type;

/* super.c */
error_t ext2_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **volume);
error_t ext2_unmount(struct fs_volume *volume);
error_t ext2_sync(struct fs_volume *volume);
void ext2_limit_cache(struct fs_volume *volume, size_t bytes);
error_t ext2_keep(struct fs_volume *volume);
error_t ext2_remount(struct fs_volume *volume, int read_only);
error_t ext2_status(struct fs_volume *volume, struct fs_status *status);
/* The super block goes to its buffer. */
error_t super_save(struct volume *volume);
/* The disk is damaged: complains, remembers it in the super block, and stops
 * writing if the volume asks for that. Returns E_UCLEAN. */
error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long long number);
/* buffer_get; if that fails, what was being done may be left half done, so the
 * super block says that there are errors. */
error_t block_get(struct volume *volume, uint32_t block,
    struct buffer **buffer);
/* The super block will ask for a check of the volume. */
void volume_doubt(struct volume *volume);
/* Syncs if so much metadata is dirty that it should not become more, or if
 * blocks can be had only then (those freed since the last sync). Only
 * where the metadata is consistent: at the start of an operation. */
error_t volume_relieve(struct volume *volume, uint32_t blocks);

/* journal.c: see journal.h */
struct journal;

/* check.c: refuses what can't be right, and features we don't have */
error_t super_check(struct volume *volume);

/* group.c */
error_t groups_load(struct volume *volume);
error_t groups_save(struct volume *volume);
void group_changed(struct volume *volume, struct group *group);
void groups_free(struct volume *volume);
/* What was freed may be used again. */
void groups_synced(struct volume *volume);
uint32_t group_first(const struct volume *volume, uint32_t group);
uint32_t group_blocks(const struct volume *volume, uint32_t group);
int group_has_super(const struct volume *volume, uint32_t group);
/* block may hold data: it is on the volume and no part of its structure. */
int block_is_data(const struct volume *volume, uint32_t block);

/* alloc.c */
/* Up to want blocks in a row, near goal. first, count: what was taken. */
error_t blocks_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t want, uint32_t *first, uint32_t *count);
void blocks_free(struct volume *volume, uint32_t first, uint32_t count);
/* Blocks that node's owner may still take. */
uint64_t blocks_available(const struct volume *volume, const struct node *node);
void window_drop(struct node *node);
error_t inode_take(struct volume *volume, struct node *directory,
    int is_directory, uint32_t *number);
void inode_free(struct volume *volume, uint32_t number, int is_directory);

/* inode.c */
error_t ext2_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
void ext2_free(struct fs_node *node);
error_t ext2_save(struct fs_node *node);
error_t ext2_remove(struct fs_node *node);
/* An inode that was just taken, loaded, with a reference. */
error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node *directory, struct node **node);
/* An inode that no name leads to: without a reference, not in any table; end
 * it with ext2_free. */
error_t node_load_hidden(struct volume *volume, uint32_t number,
    struct node **node);
void node_stamp(struct node *node, int modified);
/* The same for one that is made now: an empty file, in memory only. */
error_t node_make_hidden(struct volume *volume, uint32_t number,
    struct node **node);
/* The inode of one is empty. */
error_t inode_clear(struct volume *volume, uint32_t number);
/* The buffer that holds an inode, held, and where it is in there. */
error_t inode_find(struct volume *volume, uint32_t number,
    struct buffer **buffer, struct disk_inode **disk);
/* node has no attribute block any more; its last user frees it. */
void attribute_block_drop(struct node *node);
int number_is_sane(const struct volume *volume, uint64_t number);
/* orphan: an inode without links is what we look for. */
error_t inode_load(struct volume *volume, uint32_t number, int orphan,
    struct node **node);

/* orphan.c */
/* Links became 0 while the node is in use. */
void orphan_add(struct node *node);
/* It is removed: it leaves the list. */
void orphan_take(struct node *node);
error_t orphans_remove(struct volume *volume);
/* All are loaded, and held. */
error_t orphans_hold(struct volume *volume);
/* block[] holds the target of a symbolic link, not blocks. */
int node_is_fast_link(const struct node *node);
int node_has_blocks(const struct node *node);

/* map.c */
/* The run of the file from file block first: length blocks that lie in a row
 * from disk on, or (disk 0) a hole; at most limit. */
error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length);
/* Takes blocks for the hole at first, at most want. */
error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length);
/* Makes what map_fill has just filled a hole again. */
void map_undo(struct node *node, uint32_t first, uint32_t length);
/* Frees all blocks from file block first on. */
error_t map_cut(struct node *node, uint32_t first);
/* The blocks in a range become holes; blocks of numbers stay. */
error_t map_punch(struct node *node, uint32_t first, uint32_t count);
/* The number of file blocks that can be mapped. */
uint64_t map_limit(const struct volume *volume);

/* data.c */
extern const struct fs_map_ops ext2_map;
error_t ext2_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t ext2_write(struct fs_node *node, uint64_t offset, const void *buffer,
    size_t count);
error_t ext2_punch(struct fs_node *node, uint64_t offset, uint64_t count);
error_t ext2_take(struct fs_node *node, uint64_t offset, uint64_t count);
error_t ext2_extent(struct fs_node *node, uint64_t offset,
    struct fs_extent *extent);
error_t ext2_reserve(struct fs_node *node, uint64_t offset, uint64_t count);
void ext2_settle(struct fs_node *node);
error_t ext2_truncate(struct fs_node *node, uint64_t size);

/* dir.c: names and inode numbers, nothing else */
struct place {
	struct buffer *buffer; /* held */
	unsigned offset;       /* of the entry */
	unsigned previous;     /* of the entry before it, or the same */
	uint32_t block;        /* file block */
};

error_t dir_find(struct node *directory, const char *name, unsigned length,
    struct place *place);
struct disk_entry *place_entry(const struct place *place);
void place_put(struct place *place);
/* Names were added since the place was found. */
void place_again(struct volume *volume, struct place *place);
/* The entry at offset of a directory's block; null at the block's end, and if
 * it is not one (every block is checked when it is read, but on a damaged
 * volume it may be a file's, too, and change). */
struct disk_entry *entry_read(const struct volume *volume,
    const struct buffer *buffer, unsigned offset);
error_t dir_add(struct node *directory, const char *name, unsigned length,
    uint32_t inode, uint32_t mode);
/* Removes the entry at place and puts the place. */
void dir_remove(struct node *directory, struct place *place);
/* Makes the entry at place name another inode. */
void dir_change(struct node *directory, struct place *place, uint32_t inode,
    uint32_t mode);
/* For cache_set_check: a directory's block can be read. */
int dir_buffer_is_sane(void *volume, const struct buffer *buffer);
error_t dir_is_empty(struct node *directory, int *empty);
/* The first block of a new directory: "." and "..". */
error_t dir_start(struct node *directory, uint32_t parent);
error_t ext2_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);

/* extended.c: see fs_ops */
error_t ext2_get_extended(struct fs_node *node, const char *name,
    unsigned length, void *value, size_t *size);
error_t ext2_set_extended(struct fs_node *node, const char *name,
    unsigned length, const void *value, size_t size, unsigned flags);
error_t ext2_list_extended(struct fs_node *node, char *list, size_t *size);

/* ops.c */
error_t ext2_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
error_t ext2_create(struct fs_node *directory, const char *name,
    unsigned length, const struct fs_new *what, struct fs_node **node);
error_t ext2_link(struct fs_node *directory, const char *name,
    unsigned length, struct fs_node *node);
error_t ext2_unlink(struct fs_node *directory, const char *name,
    unsigned length, int kind, struct fs_node **node);
error_t ext2_read_link(struct fs_node *node, char *target, unsigned *length);
/* A name of node in directory is gone. */
void node_unlinked(struct node *node, struct node *directory);
/* It may lose a name: it is of that kind, and empty. */
error_t node_may_go(struct node *node, int as_directory);

/* rename.c */
error_t ext2_rename(struct fs_rename *rename);
