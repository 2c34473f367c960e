/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of a native program, and the way its calls leave it: through the
 * entry that the auxiliary vector names, as an unmodified Linux binary's. */
	.globl	program_start, linux_call, linux_entry
	.text
program_start:	xorl	%ebp, %ebp
	movl	%esp, %eax
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	call	newlib_start		/* never returns */
	hlt

linux_call:
	pushl	%ebp
	pushl	%edi
	pushl	%esi
	pushl	%ebx
	movl	20(%esp), %eax
	movl	24(%esp), %ebx
	movl	28(%esp), %ecx
	movl	32(%esp), %edx
	movl	36(%esp), %esi
	movl	40(%esp), %edi
	movl	44(%esp), %ebp
	call	*linux_entry
	popl	%ebx
	popl	%esi
	popl	%edi
	popl	%ebp
	ret

	/* what tells a native program from another one's (process, elf.h) */
	.section .note.masix, "a", @note
	.balign	4
	.long	6, 4, 1
	.asciz	"Masix"
	.balign	4
	.long	1

	.bss
	.balign	4
linux_entry:
	.skip	4
	.section .note.GNU-stack, "", @progbits
