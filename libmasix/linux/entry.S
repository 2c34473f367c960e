/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into libmasix and out of it.
 *
 * Two kinds of code. What is in sections .masix.* is for the process server
 * the program's own code: a signal that comes there redirects the thread to
 * signal_entry at once. What is in .text is libmasix: a signal waits until the
 * way out looks at the page. So the last look at the page and the last
 * instruction before the program must both be of the first kind, else a
 * signal that came between them would be forgotten. From leave_start to
 * leave_end the frame at the top of the stack says all there is to know, and
 * is not changed any more: signal_entry just takes the frame and starts the
 * way out afresh.
 *
 * The fastest calls never leave the first kind: they read a word of the
 * process page.
 */
#include <linux/offsets.h>

#define MAIN_FRAME \
	(main_thread + THREAD_BYTES - THREAD_STRUCT_BYTES - FRAME_BYTES)

	.section .masix.header, "a"
	.globl masix_header
masix_header:
	.long 0x7869734d, 1
	.long masix_header, masix_text_end
	.long masix_data_start, masix_data_end, masix_bss_end
	.long image_entry, fork_entry, sysinfo_entry
	.long vdso_start, vdso_size
	.long files_layout, 0, 0, 0

	.section .masix.entry, "ax"
	.balign 16
	.globl sysinfo_entry, leave_start, leave_end
/* A call: number in eax, arguments in ebx, ecx, edx, esi, edi, ebp. All
 * registers but eax come back as they were. */
sysinfo_entry:
	cmpl $256, %eax
	jae 1f
	pushl %ecx
	movzbl page_words(%eax), %ecx
	jecxz 2f
	movl PAGE_ADDRESS - 4(, %ecx, 4), %eax
	popl %ecx
	ret
2:	popl %ecx
1:	jmp call_entry

	.balign 16
leave_start:
leave:	/* esp: the frame; eax: the result, also in the frame */
	movl PAGE_ADDRESS + PAGE_BLOCKED, %ecx
	movl PAGE_ADDRESS + PAGE_BLOCKED + 4, %edx
	notl %ecx
	notl %edx
	andl PAGE_ADDRESS + PAGE_PENDING, %ecx
	andl PAGE_ADDRESS + PAGE_PENDING + 4, %edx
	orl %edx, %ecx
	orl FRAME_FULL(%esp), %ecx
	orl FRAME_THREAD + THREAD_WORK(%esp), %ecx
	jnz leave_slowly
	movl FRAME_ECX(%esp), %ecx
	movl FRAME_EDX(%esp), %edx
	movl FRAME_ESP(%esp), %esp
	ret

leave_full: /* esp: the frame, complete */
	movl PAGE_ADDRESS + PAGE_BLOCKED, %ecx
	movl PAGE_ADDRESS + PAGE_BLOCKED + 4, %edx
	notl %ecx
	notl %edx
	andl PAGE_ADDRESS + PAGE_PENDING, %ecx
	andl PAGE_ADDRESS + PAGE_PENDING + 4, %edx
	orl %edx, %ecx
	orl FRAME_THREAD + THREAD_WORK(%esp), %ecx
	jnz leave_slowly
	movl FRAME_BELOW(%esp), %edx
	movl FRAME_EIP(%esp), %ecx
	movl %ecx, 4(%edx)
	movl FRAME_EFL(%esp), %ecx
	movl %ecx, (%edx)
	movw %gs, %cx
	cmpw FRAME_GS(%esp), %cx
	je 1f
	movw FRAME_GS(%esp), %gs
1:	movw %fs, %cx
	cmpw FRAME_FS(%esp), %cx
	je 1f
	movw FRAME_FS(%esp), %fs
1:	movl FRAME_EDI(%esp), %edi
	movl FRAME_ESI(%esp), %esi
	movl FRAME_EBP(%esp), %ebp
	movl FRAME_EBX(%esp), %ebx
	movl FRAME_EDX(%esp), %edx
	movl FRAME_ECX(%esp), %ecx
	movl FRAME_EAX(%esp), %eax
	movl FRAME_BELOW(%esp), %esp
	popfl
	ret
leave_end:

	.text
	.globl call_entry, call_fault, signal_entry, int80_entry
	.globl fault_entry, fork_entry, image_entry
call_entry:
	movl %esp, MAIN_FRAME + FRAME_ESP
	movl $MAIN_FRAME, %esp
	cld
	movl %eax, FRAME_CALL(%esp)
	movl %ebx, FRAME_EBX(%esp)
	movl %ecx, FRAME_ECX(%esp)
	movl %edx, FRAME_EDX(%esp)
	movl %esi, FRAME_ESI(%esp)
	movl %edi, FRAME_EDI(%esp)
	movl %ebp, FRAME_EBP(%esp)
	movl $0, FRAME_FULL(%esp)
call_dispatch:
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %edx
	pushl %ecx
	pushl %ebx
	cmpl call_count, %eax
	jae 1f
	call *call_functions(, %eax, 4)
call_done:
	addl $24, %esp
	movl %eax, FRAME_EAX(%esp)
	leal RESTART_LAST(%eax), %ecx
	cmpl $RESTART_LAST - RESTART_FIRST, %ecx
	ja leave
leave_slowly:
	call leave_work
	jmp leave_full
1:	call call_unknown
	jmp call_done

/* The way of a fault in a call: the process server has set eip only. */
fault_entry:
	cld
	movl %esp, %eax
	orl $THREAD_BYTES - 1, %eax
	movl TOP_THREAD + THREAD_FAULT_ESP(%eax), %esp
	jmp *TOP_THREAD + THREAD_FAULT_EIP(%eax)

/* Where that leads unless somebody else wanted it: esp at the arguments. */
call_fault:
	call thread_fault
	movl 24 + FRAME_EBX(%esp), %ebx	/* what the call had saved is lost */
	movl 24 + FRAME_ESI(%esp), %esi
	movl 24 + FRAME_EDI(%esp), %edi
	movl 24 + FRAME_EBP(%esp), %ebp
	jmp call_done

/* The program was interrupted, or has faulted: its registers are in the page. */
signal_entry:
	movl $MAIN_FRAME, %esp
	cld
	call signal_arrived
	jmp leave_full

/* int $0x80 in the program: the same, but it is a call. */
int80_entry:
	movl $MAIN_FRAME, %esp
	cld
	call int80_take
	movl FRAME_CALL(%esp), %eax
	movl FRAME_EBX(%esp), %ebx
	movl FRAME_ECX(%esp), %ecx
	movl FRAME_EDX(%esp), %edx
	movl FRAME_ESI(%esp), %esi
	movl FRAME_EDI(%esp), %edi
	movl FRAME_EBP(%esp), %ebp
	jmp call_dispatch

/* A fork's child: esp is the frame of the copied stack. */
fork_entry:
	cld
	call fork_child
	jmp leave_full

/* A new image: esp its stack; see struct image_words for the registers. */
image_entry:
	pushl %esp
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %edx
	pushl %ecx
	pushl %ebx
	pushl %eax
	movl %esp, %eax
	movl $MAIN_FRAME, %esp
	cld
	pushl %eax
	call image_start
	addl $4, %esp
	jmp leave_full

/*
 * user_copy(to, from, size), user_length(string, limit): a fault returns
 * -EFAULT from here and not from the whole call.
 */
	.macro catch where
	movl %esp, %ebx
	orl $THREAD_BYTES - 1, %ebx
	pushl TOP_THREAD + THREAD_FAULT_ESP(%ebx)
	pushl TOP_THREAD + THREAD_FAULT_EIP(%ebx)
	movl %esp, TOP_THREAD + THREAD_FAULT_ESP(%ebx)
	movl $\where, TOP_THREAD + THREAD_FAULT_EIP(%ebx)
	.endm

	.globl user_copy, user_length
	.type user_copy, @function
	.type user_length, @function
user_copy:
	pushl %ebx
	pushl %esi
	pushl %edi
	catch 1f
	movl 24(%esp), %edi
	movl 28(%esp), %esi
	movl 32(%esp), %ecx
	movl %ecx, %edx
	shrl $2, %ecx
	rep movsl
	movl %edx, %ecx
	andl $3, %ecx
	rep movsb
	xorl %eax, %eax
	jmp 2f
user_length:
	pushl %ebx
	pushl %esi
	pushl %edi
	catch 1f
	movl 24(%esp), %edi
	movl 28(%esp), %ecx
	movl %edi, %edx
	xorl %eax, %eax
	jecxz 3f
	repne scasb
	jne 3f
	leal -1(%edi), %eax
	subl %edx, %eax
2:	popl TOP_THREAD + THREAD_FAULT_EIP(%ebx)
	popl TOP_THREAD + THREAD_FAULT_ESP(%ebx)
	popl %edi
	popl %esi
	popl %ebx
	ret
3:	movl $-36, %eax
	jmp 2b
1:	movl %esp, %ebx
	orl $THREAD_BYTES - 1, %ebx
	movl $-14, %eax
	jmp 2b

	.section .masix.threads, "aw", @nobits
	.globl main_thread
	.balign THREAD_BYTES
main_thread:
	.skip THREAD_BYTES

	.section .note.GNU-stack, "", @progbits
