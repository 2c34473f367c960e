/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file system in memory: /dev, and whatever is mounted as "tmp".
 *
 * A node exists as long as it has links: that is one reference of the node
 * cache, taken when it is made and put when its last name goes. So every
 * existing node is loaded, and there is nothing to load from. Contents lie in
 * pages of memory that survives (keep.h), or of the server's heap, which the
 * data pager may move to swap; what the kernel caches of a mapped file is a
 * second copy, given up under pressure. (The other choice, pages that only the
 * kernel has, needs precious pages and a place for them when memory is short:
 * that is such memory again.)
 */
#pragma once
#include <base/list.h>
#include <base/map.h>
#include <fs/node.h>

enum {
	TMP_MAGIC = 0x01021994,
	TMP_BLOCK = 4096,
	TMP_POSITION_FIRST = 2, /* of directories, behind "." and ".." */
};

struct keeper;

struct tmp_volume {
	struct fs_volume fs;
	struct keeper *keeper; /* owned: what survives (keep.h), or null */
	uint64_t next_number;
	uint64_t blocks_max, blocks_used;
	uint64_t nodes_max, nodes_used;
};

/* One name in a directory. */
struct tmp_entry {
	struct list link;      /* in order of position */
	struct map_entry hash; /* by name */
	uint64_t position;
	struct tmp_node *node; /* it has one link for this */
	uint32_t kept;         /* where it is kept */
	unsigned length;
	char name[];
};

struct tmp_node {
	struct fs_node fs;
	uint32_t kept; /* where it is kept */
	/* directories */
	struct tmp_node *parent;
	struct list entries;
	struct map names;
	uint64_t next_position;
	/* regular files: null where there is a hole */
	char **pages;
	size_t page_count; /* places in pages */
	/* symbolic links */
	char *target;
};

static inline struct tmp_node *tmp_node_of(struct fs_node *node)
{
	return (struct tmp_node *)node;
}

static inline struct tmp_volume *tmp_volume_of(struct tmp_node *node)
{
	return (struct tmp_volume *)node->fs.volume;
}

/* node is zeros. */
void tmp_node_init(struct tmp_node *node, struct tmp_volume *volume,
    uint64_t number);
/* What was kept: a page of a file, a name. */
error_t tmp_page_set(struct tmp_node *node, size_t index, char *page);
error_t tmp_entry_set(struct tmp_node *directory, const char *name,
    unsigned length, uint64_t position, uint32_t kept, struct tmp_node *node);

/* Sets ctime, and with data mtime, to now. */
void tmp_stamp(struct tmp_node *node, int data);

/* A node without a name and without links; one reference, the caller's. */
error_t tmp_node_new(struct tmp_volume *volume, const struct fs_new *what,
    struct tmp_node **node);

/* Frees the pages from that one on. */
void tmp_pages_free(struct tmp_node *node, size_t from);

extern const struct fs_type tmp_type;
extern uint64_t tmp_memory; /* bytes of the machine's; before the first mount */

error_t tmp_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
error_t tmp_create(struct fs_node *directory, const char *name,
    unsigned length, const struct fs_new *what, struct fs_node **node);
error_t tmp_link(struct fs_node *directory, const char *name, unsigned length,
    struct fs_node *node);
error_t tmp_unlink(struct fs_node *directory, const char *name,
    unsigned length, int kind, struct fs_node **node);
error_t tmp_rename(struct fs_rename *rename);
error_t tmp_read_link(struct fs_node *node, char *target, unsigned *length);
error_t tmp_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);
error_t tmp_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t tmp_write(struct fs_node *node, uint64_t offset, const void *buffer,
    size_t count);
error_t tmp_reserve(struct fs_node *node, uint64_t offset, uint64_t count);
error_t tmp_extent(
    struct fs_node *node, uint64_t offset, struct fs_extent *extent);
error_t tmp_punch(struct fs_node *node, uint64_t offset, uint64_t count);
error_t tmp_truncate(struct fs_node *node, uint64_t size);
