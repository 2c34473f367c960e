/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inotify: watchers, which programs read, and their watches.
 *
 *	watcher    a channel that only VFS writes to: reading, poll and what
 *	           survives are those of pipes (channel.h)
 *	watch      of a watcher on a node, which it keeps in the cache
 *
 * Names change here, so VFS sees what happens to them. Data is written and read
 * without it: the file server is told which files somebody watches, or has a
 * name for in a directory that somebody watches, and says what happens to those
 * (pfs_watch, file_notice). A file that nobody watches costs nobody a message;
 * while there are no watches at all VFS looks at one word.
 *
 * All under VFS's lock. Who posts an event ends with vfs_leave(): there the
 * pollers are told.
 */
#pragma once
#include "channel.h"
#include "core/watches.h"
#include "renamed.h"

enum {
	WATCHERS_MAX = 128,  /* of one user */
	WATCHES_MAX = 4096,  /* of one user: max_user_watches */
};

struct watcher {
	struct channel *channel;
	struct watch_queue queue;
	struct list watches; /* struct watch.of_watcher */
	uint32_t uid;        /* of who made it */
	unsigned count;      /* of watches */
	int last_number;
	struct list link;    /* in watchers */
};

struct watch {
	struct list of_watcher, of_node;
	struct watcher *watcher;
	struct node *node; /* reference */
	int number;
	uint32_t mask;
	unsigned kept; /* its place in what survives, or 0 */
};

extern struct list watchers;
extern unsigned watch_count;

/* Moves those to be told of what was posted, for vfs_leave. */
extern struct list watch_fired;

/* ---- watchers and watches (watch.c) ---- */

error_t watcher_make(struct channel *channel, uint32_t uid, int last_number);
void watcher_end(struct channel *channel);
error_t watcher_new(struct view *view, mach_port_t *right,
    mach_msg_type_name_t *type);

/* What watcher's program asks for. E_NOSPC, E_EXIST, E_INVAL. */
error_t watch_add(
    struct watcher *watcher, struct node *node, uint32_t mask, int *number);
error_t watch_remove(struct watcher *watcher, int number);
error_t watch_make(struct watcher *watcher, struct node *node, int number,
    uint32_t mask, struct watch **made);

/* It ends; silent: its program is gone, or is told nothing. */
void watch_end(struct watch *watch, int silent);

/* The file system is about to go: watches on it end, unless somebody uses it
 * otherwise (not asked if force). */
void watches_unmount(struct mount *mount, int force);

/* ---- what file servers are to tell (watch.c) ---- */

/* WATCH_* that somebody wants to hear of node. */
unsigned watch_node_wants(const struct node *node);

/* Somebody opens node or watches something: its file server knows then what
 * to tell of it. The lock may be dropped meanwhile; node is referenced. */
void watch_prepare(struct node *node);

/* What the file servers have to tell is posted (serve_file_notice.c). The lock
 * may be dropped meanwhile. Before events of VFS's own (heard: there will be
 * one of node), and before a watcher's queue is called empty. */
void watches_pull(struct mount *mount);
void watches_pull_all(void);
int watch_is_heard(const struct node *node);

static inline void watch_turn(struct node *node)
{
	if (!watch_count || !watch_is_heard(node))
		return;
	node_reference(node);
	watches_pull(mount_base(node->mount));
	node_drop(node);
}

/* ---- events (events.c) ---- */

/* One of watch. */
void watch_post(struct watch *watch, uint32_t event, uint32_t cookie,
    const char *name, unsigned length);

/* Of node; also in the directories in which it has a name. */
void event_of_node(struct node *node, uint32_t event);
/* Of node alone. */
void event_of_self(struct node *node, uint32_t event);
/* Of a name in directory. */
void event_in_directory(struct node *directory, uint32_t event,
    uint32_t cookie, const char *name, unsigned length);

static inline void event_of(struct node *node, uint32_t event)
{
	if (watch_count)
		event_of_node(node, event);
}

/* name leads to node now: a new one; one that had a name already. */
void event_created(struct node *directory, const char *name, unsigned length,
    const struct node *node);
void event_linked(struct node *directory, const char *name, unsigned length,
    struct node *node);

/* A name of node number is gone, links are left (0 of a directory). */
void events_unlinked(struct node *directory, const char *name, unsigned length,
    int kind, uint64_t number, unsigned links);

void events_renamed(const struct renamed *renamed);

/* Nothing leads to node any more. */
void event_gone(struct node *node);

/* ---- what survives (keep_watch.c) ---- */

/* E_NOSPC: the table is full. */
error_t watch_keep(struct watch *watch);
void watch_kept_mask(const struct watch *watch);
void watch_unkeep(const struct watch *watch);
void watcher_kept(const struct watcher *watcher);

/* After the channels and before the PFSs are renewed; and after that. */
void watches_restore(void);
void watches_again(void);
