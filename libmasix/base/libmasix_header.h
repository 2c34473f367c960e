/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first bytes of the libmasix image, at LAYOUT_LIBMASIX in every process
 * and at the start of the file "libmasix" of the boot archive. The process
 * server maps the image by what stands here and knows nothing else of it.
 *
 * The file: text_size bytes (a multiple of 4096) for LAYOUT_LIBMASIX, read and
 * execute; then data_size bytes for LAYOUT_LIBMASIX_DATA, followed there by
 * zeros up to data_memory bytes: read and write.
 *
 * How a new image starts (a new thread, at start):
 *	esp	the stack as Linux makes it: argc, argv, environment, auxv
 *	eax	entry point of the program or of its interpreter
 *	ebx	1: libmasix's data is fresh; 0: it survived an exec
 *	ecx edx	address and count of bytes that start shall set to 0 first: the
 *		rest of the last page of the program's file-backed data
 *	esi edi	the same for the interpreter; counts may be 0
 * The reply port of the exec call has a stray message (its send-once right
 * died): start must forget and destroy the reply ports it had cached.
 *
 * A fork's child starts at the entry and with the stack that process_fork
 * named; all other registers are 0, gs and fs too.
 */
#pragma once
#include <stdint.h>

enum {
	LIBMASIX_MAGIC = 0x5853414d, /* "MASX" */
};

struct libmasix_header {
	uint32_t magic;
	uint32_t text_size;
	uint32_t data_size;
	uint32_t data_memory;
	uint32_t start;   /* address: begins a new image, see above */
	uint32_t sysinfo; /* address for AT_SYSINFO */
	uint32_t vdso;    /* address of an ELF header for AT_SYSINFO_EHDR */
	uint32_t spare[9];
};
