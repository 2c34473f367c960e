/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where things are in a process's address space, and under which names a
 * process finds its fixed ports. proc and libmasix agree by this page.
 *
 *	00000000 - 0000ffff	nothing (NULL dereferences fault)
 *	08000000		position-independent executables
 *	08048000		other executables, then the heap (brk)
 *	40000000 - afffffff	mmap, upwards; ld.so is loaded at its start
 *	b0000000 - bbffffff	libmasix: text, data, process page, windows
 *	bc000000 - bfffdfff	stack, downwards from LAYOUT_STACK_TOP
 */
#pragma once

#define LAYOUT_PIE_BASE 0x08000000
#define LAYOUT_MMAP_BASE 0x40000000
#define LAYOUT_MMAP_END 0xb0000000
#define LAYOUT_LIBMASIX 0xb0000000      /* text, read-only data: shared */
#define LAYOUT_LIBMASIX_DATA 0xb0200000 /* data: private, survives exec */
#define LAYOUT_PROCESS_PAGE 0xb0800000  /* shared with proc */
#define LAYOUT_WINDOWS 0xb1000000       /* libmasix's own maps: files, time */
#define LAYOUT_CARRIED LAYOUT_WINDOWS   /* of an exec in a new task: carry.c */
#define LAYOUT_FILES 0xb3000000         /* from here on: file windows only */
#define LAYOUT_WINDOWS_END 0xbc000000
#define LAYOUT_STACK_LIMIT 0xbc000000
#define LAYOUT_STACK_TOP 0xbfffe000
#define LAYOUT_TOP 0xc0000000

/* Fixed port names, the same in every process, inserted by proc. */
enum {
	PORT_PROCESS = 0x20, /* send: process.defs */
	PORT_VFS = 0x21,     /* send: vfs.defs */
	PORT_ACS = 0x22,     /* send: acs.defs, level 0 */
	PORT_FIXED_END = 0x28,
};
