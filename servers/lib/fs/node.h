/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file system type is: a table of operations on nodes. Pure. The type
 * (servers/pfs/TYPE/core) knows its structures on the disk; everything else
 * (messages, paging, the kernel's page cache, locking, rights, times of use)
 * is lib/fs's business.
 *
 * Rules of use. All operations of one volume are called under one lock, so a
 * type needs none. File data is never kept by a type that has a device: read
 * and write go between the device and the buffer given. The shell has checked
 * before it calls: kinds of node (directory or not), names (1..255 bytes,
 * not "." or "..", no '/'), read-only volumes, immutable and append-only
 * flags, ranges (below max_size). What a type does not have it leaves null:
 * E_ROFS for what would change something, E_OPNOTSUPP for the rest.
 *
 * Nodes. A node is found by its number with fs_node_get, which loads it once;
 * the holder puts it back with fs_node_put. A node with links == 0 is removed
 * (its storage freed) at its last put: files that are unlinked while in use
 * need no more than a reference. attributes are the truth about the node while
 * it is loaded; who changes them says so by fs_node_dirty, and save brings
 * them to the type's structures at the latest at the next sync.
 */
#pragma once
#include <base/error.h>
#include <base/list.h>
#include <base/map.h>
#include <block/device.h>
#include <block/store.h>

enum {
	FS_KIND = 0170000, /* of attributes.mode */
	FS_FIFO = 0010000,
	FS_CHARACTER = 0020000,
	FS_DIRECTORY = 0040000,
	FS_BLOCK = 0060000,
	FS_REGULAR = 0100000,
	FS_LINK = 0120000,
	FS_SOCKET = 0140000,

	FS_NAME_MAX = 255,
	FS_TARGET_MAX = 4095,

	/* attributes.flags, as Linux's FS_IOC_GETFLAGS has them */
	FS_FLAG_SYNC = 0x8,
	FS_FLAG_IMMUTABLE = 0x10,
	FS_FLAG_APPEND = 0x20,
	FS_FLAG_NODUMP = 0x40,
	FS_FLAG_NOATIME = 0x80,
	FS_FLAGS_OF_DIRECTORY = 0x30000, /* DIRSYNC, TOPDIR */

	/* flags of rename */
	FS_RENAME_NOREPLACE = 1,
	FS_RENAME_EXCHANGE = 2,

	/* flags of set_extended; the first two are Linux's */
	FS_EXTENDED_CREATE = 1,
	FS_EXTENDED_REPLACE = 2,
	FS_EXTENDED_REMOVE = 4,

	/* struct fs_type.flags: */
	/* Contents are made when they are read: not mapped, nothing cached. */
	FS_TYPE_GENERATED = 1,
	/* Has no block device. */
	FS_TYPE_NO_DEVICE = 2,
	/* Names come and go without VFS asking for it. */
	FS_TYPE_VOLATILE = 4,
	/* Several spellings of a name lead to the file. */
	FS_TYPE_ALIKE = 8,
	/* All of it is on the disk, or made anew: nothing needs to survive. */
	FS_TYPE_STATELESS = 16,
	/* unlink looks itself whether flags protect the file. */
	FS_TYPE_GUARDS = 32,
};

struct fs_time {
	int64_t seconds; /* since 1970 */
	uint32_t nanoseconds;
};

struct fs_attributes {
	uint32_t mode, links, uid, gid;
	uint64_t size;
	uint64_t blocks;  /* of 512 bytes */
	uint64_t delayed; /* of 512 bytes: promised, to be taken soon */
	uint32_t special; /* device nodes: Linux's number, 32-bit form */
	uint32_t generation;
	uint32_t flags;
	struct fs_time atime, mtime, ctime;
};

struct fs_volume;

struct fs_node {
	struct fs_volume *volume;
	uint64_t number;
	struct fs_attributes attributes;
	/* private to core/nodes.c */
	struct map_entry entry;
	struct list use;       /* in volume->unused while references == 0 */
	struct list dirty;     /* in volume->dirty, or empty */
	struct list held;      /* in volume->held, or empty */
	unsigned references;
	/* The shell's: rights, pager, slot. Null if it has none. */
	void *shell;
};

/* The state of a mounted volume that shell and type share. A type's own
 * structure has it first. */
struct fs_volume {
	const struct fs_type *type;
	struct block_device *device; /* null: FS_TYPE_NO_DEVICE */
	uint64_t root;       /* number of the root */
	uint32_t block_size; /* of files; a power of two, 512 to 4096 */
	uint64_t max_size;   /* of a file */
	int read_only;
	/* Set by the shell (tests: by the test) before mount. */
	void (*now)(struct fs_time *time);
	/* Something is wrong with the disk: for the log and for people. */
	void (*complain)(struct fs_volume *volume, const char *text);
	/* private to core/nodes.c */
	struct map nodes;
	struct list unused, dirty, held;
	unsigned node_count, unused_count;
};

struct fs_options {
	int read_only;
	int argc; /* words "name=value", see text_option() */
	char *const *argv;
	void (*now)(struct fs_time *time);
	void (*complain)(struct fs_volume *volume, const char *text);
	/* What outlives this instance; null: nothing. If store->recovered, an
	 * earlier instance was killed while the volume was mounted: mount
	 * finds it as it was after the last operation. */
	struct store *store;
};

struct fs_status {
	uint32_t magic;
	uint32_t block_size;
	uint64_t blocks, blocks_free, blocks_available;
	uint64_t nodes, nodes_free;
	uint32_t id[2];
	uint32_t name_max;
};

/* What to create. */
struct fs_new {
	uint32_t mode, uid, gid;
	uint32_t special;   /* device nodes */
	const char *target; /* symbolic links */
	unsigned target_length;
};

struct fs_entry {
	const char *name; /* not 0-terminated */
	unsigned length;
	uint64_t node;
	uint8_t type;     /* DT_*, 0 unknown */
	uint64_t next;    /* position after it */
};

/* Takes one entry; not 0: no room, stop, this one was not taken. */
typedef int (*fs_emit_t)(void *context, const struct fs_entry *entry);

struct fs_rename {
	struct fs_node *from, *to; /* directories */
	const char *from_name, *to_name;
	unsigned from_length, to_length;
	unsigned flags;
	/* results, with a reference each; replaced: null if the target name
	 * was free (or names the same node) */
	struct fs_node *moved, *replaced;
};

/* A run of a file: count bytes at position of the device, or a hole. */
struct fs_extent {
	int hole;
	uint64_t position;
	uint64_t count; /* from the offset asked for; at least 1 */
};

struct fs_ops {
	/* volume: set up by fs_volume_init(), with every field that is not
	 * private. device is null for types without one. */
	error_t (*mount)(struct block_device *device,
	    const struct fs_options *options, struct fs_volume **volume);
	/* The last call. All nodes are freed by then. Writes what is left,
	 * marks the volume clean, frees it even if that fails. */
	error_t (*unmount)(struct fs_volume *volume);
	/* Everything reaches the disk. */
	error_t (*sync)(struct fs_volume *volume);
	/* Optional: so many bytes of clean metadata may be kept from now on;
	 * it becomes less when memory is short. */
	void (*limit_cache)(struct fs_volume *volume, size_t bytes);
	/* At the end of each operation: what only memory knows of it goes to
	 * blocks of caches that survive, or to the store itself. A type
	 * without it does not survive. */
	error_t (*keep)(struct fs_volume *volume);
	/* The shell has synced before and sets volume->read_only after. */
	error_t (*remount)(struct fs_volume *volume, int read_only);
	/* Optional: words of options change, others stay. E_INVAL. */
	error_t (*change_options)(struct fs_volume *volume, int argc,
	    char *const *argv);
	error_t (*status)(struct fs_volume *volume, struct fs_status *status);

	/* E_STALE: no such node in use. */
	error_t (*load)(struct fs_volume *volume, uint64_t number,
	    struct fs_node **node);
	/* Forgets the memory of a node. */
	void (*free)(struct fs_node *node);
	error_t (*save)(struct fs_node *node);
	/* Frees the storage of a node without links, at its last put. */
	error_t (*remove)(struct fs_node *node);
	/* Optional: attributes as they are now (generated files), or as the
	 * disk can hold them (times). */
	void (*refresh)(struct fs_node *node);
	/* Optional: mode, uid and gid will become those of `to`: refused, or
	 * made what the type can hold. */
	error_t (*change)(struct fs_node *node, struct fs_attributes *to);

	error_t (*lookup)(struct fs_node *directory, const char *name,
	    unsigned length, uint64_t *number);
	/* node: GIVEN a reference. */
	error_t (*create)(struct fs_node *directory, const char *name,
	    unsigned length, const struct fs_new *what, struct fs_node **node);
	error_t (*link)(struct fs_node *directory, const char *name,
	    unsigned length, struct fs_node *node);
	/* kind: 0 no directory, 1 an empty directory. node: what it named,
	 * GIVEN a reference. */
	error_t (*unlink)(struct fs_node *directory, const char *name,
	    unsigned length, int kind, struct fs_node **node);
	error_t (*rename)(struct fs_rename *rename);
	/* length: of target, at most FS_TARGET_MAX. */
	error_t (*read_link)(struct fs_node *node, char *target,
	    unsigned *length);
	/* "." and ".." are entries, too. Positions stay good while names
	 * come and go; 0 is the start. */
	error_t (*read_directory)(struct fs_node *directory, uint64_t position,
	    fs_emit_t emit, void *context);

	/* Any range; holes and what is beyond the size read as zeros.
	 * Generated files: *count is what there was. */
	error_t (*read)(struct fs_node *node, uint64_t offset, void *buffer,
	    size_t *count);
	/* Any range; takes blocks where there are none; the size is not
	 * changed and nothing is written beyond its last block. */
	error_t (*write)(struct fs_node *node, uint64_t offset,
	    const void *buffer, size_t count);
	/* Optional: where a range lies, for paging without a copy. */
	error_t (*extent)(struct fs_node *node, uint64_t offset,
	    struct fs_extent *extent);
	/* Optional, with extent: takes blocks for the start of the range if it
	 * has none, as many as lie in one run. Their contents are what the
	 * disk holds: the shell writes all of them next, straight to where
	 * extent says they lie. */
	error_t (*take)(struct fs_node *node, uint64_t offset, uint64_t count);
	/* Optional: what whole blocks of a range held is free: holes. */
	error_t (*punch)(struct fs_node *node, uint64_t offset, uint64_t count);
	/* Promises room for a range that will be written soon (E_NOSPC):
	 * the blocks are taken by write. */
	error_t (*reserve)(struct fs_node *node, uint64_t offset,
	    uint64_t count);
	/* Promises that were not used are given back: all data is written. */
	void (*settle)(struct fs_node *node);
	/* Sets the size; what is cut off reads as zeros if the file grows
	 * again, in its last block, too. */
	error_t (*truncate)(struct fs_node *node, uint64_t size);

	/* Optional: extended attributes. *size: room there, then how much it
	 * is (E_RANGE). E_NODATA; E_OPNOTSUPP: not such a name. */
	error_t (*get_extended)(struct fs_node *node, const char *name,
	    unsigned length, void *value, size_t *size);
	error_t (*set_extended)(struct fs_node *node, const char *name,
	    unsigned length, const void *value, size_t size, unsigned flags);
	/* Names, each with a 0 behind it. */
	error_t (*list_extended)(struct fs_node *node, char *list,
	    size_t *size);
};

struct fs_type {
	const char *name; /* "ext2" */
	unsigned flags;
	uint32_t settable; /* attributes.flags that people may change */
	const struct fs_ops *ops;
};

/* For types: the shared part of a new volume and of a new node. */
void fs_volume_init(struct fs_volume *volume, const struct fs_type *type,
    struct block_device *device, const struct fs_options *options);
void fs_node_init(struct fs_node *node, struct fs_volume *volume,
    uint64_t number);

/* Puts a node that its type has just made into the cache, with a reference
 * for the caller. E_NOMEM, and the node is still the caller's. */
error_t fs_node_add(struct fs_node *node);

/* node: with a reference, loaded if need be. */
error_t fs_node_get(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
/* The same, if it is loaded already; else null. */
struct fs_node *fs_node_find(struct fs_volume *volume, uint64_t number);
struct fs_node *fs_node_reference(struct fs_node *node);
void fs_node_put(struct fs_node *node);

/*
 * After a mount that has recovered (store->recovered): a node that somebody may
 * have used (it has no links, say) is kept till all who did use it again. The
 * caller's reference is given up.
 */
void fs_node_hold(struct fs_node *node);
/* All do: those without links that nobody uses go. */
void fs_nodes_let_go(struct fs_volume *volume);

/* attributes were changed. */
void fs_node_dirty(struct fs_node *node);

/* Saves all dirty nodes; the first error, but all are tried. */
error_t fs_nodes_save(struct fs_volume *volume);

/* Frees nodes that nobody holds until at most keep are left. */
void fs_nodes_trim(struct fs_volume *volume, unsigned keep);

/* Is there a node that somebody holds? */
int fs_nodes_busy(struct fs_volume *volume);

/* Is there one that has lost its last name? Its storage is to be freed yet, so
 * the volume can't become read-only. */
int fs_nodes_unnamed(struct fs_volume *volume);

/* What of count bytes at offset lies below end; behind that, buffer becomes
 * zeros. */
size_t fs_read_below(uint64_t end, uint64_t offset, void *buffer,
    size_t count);

/* Says text_format()ed words to volume->complain. */
void fs_complain(struct fs_volume *volume, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- names.c: for types in which ".." is a name as others are ---- */

/* The node that a name stands for, with a reference. */
error_t fs_name_get(struct fs_node *directory, const char *name,
    unsigned length, struct fs_node **node);
/* 0: the directory exists, and has no such name. */
error_t fs_name_is_free(struct fs_node *directory, const char *name,
    unsigned length);
/* The same for a further name of node, which may have links_max. */
error_t fs_link_check(struct fs_node *directory, const char *name,
    unsigned length, const struct fs_node *node, uint32_t links_max);
/* node has lost a name in directory: counts only. */
void fs_link_lost(struct fs_node *node, struct fs_node *directory);
/* E_INVAL if directory is node or lies below it; E_LOOP: a ring is above. */
error_t fs_below_check(struct fs_node *directory, const struct fs_node *node);
/* A rename but for its changes. target: null if the new name is free, else
 * another node. */
typedef error_t (*fs_move_t)(struct fs_rename *rename, struct fs_node *node,
    struct fs_node *target);
error_t fs_names_move(struct fs_rename *rename, fs_move_t exchange,
    fs_move_t move);

/* DT_* of a mode. */
static inline uint8_t fs_entry_type(uint32_t mode)
{
	return (uint8_t)((mode & FS_KIND) >> 12);
}
