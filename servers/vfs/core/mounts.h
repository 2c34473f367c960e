/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mount table: which file system stands where. A mount covers a directory
 * node of another mount (or of an older one on the same place: covering the
 * root of what covers it, so stacks need no special case). The root mount
 * covers nothing. A bind (mount --bind) is a mount that shows files of another
 * one, its base: see alias.h.
 */
#pragma once
#include "core/node.h"

enum {
	MOUNT_TEXT = 256,
};

struct mount {
	struct list link;     /* in mounts, in the order they were made */
	struct list binds;    /* struct mount.of_base: see alias.h */
	struct list of_base;  /* of a bind: in base->binds */
	struct mount *base;   /* of a bind: whose files it shows; else null */
	struct node *origin;  /* reference: base's node for our root */
	unsigned id;          /* never used again; part of the nodes' keys */
	struct node *root;    /* reference */
	struct node *covered; /* reference; null: root mount, or detached */
	unsigned flags;       /* MOUNT_* that are kept */
	int volatile_names;   /* FILE_VOLATILE */
	int alike_names;      /* FILE_ALIKE */
	int inherited;        /* others may have written before our time */
	unsigned device;      /* st_dev of its files */
	unsigned nodes;       /* how many of its nodes are in the cache */
	unsigned doomed;      /* and how many are doomed, not freed */
	char type[16];
	char source[MOUNT_TEXT];
	char target[MOUNT_TEXT]; /* its path when it was mounted */
	char inside[MOUNT_TEXT]; /* of a bind: path of its root in base */
	/* What the shell keeps. */
	unsigned pfs;   /* send right, owned */
	unsigned claim; /* of its disk; send right, owned, or null */
	int busy;     /* a change of names is under way */
	int leaving;  /* it is being unmounted */
	int gone;     /* it was; freed with its last node */
	void *turn;   /* wait queue of those who want to change */
	const struct attribute_slot *area; /* mapped; null: not yet */
	unsigned area_slots;
	int area_asked;
	int watched; /* its server was asked to tell of files */
	int pulling; /* somebody asks it what it has to tell */
};

extern struct list mounts;
extern struct mount *mount_root; /* the first mount */

/* Makes a mount without a root and enters it in no list. E_NOMEM. */
error_t mount_make(
    const char *type, const char *source, unsigned flags, struct mount **mount);

/* The mount that the PFS knows: mount itself, or what it is a bind of. */
static inline struct mount *mount_base(const struct mount *mount)
{
	return mount->base ? mount->base : (struct mount *)mount;
}

/* A bind of base begins, at origin, one of base's nodes; and ends. */
void mount_bind_begin(
    struct mount *mount, struct mount *base, struct node *origin);
void mount_bind_end(struct mount *mount);

/* It is one that had that id before VFS died; no new one will have it. */
void mount_number(struct mount *mount, unsigned id);

/* Its root is known: covers directory (null: it is the root mount). Takes a
 * reference on both. */
void mount_attach(struct mount *mount, struct node *root, struct node *covered);

/* Takes it out of the tree; drops the reference on what it covered. */
void mount_detach(struct mount *mount);

/* Nothing of it is in use any more: frees it. */
void mount_free(struct mount *mount);

/* A doomed node of mount was freed, or it has just gone: whether that was
 * the last of it, so that mount_free is due. */
static inline int mount_is_over(const struct mount *mount)
{
	return mount->gone && !mount->nodes && !mount->doomed;
}

/* Somebody uses it: a mount stands on it or is a bind of it, or other nodes
 * than its root are in the cache with references, or its root with more than
 * ours. */
int mount_is_busy(const struct mount *mount);

/* The top of what stands on directory: directory itself, or a root. */
static inline struct node *mount_top(struct node *directory)
{
	while (directory->covered_by)
		directory = directory->covered_by->root;
	return directory;
}

/* The directory that the whole stack at directory stands on, if directory is
 * a mount's root; else itself. */
struct node *mount_bottom(struct node *directory, const struct node *limit);

/* The text of /proc/mounts (info: of /proc/PID/mountinfo); returns its whole
 * length, writes what fits. */
unsigned mounts_text(char *text, unsigned size, int info);

/*
 * Options of mount(8) that are really flags ("ro,nosuid,...") are taken out
 * of data into *flags; the rest stays in data, separated by spaces. Returns
 * E_INVAL for a character that arguments can't carry.
 */
error_t mount_options(char *data, unsigned *flags);
