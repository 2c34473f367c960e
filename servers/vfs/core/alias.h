/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bind mounts: one directory in several places. A bind (struct mount with a
 * base) has directory nodes of its own, so that "..", paths, mounts on them and
 * the flags of the mount are those of the place. All other files are nodes of
 * the base, whichever way they were found: attributes, rights, locks and FIFOs
 * are one. Directories of the same number in the base and its binds are
 * aliases of each other.
 *
 * The choice not taken, Linux's, a pair of mount and node wherever there is a
 * node now, would be in the way of every walk for what few machines have.
 *
 * Invariants
 *  1. What changes in a directory is told to its aliases in the same moment,
 *     under the lock: their attributes and listings are stale, their names are
 *     forgotten or moved.
 *  2. The PFS hears that a directory is forgotten when its last alias is.
 */
#pragma once
#include "core/mounts.h"

/* Contents or attributes of directory have changed. */
void alias_changed(struct node *directory);

/* Mode, owner and group are what node has now. */
void alias_attributes(const struct node *node);

/* What a name in directory leads to is not known (forget), or nothing (cut). */
void alias_name_forget(struct node *directory, const char *text,
    unsigned length);
void alias_name_cut(struct node *directory, const char *text, unsigned length);

/* The alias of directory in mount, made if need be with all above it; null:
 * it is not below mount's root, or there is no memory. */
struct node *alias_make(struct node *directory, struct mount *mount);

/* Something is mounted on an alias of node. */
int alias_is_covered(const struct node *node);

/* node is no longer in the cache: whether an alias is, which will tell the PFS
 * to forget both. */
int alias_inherits(const struct node *node);

/* The next mount of a family, after `at` (null: the first). */
struct mount *family_next(const struct mount *of, struct mount *at);
