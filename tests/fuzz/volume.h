/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzz entries of all file system types share. A type says how its
 * good images are made (base) and, if it can, how one is checked; an input is
 * damage to one of them and a list of operations:
 *
 *	byte 0    which base; 0xfd: the rare one, if there is one
 *	byte 1    USE_* below
 *	byte 2    options of the mount: which of the type's words
 *	byte 3    the n-th call of the disk fails; 0 none
 *	byte 4    how many patches follow: a place of 2 bytes, a length, bytes
 *	the rest  operations and their arguments, a byte each
 *
 * A patch goes to one of the 16-byte pieces of the base that hold something,
 * or (bit 15 of the place) anywhere. Before the operations everything near the
 * root is found and read. Nothing may crash, hang, leak, or reach outside of
 * the disk.
 *
 * Speed is all (10 million inputs are to be run): images are small, only what
 * an input has changed is restored, nothing is printed, nothing walks far.
 */
#pragma once
#include "fakes/block_ram.h"
#include <fs/node.h>

enum {
	USE_DEVICE_READ_ONLY = 1,
	USE_READ_ONLY = 2,
	USE_CHECK = 4, /* repaired first: then it stays without fault */
	USE_AGAIN = 8, /* mounted a second time after the use */
	USE_EXTENDED = 0x10, /* of the high four bits, it alone: operations on
	                      * extended attributes, too */

	WORDS = 8,
};

struct fuzz_type {
	const struct fs_type *type;
	unsigned bases;
	unsigned rare; /* one more base, which costs more; 0: none */
	/* Opens ram with a volume that is not mounted. */
	void (*base)(struct ram_device *ram, unsigned index);
	const char *words[WORDS];
	/* Optional. repair: not 0 if a human would be needed. Else: how many
	 * faults there are. */
	unsigned (*check)(struct ram_device *ram, int repair);
};

/* Defined by each entry: its name, for driver.c, and its type. */
extern const char fuzz_format[];
extern const struct fuzz_type fuzz_type;

/* LOUD is in the environment: complaints are printed, to look at a finding. */
int fuzz_loud(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* For bases. All end the program if something fails. */
void base_fill(struct ram_device *ram);
/* Directories, links, a file with a hole; names more names. */
void base_fill_more(struct ram_device *ram, unsigned names);
/* format: a shell's line, %s in it the path of the image (up to 3). */
void base_command(struct ram_device *ram, const char *format);
