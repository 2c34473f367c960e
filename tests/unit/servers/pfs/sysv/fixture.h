/* SPDX-License-Identifier: BSD-2-Clause */
/* A volume for a test: made in memory by core/make.c, mounted; at the end the
 * checker must find nothing in it. */
#pragma once
#include "core/make.h"
#include "fakes/block_ram.h"

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

void clock_now(struct fs_time *time);
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

struct fs_node *fixture_root(struct fixture *fixture);
error_t make(struct fs_node *directory, const char *name, uint32_t mode,
    struct fs_node **node);
error_t find(struct fs_node *directory, const char *name,
    struct fs_node **node);
error_t drop(struct fs_node *directory, const char *name, int kind);
error_t move(struct fs_node *from, const char *name, struct fs_node *to,
    const char *new_name, unsigned flags);
/* Grows and writes, as the shell does. */
error_t put(struct fs_node *node, uint64_t offset, const void *data,
    size_t count);
void pattern(uint8_t *bytes, size_t count, unsigned seed);
/* The file holds the pattern there. */
int same(struct fs_node *node, uint64_t offset, size_t count, unsigned seed);
int zeros(struct fs_node *node, uint64_t offset, size_t count);
