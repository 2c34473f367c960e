/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outlives VFS's task; README, "If it dies". Views, directories, texts and
 * pipe ends are rows of the framework (60 bytes each, written whole). What does
 * not fit there lies in server_memory, in tables of this file:
 *
 *	directories	those that a view, a directory right or a mount needs,
 *			and all above them: which name in which. So a path is
 *			known after a recovery without a search.
 *	mounts		as mount(2) made them
 *	groups		of views with many
 *	channels	with the bytes of pipes (channel.h)
 *	changes		what was asked of a PFS and may be in doubt
 *
 * Nodes and names are a cache and are asked again; file rights, too. A word
 * that says that an entry is in use is written after all else in it.
 *
 * All under vfs_lock.
 */
#pragma once
#include "vfs.h"
#include <server/once.h>
#include <server/recover.h>

enum {
	KEPT_MOUNTS = 64,
	KEPT_DIRECTORIES = 8192,
	KEPT_GROUPS = 1024,
	KEPT_INLINE_GROUPS = 4,
	KEPT_CHANNELS = 8192,
	KEPT_RESCUES = 128,
	KEPT_CHANGES_LEFT = 128,
	KEPT_POLLERS = 1024,
	KEPT_LOCKS = 4096,
	KEPT_MEMBERS = 2048,
	KEPT_PARTITIONS = 4096,
	KEPT_WATCHES = 8192,
};

/* A node as it is named in what survives. */
struct kept_node {
	uint32_t mount;     /* id; 0: none */
	uint32_t directory; /* its number in the table, or 0 */
	uint64_t number;
};

/* Where a directory is; two of them, so that one is whole at any time. */
struct kept_place {
	uint32_t parent; /* number in the table; 0: a mount's root */
	uint32_t length;
	char name[256];
};

struct kept_directory {
	uint32_t used;
	uint32_t mount;
	uint64_t number;
	uint32_t removed;
	uint32_t turn; /* which place counts */
	struct kept_place places[2];
};

enum kept_mount_state {
	KEPT_FREE,
	KEPT_STARTING, /* a server may run that nobody knows of */
	KEPT_ATTACHED,
	KEPT_DETACHED, /* out of the tree, but in use */
};

struct kept_mount {
	uint32_t state;
	uint32_t id;
	uint32_t flags, volatile_names, alike_names, device;
	uint32_t pfs, claim; /* names of rights in the vault */
	uint32_t covered;    /* number in the table of directories */
	uint32_t base, origin; /* of a bind: mount, number of directory */
	uint64_t root;
	char type[16];
	char source[MOUNT_TEXT], target[MOUNT_TEXT], inside[MOUNT_TEXT];
};

struct kept_groups {
	uint32_t used;
	uint32_t groups[GROUPS_MAX];
};

struct kept_channel {
	uint32_t used;
	uint32_t mode, uid, gid, number;
	struct kept_node fifo; /* .mount 0: none */
	uint32_t watcher; /* 1 + the number of its last watch; 0: it is none */
	struct pipe pipes[2];
};

/* Bytes that a reader may not have been given, saved from being overwritten. */
struct kept_rescue {
	uint32_t number; /* of the request; 0: free */
	uint32_t size;
};

struct kept_poller {
	uint32_t notify; /* name of a right in the vault; 0: free */
	int32_t cookie;
};

/* keep_lock.c */
struct kept_lock {
	uint32_t used;
	int32_t pid;          /* of the view; of flock: who made it */
	uint32_t description; /* of flock; 0: a record lock */
	int32_t type;
	uint64_t start, end;
	struct kept_node node;
};

struct kept_member {
	uint32_t used;
	int32_t pid, number;
	uint32_t description;
	int32_t owner_pid;
};

/* keep_watch.c */
struct kept_watch {
	uint32_t used;
	uint32_t channel; /* of its watcher */
	int32_t number;
	uint32_t mask;
	struct kept_node node;
};

enum kept_change_kind {
	CHANGE_CREATE,
	CHANGE_LINK,
	CHANGE_UNLINK,
	CHANGE_RENAME,
	CHANGE_EXTENDED, /* name: of the attribute, of the node that is in
	                  * its place; target: the value */
};

struct kept_name {
	uint64_t directory; /* its number */
	uint32_t length;
	char text[256];
};

/* keep_change.c */
struct kept_change {
	uint32_t number; /* the client's; 0: none; written last */
	uint32_t object;
	uint32_t serial; /* VFS's own number for it */
	uint32_t kind, mount;
	uint32_t mode, uid, gid, device;
	uint32_t access; /* or kind of unlink, flags of rename, attribute */
	uint64_t node;   /* that was linked, or made */
	int32_t error;   /* the outcome, if done or when VFS has died */
	uint32_t done;   /* the PFS has answered */
	struct kept_name name, to;
	uint32_t target_length;
	char target[PATH_BYTES_MAX];
};

struct kept_memory {
	struct once_memory once;
	uint32_t last_mount_id, last_anonymous, last_channel;
	uint32_t last_change, last_description;
	uint32_t lock_end, member_end, watch_end;
	uint32_t directory_end, channel_end; /* never used from here on */
	struct kept_mount mounts[KEPT_MOUNTS];
	struct kept_directory directories[KEPT_DIRECTORIES]; /* 0: unused */
	struct kept_groups groups[KEPT_GROUPS];              /* 0: unused */
	struct kept_channel channels[KEPT_CHANNELS];         /* 0: unused */
	struct kept_rescue rescues[KEPT_RESCUES];
	struct kept_poller pollers[KEPT_POLLERS];
	struct kept_lock locks[KEPT_LOCKS];     /* 0: unused */
	struct kept_member members[KEPT_MEMBERS]; /* 0: unused */
	struct kept_watch watches[KEPT_WATCHES];  /* 0: unused */
	struct kept_change changes[ONCE_THREADS];
	struct kept_change changes_left[KEPT_CHANGES_LEFT];
	char partitions[KEPT_PARTITIONS]; /* the text; ends with a 0 */
	char rescued[KEPT_RESCUES][PIPE_SIZE];
	char rings[PIPE_ARENA] __attribute__((aligned(PIPE_PAGE)));
};

static inline struct kept_memory *kept(void)
{
	return server_memory;
}

/* Each write must stand before the next: a kill may come in between. */
#define kept_ordered() __asm__ volatile("" : : : "memory")

/* ---- recovery (keep.c) ---- */

/* From the first restore() and from start(): what is in no row is there. */
void keep_begin(void);

/* From start(), after all rows: what nobody needs any more is let go, and the
 * PFSs are told what is kept. */
void keep_finish(void);

/* The node that is meant, without a reference; null. Lock held; it is dropped
 * to ask the PFS. */
struct node *kept_node_find(const struct kept_node *from);
void kept_node_write(struct kept_node *to, const struct node *node);

/* The mount of that id that was restored; null. */
struct mount *kept_mount_find(uint32_t id);

/* ---- directories (keep_directory.c) ---- */

/* Node, a directory, and all above it are kept until directory_unkeep. They
 * are referenced by the caller. E_NOMEM. */
error_t directory_keep(struct node *node);
void directory_unkeep(struct node *node);

/* It has another name or parent, or none any more. before: its old parent. */
void directory_moved(struct node *node, struct node *before);
void directory_gone(struct node *node);

void directories_restore(void);
void directories_settle(void);
struct node *directory_restored(uint32_t number);

/* ---- mounts (keep_mount.c) ---- */

/* The mount is in the tree: it survives. E_NOMEM: too many. */
error_t mount_keep(struct mount *mount);
void mount_kept_state(struct mount *mount, enum kept_mount_state state);
void mount_kept_flags(struct mount *mount);
void mount_kept_place(struct mount *mount); /* what it covers now */
void mounts_restore(void);
void mounts_cover(void);
void mounts_renew(void);

/* ---- changes of names (keep_change.c) ---- */

/* A change is about to be asked for: asked->serial is the number for that. */
void change_create(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, const struct new_node *new);
void change_link(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, const struct node *node);
void change_unlink(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, int kind);
void change_rename(struct asked *asked, const struct node *from,
    const char *from_name, unsigned from_length, const struct node *to,
    const char *to_name, unsigned to_length, unsigned flags);

void change_extended(struct asked *asked, const struct node *node,
    const char *name, unsigned length, const char *value, unsigned size,
    int flags);

/* The PFS has answered; node: that was made, or 0. */
void change_end_asked(
    const struct asked *asked, error_t error, uint64_t node);

/* What the dead VFS asked for is asked for again. */
void changes_again(void);

/* What came of the current request, if the dead VFS had asked for it; null. */
int changes_left(void);
const struct kept_change *change_look(int request);
static inline const struct kept_change *change_known(int request)
{
	return changes_left() ? change_look(request) : NULL;
}

/* The same, by its error (serve_vfs_change.c). And what ends such a request:
 * consumes the directory rights if error is 0. */
int change_outcome(int request, error_t *error);
error_t change_done(error_t error, port_copied_t directory,
    port_copied_t other);

/* ---- locks (keep_lock.c) ---- */

/* At every start, after all views. */
void locks_restore(void);

/* ---- objects (keep_object.c) ---- */

extern const struct recovery view_recovery, handle_recovery, text_recovery;

/* For a new view. */
error_t view_keep_directories(struct node *root, struct node *current);

/* view's groups are others now; object_save() is still due. E_NOMEM. */
error_t view_keep_groups(struct view *view);

/* *which, root or current directory of view, is directory from now on. */
error_t view_change(
    struct view *view, struct node **which, struct node *directory);
void view_unkeep(struct view *view);
