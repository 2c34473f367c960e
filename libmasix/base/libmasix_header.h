/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of the libmasix blob: what the process server reads of it, and
 * what it leaves there. The archive file `libmasix` is an ELF file with two
 * loadable segments: text (this header first) at LAYOUT_LIBMASIX, data and bss
 * at LAYOUT_LIBMASIX_DATA. The server maps the text once and lets every
 * process map it read-only; the data is copied for each new task that does not
 * inherit it by fork, and the bss after it starts as zeros.
 *
 * Every new image is a new thread of the task, at start:
 *	esp	the initial stack (argc, ...)
 *	eax	entry point of the program or of its interpreter
 *	ebx	1 if the data is fresh, 0 if it survived an exec; LAYOUT_CARRIED
 *		if it is fresh and there lies what process_exec_anew carried
 *	ecx edx	address and count of bytes to set to 0 first: the rest of the
 *		last page of the program's file-backed data (count may be 0)
 *	esi edi	the same for the interpreter
 *	ebp	where brk begins: the end of the program's bss
 * The process server has set caught and waiting in the process page to 0. The
 * reply port of the exec call has got a stray message (its send-once right
 * died with the call): start must destroy the cached reply ports.
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
	uint32_t bss_end;    /* page aligned: zeros from data_end on */
	uint32_t start;      /* first instruction of each new image, below */
	uint32_t fork_child; /* where a fork's child begins */
	uint32_t sysinfo;    /* AT_SYSINFO */
	uint32_t vdso;       /* AT_SYSINFO_EHDR: an ELF image */
	uint32_t vdso_size;
	uint32_t files; /* address of a struct libmasix_files */
	uint32_t spare[3];
};

/*
 * How a process's open files lie in its memory, for pfs-proc, which reads them
 * there: addresses and offsets in bytes. It believes nothing of what it reads.
 */
struct libmasix_files {
	uint32_t slots, end; /* where the address of the first slot, and the
	                      * number of slots, are */
	uint32_t slot_size, slot_file, slot_flags;
	uint32_t file_right, file_state, file_path, file_epoll, file_event;
	uint32_t state_position, state_flags;
	uint32_t right_port, right_kind, right_node, right_device;
};

/* What an open file without a server is, in file_event. */
enum event_kind {
	EVENT_NONE,
	EVENT_COUNTER,
	EVENT_SEMAPHORE,
	EVENT_LIST, /* no event at all: the directory /proc/self/fd (list.c) */
	EVENT_SIGNALS, /* signalfd */
	EVENT_PROCESS, /* pidfd */
};
