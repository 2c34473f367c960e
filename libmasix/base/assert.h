/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * assert() for what we caused ourselves; never for what a client, a disk or a
 * network can cause. A failure is logged with addresses and ends the task by
 * an exception, which the ACS reports with a backtrace by symbols.
 */
#pragma once

#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition)                                                      \
	((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))
#endif

void assert_failed(const char *condition, const char *file, int line)
    __attribute__((noreturn));

/* Says why (as text_format) and ends the task in the same way. */
void panic(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));
