/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot archive: a cpio file of the "newc" kind (cpio(5)), in memory. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct archive_member {
	const char *name; /* ends in 0, inside the archive */
	const char *data;
	size_t size;
};

/*
 * The member that begins at *position (0 at first); *position moves to the
 * next one. Returns 0 at the end, or at the first thing that is no member:
 * nothing behind it is believed.
 */
int archive_next(const char *archive, size_t size, size_t *position,
    struct archive_member *member);
