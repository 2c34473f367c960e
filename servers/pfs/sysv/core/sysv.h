/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume of the System V family in memory, and what its files offer each
 * other, from below: variant, free space, journal, inodes, map of a file,
 * data, directories.
 *
 * Block numbers are those of the volume: 0 is its boot block and, in maps,
 * "no block": a hole. Every number that comes from the disk is checked before
 * it is used.
 */
#pragma once
#include "disk.h"
#include <block/cache.h>
#include <fs/blocks.h>

/* Where a variant has the fields of its super block: bytes from its start. */
struct variant {
	const char *name;
	uint32_t magic; /* for statfs, as Linux has it */
	uint16_t position; /* of the super block in the volume */
	uint16_t isize, fsize, nfree, free, ninode, inode, fmod, time, tfree,
	    tinode, fname, fpack, note;
	uint16_t state, clean, type; /* 0: has none */
	uint16_t nicfree;
	uint16_t chunk;     /* numbers in a piece of the free list begin here */
	uint16_t links_max;
	uint8_t ends_empty; /* the list ends with an empty piece */
};

enum variant_index {
	VARIANT_R4,
	VARIANT_R2,
	VARIANT_XENIX,
	VARIANT_COHERENT,
	VARIANT_V7,
	VARIANT_COUNT,
};

extern const struct variant variants[VARIANT_COUNT];

/* What detect.c finds, and what make.c is told. */
struct shape {
	const struct variant *variant;
	enum bytes bytes;
	uint32_t block_size;
	uint32_t base;   /* bytes before block 0: a reserved track */
	int only_read;   /* why is in reason */
	const char *reason;
};

struct journal {
	struct cache_journal cache;
	uint32_t start, count; /* blocks; 0: there is none */
	uint32_t capacity;     /* blocks that one record can hold */
	uint32_t sequence;
	uint8_t *record;       /* owned: count blocks */
	int pending; /* the record may not be in its places */
};

struct volume {
	struct fs_volume fs;
	struct cache *cache; /* owned */
	const struct variant *variant;
	enum bytes bytes;
	uint32_t block_size, block_shift;
	uint32_t base;   /* blocks of the device before block 0 */
	uint32_t first_data, blocks; /* data blocks are in between */
	uint32_t inodes; /* the greatest inode number */
	uint32_t pointers, pointer_shift; /* numbers in a block of a map */
	/* free.c: bit n is block n */
	uint8_t *used;   /* owned: not to be taken */
	uint8_t *freed;  /* owned: used until the next sync */
	uint32_t free_count, freed_count, block_hint;
	uint8_t *inode_used; /* owned: bit n is inode n */
	uint32_t *inode_blocks; /* owned: blocks that inode n has */
	uint32_t free_inodes, inode_hint, orphans;
	uint32_t damage; /* wrong or doubled numbers found by the scan */
	struct journal journal;
	struct store *store; /* BORROWED: what outlives us, or null */
	unsigned char data_written; /* since the last flush */
	struct fs_blocks data; /* of files, and what they were promised */
};

struct node {
	struct fs_node fs;
	uint32_t block[BLOCKS_INODE];
	struct fs_promise promise;
	uint32_t last_disk; /* the block that it took last */
	uint64_t slot_hint; /* directories: no free entry is before it */
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

static inline int node_is(const struct node *node, uint32_t kind)
{
	return (node->fs.attributes.mode & FS_KIND) == kind;
}

/* Where block lies on the device, in bytes. */
static inline uint64_t block_position(const struct volume *volume,
    uint32_t block)
{
	return (uint64_t)(volume->base + block) << volume->block_shift;
}

static inline int block_is_data(const struct volume *volume, uint32_t block)
{
	return block >= volume->first_data && block < volume->blocks;
}

extern const struct fs_ops sysv_ops;
extern const struct fs_type sysv_type;

/* detect.c */
error_t shape_detect(struct block_device *device, struct shape *shape);

/* super.c */
error_t sysv_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **volume);
error_t sysv_unmount(struct fs_volume *volume);
error_t sysv_sync(struct fs_volume *volume);
void sysv_limit_cache(struct fs_volume *volume, size_t bytes);
error_t sysv_keep(struct fs_volume *volume);
error_t sysv_remount(struct fs_volume *volume, int read_only);
error_t sysv_status(struct fs_volume *volume, struct fs_status *status);
/* The block with the super block, held, and the super block in it. */
error_t super_get(struct volume *volume, struct buffer **buffer,
    uint8_t **super);
/* Complains. Returns E_UCLEAN. */
error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long number);
/* Syncs if the next operation might not fit into the journal, or needs blocks
 * that were freed since the last sync. At the start of an operation. */
error_t volume_relieve(struct volume *volume, uint32_t blocks);
/* The same for the dirty buffers alone: where they are whole. */
error_t volume_make_room(struct volume *volume);
int super_is_clean(const struct volume *volume, const uint8_t *super);
/* Marks the super block (clean or active) at that time. */
void super_mark(const struct volume *volume, uint8_t *super, int clean,
    uint32_t time);

/* block.c: buffers of the volume's blocks */
error_t block_get(struct volume *volume, uint32_t block,
    struct buffer **buffer);
error_t block_get_zero(struct volume *volume, uint32_t block,
    struct buffer **buffer);
void block_forget(struct volume *volume, uint32_t block);

/* free.c */
error_t space_alloc(struct volume *volume);
void space_free(struct volume *volume);
/* Up to want blocks in a row, near goal. */
error_t blocks_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t want, uint32_t *first, uint32_t *count);
void block_release(struct volume *volume, uint32_t block);
/* Free blocks that node may still take. */
uint64_t blocks_available(const struct volume *volume,
    const struct node *node);
/* What was freed may be used again: a sync is over. */
void blocks_synced(struct volume *volume);
/* A run of count free blocks; 0: there is none. */
uint32_t blocks_run(const struct volume *volume, uint32_t count);
error_t inode_take(struct volume *volume, uint32_t *number);
void inode_release(struct volume *volume, uint32_t number);

/* list.c: the list of free blocks and the list of free inodes, on the disk */
/* Writes both lists as they are in memory. */
error_t lists_write(struct volume *volume, uint8_t *super);
/* Makes both empty: nobody can take anything. */
void lists_empty(struct volume *volume, uint8_t *super);
/* Calls found for each block of the list until it returns an error. A list
 * with a wrong number or a ring ends with E_UCLEAN. */
error_t list_each_block(struct volume *volume, const uint8_t *super,
    error_t (*found)(void *context, uint32_t block), void *context);

/* scan.c: finds out what is used, from the inodes */
error_t volume_scan(struct volume *volume);
/* Calls found for each block that an inode's map names, from above; of a
 * number that is wrong or that found refuses nothing below is seen. */
struct walk {
	struct volume *volume;
	/* level 0 is data. 0: go on below. May change *slot, which says so
	 * by returning WALK_CHANGED. */
	int (*found)(struct walk *walk, uint32_t *block, unsigned level);
};
enum { WALK_INTO, WALK_SKIP, WALK_CHANGED };
/* 1 if a number in block[] was changed. */
int map_walk(struct walk *walk, uint32_t *block);
int mode_has_map(uint32_t mode);

/* journal.c */
error_t journal_start(struct volume *volume, uint8_t *super);
void journal_end(struct volume *volume, uint8_t *super);
/* Goes on with the one that an instance before us had. */
error_t journal_resume(struct volume *volume, const uint8_t *super);
/* What a record of an interrupted sync says is put into the cache. */
error_t journal_recover(struct volume *volume, const uint8_t *super);

/* inode.c */
error_t inode_get(struct volume *volume, uint32_t number,
    struct buffer **buffer, struct disk_inode **disk);
error_t sysv_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
void sysv_free(struct fs_node *node);
error_t sysv_save(struct fs_node *node);
error_t sysv_remove(struct fs_node *node);
void sysv_refresh(struct fs_node *node);
error_t sysv_change(struct fs_node *node, struct fs_attributes *to);
error_t orphans_remove(struct volume *volume);
/* All are loaded, and held: somebody may use them. */
error_t orphans_hold(struct volume *volume);
/* An inode that was just taken, loaded, with a reference; without links until
 * it has a name, so that it goes at its put, or at the next mount. */
error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node **node);
void node_stamp(struct node *node, int modified);
/* The inode reaches its buffer now: structure is never only in a node. */
void node_store(struct node *node);

/* map.c */
uint64_t map_limit(const struct volume *volume);
/* The run of the file from file block first: length blocks that lie in a row
 * from disk on, or (disk 0) a hole; at most limit. */
error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length);
/* Takes blocks for the hole at file block first, at most want. */
error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length);
/* Makes a run a hole again: punch; and where data could not be written, as
 * what the blocks held before is none of the file's business. */
void map_unfill(struct node *node, uint32_t first, uint32_t length);
/* Frees all from file block first on. */
error_t map_cut(struct node *node, uint32_t first);

/* data.c */
extern const struct fs_map_ops sysv_map;
/* So many blocks were taken: a promise was for these. */
void promise_use(struct node *node, uint32_t count);
error_t sysv_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t sysv_write(struct fs_node *node, uint64_t offset, const void *buffer,
    size_t count);
error_t sysv_extent(struct fs_node *node, uint64_t offset,
    struct fs_extent *extent);
error_t sysv_punch(struct fs_node *node, uint64_t offset, uint64_t count);
error_t sysv_reserve(struct fs_node *node, uint64_t offset, uint64_t count);
void sysv_settle(struct fs_node *node);
error_t sysv_truncate(struct fs_node *node, uint64_t size);

/* dir.c */
struct place {
	struct buffer *buffer; /* held */
	struct disk_entry *entry; /* in it */
};
void place_put(struct place *place);
/* E_NOENT. */
error_t dir_find(struct node *directory, const char *name, unsigned length,
    struct place *place);
/* The inode number of a place. */
uint32_t place_number(const struct node *directory,
    const struct place *place);
/* Makes a place mean inode number; 0 removes the name. */
void place_set(struct node *directory, struct place *place, uint32_t number);
error_t dir_add(struct node *directory, const char *name, unsigned length,
    uint32_t number);
/* "." and "..". */
error_t dir_start(struct node *directory, uint32_t parent);
error_t dir_is_empty(struct node *directory, int *empty);
error_t sysv_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);

/* ops.c */
error_t sysv_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
error_t name_check(unsigned length);
/* A name of node in directory is gone. */
void node_unlinked(struct node *node, struct node *directory);
error_t node_may_go(struct node *node, int as_directory);

/* rename.c */
error_t sysv_rename(struct fs_rename *rename);
