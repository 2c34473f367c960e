/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's memcpy, memmove and memset, four bytes at a time: as packaged
 * they move single ones, which costs most of a page copy. Laid out to lie over
 * the old ones: each entry where it was, the end of memset in the gap behind
 * memcmp, which stays. Called as the kernel calls: arguments on the stack,
 * result in eax, direction flag clear.
 */
	.text
	.globl copy_memcpy, copy_memmove, copy_memset, copy_end

copy_memcpy:
	pushl %edi
	pushl %esi
	movl 12(%esp), %eax
	movl 16(%esp), %esi
	movl 20(%esp), %ecx
forward:
	movl %eax, %edi
	pushl %ecx
	shrl $2, %ecx
	rep movsl
	popl %ecx
	andl $3, %ecx
	rep movsb
	popl %esi
	popl %edi
	ret

	.org 0x20, 0x90
copy_memmove:
	pushl %edi
	pushl %esi
	movl 12(%esp), %eax
	movl 16(%esp), %esi
	movl 20(%esp), %ecx
	cmpl %eax, %esi
	jae forward
	leal -1(%eax,%ecx), %edi
	leal -1(%esi,%ecx), %esi
	std
	rep movsb
	cld
	popl %esi
	popl %edi
	ret

	.org 0x50, 0x90
copy_memset:
	pushl %edi
	movl 8(%esp), %edx
	movzbl 12(%esp), %eax
	imull $0x01010101, %eax, %eax
	movl 16(%esp), %ecx
	movl %edx, %edi
	pushl %ecx
	shrl $2, %ecx
	rep stosl
	jmp last

	/* memcmp is from 0x70 to 0x93 */
	.org 0x93, 0x90
last:
	popl %ecx
	andl $3, %ecx
	rep stosb
	movl %edx, %eax
	popl %edi
	ret
	.org 0xa0, 0x90
copy_end:

	.section .note.GNU-stack, "", @progbits
