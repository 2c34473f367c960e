/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a server begins. The stack that the task was born with holds argc and
 * argv; the first thread runs on a stack of its own, aligned like that of any
 * other thread (thread.h), so that it finds its structure in the same way.
 */
	.text
	.globl _start
	.type _start, @function
_start:
	movl %esp, %eax
	movl $thread_main_stack_top, %esp
	xorl %ebp, %ebp
	leal 4(%eax), %edx
	pushl $0
	pushl $0
	pushl %edx
	pushl (%eax)
	call thread_main
1:	jmp 1b
	.size _start, . - _start

	/* THREAD_STACK_SIZE, less struct thread (128 bytes) at its top */
	.section .bss.thread_main_stack, "aw", @nobits
	.globl thread_main_stack
	.balign 65536
thread_main_stack:
	.skip 65536 - 128
thread_main_stack_top:
	.skip 128

	.section .note.GNU-stack, "", @progbits
