/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A shadow: a tree of files in plain memory, and single operations that are
 * done to it and to a volume alike: what sequence.h compares a volume with. No
 * paths longer than SHADOW_PATH, no files longer than SHADOW_BYTES.
 */
#pragma once
#include <fs/node.h>

enum {
	SHADOW_NAMES = 32,
	SHADOW_NODES = 32,
	SHADOW_PATH = 40,
	SHADOW_BYTES = 44000,
	SHADOW_ATTRIBUTES = 2,
};

enum step_kind {
	STEP_CREATE,
	STEP_MKDIR,
	STEP_SYMLINK,  /* to a text of count bytes */
	STEP_LINK,     /* path: the old name, other: the new one */
	STEP_UNLINK,
	STEP_RMDIR,
	STEP_RENAME,   /* path to other, which may be there */
	STEP_WRITE,    /* count bytes at offset, on the disk at once */
	STEP_LATE,     /* the same; the data follows with the next STEP_SYNC */
	STEP_TRUNCATE, /* to offset bytes */
	STEP_COMMIT,   /* sync of a volume that has late data still */
	STEP_SYNC,     /* late data and all else: it must be there after */
	STEP_ATTRIBUTE, /* the offset-th extended one gets a value of count
	                 * bytes; 0: is removed */
};

struct step {
	enum step_kind kind;
	const char *path, *other;
	unsigned offset, count;
};

struct shadow_node {
	uint32_t kind;   /* FS_REGULAR, ...; 0: not in use */
	unsigned size;
	uint8_t *bytes;  /* owned: of files, and targets of links */
	uint64_t number; /* on the volume that was read */
	uint32_t attributes[SHADOW_ATTRIBUTES]; /* sums of values, 0 none */
};

extern const char *const shadow_attributes[SHADOW_ATTRIBUTES];

struct shadow_name {
	char path[SHADOW_PATH];
	int node; /* of nodes */
};

struct shadow {
	struct shadow_name names[SHADOW_NAMES];
	unsigned count;
	struct shadow_node nodes[SHADOW_NODES];
	unsigned used; /* of nodes */
};

void shadow_start(struct shadow *tree);
void shadow_end(struct shadow *tree);
void shadow_copy(struct shadow *to, const struct shadow *from);
const struct shadow_name *shadow_find(const struct shadow *tree,
    const char *path);

/* One step done to the tree: an error, and nothing is done, if the step is
 * impossible. version: makes written bytes differ. */
error_t shadow_step(struct shadow *tree, const struct step *step,
    unsigned version);
/* What a STEP_WRITE or STEP_LATE writes. */
void step_bytes(const struct step *step, unsigned version, uint8_t *bytes);

/* Of the value of an extended attribute; never 0. */
uint32_t shadow_sum(const uint8_t *bytes, size_t count);

/* The same done to a volume. */
error_t volume_step(struct fs_volume *volume, const struct step *step,
    unsigned version);
/* Late data of tree's node goes to the disk, if it still has a name. */
error_t volume_late(struct fs_volume *volume, const struct step *step,
    const struct shadow *tree, int node);

/* The node that path names, with a reference. "" is the root. */
error_t volume_path(struct fs_volume *volume, const char *path,
    struct fs_node **node);
/* What a volume holds. E_FBIG: more than a tree can. */
error_t shadow_read(struct shadow *tree, struct fs_volume *volume);

/* Prints the step in words. */
void step_print(const struct step *step);
