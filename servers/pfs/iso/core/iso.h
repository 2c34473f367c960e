/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ISO 9660 in memory, and what its files offer each other.
 *
 * A node's number is where its directory record lies, in units of 32 bytes (no
 * record is shorter): the number that Linux gives it, too. A directory has
 * many records (its name, its own "." and the ".." of what is in it): its "."
 * counts, which is the first thing in it.
 */
#pragma once
#include "disk.h"
#include <block/cache.h>
#include <fs/node.h>

enum {
	NUMBER_SHIFT = 5,
	SECTION_LIMIT = 1024, /* records of one file */
};

enum iso_names {
	NAMES_PLAIN,  /* of the standard, shown in small letters */
	NAMES_ROCK,
	NAMES_JOLIET,
};

struct volume {
	struct fs_volume fs;
	struct cache *cache; /* owned; of sectors */
	enum iso_names names;
	unsigned skip; /* bytes before the first entry of system use */
	uint32_t block_shift;
	uint32_t space; /* blocks */
	/* options */
	unsigned char strict; /* case matters in names that aren't Unix's */
	unsigned char hide, show_associated, plain_map, override;
	int64_t uid, gid, file_mode, directory_mode; /* -1: as it comes */
	uint8_t *bounce; /* owned: one sector, for parts of sectors */
};

/* A run of a file's data. */
struct section {
	uint64_t position, size;
};

struct node {
	struct fs_node fs;
	struct section *sections; /* owned; one, but for huge files */
	unsigned section_count;
	char *target;   /* owned; symbolic links */
	uint64_t hint;  /* directories: where the last name was found */
};

/* A directory record, checked; name and system point into its buffer. */
struct record {
	uint64_t position; /* of the record itself */
	unsigned length;
	uint64_t data;     /* position */
	uint32_t size;
	unsigned flags;
	int interleaved;
	struct fs_time time;
	const uint8_t *name, *system;
	unsigned name_length, system_length;
};

/* What Rock Ridge says of a record. */
struct rock {
	unsigned char found;      /* some entry of Rock Ridge */
	unsigned char has_attributes, has_device, has_link, relocated;
	uint32_t mode, links, uid, gid;
	uint32_t device_high, device_low;
	unsigned char times;      /* TIME_*: which of these are there */
	struct fs_time creation, modified, access, changed;
	uint64_t child, parent;   /* positions, 0 none */
	unsigned name_length;     /* 0: none */
	char name[FS_NAME_MAX];
	/* the target of a link, if one is wanted */
	char *target;             /* FS_TARGET_MAX bytes, the caller's; or 0 */
	unsigned target_length;
	unsigned char link_joins; /* what comes next belongs to the last part */
	unsigned char link_more;
};

/* Walks over the records of a directory. */
struct cursor {
	struct volume *volume;
	uint64_t start, size; /* of the directory */
	uint64_t offset;      /* of the next record */
	struct buffer *buffer; /* held, or null */
};

/* A name as people see it, and the node that it stands for. */
struct entry {
	char name[FS_NAME_MAX];
	unsigned length;
	uint64_t number;
	uint8_t type;
	uint64_t next; /* offset behind it */
};

static inline struct volume *volume_of(struct fs_volume *volume)
{
	return (struct volume *)volume;
}

static inline struct node *node_of(struct fs_node *node)
{
	return (struct node *)node;
}

static inline struct volume *node_volume(struct node *node)
{
	return (struct volume *)node->fs.volume;
}

extern const struct fs_ops iso_ops;
extern const struct fs_type iso_type;

/* volume.c */
error_t iso_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **volume);
error_t iso_unmount(struct fs_volume *volume);
error_t iso_status(struct fs_volume *volume, struct fs_status *status);
/* Complains; E_UCLEAN. */
error_t volume_damaged(struct volume *volume, const char *what, uint64_t where);

/* record.c */
/* The record at data, of which limit bytes are there. */
error_t record_parse(struct volume *volume, const uint8_t *data,
    unsigned limit, uint64_t position, struct record *record);
void cursor_start(struct cursor *cursor, struct volume *volume,
    uint64_t start, uint64_t size, uint64_t offset);
/* E_NOENT: no more. record is good until the next call. */
error_t cursor_next(struct cursor *cursor, struct record *record);
void cursor_end(struct cursor *cursor);
/* Seconds since 1970; 0 if it is none. */
int64_t date_seconds(int year, const uint8_t *month_to_second);
struct fs_time date_short(const uint8_t *date);
struct fs_time date_long(const uint8_t *date);

/* rock.c */
/* Reads all entries of a record. rock: all 0, but for target. */
error_t rock_parse(struct volume *volume, const struct record *record,
    struct rock *rock);
/* Looks whether the volume has Rock Ridge; sets skip. */
error_t rock_detect(struct volume *volume, const struct record *root,
    int *found);

/* name.c: the name of a record that has none of Rock Ridge's. */
unsigned name_plain(const struct volume *volume, const struct record *record,
    char *name);
unsigned name_joliet(const struct record *record, char *name);
int names_equal(const struct volume *volume, const char *one, unsigned length,
    const char *other, unsigned other_length);

/* dir.c */
error_t iso_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number);
error_t iso_read_directory(struct fs_node *directory, uint64_t position,
    fs_emit_t emit, void *context);

/* node.c */
error_t iso_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node);
void iso_free(struct fs_node *node);

/* data.c */
error_t iso_read(struct fs_node *node, uint64_t offset, void *buffer,
    size_t *count);
error_t iso_extent(struct fs_node *node, uint64_t offset,
    struct fs_extent *extent);
error_t iso_read_link(struct fs_node *node, char *target, unsigned *length);
