/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line for the system log, formatted as by text_format, without a newline
 * at the end. Loud lines are shown on the console too. A server's lines go to
 * the ACS (servers/lib/server says so by log_to()); before, and elsewhere, to
 * the kernel's console.
 */
#pragma once
#include <stddef.h>

enum {
	LOG_LINE_MAX = 400,
};

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_loud(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Lines go to sink from now on; null: to the kernel's console. */
void log_to(void (*sink)(int loud, const char *line, size_t length));
