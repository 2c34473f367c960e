/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short sequences of operations on a file system type, as ACE and CrashMonkey
 * do it: all sequences of one operation (some hundred: each with nothing, a
 * sync, or a commit of metadata after it) and a sample of those of two. Each
 * runs on a small volume with a few files that were synced; then power is
 * lost at every write, in several ways (block_ram.h), and what the disk holds
 * is repaired (if the type wants that), mounted, compared with what must be
 * there, unmounted and checked.
 *
 *	static const struct sequence_type minix = {
 *		.type = &minix_type, .size = 512 * 1024,
 *		.make = minix_make, .check = minix_check,
 *	};
 *	CHECK(sequences_cut(&minix) == 0);
 *	CHECK(sequences_fail(&minix) == 0);
 *
 * What must be there. Let P be the last finished sync before the cut. Always:
 * names that no step since P speaks of are there, with their contents to the
 * byte; no name is there that never was; no file holds a byte that was never
 * written to that file at that place (the disk is filled with 0xdb first). With
 * SEQUENCE_ATOMIC also: the names, kinds, links, sizes and extended attributes
 * are those after some whole number of steps since P. With
 * SEQUENCE_KEEPS_FILES: a file that had a name all the time since P has one.
 *
 * Environment: SEQUENCES=N runs N sequences of two and N / 4 ways of a cut
 * (default 60 and 3; 2000 is a good long run); SEQUENCE=TEXT only those
 * with a path that contains TEXT.
 */
#pragma once
#include "fakes/block_ram.h"
#include <fs/node.h>

enum {
	SEQUENCE_ATOMIC = 1,
	SEQUENCE_KEEPS_FILES = 2,
	SEQUENCE_TORN = 4,        /* survives sectors that are torn */
	SEQUENCE_NO_LINKS = 8,    /* the type has no hard links */
	SEQUENCE_NO_SYMLINKS = 16,
	SEQUENCE_ATTRIBUTES = 32, /* has extended ones */
};

struct sequence_type {
	const struct fs_type *type;
	size_t size; /* of the disk, bytes; room for 200 KB of files */
	unsigned flags;
	int argc;    /* options of the mount, as "name=value" */
	char *const *argv;
	/* An empty volume. 0: done. */
	int (*make)(struct ram_device *ram);
	/* Optional: what the type's fsck -p would do. Not 0: a human would be
	 * needed. */
	int (*repair)(struct ram_device *ram);
	/* 0: the unmounted volume has no fault at all. */
	int (*check)(struct ram_device *ram);
};

struct step;
/* The type can do it. */
int step_is_known(const struct sequence_type *type, const struct step *step);

/* Both print each fault and return how many there were. */
unsigned sequences_cut(const struct sequence_type *type);
/* Every sequence with its n-th call of the disk failing, for each n until it
 * succeeds: errors, but no damage that repair and check find. */
unsigned sequences_fail(const struct sequence_type *type);
