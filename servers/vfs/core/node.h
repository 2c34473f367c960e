/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes and their names: what VFS knows of the files of all mounts.
 *
 * A node is one file, directory, link or device of one mount, named to the
 * PFS by its number. A name is one entry of a directory: it leads to a node,
 * or it is negative: the PFS has said that there is nothing.
 *
 * Invariants
 *  1. A node is in the map exactly while it is not doomed.
 *  2. A directory other than a mount's root holds a reference on its parent,
 *     and while it is not removed its one name exists. So ".." and the path
 *     of a directory are always known, without asking a PFS.
 *  3. A node without references is in `unused`, or in `worthless` if it was
 *     removed or its mount does not cache. Nodes are doomed by cache_trim
 *     and cache_empty only. So under the lock, between two trims, a node
 *     needs no reference.
 *  4. A name that is not a directory's is loose: it may be forgotten.
 *  5. A doomed node is in no list but `doomed` (or is in the hands of the
 *     request that removes its last name: node_part); the shell gives back its
 *     rights, tells the PFS to forget it, and frees it, without the lock.
 *
 * Use is noted by one bit, not by moving list items (a hit costs one store);
 * what is trimmed first is what was not used since the last look.
 *
 * All under VFS's one lock.
 */
#pragma once
#include <base/error.h>
#include <base/file_types.h>
#include <base/list.h>
#include <base/map.h>

struct mount;
struct name;
struct lock_list;

enum {
	NODE_STALE = 1,   /* attributes must be asked again */
	NODE_REMOVED = 2, /* it has no name any more, in the PFS either */
	NODE_DOOMED = 4,
	NODE_WRITTEN = 8, /* a right to write was given out since it is known:
			   * size and times change behind us */
	NODE_USED = 16,
};

/* A file right that the shell keeps for a node. */
struct node_right {
	struct map_entry entry; /* in its map from rights to nodes */
	struct node *node;
	unsigned port;   /* owned, by 1 + spare references; 0: none */
	unsigned spare;  /* references kept to give away */
	unsigned opened; /* how often it was given away, up to 1 */
};

struct node {
	struct map_entry entry;
	struct mount *mount;
	uint64_t number;
	unsigned references;
	unsigned flags;
	unsigned lookups; /* what the PFS counts, for pfs_forget */
	unsigned changes; /* counts changes of names in it or of itself */
	struct file_attributes attributes;
	struct node *parent;      /* reference; directories only */
	struct name *name;        /* directories only; null if removed */
	struct list names;        /* struct name.of_node */
	struct list children;     /* struct name.siblings */
	struct list pieces;       /* struct piece.of_node: see listing.h */
	struct list link;         /* in unused, worthless or doomed */
	struct mount *covered_by; /* a mount on this directory */
	char *target; /* of a symbolic link, owned; null: not asked */
	unsigned target_length;
	/* What the shell keeps. */
	struct node_right rights[4]; /* by access */
	void *handles[2];            /* objects of it or its path; counted */
	void *channel;               /* of a FIFO that is open, weak */
	struct lock_list *locks;     /* owned; null while none */
	struct list *watches; /* struct watch.of_node; owned; null while none */
	unsigned char reported; /* WATCH_* that the PFS tells of it */
	unsigned kept, kept_uses;    /* of a directory: keep_directory.c */
};

struct name {
	struct map_entry entry; /* key: hash of the parent and the text */
	struct node *parent;
	struct node *node; /* null: negative, or: */
	struct list siblings, of_node, order;
	unsigned char used;
	unsigned char doubted; /* where it leads is not known */
	unsigned char length;
	char text[];
};

struct node_cache {
	struct map nodes, names;
	struct list unused, worthless, order, doomed;
	unsigned node_count, name_count, loose_count;
	unsigned node_limit, name_limit;
	/* for people */
	unsigned hits, misses;
};

extern struct node_cache cache;

/* nodes: so many are kept when nobody uses them; three names for each. */
void cache_init(unsigned nodes);

/* Dooms what is worthless or above the limits. Every request calls it at its
 * end, when it has no node in hand without a reference. */
void cache_trim(void);

/* Dooms every node of mount that nobody uses, and its parents so. How many
 * nodes of mount are left. */
unsigned cache_empty(struct mount *mount);

/* A node out of the doomed list, or null; to be freed by node_free. */
struct node *cache_take_doomed(void);
void node_free(struct node *node);

static inline int node_is(const struct node *node, unsigned type)
{
	return (node->attributes.mode & 0170000) == type;
}

struct node *node_find(const struct mount *mount, uint64_t number);

/*
 * What the PFS has said: number has these attributes. Finds the node, then
 * attributes are used if it is stale, or makes it; counted: how many the PFS
 * counts for this answer. Without a reference for the caller. E_NOMEM.
 */
error_t node_learn(struct mount *mount, uint64_t number,
    const struct file_attributes *attributes, unsigned counted,
    struct node **node);

/* What the PFS says of a known node. Mode, owner and group are what they
 * are here: all changes of them pass here, and this may be older. */
void node_update(struct node *node, const struct file_attributes *attributes);

struct node *node_reference(struct node *node);
void node_drop(struct node *node);

/* The last name of node has gone, in the PFS too. Dooms it if unused. */
void node_remove(struct node *node);

/*
 * node is about to lose its only name. If nobody uses it, nothing leads to it
 * any more, the name neither: it is the caller's, who may tell the PFS with the
 * order to remove the name that VFS has forgotten the node. Else 0. Afterwards
 * node_parted() dooms it; forgotten: the PFS has heard that.
 */
int node_part(struct node *node);
void node_parted(struct node *node, int forgotten);

/* What was learnt of node may be out of date: unless somebody uses it or has
 * a name for it, it is forgotten soon, lest a removed file is kept. */
void node_doubt(struct node *node);

/* The key of a name: hash is name_hash_step over its bytes, from 0. */
static inline uint32_t name_hash_step(uint32_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * 0x01000193u;
}

uint32_t name_hash(const char *text, unsigned length);

struct name *name_find(const struct node *parent, const char *text,
    unsigned length, uint32_t hash);

/*
 * parent has text, which leads to node (null: to nothing). Replaces what was
 * known. A directory that was known elsewhere has moved here. E_NOMEM: then
 * nothing is known under text.
 */
error_t name_enter(
    struct node *parent, const char *text, unsigned length, struct node *node);

/* Nothing is known under text. Not for names of directories that are used:
 * those become negative or move. */
void name_forget(struct node *parent, const char *text, unsigned length);

/* Nothing is known of parent's names, but for those of directories. */
void names_forget(struct node *parent);

/* text leads to nothing from now on (unlink, rmdir, rename away). */
void name_cut(struct node *parent, const char *text, unsigned length);

/*
 * The path of directory as seen from root, into text from its end: *start is
 * its beginning. E_NOENT: removed, or not below root (then the path is from
 * the top of its tree and *unreachable is 1); E_RANGE.
 */
error_t node_path(const struct node *directory, const struct node *root,
    char *text, unsigned size, char **start, int *unreachable);

/* directory is ancestor or below it, across mounts. */
int node_is_below(const struct node *directory, const struct node *ancestor);
