/* SPDX-License-Identifier: BSD-2-Clause */
/* Two descriptors made at once: of a pipe, of a pair of sockets. */
#pragma once
#include <mach/mach_types.h>
#include <stdint.h>

long pair_install(
    mach_port_t rights[2], uint32_t kind, uint32_t number, const int flags[2],
    int fds[2]);
long pair_give(const int made[2], int *fds);
