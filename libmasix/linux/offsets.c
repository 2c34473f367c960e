/* SPDX-License-Identifier: BSD-2-Clause */
/* Proves offsets.h. */
#include <linux/offsets.h>
#include <mach/message.h>
#include <unix/unix.h>

#define SAME(offset, type, member) \
	_Static_assert((offset) == offsetof(struct type, member), #member)

SAME(THREAD_FAULT_ESP, unix_thread, fault_esp);
SAME(THREAD_FAULT_EIP, unix_thread, fault_eip);
SAME(THREAD_TICKET, unix_thread, ticket);
SAME(THREAD_INTERRUPTIBLE, unix_thread, interruptible);
SAME(THREAD_WORK, unix_thread, work);
SAME(THREAD_SENT, unix_thread, sent);
SAME(FRAME_GS, unix_frame, gs);
SAME(FRAME_DS, unix_frame, ds);
SAME(FRAME_EDI, unix_frame, edi);
SAME(FRAME_ESI, unix_frame, esi);
SAME(FRAME_EBP, unix_frame, ebp);
SAME(FRAME_BELOW, unix_frame, below);
SAME(FRAME_EBX, unix_frame, ebx);
SAME(FRAME_EDX, unix_frame, edx);
SAME(FRAME_ECX, unix_frame, ecx);
SAME(FRAME_EAX, unix_frame, eax);
SAME(FRAME_EIP, unix_frame, eip);
SAME(FRAME_EFL, unix_frame, efl);
SAME(FRAME_ESP, unix_frame, esp);
SAME(FRAME_SS, unix_frame, ss);
SAME(FRAME_CALL, unix_frame, call);
SAME(FRAME_FULL, unix_frame, full);
SAME(PAGE_PID, process_page, pid);
SAME(PAGE_PARENT, process_page, parent);
SAME(PAGE_GROUP, process_page, group);
SAME(PAGE_UID, process_page, uid);
SAME(PAGE_EUID, process_page, euid);
SAME(PAGE_GID, process_page, gid);
SAME(PAGE_EGID, process_page, egid);
SAME(PAGE_PENDING, process_page, pending);
SAME(PAGE_SAVED, process_page, saved_registers);
SAME(PAGE_BLOCKED, process_page, blocked);
SAME(PAGE_WAITING, process_page, waiting);
_Static_assert(PAGE_ADDRESS == LAYOUT_PROCESS_PAGE, "one address");
_Static_assert(THREAD_BYTES == THREAD_SIZE, "one size");
_Static_assert(THREAD_STRUCT_BYTES == THREAD_STRUCT, "one size");
_Static_assert(sizeof(struct unix_thread) <= THREAD_STRUCT, "fits");
_Static_assert(FRAME_BYTES == sizeof(struct unix_frame), "one size");
_Static_assert(RESTART_FIRST == UNIX_RESTART, "one number");
_Static_assert(RESTART_LAST == UNIX_RESTART_BLOCK, "one number");
_Static_assert(WAIT_NOT_SENT == MACH_SEND_INTERRUPTED, "one number");
