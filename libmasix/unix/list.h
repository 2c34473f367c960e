/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of /proc/self/fd: for directory.c. */
#pragma once
#include <stdint.h>

enum {
	LIST_RECORD_MAX = 40,
};

/* Records from position on, as a server gives them; how many bytes. */
unsigned list_read(int64_t position, char *data, unsigned room);
