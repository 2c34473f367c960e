/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <base/error.h>
#include <base/mach.h>
#include <base/port.h>

#define CHECK(holds) check((holds) != 0, __LINE__, #holds)

extern mach_port_t acs; /* root's right, of the environment that was booted */
extern int checks, failures;

void check(int holds, int line, const char *what);

/* Each drops the right that it gets. */
error_t look(mach_port_t client, const char *name, int wait);
error_t begin(mach_port_t client, const char *name);
error_t stop(mach_port_t client, const char *name);
error_t end(mach_port_t client, const char *name); /* kills */

void watches(void);
void environments(void);
