/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts: the line that begins with #! and what becomes of the arguments. */
#pragma once
#include <base/error.h>
#include <stddef.h>

enum {
	SCRIPT_LINE = 256,  /* bytes of a file that are looked at */
	SCRIPT_DEPTH = 5,   /* interpreters that are scripts themselves */
};

struct script {
	char interpreter[SCRIPT_LINE];
	char argument[SCRIPT_LINE];
	int has_argument;
};

/* E_NOEXEC: the bytes are not a script, or its line has no whole name. */
error_t script_parse(const char *bytes, size_t size, struct script *script);

/*
 * The strings of a call (each ends in 0; the arguments first) for the
 * interpreter: its name, the script's argument if any, the script's path, and
 * then all but the old argument 0. result has room for script_size() bytes.
 * count: the arguments, before and after.
 */
size_t script_size(const struct script *script, const char *path, size_t size);
size_t script_arguments(const struct script *script, const char *path,
    const char *strings, size_t size, int *count, char *result);
