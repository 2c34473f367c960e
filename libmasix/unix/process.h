/* SPDX-License-Identifier: BSD-2-Clause */
/* Between fork in process.c and the child's first steps. */
#pragma once
#include <unix/unix.h>

/* In the child, before it returns to the program: its stack, segments and
 * the places where its id is wanted. */
void process_fork_child(struct unix_thread *thread, struct unix_frame *frame);

/* exec.c, in the new image: what the exec has sent is given up. */
void exec_forget(void);

/* thread.c of the Linux face: struct user_desc to a descriptor's two words. */
void segment_encode(const uint32_t *words, uint32_t *descriptor);

/* leave.c: every register of the program is in frame now. */
void frame_complete(struct unix_frame *frame);

/* entry.S: where a child begins. */
extern const char fork_entry[];
