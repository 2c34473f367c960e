/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests do to a volume of any type that is mounted from memory, by its
 * operations: a clock that goes on a millisecond at each look, complaints
 * (printed if LOUD is in the environment), names and files.
 */
#pragma once
#include <fs/node.h>

void fake_clock(struct fs_time *time);
void fake_complain(struct fs_volume *volume, const char *text);
/* Forgets its nodes first. */
error_t volume_unmount(struct fs_volume *volume);
/* With a reference, as all nodes below; null: it can't be loaded. */
struct fs_node *volume_root(struct fs_volume *volume);

/* node may be null: no reference is wanted. */
error_t make(struct fs_node *directory, const char *name, uint32_t mode,
    struct fs_node **node);
error_t find(struct fs_node *directory, const char *name,
    struct fs_node **node);
error_t drop(struct fs_node *directory, const char *name, int kind);
error_t move(struct fs_node *from, const char *name, struct fs_node *to,
    const char *to_name, unsigned flags);
/* Grows and writes, as the shell does. */
error_t put(struct fs_node *node, uint64_t offset, const void *data,
    size_t count);
