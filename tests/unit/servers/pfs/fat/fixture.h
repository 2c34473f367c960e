/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume for a test: an image made by mkfs.fat, mounted from memory; at the
 * end fsck.fat must find nothing in it. image_faults() is our own look at an
 * image, for tests that look at thousands.
 */
#pragma once
#include "fakes/block_ram.h"
#include "fakes/volume.h"
#include <fs/node.h>

struct fixture {
	struct ram_device ram;
	struct fs_volume *volume;
	struct store *store;  /* what survives, or null */
	char *const *options; /* of the mount, ended by null, or null */
	char path[64];        /* of the image as a file */
};

extern const struct fs_ops fat_ops;
extern const struct fs_type fat_type;

/* An empty volume. options: of mkfs.fat. 0: done. */
int image_make(struct ram_device *ram, const char *options);
/* What is wrong with an unmounted volume: printed and counted. */
unsigned image_faults(const struct ram_device *ram);
/* The same for what a loss of power may leave: no two files share a cluster
 * (but two names may be one file), nothing leads to a free one. */
unsigned image_crossed(const struct ram_device *ram);

/* 1: made and mounted. */
int fixture_open(struct fixture *fixture, const char *options, unsigned kb);
int fixture_mount(struct fixture *fixture);
error_t fixture_unmount(struct fixture *fixture);
/* Unmounts and runs fsck.fat -n: 0 is clean. Keeps the image. */
int fixture_check(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* Unmounts, runs a command of the host with $IMAGE, and loads the image. */
int fixture_run(struct fixture *fixture, const char *command);
/* All names but "." and "..", each with a '/' behind, in order. */
const char *names(struct fs_node *directory);
uint64_t free_clusters(struct fixture *fixture);
