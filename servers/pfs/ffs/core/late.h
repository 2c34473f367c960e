/* SPDX-License-Identifier: BSD-2-Clause */
/* What late.c and late_keep.c share: the lists of what waits for a sync. */
#pragma once
#include "ffs.h"
#include <block/notes.h>

struct late {
	struct map links, removals;
	struct map names; /* removals, too: by directory and name */
	struct map made;  /* fresh inodes by number */
	struct list fresh, link_list, removal_list;
	struct list directories; /* buffers that were changed */
	unsigned count, directory_count;
	/* what of these lists outlives us: late_keep.c */
	struct notes kept_fresh, kept_links, kept_removals, kept_orphans;
};

struct fresh {
	struct map_entry entry;
	struct list link;
	uint32_t number;
	uint32_t note;
	struct buffer *buffer; /* held while the disk gets an empty file */
	uint8_t saved[INODE_BYTES];
};

struct lower {
	struct map_entry entry;
	struct list link;
	uint32_t number, links;
	int clear;
	uint32_t note;
};

struct removal {
	struct map_entry entry, name;
	struct list link;
	uint64_t block;
	unsigned offset;
	uint32_t inode;
	uint32_t directory, piece;
	uint32_t note;
};

struct pending {
	struct list link;
	struct buffer *buffer; /* held */
};

/* New ones, empty, in their lists. */
error_t fresh_add(struct late *late, uint32_t number, struct fresh **fresh);
error_t lower_add(struct late *late, uint32_t number, struct lower **lower);
error_t removal_add(struct late *late, const struct removal *like,
    uint64_t name, struct removal **removal);

/* late_keep.c: an element is as it should outlive us. */
error_t late_open(struct volume *volume);
void late_close(struct late *late);
void keep_fresh(struct late *late, struct fresh *fresh);
void keep_lower(struct late *late, struct lower *lower);
void keep_removal(struct late *late, struct removal *removal);
