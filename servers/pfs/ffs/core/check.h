/* SPDX-License-Identifier: BSD-2-Clause */
/* What the passes of a check share. Only for check*.c. */
#pragma once
#include "ffs.h"

struct check {
	struct volume *volume;
	int repair;
	struct check_result *result;
	uint8_t *used;    /* owned: fragments that belong to somebody */
	uint8_t *kind;    /* owned: of each inode, its mode >> 12; 0 free */
	int32_t *names;   /* owned: that lead to each inode, "." and all */
	uint32_t *parent; /* owned: of each directory, who names it */
	uint8_t *reached; /* owned: directories that are below the root */
	uint32_t *queue;  /* owned: these, in the order they were found */
	uint32_t queued;
};

/* A fault, which is put right if repair is asked for; severe: not by us. */
void check_fault(struct check *check, const char *what, uint64_t where);
void check_severe(struct check *check, const char *what, uint64_t where);
uint32_t check_inodes(const struct check *check);
/* An inode goes: its blocks and names, too. */
error_t check_clear(struct check *check, uint32_t number);

/* The passes: inodes and their blocks; names; maps and sums. */
error_t check_blocks(struct check *check);
error_t check_names(struct check *check);
error_t check_maps(struct check *check);
