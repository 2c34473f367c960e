/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FAT in memory, and what its files offer each other, from below: names,
 * tables, chains, data, directories, nodes.
 *
 * Node numbers. FAT has no inodes, so a number must be made of something. The
 * first cluster is no good: empty files have none, and it comes and goes with
 * the data. A counter is no good: what a listing says would not be what stat
 * says, and a node that is dropped and loaded again would be another. So a
 * node's number is the place of its short entry on the disk (its byte position
 * divided by 32) at the time when it is loaded. Renaming moves the entry, but
 * the node keeps its number while it is loaded, and so does one that has lost
 * its name: these are strays. The price is one rule: no new entry is put at a
 * place that is the number of a stray (strays, slots_find). Once the stray is
 * no longer loaded its old number means nothing, and its place is its number.
 *
 * Order on the disk. Two caches of buffers hold what is to be written: table
 * (entries of the table) and names (directories, the boot sector, hints). What
 * must come later than the buffers' next writing is not in them yet, but in
 * lists: patches (table entries that change from one cluster to another),
 * leaving (entries whose file has moved elsewhere), frees (chains that nobody
 * owns any more). volume_sync (super.c) has the order and what it is good for.
 */
#pragma once
#include "disk.h"
#include <block/cache.h>
#include <block/notes.h>
#include <fs/node.h>

/* What mount said: see options.c. */
struct options {
	uint32_t uid, gid, file_mask, directory_mask;
	int32_t east; /* seconds that the disk's clock is ahead of UTC */
	unsigned char show_lower;    /* all short names in small letters */
	unsigned char show_upper;    /* no NT bits: always capitals */
	unsigned char create_winnt;  /* one case: NT bits, no long name */
	unsigned char no_tail;       /* no ~1 if it can be avoided */
	unsigned char quiet;         /* chown and chmod: no errors */
	unsigned char read_only_directories;
	unsigned char only_executables; /* x for .EXE, .COM, .BAT only */
	unsigned char go_on;         /* errors=continue */
};

/* The tables as one device: copies.c. */
struct copies {
	struct block_device device;
	struct block_device *disk;
	uint64_t first, bytes; /* of table 0; of each */
	unsigned count, active;
	unsigned char mirrored;
};

/* When a patch is applied: see volume_sync. */
enum patch_time {
	PATCH_LINK, /* the chain goes on: before directories say so */
	PATCH_CUT,  /* it ends here now: after directories say so */
};

struct patch {
	struct map_entry entry; /* by cluster */
	uint32_t value;
	enum patch_time time;
	uint32_t note;
};

/* A chain to be freed. */
struct chain_free {
	uint32_t start, count;
	uint32_t note;
};

/* A slot to be deleted: its file is at another place by now. */
struct leaving {
	struct map_entry entry; /* by place */
	uint32_t directory;     /* its first cluster, 0 the fixed root */
	uint32_t slot;
	uint32_t note;
};

struct volume {
	struct fs_volume fs;
	struct options options;
	struct copies copies;
	struct cache *table, *names; /* owned */
	uint32_t names_block;     /* bytes in a buffer of names */
	/* the disk */
	unsigned bits;            /* 12, 16, 32 */
	uint32_t sector_size;
	uint32_t cluster_size, cluster_shift;
	uint32_t clusters;        /* numbers go from 2 to clusters + 1 */
	uint64_t root_start;      /* bytes; FAT12 and FAT16 */
	uint32_t root_slots;
	uint32_t root_cluster;    /* FAT32 */
	uint64_t data_start;      /* where cluster 2 begins */
	uint64_t info_position;   /* 0: none */
	uint32_t serial;
	unsigned char was_clean;
	unsigned char damaged;    /* read-only after the next sync */
	unsigned char complaints;
	/* space */
	uint32_t free;            /* entries of the table that are 0 */
	uint32_t freed;           /* clusters of frees */
	uint32_t next;            /* look for free clusters here */
	uint64_t reserved;        /* promised, not yet taken */
	unsigned char data_written; /* since the last flush */
	unsigned char relieving;  /* data is still to come: don't fill */
	unsigned char unsaved;    /* a node could not be saved */
	struct buffer *held;      /* of table: the last one used, or null */
	struct map patches;       /* struct patch */
	struct chain_free *frees; /* owned */
	unsigned free_count, free_room;
	struct map leaving;       /* struct leaving */
	/* nodes that are loaded */
	struct map places;        /* by place, if they have one */
	struct map starts;        /* directories, by first cluster */
	struct map strays;        /* by number: it is not their place */
	struct list gaps;         /* saved, but zeros are still to be written */
	/* what outlives us: keep.c */
	struct store *store;      /* BORROWED, or null */
	struct notes kept_nodes, kept_patches, kept_frees, kept_leaving;
	struct list indexed;      /* directories, least recently used first */
	size_t index_bytes;
	uint8_t *bounce;          /* owned: a sector */
};

/* Clusters of a file that lie in a row. */
struct run {
	uint32_t file, disk, count;
};

/* A file's clusters, as far as its chain has been followed: chain.c. */
struct chain {
	struct run *runs;  /* owned, in order */
	unsigned count, room;
	uint32_t known;    /* clusters in runs */
	unsigned char whole; /* the end has been seen */
	/* the search for rings */
	uint32_t tortoise, lap, step;
};

struct index;

struct node {
	struct fs_node fs;
	uint64_t place;        /* of its entry; 0: the root, or no name */
	uint32_t start;        /* first cluster, 0 none */
	struct chain chain;
	uint64_t written;      /* bytes that are on the disk; behind: zeros */
	uint32_t reserved;     /* clusters promised to it */
	uint8_t attributes;    /* those that a mode can't say */
	unsigned char stray;   /* in strays */
	unsigned char listed;  /* in starts */
	uint32_t note;         /* of what its entry does not say */
	struct list gap;       /* in the volume's, or empty */
	struct fs_time created;
	struct map_entry by_place, by_start, by_number;
	/* directories */
	struct index *index;   /* owned, or null */
	struct list index_link;
};

static inline struct volume *volume_of(struct fs_volume *volume)
{
	return (struct volume *)volume;
}

static inline struct node *node_of(struct fs_node *node)
{
	return (struct node *)node;
}

static inline struct volume *node_volume(const struct node *node)
{
	return (struct volume *)node->fs.volume;
}

static inline int node_is_directory(const struct node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_DIRECTORY;
}

extern const struct fs_ops fat_ops;
extern const struct fs_type fat_type;

enum {
	NODE_ROOT = 1, /* no place is as low */
	UNICODE_BAD = 0xfffd,
};

/* super.c */
error_t fat_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **volume);
error_t fat_unmount(struct fs_volume *volume);
error_t fat_sync(struct fs_volume *volume);
error_t fat_remount(struct fs_volume *volume, int read_only);
error_t fat_status(struct fs_volume *volume, struct fs_status *status);
/* The disk is damaged: complains; unless the volume is to go on, it becomes
 * read-only at the next sync. Returns E_UCLEAN. */
error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long long number);
/* At the start of an operation that may take so many clusters: syncs if too
 * much is dirty, or if clusters can be had only then. */
error_t volume_relieve(struct volume *volume, uint32_t clusters);

/* order.c: one sync, from data to hints */
error_t volume_write(struct volume *volume);

/* A node as it outlives us: what its entry does not say. */
struct kept_node {
	uint64_t number, place; /* 0: none, and all else counts */
	uint64_t size, written;
	struct fs_time mtime, atime, created;
	uint32_t start, mode, attributes;
};

/* keep.c: what only memory knows outlives us, if there is a store. */
error_t fat_keep(struct fs_volume *volume);
/* Lists and numbers are as an instance before us had them, or empty. */
error_t keep_open(struct volume *volume);
void keep_close(struct volume *volume);
/* It had the volume mounted, and numbers are known (for writing: writing). */
int keep_knows(const struct volume *volume);
int keep_writing(const struct volume *volume);
void keep_mark(struct volume *volume, int writing);
/* Nodes that are not what an entry says, or not called so; held. */
error_t keep_nodes_load(struct volume *volume);
/* Numbers change with the buffers, at one commit. */
void keep_numbers(struct volume *volume);
/* Saves what is dirty, without filling gaps: these go to the volume's list. */
error_t keep_nodes(struct volume *volume);
void keep_node(struct node *node);
void keep_patch(struct volume *volume, struct patch *patch);
void keep_free(struct volume *volume, struct chain_free *chain);
void keep_leaving(struct volume *volume, struct leaving *leaving);
/* There is much that a sync would end. */
int keep_many(const struct volume *volume);

/* options.c */
void options_read(struct options *options, int argc, char *const *argv);

/* boot.c */
error_t boot_read(struct volume *volume);
/* Says in boot sector and table that the volume is (not) in use. */
error_t boot_mark(struct volume *volume, int clean);
/* Does it say so? */
error_t boot_state(struct volume *volume, int *clean);
/* The hints; free: all ones if there are none. */
void info_load(struct volume *volume);
/* Writes the hints into their buffer. */
error_t info_save(struct volume *volume);

/* sweep.c */
/* After a loss of power: frees clusters that nobody owns. */
error_t volume_sweep(struct volume *volume);

/* copies.c */
void copies_init(struct copies *copies, struct block_device *disk);
/* Makes bytes [position, + count) of the other tables like data. */
error_t copies_equalize(struct copies *copies, uint64_t position,
    const uint8_t *data, uint8_t *room, size_t count);

/* table.c. Values: 0, a cluster, or CLUSTER_END; anything else on the disk is
 * CLUSTER_BAD. */
enum {
	CLUSTER_END = 0x0fffffff,
	CLUSTER_BAD = 0x0ffffff7,
};
int cluster_exists(const struct volume *volume, uint32_t cluster);
error_t table_get(struct volume *volume, uint32_t cluster, uint32_t *value);
/* Now: of a cluster that no chain on the disk leads to. */
error_t table_set(struct volume *volume, uint32_t cluster, uint32_t value);
/* Later: of a cluster that may be in a chain on the disk. */
error_t table_patch(struct volume *volume, uint32_t cluster, uint32_t value,
    enum patch_time time);
error_t patches_apply(struct volume *volume, enum patch_time time);
/* count: of the chain, which is free from the next sync on. */
void table_free(struct volume *volume, uint32_t start, uint32_t count);
/* One more, to be filled in; null: no memory. */
struct chain_free *chain_free_add(struct volume *volume);
error_t frees_apply(struct volume *volume);
/* Free clusters in a row, at most want, from goal on or elsewhere. */
error_t table_find(struct volume *volume, uint32_t goal, uint32_t want,
    uint32_t *first, uint32_t *count);
/* Counts what is free; equalizes the tables if that is asked for. */
error_t table_scan(struct volume *volume, int equalize);
/* Entry 1's two bits. *clean becomes 0, or stays. */
error_t table_state(struct volume *volume, int *clean);
error_t table_set_state(struct volume *volume, int clean);
void table_drop(struct volume *volume);

/* chain.c */
/* The run of the file from its cluster file on: count clusters from disk on.
 * count 0: the chain has ended. */
error_t chain_find(struct node *node, uint32_t file, uint32_t *disk,
    uint32_t *count);
/* Follows it to its end; clusters: its length. */
error_t chain_length(struct node *node, uint32_t *clusters);
/* Adds clusters at the end, at most want in a row: disk, count. The promise
 * to the node is used, or what nobody was promised. */
error_t chain_grow(struct node *node, uint32_t want, uint32_t *disk,
    uint32_t *count);
/* Keeps only that many; the rest is free from the next sync on. */
error_t chain_cut(struct node *node, uint32_t keep);
void chain_forget(struct node *node);
uint64_t cluster_position(const struct volume *volume, uint32_t cluster);
uint32_t clusters_for(const struct volume *volume, uint64_t bytes);
/* Zeros at a position of the disk. */
error_t zeros_write(struct volume *volume, uint64_t position, uint64_t count);

/* data.c */
error_t fat_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t fat_write(struct fs_node *node, uint64_t offset, const void *buffer,
    size_t count);
error_t fat_extent(struct fs_node *node, uint64_t offset,
    struct fs_extent *extent);
error_t fat_reserve(struct fs_node *node, uint64_t offset, uint64_t count);
void fat_settle(struct fs_node *node);
error_t fat_truncate(struct fs_node *node, uint64_t size);
/* Zeros for what was never written of the size. */
error_t node_fill(struct node *node);

/* letters.c: UTF-8, UTF-16, code page 437 */
/* 0: no UTF-8, or more than LONG_MAX letters (*length is LONG_MAX + 1). */
int letters_read(const char *text, unsigned length, uint16_t *letters,
    unsigned *count);
/* UTF-8 of letters; 0: it can't be had, or is longer than size. */
unsigned letters_write(const uint16_t *letters, unsigned count, char *text,
    unsigned size);
uint16_t page_letter(uint8_t byte);
uint8_t page_lower(uint8_t byte);
/* The byte of a letter, or 0; upper: as a capital. */
uint8_t page_byte(uint16_t letter, uint8_t *upper);
/* Equal but for the case of a to z. */
int names_equal(const char *one, unsigned one_length, const char *other,
    unsigned other_length);
uint32_t name_hash(const char *name, unsigned length);

/* short_name.c */
/* A name on its way to the disk. */
struct new_name {
	uint16_t letters[LONG_MAX + 1];
	unsigned count;
	uint8_t short_name[SHORT_BYTES];
	uint8_t lower;     /* of the entry */
	unsigned slots;    /* 1: the short name is all of it */
};
/* E_INVAL, E_NAMETOOLONG, E_EXIST (its short form is another's). */
error_t name_make(struct node *directory, const char *text, unsigned length,
    struct new_name *name);
uint8_t short_sum(const uint8_t *short_name);
/* How it is shown; 0: it can't be. At most SHORT_TEXT bytes. */
enum {
	SHORT_TEXT = 40,
};
unsigned short_show(const struct volume *volume,
    const struct disk_entry *entry, char *text);
/* The name without dots at its end, which mean nothing. */
unsigned name_trim(const char *text, unsigned length);

/* slots.c: a directory as an array of slots */
struct cursor {
	struct node *directory;
	struct buffer *buffer; /* held, or null */
	uint32_t first, count; /* slots in it */
	uint32_t at;           /* the slot that was asked for last */
};
void cursor_start(struct cursor *cursor, struct node *directory);
void cursor_end(struct cursor *cursor);
/* Valid until the next call. E_NOENT behind the last. Dirty: the last one. */
error_t cursor_get(struct cursor *cursor, uint32_t slot,
    struct disk_entry **entry);
void cursor_dirty(struct cursor *cursor);
uint64_t cursor_place(const struct cursor *cursor, uint32_t slot);
uint32_t directory_slots(const struct node *directory);
/* The entry at a place, held. E_STALE: no such place. */
error_t place_get(struct volume *volume, uint64_t place,
    struct buffer **buffer, struct disk_entry **entry);
/* One cluster more, all free slots. */
error_t directory_grow(struct node *directory);
/* What is to be written of it need not be: it is gone. */
void directory_forget(struct node *directory);
/* The first cluster of a new one: "." and "..". */
error_t directory_begin(struct node *directory, struct node *parent,
    const struct disk_entry *like);

/* names.c: entries with their names */
struct found {
	uint32_t slot;      /* of the short entry */
	unsigned slots;     /* all of them, the short one is the last */
	uint64_t place;
	struct disk_entry entry;
	char name[FS_NAME_MAX + 1];
	unsigned length;
	char short_name[SHORT_TEXT];
	unsigned short_length;
};
/* The entry at slot is a file's or directory's; not part of a long name, not
 * deleted, not a label, not "." or "..", not one that has moved. */
int entry_is_name(const struct volume *volume, const struct disk_entry *entry,
    uint64_t place);
/* E_NOENT: it has no name that can be shown. */
error_t found_read(struct cursor *cursor, uint32_t slot, struct found *found);
error_t names_find(struct node *directory, const char *name, unsigned length,
    struct found *found);
/* entry: all but the name. */
error_t names_add(struct node *directory, const struct new_name *name,
    const struct disk_entry *entry, struct found *made);
/* Writes the name's slots so that they end at slot of found, which has as
 * many or more. */
error_t names_rewrite(struct node *directory, const struct found *found,
    const struct new_name *name);
/* later: the file is elsewhere now, so the entry goes after that is written. */
error_t names_remove(struct node *directory, const struct found *found,
    int later);
error_t leaving_apply(struct volume *volume);
error_t fat_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);

/* index.c */
error_t index_need(struct node *directory);
void index_drop(struct node *directory);
void index_add(struct node *directory, const struct found *found);
void index_remove(struct node *directory, const struct found *found);
void index_take(struct node *directory, uint32_t slot, unsigned count);
void index_release(struct node *directory, uint32_t slot, unsigned count);
/* The next slot with that hash; *cursor is 0 before the first call;
 * UINT32_MAX: no more. */
uint32_t index_next(struct node *directory, uint32_t hash, uint32_t *cursor);
/* Free slots in a row from slot on; UINT32_MAX: none in the directory. */
uint32_t index_room(struct node *directory, unsigned count, uint32_t slot);
uint32_t index_names(const struct node *directory);
uint32_t index_directories(const struct node *directory);
/* Slots from here on were never used. */
uint32_t index_end(const struct node *directory);

/* time.c */
void time_read(const struct volume *volume, uint16_t date, uint16_t time,
    uint8_t tens, struct fs_time *out);
void time_write(const struct volume *volume, const struct fs_time *in,
    uint16_t *date, uint16_t *time, uint8_t *tens);
/* As the disk can have it. */
void time_trim(const struct volume *volume, struct fs_time *time);
void day_trim(const struct volume *volume, struct fs_time *time);

/* node.c */
error_t fat_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
void fat_free(struct fs_node *node);
error_t fat_save(struct fs_node *node);
/* The same without zeros at its end. */
error_t node_save(struct node *node);
/* It has a name, and less is written than its size. */
int node_has_gap(const struct node *node);
void node_describe(const struct node *node, struct kept_node *kept);
/* With a reference. */
error_t node_restore(struct volume *volume, const struct kept_node *kept,
    struct node **node);
error_t fat_remove(struct fs_node *node);
void fat_refresh(struct fs_node *node);
error_t fat_change(struct fs_node *node, struct fs_attributes *to);
/* The number of the node whose entry is at place. */
uint64_t place_number(struct volume *volume, uint64_t place);
/* Its entry is there from now on; 0: it has none. */
void node_place(struct node *node, uint64_t place);
/* A new node, without number, place and name; of a directory with the first
 * cluster. */
error_t node_make(struct node *directory, const struct fs_new *what,
    struct node **node);
void node_unmake(struct node *node);
/* What its entry says, but for the name. */
void node_entry(const struct node *node, struct disk_entry *entry);
/* The first cluster of a directory as ".." has it. */
uint32_t node_parent_start(const struct node *directory);
void node_stamp(struct node *node);
/* A loaded directory by its first cluster, with a reference, or null. */
struct node *directory_loaded(struct volume *volume, uint32_t start);

/* above.c */
/* The number of the directory above. */
error_t directory_above(struct node *directory, uint64_t *number);
/* What ".." in the cluster at start says. */
error_t start_above(struct volume *volume, uint32_t start, uint32_t *above);
/* E_INVAL if directory is node or lies below it. */
error_t below_check(struct node *directory, const struct node *node);

/* ops.c */
error_t fat_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
error_t fat_create(struct fs_node *directory, const char *name,
    unsigned length, const struct fs_new *what, struct fs_node **node);
error_t fat_link(struct fs_node *directory, const char *name,
    unsigned length, struct fs_node *node);
error_t fat_unlink(struct fs_node *directory, const char *name,
    unsigned length, int kind, struct fs_node **node);
/* The node of a name, with a reference. */
error_t node_find(struct node *directory, const char *name, unsigned length,
    struct found *found, struct node **node);
/* The name of node in directory is gone. */
void node_unlinked(struct node *node, struct node *directory);
error_t node_may_go(struct node *node, int as_directory);

/* rename.c */
error_t fat_rename(struct fs_rename *rename);
