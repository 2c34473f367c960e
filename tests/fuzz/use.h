/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on a mounted volume, as the bytes of a fuzz input say. */
#pragma once
#include <fs/node.h>

struct arguments {
	const uint8_t *data; /* BORROWED */
	size_t left;
	int extended; /* operations on extended attributes, too */
};

/* Everything near the root is looked at, then up to most operations are done;
 * only such as the shell would let through (fs/node.h). */
void use_volume(struct fs_volume *volume, struct arguments *arguments,
    unsigned most);
