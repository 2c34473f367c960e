/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of addresses: the archive's file "symbols" has a line "ADDRESS NAME"
 * (8 hexadecimal digits) for each function of every server, by address. Each
 * server is linked elsewhere, so an address says whose it is.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Writes "NAME+0xOFFSET", or only the address if there is no name for it. */
void symbol_format(const char *symbols, size_t size, uint32_t address,
    char *text, size_t text_size);
