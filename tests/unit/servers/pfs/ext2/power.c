/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of operations that lose power, or a call of the disk, at every
 * point (fakes/sequence.h). What e2fsck says is asked for a sample, because
 * it takes a hundred times as long as the rest; verify.c is asked always.
 */
#include "fakes/sequence.h"
#include "fixture.h"
#include "core/disk.h"
#include "test.h"
#include "verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct fs_type ext2_type;

enum {
	KB = 2200,
	PLAIN_KB = 4600, /* room for a journal that is made */
	E2FSCK_EVERY = 40, /* cuts */
};

static char path[] = "/tmp/masix-power-XXXXXX";

static void path_make(void)
{
	static int made;

	if (!made++)
		close(mkstemp(path));
}

static int tool(const char *command)
{
	char line[256];
	int status;

	snprintf(line, sizeof line, command, path);
	status = system(line);
	return status < 0 ? status : status >> 8;
}

static int image_make(struct ram_device *ram, const char *options,
    unsigned kb)
{
	char line[200];
	int error;

	path_make();
	snprintf(line, sizeof line, "mke2fs -q -F -t ext2 -N 64 %s %%s %uk "
	    ">/dev/null 2>&1", options, kb);
	error = tool(line) || ram_load(ram, path);
	unlink(path);
	return error;
}

static int image_check(struct ram_device *ram)
{
	const char *fault = verify(ram->bytes, ram->device.size);

	if (fault)
		printf("verify: %s\n", fault);
	return fault != 0;
}

/* e2fsck -p must end without a human, and leave nothing. */
static int image_repair(struct ram_device *ram)
{
	const struct disk_super *super = (void *)(ram->bytes + 1024);
	int status;

	if (super->state == SUPER_STATE_CLEAN &&
	    !(super->incompatible & INCOMPAT_RECOVER))
		return 0; /* e2fsck -p would do nothing */
	path_make();
	if (ram_store(ram, path))
		return -1;
	status = tool("e2fsck -p %s >/dev/null 2>&1");
	if (status <= 1 && ram_reload(ram, path))
		status = -1;
	unlink(path);
	return status > 1;
}

static int journal_make(struct ram_device *ram)
{
	return image_make(ram, "-b 1024 -I 128 -J size=1 "
	    "-O none,filetype,sparse_super,has_journal", KB);
}

static const struct sequence_type journal = {
	.type = &ext2_type, .size = KB * 1024,
	.flags = SEQUENCE_ATOMIC | SEQUENCE_KEEPS_FILES | SEQUENCE_TORN |
	    SEQUENCE_ATTRIBUTES,
	.make = journal_make, .check = image_check,
};

static int plain_make(struct ram_device *ram)
{
	return image_make(ram, "-b 1024 -I 128 -O none,filetype,sparse_super",
	    PLAIN_KB);
}

/* Most cut disks are mounted as they are; a sample is e2fsck's first. */
static int sample_repair(struct ram_device *ram)
{
	static unsigned count;

	return ++count % E2FSCK_EVERY ? 0 : image_repair(ram);
}

/* Unmounted: no fault, and nothing left of a journal. */
static int plain_check(struct ram_device *ram)
{
	const struct disk_super *super = (void *)(ram->bytes + 1024);

	if (super->compatible & COMPAT_JOURNAL || super->journal_inode ||
	    super->incompatible & INCOMPAT_RECOVER ||
	    super->state != SUPER_STATE_CLEAN) {
		printf("not plain: compatible %x, state %x\n",
		    super->compatible, super->state);
		return -1;
	}
	return image_check(ram);
}

static const struct sequence_type plain = {
	.type = &ext2_type, .size = PLAIN_KB * 1024,
	.flags = SEQUENCE_ATOMIC | SEQUENCE_KEEPS_FILES | SEQUENCE_TORN |
	    SEQUENCE_ATTRIBUTES,
	.make = plain_make, .repair = sample_repair, .check = plain_check,
};

/* After errors of the disk a check may be asked for. */
TEST(journalled_volumes_fail)
{
	struct sequence_type failing = journal;

	failing.repair = image_repair;
	CHECK(sequences_fail(&failing) == 0);
}

TEST(journalled_volumes_cut)
{
	CHECK(sequences_cut(&journal) == 0);
}

TEST(plain_volumes_cut)
{
	CHECK(sequences_cut(&plain) == 0);
}

TEST(plain_volumes_fail)
{
	struct sequence_type failing = plain;

	failing.repair = image_repair;
	failing.check = image_check;
	CHECK(sequences_fail(&failing) == 0);
}
