/* SPDX-License-Identifier: BSD-2-Clause */
/* What the handlers of pfs.defs share. */
#pragma once
#include "survive.h"

/* The file of a node, with the lock taken; end_use() afterwards. */
error_t use(offset_t number, struct file **file);
void end_use(struct file *file);
int is_directory(const struct file *file);
/* A directory to look into. */
error_t use_directory(offset_t number, struct file **file);
/* It may be changed. has_op: the type can do it. */
error_t change_check(struct file *file, int has_op);
