/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <base/error.h>
#include <mach/mach_types.h>

/* Says what failed and why; 1. */
int failed(const char *what, error_t error);

/* Lines of tab-separated columns, each column as wide as its longest word. */
void table_print(char *text, unsigned size);

/* The list of servers, on the heap; null, and said, if there is none. */
char *list_read(unsigned *size);

/* times 0: for ever. */
int top_show(mach_port_t acs, unsigned seconds, unsigned times);

/* tree.c */
int tree_show(mach_port_t acs);
int waits_show(mach_port_t acs); /* who waits for whom */

/* env.c: what stands behind `acs env`. */
int env_command(mach_port_t acs, int argc, char **argv);

/* Root's right to the ACS of that environment; null, and said. */
mach_port_t env_right(mach_port_t acs, const char *name);

/* copy.c: the files (paths, with spaces between) into that environment. */
error_t files_copy(mach_port_t client, char *paths);

/* enter.c: runs the words as user in that environment (none: a login shell);
 * its exit status as a shell has it. */
int enter(mach_port_t acs, const char *environment, const char *user,
    int argc, char **argv);
