/* SPDX-License-Identifier: BSD-2-Clause */
/* What init's parts share. */
#pragma once

/* The value of word `NAME=` of the kernel's command line into value (of size
 * bytes); 0 if it is not there. */
int word_value(const char *name, char *value, unsigned size);

/* One line to the terminal. */
void say(const char *text);

/* Runs the commands on the raw disk named disk ("hd1") with the environment's
 * words and writes their output and status back to it (tools/README.md, the
 * script disk). 0, or -1 if the disk holds no script. */
int script_run(const char *disk, char *const environment[]);
