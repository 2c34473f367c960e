/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a file of another server, by message: neither side maps the other's
 * pages, and what the file's server gets it writes to its disk at once.
 */
#pragma once
#include <base/port.h>

/* All of them, or an error. */
error_t file_bytes_read(BORROWED mach_port_t file, uint64_t position,
    void *buffer, size_t count);
error_t file_bytes_write(BORROWED mach_port_t file, uint64_t position,
    const void *buffer, size_t count);
