/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the volume outlives the server: tables of nodes, names and pages, and
 * the pages themselves. Tables change only by commits of the store; a page's
 * contents change in place, and a page that was given up is used again only
 * after the commit that says so. Without a store nothing here does anything,
 * and pages come from the heap.
 */
#pragma once
#include "tmp.h"

enum {
	KEPT_NODES = 65536,
	KEPT_NAMES = 65536,
};

struct kept_node {
	uint64_t number; /* 0: free */
	uint64_t parent, next_position, size;
	struct fs_time atime, mtime, ctime;
	uint32_t mode, links, uid, gid, special, generation, flags;
};

struct kept_name {
	uint64_t directory, node, position;
	uint32_t length; /* 0: free */
	char name[FS_NAME_MAX + 1];
};

struct kept_page {
	uint32_t number; /* of the node; 0: free */
	uint32_t index;
};

struct kept {
	uint32_t nodes_end, names_end, pages_end; /* never used from here on */
	uint32_t refused; /* the volume is too large to survive */
	uint64_t next_number;
	uint32_t blocks_max, spare;
	struct kept_node nodes[KEPT_NODES];
	struct kept_name names[KEPT_NAMES];
	/* then as many struct kept_page, and pages, as there is room for */
};

/* Numbers that are free below an end. */
struct pool_of {
	uint32_t *free; /* owned */
	uint32_t count, room;
};

struct keeper {
	struct store *store;
	struct kept *kept;
	struct kept_page *owners;
	char *pages; /* aligned to pages */
	uint32_t page_count;
	struct pool_of nodes, names, free_pages;
	struct pool_of leaving, left; /* pages given up since the last commit,
	                               * and since the one before */
};

error_t pool_put(struct pool_of *pool, uint32_t number);

/* At mount. blocks: most pages that files may have. E_UCLEAN, E_OPNOTSUPP. */
error_t keep_start(struct tmp_volume *volume, struct store *store,
    uint64_t blocks);
void keep_end(struct tmp_volume *volume);
/* It is of so many blocks from now on. E_INVAL: more than survive. */
error_t keep_size(struct tmp_volume *volume, uint64_t blocks);
/* With a new root, where another instance's volume was lost: no new node gets
 * the number of one of its nodes, by which others may still know that one (a
 * file would be a terminal to who asks the VFS). */
void keep_numbers(struct tmp_volume *volume);
/* What was there when another instance was killed. */
error_t keep_load(struct tmp_volume *volume);

error_t keep_node_take(struct tmp_node *node);
void keep_node_save(struct tmp_node *node);
void keep_node_drop(struct tmp_node *node);
error_t keep_name_take(struct tmp_entry *entry, struct tmp_node *directory);
void keep_name_save(struct tmp_entry *entry, struct tmp_node *directory);
void keep_name_drop(struct tmp_entry *entry, struct tmp_node *directory);
/* A page of zeros. */
char *keep_page_take(struct tmp_node *node, size_t index);
void keep_page_drop(struct tmp_node *node, char *page);
/* A commit follows. */
void keep_commit(struct tmp_volume *volume);
