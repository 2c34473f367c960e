/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for ISO 9660 (see volume.h): images made by xorriso, with Rock
 * Ridge and Joliet, with one of them, and with neither.
 */
#include "volume.h"
#include "core/iso.h"

#define IMAGE(options) "p=%s; " TREE_OF_P "xorriso -as mkisofs -quiet " \
	options " -no-pad -o $p $p.d >/dev/null 2>&1; s=$?; rm -rf $p.d; " \
	"truncate -s 262144 $p; exit $s"
#define TREE_OF_P "rm -rf $p.d; mkdir -p $p.d/many/deep/er && cd $p.d && " \
	"for i in 1 2 3 4 5 6; do echo $i >many/file$i; done; " \
	"ln -s many/file1 link; " \
	"ln -s ../../many/./file1 many/deep/long-link; " \
	"ln many/file2 many/hard; mkfifo fifo; echo >'A longer Name.txt'; " \
	"touch many/$(printf 'n%%.0s' $(seq 150)); " \
	"find . -exec touch -h -d @1700000000 {} +; cd /; "

static const char *const BASES[] = {
	IMAGE("-R -J"), IMAGE("-R"), IMAGE("-J"), IMAGE("-iso-level 1"),
	IMAGE("-r -iso-level 3"),
};

static void base(struct ram_device *ram, unsigned index)
{
	ram_open(ram, 256 * 1024);
	base_command(ram, BASES[index]);
}

const char fuzz_format[] = "iso";

const struct fuzz_type fuzz_type = {
	.type = &iso_type,
	.bases = sizeof BASES / sizeof *BASES,
	.base = base,
	.words = { "norock", "nojoliet", "overriderockperm", "hide",
	    "showassoc", "map=off", "check=strict", "uid=7" },
};
