/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/kmsg as dmesg reads it: one record a read, "6,SEQUENCE,MICROSECONDS,-;"
 * and the line. They are made from the log's text, whose lines begin with
 * "[ SECONDS.FRACTION] ". The device's positions are those of all records one
 * behind the other, so that a reader's offset says what it has seen.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Up to room bytes of the record at offset; how many, 0 at the end. */
size_t records_read(
    const char *text, size_t size, uint64_t offset, char *bytes, size_t room);
