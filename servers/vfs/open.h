/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, for serve_vfs.c. */
#pragma once
#include "vfs.h"

struct opening {
	struct lookup lookup;
	unsigned flags; /* O_*, OPEN_EXEC */
	uint32_t mode;
	int ticket;
	struct asked asked;
	int created; /* by this call: permissions are not looked at */
	/* the answer */
	mach_port_t right;
	mach_msg_type_name_t type;
	struct file_attributes *attributes;
};

/* flags of the walk that opening->flags ask for. */
unsigned open_walk_flags(unsigned flags);

/* What open(2) refuses before it looks at a path. */
error_t open_check_flags(unsigned flags);

/* The lookup has begun well. Lock held. */
error_t open_found(struct opening *opening);
