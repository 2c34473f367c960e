/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files whose content VFS itself writes: /proc/mounts, /proc/partitions. The
 * text is made when the file is opened and belongs to that opening.
 */
#pragma once
#include "vfs.h"

struct text_file {
	struct object object;
	struct node *node; /* reference: for its attributes */
	unsigned length;
	char text[];
};

extern const struct object_class text_file_class;

error_t text_file_make(struct node *node, struct text_file **made);

/* For a node with one of FILE_TEXT_OF_VFS. Lock held. */
error_t text_file_answer(
    struct node *node, mach_port_t *right, mach_msg_type_name_t *type);

/* At most size bytes from offset. */
unsigned text_file_read(
    const struct text_file *file, int64_t offset, char *data, unsigned size);
