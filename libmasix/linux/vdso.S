/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vDSO: a shared object by hand, that C libraries and debuggers find by
 * AT_SYSINFO_EHDR. It exports what Linux's does for calls and signals; all
 * addresses in it are offsets from its first byte, as it is not relocated.
 * The functions are code of the program's kind (see entry.S).
 */
	.section .masix.user, "ax"
	.globl vdso_start, vdso_size, vdso_sigreturn, vdso_rt_sigreturn
	.set vdso_size, vdso_end - vdso_start

	.macro symbol name code size
	.long \name - vdso_strings
	.long \code - vdso_start
	.long \size
	.byte 0x12, 0		/* global function */
	.short 7		/* in .text, if there were sections */
	.endm

	.macro text label string
\label:	.asciz "\string"
	.endm

	.balign 4096
vdso_start:
	.byte 0x7f, 'E', 'L', 'F', 1, 1, 1, 0
	.long 0, 0
	.short 3, 3		/* shared object, 386 */
	.long 1
	.long sysinfo_entry - vdso_start
	.long vdso_headers - vdso_start
	.long 0, 0		/* no sections; flags */
	.short 52, 32, 2, 40, 0, 0
vdso_headers:
	.long 1, 0, 0, 0, vdso_size, vdso_size, 5, 4096
	.long 2, vdso_dynamic - vdso_start, vdso_dynamic - vdso_start
	.long vdso_dynamic - vdso_start
	.long vdso_dynamic_end - vdso_dynamic, vdso_dynamic_end - vdso_dynamic
	.long 4, 4

	.balign 4
vdso_dynamic:
	.long 14, vdso_soname - vdso_strings		/* DT_SONAME */
	.long 4, vdso_hash - vdso_start			/* DT_HASH */
	.long 5, vdso_strings - vdso_start		/* DT_STRTAB */
	.long 6, vdso_symbols - vdso_start		/* DT_SYMTAB */
	.long 10, vdso_strings_end - vdso_strings	/* DT_STRSZ */
	.long 11, 16					/* DT_SYMENT */
	.long 0x6ffffffc, vdso_versions - vdso_start	/* DT_VERDEF */
	.long 0x6ffffffd, 2				/* DT_VERDEFNUM */
	.long 0x6ffffff0, vdso_versym - vdso_start	/* DT_VERSYM */
	.long 0, 0
vdso_dynamic_end:

/* One bucket: all symbols in one chain. */
vdso_hash:
	.long 1, 4, 1
	.long 0, 2, 3, 0

vdso_symbols:
	.long 0, 0, 0, 0
	symbol vdso_name_call sysinfo_entry 38
	symbol vdso_name_return vdso_sigreturn (vdso_rt_sigreturn - vdso_sigreturn)
	symbol vdso_name_rt_return vdso_rt_sigreturn (vdso_code_end - vdso_rt_sigreturn)

vdso_versym:
	.short 0, 2, 2, 2

	.balign 4
vdso_versions:	/* the object itself, then LINUX_2.5; hashes as ELF's */
	.short 1, 1, 1, 1
	.long 0x0fcef091
	.long 20, 28
	.long vdso_soname - vdso_strings, 0
	.short 1, 0, 2, 1
	.long 0x03ae75f5
	.long 20, 0
	.long vdso_version - vdso_strings, 0

vdso_strings:
	.byte 0
	text vdso_soname "linux-gate.so.1"
	text vdso_name_call "__kernel_vsyscall"
	text vdso_name_return "__kernel_sigreturn"
	text vdso_name_rt_return "__kernel_rt_sigreturn"
	text vdso_version "LINUX_2.5"
vdso_strings_end:

/* Handlers return here. Debuggers know Linux's by its bytes: these have the
 * same shape, but for the call. */
	.balign 16
	nop
vdso_sigreturn:
	popl %eax
	movl $119, %eax
	call sysinfo_entry
	.balign 16
	nop
vdso_rt_sigreturn:
	movl $173, %eax
	call sysinfo_entry
	nop
vdso_code_end:
	.balign 16
vdso_end:
	.section .note.GNU-stack, "", @progbits
