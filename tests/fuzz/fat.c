/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for FAT (see volume.h). Its bases are made by mkfs.fat and us, one
 * of each width and some shapes of FAT12; mkfs.fat makes a FAT32 volume of few
 * clusters, but not FAT16, so that one is large.
 */
#include "volume.h"
#include "core/fat.h"

#define MAKE "mkfs.fat -i 12345678 "

static const struct {
	unsigned kb;
	const char *make;
} BASES[] = {
	{ 64, MAKE "-F 12 -s 1 -r 32 -f 2 %s >/dev/null 2>&1" },
	{ 128, MAKE "-F 12 -s 8 -r 16 -f 1 %s >/dev/null 2>&1" },
	{ 128, MAKE "-F 12 -S 1024 -s 2 -r 32 -f 2 %s >/dev/null 2>&1" },
	{ 2112, MAKE "-F 16 -s 1 -r 32 -f 2 %s >/dev/null 2>&1" },
	{ 96, MAKE "-F 32 -s 1 -f 2 %s >/dev/null 2>&1" },
};

static void base(struct ram_device *ram, unsigned index)
{
	ram_open(ram, BASES[index].kb * 1024);
	base_command(ram, BASES[index].make);
	base_fill(ram);
}

const char fuzz_format[] = "fat";

const struct fuzz_type fuzz_type = {
	.type = &fat_type,
	.bases = sizeof BASES / sizeof *BASES,
	.base = base,
	.words = { "errors=continue", "shortname=winnt", "umask=077",
	    "nonumtail", "time_offset=-90", "quiet", "shortname=lower",
	    "showexec" },
};
