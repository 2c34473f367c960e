/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process carries over an exec in a new task (set-id): its descriptors,
 * in words. One block: this head, then file_count files, slot_count slots,
 * page_count pages, then the paths' bytes. The new libmasix believes nothing
 * of it: who wrote it was another one's program.
 */
#pragma once
#include <base/file_types.h>
#include <stddef.h>
#include <stdint.h>

struct carried {
	uint32_t size; /* of the block */
	uint32_t file_count, slot_count, page_count;
};

struct carried_file {
	uint32_t port;  /* name of its right; 0: an eventfd */
	uint32_t event; /* enum event_kind */
	uint32_t flags, owner; /* of shared_state, as position */
	int64_t position;
	uint32_t state; /* where that lies in a shared page, or 0 */
	uint32_t path_length; /* 0: none known. No 0 at the end */
	struct file_attributes attributes;
};

struct carried_slot {
	uint32_t number, flags; /* of the descriptor */
	uint32_t file;          /* index */
};

struct carried_page {
	uint32_t address; /* where it is mapped, by the process server */
};

struct carried_parts {
	const struct carried_file *files;
	const struct carried_slot *slots;
	const struct carried_page *pages;
	const char *paths;
};

/* Bytes of a block with so many, and paths of that length in all. */
size_t carried_size(const struct carried *head, size_t paths);

/* Where the parts of the block are. 0 if they and all paths lie inside and the
 * slots' files exist; -1: it is to be thrown away. size: what may be read. */
int carried_parse(const struct carried *head, size_t size,
    struct carried_parts *parts);
