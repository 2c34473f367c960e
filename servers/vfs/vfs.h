/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What VFS's files share. One lock (vfs_lock) guards nodes, mounts, views,
 * channels and locks on files. It is dropped for every message to another
 * server: who does that holds references on the nodes that he needs later.
 */
#pragma once
#include "core/locks.h"
#include "core/mounts.h"
#include "core/path.h"
#include "core/pipe.h"
#include <base/lock.h>
#include <base/types.h>
#include <server/object.h>
#include <server/wait.h>

/* ---- objects ---- */

enum {
	GROUPS_MAX = 64,
	HANDLE_PATH = 0, /* O_PATH */
	HANDLE_READ = 1, /* a directory that may be listed */
};

/* A process's view of names: vfs.defs. */
struct view {
	struct object object;
	struct node *root, *current; /* references */
	struct credentials who;
	uint32_t groups[GROUPS_MAX];
	int pid;
	int parent; /* pid of the view that this one was copied from */
	int session;
	unsigned kept_groups;      /* where they are kept; 0: in the record */
	struct lock_owner locks;   /* record locks */
	unsigned description_count;
	struct list descriptions;  /* struct membership.of_view: flock */
	struct wait_queue waiting; /* requests for locks, FIFOs */
	struct list openers;       /* struct opener.of_view */
	struct list link;          /* in views */
};

/* A directory, or any file by path only: file.defs. The same one for all who
 * open it: the position is the reader's. */
struct handle {
	struct object object;
	struct node *node; /* reference */
	int kind;          /* HANDLE_* */
};

extern const struct object_class view_class, handle_class, end_class;
extern struct list views;
extern struct lock vfs_lock;

/* main.c: a right to the public port. GIVEN. */
error_t vfs_public_right(mach_port_t *right);

/* The node behind a directory or a text of ours; null: any other object. */
struct node *object_node(const struct object *object);

error_t view_make(int pid, struct view **view);
error_t view_new(
    int pid, struct node *root, struct node *current, struct view **made);
error_t view_copy(struct view *view, int pid, struct view **copy);

error_t handle_make(struct node *node, int kind, struct handle **made);

/* right: to node's handle of that kind, for an answer. Lock held. */
error_t handle_answer(struct node *node, int kind, mach_port_t *right,
    mach_msg_type_name_t *type);

/* ---- requests (request.c) ---- */

/* Takes the lock; gives it back, and does what is due at a request's end:
 * what nobody uses leaves the cache, and PFSs are told to forget it. */
void vfs_enter(void);
void vfs_leave(void);

/* A request with a path. */
struct lookup {
	struct view *view;
	struct handle *from; /* reference; null: the current directory */
	mach_port_t directory;
	struct walk walk;
};

/* Where a link with FILE_PLACE leads. E_NOENT: the process is gone; E_ACCES. */
error_t place_of(
    const struct walk *walk, const struct node *link, struct node **to);

/* Takes the lock and walks. Whatever it returns, lookup_end must follow. */
error_t lookup_begin(struct lookup *lookup, object_t view,
    mach_port_t directory, const char *path, unsigned length, unsigned flags);

/* Something new could not be made: that there is something comes before all
 * other reasons, if nobody has asked (WALK_NEW). */
error_t create_failed(struct walk *walk, error_t error);

/* Gives back the lock; consumes the directory right if error is 0. */
error_t lookup_end(struct lookup *lookup, error_t error);

/* Walks with questions to the PFS; the lock is held before and after. */
error_t vfs_walk(struct walk *walk);

/*
 * A change in a mount or its binds: one at a time, so that their answers are
 * believed in the order of what happened. E_PARKED: return that at once.
 * E_ROFS is not looked at. Lock held.
 */
error_t change_begin(struct mount *of);
void change_end(struct mount *of);

/* open_name.c: the target of a link of /proc/PID/fd, length bytes of text, as
 * programs see it. Its length then. */
unsigned open_name(char *text, unsigned length, unsigned size);

/* ---- nodes (node.c); lock held ---- */

/* Attributes as they are now. Asks the PFS if VFS can't know. node is held
 * by a reference or found in this request, and is so afterwards. */
error_t node_current(struct node *node, struct file_attributes *attributes);

/* The node behind a file right of some PFS, with a reference; E_BADF. */
error_t node_of_right(mach_port_t file, struct node **node);

/* The node that device and node of attributes name, if it is known; or null. */
struct node *node_said(const struct file_attributes *attributes);

/* A file right for access to node, one more reference to it, for an answer. */
error_t node_right(struct node *node, unsigned access, mach_port_t *right);

/* Remembers a right that the PFS gave; ours from now on. */
void node_keep_right(struct node *node, unsigned access, mach_port_t right);

/* Gives up the right to read that is kept of node. */
void node_lose_reader(struct node *node);

/* What is at path, as root sees it, without a reference; null. It may wait:
 * other nodes need references. */
struct node *node_at(const char *path, unsigned flags);
struct node *directory_at(const char *path);

/* Gives up what a doomed node holds. Lock not held. */
void node_end(struct node *node);

/* Drops the cached rights to write of all nodes of mount. */
void mount_drop_writers(struct mount *mount);

/* Permission for want on node for view, its mount included. */
error_t node_permit(
    const struct node *node, const struct view *view, unsigned want);

/* ---- questions to a PFS (call_pfs.c) ----
 * Called with the lock held, return with it held; not in between. Nodes in
 * arguments need no references of the caller. */

error_t ask_name(struct walk *walk);
error_t ask_link(struct node *link);
error_t ask_attributes(struct node *node);
error_t ask_right(struct node *node, unsigned access);
/* Maps the attribute area of node's mount: by a file right that we have. */
void ask_area(struct node *node);
error_t ask_directory(struct node *node, offset_t position, char *data,
    mach_msg_type_number_t *size, offset_t *next);
error_t ask_status(struct mount *mount, struct file_system_status *status);
error_t ask_identity(struct mount *mount, mach_port_t file, struct node **node);

struct new_node {
	uint32_t mode, uid, gid, device;
	const char *target;
	unsigned target_length;
	unsigned access; /* a right is wanted, too */
};

/* For whom a change is made. */
struct asked {
	int request;     /* the client's number; 0: nobody will ask again */
	uint32_t serial; /* VFS's number; 0: not asked yet */
	struct kept_change *entry; /* keep_change.c; null: none */
};

error_t tell_create(struct node *directory, const char *name, unsigned length,
    const struct new_node *new, struct asked *asked, struct node **node);
error_t tell_link(struct node *directory, const char *name, unsigned length,
    struct node *node, struct asked *asked);
/* victim: what has the name, as far as is known, or null. It may be freed. */
error_t tell_unlink(struct node *directory, const char *name, unsigned length,
    int kind, struct node *victim, struct asked *asked);
error_t tell_rename(struct node *from, const char *from_name,
    unsigned from_length, struct node *to, const char *to_name,
    unsigned to_length, unsigned flags, struct asked *asked);
/* file: null, or a right to node that the PFS is to look at first: E_INVAL. */
error_t tell_attributes(struct node *node, mach_port_t file, unsigned mask,
    const struct file_attributes *attributes);
error_t ask_extended(struct node *node, const char *name, unsigned length,
    char *value, mach_msg_type_number_t *size);
error_t ask_extended_list(
    struct node *node, char *list, mach_msg_type_number_t *size);
error_t tell_extended(struct node *node, const char *name, unsigned length,
    const char *value, unsigned size, int flags, struct asked *asked);
/* Its file server tells of node what (WATCH_*); rights: kinds that are
 * outside. */
error_t ask_watch(struct node *node, unsigned what, int *rights);
/* What has happened: pfs_happened. */
error_t ask_happened(
    struct mount *mount, node_list_t happened, mach_msg_type_number_t *count);
error_t tell_sync(struct mount *mount);
error_t tell_remount(struct mount *mount, int read_only, const char *options);
error_t tell_detach(struct mount *mount, int force);
error_t ask_root(struct mount *mount, struct node **root);
/* A node that VFS knew before it died. */
error_t ask_known(struct mount *mount, uint64_t number, struct node **node);
/* Lock not held. */
void tell_forget(const struct node *node);

/* ---- mounts (mount.c) ---- */

struct mount_order {
	const char *type;   /* as mount(2) has it: "tmpfs" */
	const char *source; /* for /proc/mounts */
	const char *device; /* the kernel's name; null: none */
	const char *offered; /* or a file's name in the ACS; null */
	const char *target; /* the path, for /proc/mounts */
	unsigned flags;
	const char *options; /* words for the server */
	unsigned known_device; /* st_dev, if it has one already */
};

/* All: lock held before and after, not in between. */

/* A mount that stands nowhere yet. */
error_t mount_new(const struct mount_order *order, struct mount **made);

/* mount takes its place, with its root, and that outlives us. */
error_t mount_stand(
    struct mount *mount, struct node *root, struct node *covered);

/* Starts the file server and mounts on covered (null: as root). */
error_t mount_start(const struct mount_order *order, struct node *covered);
error_t mount_end(struct mount *mount, unsigned flags);

/* mount --bind (deep: --rbind), --move: source is shown on covered, or what is
 * mounted there moves to it. */
error_t mount_bind(struct node *source, struct node *covered, int deep);
error_t mount_move(struct node *source, struct node *covered);
/* Gives up what a bind has of its base. */
void bind_release(struct mount *mount);

/* The flags of this place only. */
void mount_change_place(struct mount *mount, unsigned flags);
error_t mount_change(
    struct mount *mount, unsigned flags, const char *options);

/* Unmounted while in use; struct mount.link. */
extern struct list detached_mounts;

/* Gives up what a mount that is over holds, and frees it. Lock held. */
void mount_release(struct mount *mount);

/* Ends what was unmounted while in use and is in use no more. */
void mounts_finish(void);

/* Every file system to its disk; the first error. */
error_t mounts_sync(void);

/* At the end of the server: everything to the disks. */
void mounts_flush(void);

/* ---- other servers ---- */

/* call_acs.c */
error_t server_find(const char *name, mach_port_t *right);
/* A right that a file server finds under name. right: CONSUMED. */
error_t right_publish(const char *name, mach_port_t right);
void right_withdraw(const char *name);
error_t image_give(const char *name, const char *content, unsigned size);
error_t server_start(const char *image, const char *name, const char *arguments,
    mach_port_t *right);

/* server_image.c: the name of the image of a type's server, which the ACS has
 * then, if there is one on the disk. Lock held before and after. */
error_t image_prepare(const char *type, char *image, unsigned size);

/* call_text.c: the code pager lets go of mount's files. Lock not held. */
void text_tell_unmount(const struct mount *mount);

/* call_device.c: a right for an answer. Lock not held. */
error_t device_open(const struct file_attributes *node, unsigned flags,
    int session, uint32_t uid, mach_port_t *right);

/* Claims the disk of that number for a mount, and says where it lies. claim:
 * GIVEN; the disk is free again when it is dropped. E_BUSY. Lock not held. */
error_t device_claim(unsigned number, int read_only, mach_port_t *claim,
    struct disk_place *place);

/* The same of a loop device: its file, and what of it the disk is. GIVEN. */
struct file_place {
	mach_port_t file;
	offset_t start, bytes;
};
error_t device_claim_loop(unsigned number, int read_only, mach_port_t *claim,
    struct file_place *place);

/* device_server_list of the server called name. Lock not held. */
error_t devices_list(const char *name, large_data_t *text,
    mach_msg_type_number_t *size);

/* serve_device_notice.c: makes the nodes of all device servers in directory.
 * Lock not held. */
void devices_fill(struct node *directory);

/* call_device.c: disks=NAME,... of the arguments: no others, nor the machine's
 * memory and log, can be opened or are in /dev. Null: all can. */
void devices_allow(const char *disks);
int device_is_allowed(uint32_t mode, uint32_t device);

/* /proc/partitions. Lock held. */
const char *partitions_text(void);

/* ---- channels: pipes, FIFOs, socket pairs (channel.c) ---- */

struct channel;
struct end;

error_t channel_pipe(
    struct view *view, mach_port_t rights[2], mach_msg_type_name_t types[2],
    int *number);
error_t channel_socket_pair(struct view *view, int packets,
    mach_port_t rights[2], mach_msg_type_name_t types[2]);

/* Opens a FIFO. Lock held. E_PARKED. */
error_t channel_open(struct node *node, struct view *view, unsigned access,
    int non_block, int ticket, mach_port_t *right, mach_msg_type_name_t *type);

/* A view ends: what it waits for ends. Lock held. */
void channel_forget_view(struct view *view);

error_t end_attributes(struct end *end, struct file_attributes *attributes);
error_t end_change(struct end *end, const struct view *view, unsigned mask,
    const struct file_attributes *change);

/* ---- locks (serve_vfs_lock.c) ---- */

void locks_forget_view(struct view *view);
error_t locks_copy_view(struct view *from, struct view *to);

/* The same, and record locks move: to takes the place of from. */
error_t locks_move_view(struct view *from, struct view *to);
