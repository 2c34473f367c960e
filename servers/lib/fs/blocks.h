/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are maps of blocks, with blocks of numbers behind a few direct
 * ones: what ext2, System V and FFS share. Pure. A type says how a map is read
 * and filled; reading and writing by ranges, and promises of blocks that will
 * be taken later, are the same for all.
 */
#pragma once
#include <fs/node.h>

/* A type's maps. Numbers: of file blocks and of the disk's, 0 is a hole. */
struct fs_map_ops {
	/* The run of the file from first on: length blocks in a row from disk
	 * on, or a hole; at most limit. */
	error_t (*run)(struct fs_node *node, uint32_t first, uint32_t limit,
	    uint32_t *disk, uint32_t *length);
	/* Takes blocks for the hole at first, at most want. */
	error_t (*fill)(struct fs_node *node, uint32_t first, uint32_t want,
	    uint32_t *disk, uint32_t *length);
	/* What fill has just filled is a hole again. */
	void (*unfill)(struct fs_node *node, uint32_t first, uint32_t length);
	/* Bytes of the device before that block. */
	uint64_t (*position)(const struct fs_volume *volume, uint32_t disk);
	uint32_t direct; /* blocks before those behind blocks of numbers */
};

/* A volume's; its type keeps it true. */
struct fs_blocks {
	const struct fs_map_ops *map;
	uint32_t shift;         /* 1 << shift is a block */
	uint32_t pointer_shift; /* 1 << it numbers are in a block */
	uint8_t *bounce;        /* owned by the type: one block */
	uint64_t promised;      /* blocks, to all nodes */
};

/* Blocks promised to a node, for file blocks [first, end). */
struct fs_promise {
	uint64_t blocks;
	uint32_t first, end;
};

/* See fs_ops. Types whose files consist of whole blocks. */
error_t fs_blocks_read(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, void *buffer, size_t *count);
/* The next part of a range that does not end beyond the last block: *done. */
error_t fs_blocks_write(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, const void *buffer, size_t count, size_t *done);
error_t fs_blocks_extent(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, struct fs_extent *extent);
/* What lies behind size in its block becomes 0 on the disk. */
error_t fs_blocks_clear_end(const struct fs_blocks *blocks,
    struct fs_node *node, uint64_t size);

/* Holes among the file blocks [first, end). */
error_t fs_holes_count(const struct fs_blocks *blocks, struct fs_node *node,
    uint32_t first, uint32_t end, uint64_t *holes);
/* Blocks of numbers that a file of so many blocks has, without holes. */
uint64_t fs_maps_for(const struct fs_blocks *blocks, uint64_t count);

/* Where what is not promised yet begins in a range from first on. */
uint32_t fs_promise_start(const struct fs_promise *promise, uint32_t first);
/* Blocks that [first, end) needs yet, with those of numbers. */
error_t fs_promise_need(const struct fs_blocks *blocks, struct fs_node *node,
    const struct fs_promise *promise, uint32_t first, uint32_t end,
    uint64_t *need);
void fs_promise_add(struct fs_blocks *blocks, struct fs_promise *promise,
    uint32_t first, uint32_t end, uint64_t need);
/* count of them were taken. */
void fs_promise_use(struct fs_blocks *blocks, struct fs_promise *promise,
    uint64_t count);
void fs_promise_drop(struct fs_blocks *blocks, struct fs_promise *promise);
/* The file ends at size now: a promise for what is left of it stays. */
void fs_promise_cut(const struct fs_blocks *blocks, struct fs_node *node,
    const struct fs_promise *promise, uint64_t size);
