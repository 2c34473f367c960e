/* SPDX-License-Identifier: BSD-2-Clause */
/* A volume for a test: made in memory by core/make.c, mounted; at the end the
 * checker must find nothing in it. */
#pragma once
#include "core/make.h"
#include "fakes/block_ram.h"
#include "fakes/volume.h"

enum {
	SHAPES = 18,
};

struct fixture {
	struct ram_device ram;
	struct fs_volume *volume; /* null: not mounted */
};

/* All variants in all their orders and block sizes. */
extern const struct make shapes[SHAPES];
const char *shape_name(int shape);

/* Made on a disk of kb, and mounted. 1: done. */
int fixture_open(struct fixture *fixture, int shape, unsigned kb);
int fixture_make(struct ram_device *ram, int shape);
error_t fixture_mount(struct fixture *fixture, int read_only);
error_t fixture_unmount(struct fixture *fixture);
/* Unmounts; problems that the checker finds, -1 for an error. */
int fixture_check(struct fixture *fixture);
/* The same for a bare disk. repair: what is left after it. */
int disk_check(struct ram_device *ram, int repair);
void fixture_close(struct fixture *fixture);
void pattern(uint8_t *bytes, size_t count, unsigned seed);
/* The file holds the pattern there. */
int same(struct fs_node *node, uint64_t offset, size_t count, unsigned seed);
int zeros(struct fs_node *node, uint64_t offset, size_t count);

/* A sequence_type's make and check, of that shape. */
extern int sequence_shape;
int sequence_volume_make(struct ram_device *ram);
int sequence_volume_check(struct ram_device *ram);
