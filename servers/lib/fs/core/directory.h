/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory records on the wire, from the entries that a type emits. Pure. */
#pragma once
#include <base/file_types.h>
#include <fs/node.h>

struct directory_writer {
	char *data; /* BORROWED */
	unsigned size, used;
	uint64_t next; /* position after the last record */
};

void directory_start(struct directory_writer *writer, char *data,
    unsigned size, uint64_t position);

/* A fs_emit_t; context is the writer. */
int directory_emit(void *context, const struct fs_entry *entry);
