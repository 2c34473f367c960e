/* SPDX-License-Identifier: BSD-2-Clause */
/* wait4 and waitid: which child there is to tell of. */
#pragma once
#include "core/process.h"

enum {
	WAIT_NO_HANG = 1,
	WAIT_STOPPED = 2,
	WAIT_EXITED = 4,
	WAIT_CONTINUED = 8,
	WAIT_KEEP = 0x01000000,        /* WNOWAIT */
	WAIT_NO_THREAD = 0x20000000,   /* __WNOTHREAD: no meaning here */
	WAIT_ALL = 0x40000000,         /* __WALL */
	WAIT_CLONE = (int)0x80000000u, /* __WCLONE */
};

struct wait_result {
	struct process *child;
	int status;
	int ended; /* child is a zombie, to be reaped unless WAIT_KEEP */
};

/*
 * which: as waitpid's pid. Looks for a child to tell of; 0 with result->child
 * null: none yet, but there are children that may come (the caller waits, or
 * answers 0 for WAIT_NO_HANG). E_CHILD: no such child; E_INVAL: options.
 * Unless WAIT_KEEP a stop or continuation is told once.
 */
error_t wait_find(struct process *parent, int which, int options,
    struct wait_result *result);
