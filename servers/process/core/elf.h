/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executables: what an ELF header says, checked. Everything in it comes from a
 * file that anybody may have written; what elf_parse accepts can be mapped
 * without further thought: page-congruent segments, rising, not overlapping,
 * inside the file and below the limit that the caller gives.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	ELF_PAGE = 4096,
	ELF_SEGMENTS = 16,
	ELF_READ = 1,
	ELF_WRITE = 2,
	ELF_EXECUTE = 4,
};

struct elf_segment {
	uint32_t address, memory_size; /* as the header says: unaligned */
	uint32_t offset, file_size;
	unsigned protection; /* ELF_READ, ... */
};

struct elf_image {
	int is_relocatable; /* ET_DYN: addresses are relative */
	int is_native;      /* it has a note of "Masix" (newlib/crt.S) */
	uint32_t entry;
	uint32_t headers;      /* address of the program headers, 0 unknown */
	unsigned header_count;
	uint32_t interpreter_offset, interpreter_size; /* size 0: none */
	uint32_t low, high;    /* page-aligned range of all segments */
	unsigned segment_count;
	struct elf_segment segments[ELF_SEGMENTS];
};

/*
 * header: the first size bytes of a file of file_size bytes. limit: no address
 * may reach it. E_NOEXEC: not an i386 ELF executable, or one that lies; the
 * program headers must be within size bytes.
 */
error_t elf_parse(const void *header, uint32_t size, uint64_t file_size,
    uint32_t limit, struct elf_image *image);
