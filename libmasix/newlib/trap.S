/* SPDX-License-Identifier: BSD-2-Clause */
/* mach_msg() of a native program: straight to the kernel. Its stack is not one
 * of base's, so there is no place where base's could keep what it sends. */
	.text
	.globl mach_msg
	.type mach_msg, @function
mach_msg:
	movl $-25, %eax
	lcall $7, $0
	ret
	.size mach_msg, . - mach_msg

	.section .note.GNU-stack, "", @progbits
