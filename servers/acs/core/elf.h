/* SPDX-License-Identifier: BSD-2-Clause */
/* Server images: static ELF files for the i386, as the build links them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct elf_segment {
	uint32_t address;     /* page aligned */
	uint32_t size;        /* page aligned */
	const char *data;     /* goes to address + data_offset */
	uint32_t data_offset; /* less than a page */
	uint32_t data_size;
	int writable;
};

/* Checks the image; count: of its loadable segments; entry: where it starts.
 * Returns 0 if it is no image that can be loaded. */
int elf_check(const char *image, size_t size, unsigned *count,
    uint32_t *entry);

/* The loadable segment with that index of a checked image; 0: it lies outside
 * the image or of the address space. */
int elf_segment(const char *image, size_t size, unsigned index,
    struct elf_segment *segment);
