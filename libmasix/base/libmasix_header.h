/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of the libmasix blob: what the process server reads of it, and
 * what it leaves there. The archive file `libmasix` is an ELF file with two
 * loadable segments: text (this header first) at LAYOUT_LIBMASIX, data and bss
 * at LAYOUT_LIBMASIX_DATA. The server maps the text once and lets every
 * process map it read-only; the data is copied for each new task that does not
 * inherit it by fork, and the bss after it starts as zeros.
 */
#pragma once
#include <stdint.h>

#define LIBMASIX_MAGIC 0x7869734d /* "Msix" */
#define LIBMASIX_VERSION 1

struct libmasix_header {
	uint32_t magic;
	uint32_t version;
	uint32_t text_start, text_end; /* page aligned: what to map read-only */
	uint32_t data_start, data_end; /* with contents, page aligned start */
	uint32_t bss_end;              /* page aligned: zeros from data_end on */
	uint32_t start;      /* first instruction of every new image: esp the
	                      * initial stack (argc, ...), eax the program's or
	                      * the interpreter's entry, ebx 1 if the data is
	                      * fresh, else 0 */
	uint32_t fork_child; /* where a fork's child begins */
	uint32_t sysinfo;    /* AT_SYSINFO */
	uint32_t vdso;       /* AT_SYSINFO_EHDR: an ELF image */
	uint32_t vdso_size;
	uint32_t spare[4];
};
