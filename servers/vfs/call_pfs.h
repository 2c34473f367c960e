/* SPDX-License-Identifier: BSD-2-Clause */
/* For call_pfs*.c: the frame of a question. */
#pragma once
#include "vfs.h"

/* What is not a Unix error says that the server is gone or mad. */
static inline error_t pfs_error(error_t error)
{
	return !error || ERROR_IS_UNIX(error) ? error : E_IO;
}

static inline void call_begin(struct node *node)
{
	node_reference(node);
	unlock(&vfs_lock);
}

static inline void call_end(struct node *node)
{
	lock(&vfs_lock);
	node_drop(node);
}
