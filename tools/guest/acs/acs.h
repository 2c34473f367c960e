/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The list of servers, on the heap; null, and said, if there is none. */
char *list_read(unsigned *size);

/* times 0: for ever. */
int top_show(unsigned seconds, unsigned times);
