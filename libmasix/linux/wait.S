/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mach_msg() in a process. As in a server it goes straight to the kernel; but
 * the kernel may end it early, because the process server aborts the thread
 * when a signal comes while the page says `waiting`. Whoever did not ask for
 * that (wait_begin) never sees it: message.c goes on where it stopped.
 */
#include <linux/offsets.h>

	.text
	.globl mach_msg
	.type mach_msg, @function
mach_msg:
	movl %esp, %eax
	orl $THREAD_BYTES - 1, %eax
	cmpl $0, TOP_THREAD + THREAD_INTERRUPTIBLE(%eax)
	jne mach_msg_waiting
	movl 4(%esp), %ecx	/* what message.c needs to repeat it */
	movl (%ecx), %edx
	movl %edx, TOP_THREAD + THREAD_SENT(%eax)
	movl 8(%ecx), %edx
	movl %edx, TOP_THREAD + THREAD_SENT + 4(%eax)
	movl 20(%ecx), %edx
	movl %edx, TOP_THREAD + THREAD_SENT + 8(%eax)
	movl $-25, %eax
	lcall $7, $0
	testl %eax, %eax
	jnz 2f
	movl 4(%esp), %ecx
	cmpl $71, 20(%ecx)	/* "send once": the server has died */
	je mach_msg_died
	ret
2:	cmpl $0x10000007, %eax	/* MACH_SEND_INTERRUPTED */
	je 1f
	cmpl $0x10004005, %eax	/* MACH_RCV_INTERRUPTED */
	je 1f
	cmpl $0x1000000d, %eax	/* MACH_SEND_NO_BUFFER */
	je 1f
	ret
1:	movl %eax, %edx
	popl %ecx		/* mach_msg_again(result, return, arguments) */
	pushl %ecx
	pushl %ecx
	pushl %edx
	call mach_msg_again
	addl $8, %esp
	ret
	.size mach_msg, . - mach_msg

/* The same trap, once, with a last look at the page that a signal can't slip
 * behind: see process_page.h. */
	.globl mach_msg_window, wait_start, wait_trap, wait_interrupted
	.type mach_msg_window, @function
mach_msg_window:
wait_start:
	movl PAGE_ADDRESS + PAGE_BLOCKED, %ecx
	movl PAGE_ADDRESS + PAGE_BLOCKED + 4, %edx
	notl %ecx
	notl %edx
	andl PAGE_ADDRESS + PAGE_PENDING, %ecx
	andl PAGE_ADDRESS + PAGE_PENDING + 4, %edx
	orl %edx, %ecx
	jnz wait_interrupted
	movl $-25, %eax
wait_trap:
	lcall $7, $0
	ret
wait_interrupted:
	movl $WAIT_NOT_SENT, %eax
	ret
	.size mach_msg_window, . - mach_msg_window

	.section .note.GNU-stack, "", @progbits
