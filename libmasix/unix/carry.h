/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes with the process into a new task: for exec.c. */
#pragma once
#include <unix/core/carried.h>
#include <unix/unix.h>

struct carry {
	struct carried *block; /* in memory of window_allocate; owned */
	size_t size;
	/* what process_exec_anew wants; in the heap, owned */
	mach_port_t *names, *rights;
	unsigned count, files; /* rights from files on: pages', owned */
};

/* Writes down the descriptors that are not close-on-exec. E_NOMEM. */
error_t carry_make(struct carry *carry);
void carry_free(struct carry *carry);
