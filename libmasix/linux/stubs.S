/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where changed int $0x80 sites call (patch.c): one stub of 16 bytes for each
 * number. The return address goes over the int that is still there.
 */
	.section .masix.user, "ax"
	.globl call_stubs
	.balign 16
call_stubs:
	.set number, 0
	.rept 451
	addl $2, (%esp)
	movl $number, %eax
	jmp sysinfo_entry
	.balign 16
	.set number, number + 1
	.endr
	.section .note.GNU-stack, "", @progbits
