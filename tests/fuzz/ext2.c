/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for ext2 (see volume.h). Its bases are made by mke2fs and us:
 * plain, with a journal that is to be replayed, with an indexed directory and
 * shared attributes, with blocks of 4 KB, of the old revision.
 */
#include "volume.h"
#include "core/ext2.h"
#include "fakes/volume.h"
#include <stdlib.h>

#define MKE2FS "mke2fs -q -F -t ext2 -U 00000000-0000-0000-0000-000000000001 "
#define QUIET " >/dev/null 2>&1"

static const struct {
	unsigned kb, names;
	const char *make, *after;
} BASES[] = {
	{ 64, 10, MKE2FS "-b 1024 -I 128 -N 32 -O none,filetype,sparse_super "
	    "%s 64k" QUIET, 0 },
	{ 1152, 10, MKE2FS "-b 1024 -I 128 -N 32 -J size=1 -O none,filetype,"
	    "sparse_super,has_journal %s 1152k" QUIET, 0 },
	/* More names and files with attributes, as debugfs and e2fsck make
	 * them: an index of the directory. */
	{ 96, 60, MKE2FS "-b 1024 -I 256 -N 80 -O none,filetype,sparse_super,"
	    "dir_index,ext_attr,large_file -E hash_seed="
	    "00000000-0000-0000-0000-000000000002 %s 96k" QUIET,
	    "(echo ea_set many/file1 user.one 1; echo ea_set many/file2 "
	    "user.one 1) | debugfs -w %s" QUIET "; e2fsck -fyD %s" QUIET
	    "; [ $? -lt 4 ]" },
	{ 256, 10, MKE2FS "-b 4096 -I 256 -N 32 -O none,filetype %s 256k" QUIET,
	    0 },
	/* e2fsprogs 1.47.2 has another name for the oldest revision. */
	{ 64, 10, "(" MKE2FS "-b 1024 -r 0 -N 32 -O none %s 64k || "
	    MKE2FS "-b 1024 -E revision=0 -N 32 %s 64k)" QUIET, 0 },
	/* The rare one: its journal was made for the mount that was cut. */
	{ 4608, 10, MKE2FS "-b 1024 -I 128 -N 32 -O none,filetype %s 4608k"
	    QUIET, 0 },
};

enum {
	RARE = sizeof BASES / sizeof *BASES - 1,
};

/* What the journal holds is in place nowhere else: power is lost. */
static void power_lose(struct ram_device *ram)
{
	struct fs_options options = { .now = fake_clock };
	struct fs_volume *volume;
	struct fs_node *root;

	if (ext2_ops.mount(&ram->device, &options, &volume))
		abort();
	root = volume_root(volume);
	make(root, "after", FS_DIRECTORY | 0755, 0);
	drop(root, "small", 0);
	fs_node_put(root);
	ext2_ops.sync(volume);
	ram_record(ram);
	volume_unmount(volume);
	ram_rewind(ram);
	ram->recording = 0;
}

static void base(struct ram_device *ram, unsigned index)
{
	ram_open(ram, BASES[index].kb * 1024);
	base_command(ram, BASES[index].make);
	base_fill_more(ram, BASES[index].names);
	if (BASES[index].after)
		base_command(ram, BASES[index].after);
	if (index == 1 || index == RARE)
		power_lose(ram);
}

const char fuzz_format[] = "ext2";

const struct fuzz_type fuzz_type = {
	.type = &ext2_type,
	.bases = RARE,
	.rare = RARE,
	.base = base,
};
