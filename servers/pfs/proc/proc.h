/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of pfs-proc share. Contents are made when they are read, from
 * what the process server (process_info.defs), the data pager and the kernel
 * say at that moment.
 *
 * The operations run under lib/fs's lock and ask the process server all the
 * same: its pool for process_info waits for nobody (mig/process_info.defs),
 * so no ring of waits can close.
 */
#pragma once
#include "core/tree.h"
#include "report.h"
#include <base/libmasix_header.h>
#include <base/types.h>
#include <fs/node.h>

enum {
	CONTENT_MAX = 65536,
	TEXT_IPC = 4, /* what of process_text: /proc/sysvipc */
};

extern const struct fs_type proc_type;

/* facts.c */
error_t facts_read(struct system_facts *facts);

/* call_process_info.c */
error_t processes_list(int **pids, unsigned *count); /* vm memory, GIVEN */
void processes_list_free(int *pids, unsigned count);
error_t process_read(int pid, struct process_record *record);
/* what: as process_info_text. Appends to text as bytes; length moves. */
error_t process_text(int pid, int what, char *text, size_t size,
    size_t *length);
error_t process_maps(int pid, char *text, size_t size);
error_t process_task(int pid, mach_port_t *task); /* GIVEN */
error_t process_numbers(struct system_facts *facts);
error_t swap_numbers(struct system_facts *facts);
error_t command_line_read(char *text, size_t size);

/*
 * open_files.c: what a process has open, as it lies in its memory. It may
 * change while it is read, or be nonsense: then some of it is not shown.
 */
struct opens {
	mach_port_t task;                /* send right, owned */
	struct libmasix_files layout;
	uint32_t slots;
	int count;
	/* the page that was read last; owned; page 0: none */
	vm_address_t page, copy;
};

error_t opens_begin(struct opens *opens, int pid);
void opens_end(struct opens *opens);
/* The first that is open from fd on; -1: none. */
int opens_next(struct opens *opens, int fd);
/* Of a node's number: the permissions are added to mode; the target of a link;
 * the content of a file in fdinfo. E_NOENT. */
error_t open_mode(uint64_t number, uint32_t *mode);
error_t open_link(uint64_t number, char *target, unsigned *length);
error_t open_info(uint64_t number, char *text, size_t size);

/* content.c: the whole content of a file; length: of it. */
error_t content_make(uint64_t number, char *text, size_t size, size_t *length);
