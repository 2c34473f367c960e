/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/pts as a folder: the numbers of the pairs that exist, as names. Nodes:
 * 1 is the folder, FOLDER_FIRST + n the slave of pair n. Positions: 0 ".",
 * 1 "..", 2 + n the pair n, so that a reader who goes on later misses only
 * what has come and gone since.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	FOLDER_ROOT = 1,
	FOLDER_FIRST = 3,
};

/* The pair that name means; -1 if it is no number as this folder writes it. */
int folder_number(const char *name, unsigned length);

/*
 * Records (struct directory_record) from *position on, as many as fit; exists
 * tells of each number below limit. *position: where to go on.
 */
unsigned folder_records(char *data, unsigned size, uint64_t *position,
    const unsigned char *exists, unsigned limit);
