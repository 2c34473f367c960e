/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree of files of the host, an image made of it by xorriso, and the volume
 * that is mounted from it: what the volume shows must be the tree.
 */
#pragma once
#include "fakes/block_ram.h"
#include <fs/node.h>

struct fixture {
	struct ram_device ram;
	struct fs_volume *volume;
	char path[64]; /* a folder: tree/ and image */
};

extern const struct fs_ops iso_ops;

/* commands: of a shell, in the tree; options: of xorriso as mkisofs. */
int fixture_open(struct fixture *fixture, const char *commands,
    const char *options);
/* options: of the mount. */
error_t fixture_mount(struct fixture *fixture, char *const *options);
void fixture_unmount(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* 1: every file of the tree is in the volume, with all it has (modes: also
 * what only Rock Ridge keeps), and nothing else is. */
int fixture_compare(struct fixture *fixture, int modes);

/* With a reference; path has no '/' in front. */
error_t walk(struct fs_volume *volume, const char *path, struct fs_node **node);
/* Names of a directory, but . and .. */
unsigned names_count(struct fs_node *directory);
