/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What directories contain, as their PFSs said it: pieces of up to a message,
 * each by the position at which it was read. All changes of a directory pass
 * VFS, so a piece is good until listing_forget. (Directories of volatile
 * mounts have none.)
 *
 * A reader goes from piece to piece, so a piece that was used moves to the end
 * of its directory's list: the next one wanted is the first that is looked at.
 *
 * Not kept in whole listings: a large directory would drive out all others,
 * and it is read by message-sized pieces anyway.
 */
#pragma once
#include "core/node.h"

enum {
	LISTING_PIECES = 128, /* all directories together */
};

struct piece {
	struct list of_node, order;
	int64_t position, next; /* where it begins; where the next does */
	unsigned size;
	char data[];
};

/* The piece that begins at position, or null. */
const struct piece *listing_find(struct node *node, int64_t position);

/* Keeps a piece, unless there is no memory. */
void listing_keep(struct node *node, int64_t position, const char *data,
    unsigned size, int64_t next);

/* node has changed, or ends. */
void listing_forget(struct node *node);
