/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume for a test: an empty image made by NetBSD's makefs, in either byte
 * order, mounted from memory; at the end our own check must find nothing.
 */
#pragma once
#include "core/ffs.h"
#include "fakes/block_ram.h"
#include "fakes/volume.h"

struct fixture {
	struct ram_device ram;
	struct fs_volume *volume;
};

/* An image of that size; options: of makefs -t ffs -o, order: "le" or "be". 0:
 * made. */
int image_make(struct ram_device *ram, const char *order, const char *options);
/* 1: made and mounted. */
int fixture_open(struct fixture *fixture, size_t size, const char *order,
    const char *options);
int fixture_mount(struct fixture *fixture);
error_t fixture_unmount(struct fixture *fixture);
/* Unmounts; the number of faults that are left. */
unsigned fixture_check(struct fixture *fixture);
unsigned ram_check(struct ram_device *ram, int repair);
void fixture_close(struct fixture *fixture);
