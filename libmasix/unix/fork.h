/* SPDX-License-Identifier: BSD-2-Clause */
/* Between descriptor.c and fork.c: positions that processes share. */
#pragma once

struct open_file;
struct file_right;

/* file ends: its place in shared memory, if it has one, is not used here any
 * more. The lock is held. */
void shared_state_leave(struct open_file *file);

/* The lock is held. */
struct file_right **right_chain(mach_port_t port);
void rights_for_each(void (*function)(struct file_right *right));
