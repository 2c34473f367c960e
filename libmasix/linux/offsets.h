/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Offsets of structure members for the assembly files. offsets.c fails to
 * compile when one is wrong.
 */
#pragma once

/* struct unix_thread */
#define THREAD_BYTES 0x10000
#define THREAD_STRUCT_BYTES 512
#define THREAD_FAULT_ESP 0
#define THREAD_FAULT_EIP 4
#define THREAD_TICKET 8
#define THREAD_INTERRUPTIBLE 12
#define THREAD_WORK 16
#define THREAD_SENT 20

/* struct unix_frame, below the struct */
#define FRAME_GS 0
#define FRAME_FS 4
#define FRAME_ES 8
#define FRAME_DS 12
#define FRAME_EDI 16
#define FRAME_ESI 20
#define FRAME_EBP 24
#define FRAME_BELOW 28
#define FRAME_EBX 32
#define FRAME_EDX 36
#define FRAME_ECX 40
#define FRAME_EAX 44
#define FRAME_EIP 48
#define FRAME_CS 52
#define FRAME_EFL 56
#define FRAME_ESP 60
#define FRAME_SS 64
#define FRAME_CALL 68
#define FRAME_FULL 72
#define FRAME_BYTES 80

/* from the frame to its thread */
#define FRAME_THREAD FRAME_BYTES

/* from (esp | THREAD_BYTES - 1) to the struct */
#define TOP_THREAD (1 - THREAD_STRUCT_BYTES)

/* struct process_page, at LAYOUT_PROCESS_PAGE */
#define PAGE_ADDRESS 0xb0800000
#define PAGE_PID 0
#define PAGE_PARENT 4
#define PAGE_GROUP 8
#define PAGE_UID 16
#define PAGE_EUID 20
#define PAGE_GID 32
#define PAGE_EGID 36
#define PAGE_PENDING 308
#define PAGE_SAVED 392
#define PAGE_BLOCKED 492
#define PAGE_WAITING 520

/* Results from -UNIX_RESTART_LAST to -UNIX_RESTART never reach a program. */
#define RESTART_FIRST 512
#define RESTART_LAST 516

/* What mach_msg_window() answers when nothing was sent. */
#define WAIT_NOT_SENT 0x10000007
