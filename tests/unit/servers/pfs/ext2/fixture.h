/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume for a test: an image made by mke2fs, mounted from memory; at the
 * end e2fsck must find nothing in it, and debugfs can be asked.
 */
#pragma once
#include "fakes/block_ram.h"
#include "fakes/volume.h"
#include <fs/node.h>

struct fixture {
	struct ram_device ram;
	struct fs_volume *volume;
	char path[64]; /* of the image as a file */
	struct store *store; /* what survives, or null */
};

extern const struct fs_ops ext2_ops;

/* options: of mke2fs. 1: made and mounted. */
int fixture_open(struct fixture *fixture, const char *options, unsigned kb);
int fixture_mount(struct fixture *fixture);
error_t fixture_unmount(struct fixture *fixture);
/* Unmounts and runs e2fsck -fn: 0 is clean. Keeps the image. */
int fixture_check(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* What e2fsck with these options makes of the image; it is loaded again. */
int fixture_repair(struct fixture *fixture, const char *options);

/* The exit status of a tool for the image as it was stored last. */
int fixture_command(struct fixture *fixture, const char *tool);

/* debugfs's output for a command, cut to size. */
void fixture_debug(struct fixture *fixture, const char *command, char *text,
    size_t size);
/* `debugfs -w` commands from a text, before a mount. */
int fixture_edit(struct fixture *fixture, const char *commands);
