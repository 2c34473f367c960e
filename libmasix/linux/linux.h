/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the Linux face share. */
#pragma once
#include <unix/unix.h>

/* By number. */
extern long (*const call_functions[])();
extern const uint32_t call_count;

/* Labels of entry.S and wait.S. */
extern const char masix_code_start[], masix_code_end[];
extern const char sysinfo_entry[], leave_start[], leave_end[];
extern const char signal_entry[], int80_entry[], fault_entry[], fork_entry[];
extern const char call_fault[], call_stubs[];
extern const char wait_start[], wait_trap[], wait_interrupted[];
/* Where signal handlers return to (vdso.S). */
extern const char vdso_sigreturn[], vdso_rt_sigreturn[];

/* The registers of a new image's thread, as the process server sets them. */
struct image_words {
	uint32_t entry; /* of the program or its interpreter */
	uint32_t fresh; /* not 0: libmasix's data is new; see its header */
	uint32_t clear, clear_size;     /* what to fill with zeros: end of */
	uint32_t clear_2, clear_2_size; /* a page; and the interpreter's */
	uint32_t end;   /* of the program: the heap begins here */
	uint32_t stack;
};

/* Called by entry.S. */
void leave_work(void);
void signal_arrived(void);
void frame_take(void);
void int80_take(void);
void fork_child(void);
long thread_fault(void);
long call_unknown(void);
void image_start(const struct image_words *from);

/* patch.c: one more pass of an int $0x80; a new image has other code. */
void patch_consider(const struct unix_frame *frame);
void patch_forget(void);

/* Makes a frame complete: every register of the program is in it. */
void frame_complete(struct unix_frame *frame);

/* Writes libmasix's addresses into the process page. */
void page_fill(void);

/* Prepares the calling thread's struct (not its ids). */
void thread_prepare(struct unix_thread *thread);

/* frame.c: changes the frame so that the handler runs. 0, or -EFAULT if the
 * program's stack is unusable. mask: what the return shall restore. */
struct handler;
long handler_enter(struct unix_frame *frame, const struct handler *handler,
    const struct signal_info *info, uint64_t mask);
