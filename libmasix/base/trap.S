/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Mach traps: a call gate; the number in eax, arguments on the stack as
 * the C caller left them. mach_msg() itself is here because the kernel reads
 * its arguments from above the return address: any wrapper in C would have to
 * copy seven words.
 */
	.macro trap name number
	.globl \name
	.type \name, @function
\name:	movl $\number, %eax
	lcall $7, $0
	ret
	.size \name, . - \name
	.endm

	.data
	.balign 4
	.globl fault_switch, trace_level
fault_switch:	/* see fault.h */
	.ascii "fault switch v1\n"
	.long 0, 0, 0, 0, 0
trace_level:
	.long 0

	.set SENT, 1 - 128 + 56	/* struct thread's sent */

/*
 * Threads wait in mach_msg() nearly all the time. If a bit of the address at
 * which one goes on is turned over, it must not come to the trap once more: it
 * would receive a second message over the first, which nobody would answer.
 * So that address is a multiple of FENCE, at which a byte stands that leads
 * away (`ret`, or a jump by 0xcc), and behind which there is nothing but int3,
 * also 0xcc: the task ends, and the next instance gets the message again.
 */
	.set FENCE, 256
	.set AWAY, 50	/* bytes back: 2 - 52 */

	.macro trap_to_fence base
	.org \base + FENCE - 12, 0x90
	movl $-25, %eax
	lcall $7, $0
	.endm
	.macro fence base
	.org \base + 2 * FENCE, 0xcc
	.endm

	.text
	.balign FENCE, 0xcc
0:	.org 0b + FENCE - AWAY - 60, 0xcc
	.weak mach_msg	/* a process has another one: linux/wait.S */
	.type mach_msg, @function
mach_msg:
#ifdef MASIX_DEBUG
	jmp mach_msg_traced
#endif
	cmpl $0, trace_level
	jne mach_msg_traced
	cmpl $3, 8(%esp)	/* a request: to send and to receive */
	jne mach_msg_trap
	movl %esp, %edx
	orl $0xffff, %edx	/* the end of the stack and of struct thread */
	movl 4(%esp), %ecx
	movl (%ecx), %eax
	movl %eax, SENT+0(%edx)
	movl 8(%ecx), %eax
	movl %eax, SENT+4(%edx)
	movl 20(%ecx), %eax
	movl %eax, SENT+8(%edx)
	incl SENT+12(%edx)	/* struct thread's calls */
	jmp 3f
	.org 0b + FENCE - AWAY, 0x90
2:	testl %eax, %eax
	jnz 1f
	movl 4(%esp), %ecx
	cmpl $71, 20(%ecx)	/* "send once": the server has died */
	je mach_msg_died
	ret
1:	jmp message_failed
	.org 0b + FENCE - 12, 0x90
3:	trap_to_fence 0b
	.byte 0xeb, 0xcc	/* jmp 2b */
	fence 0b
	.size mach_msg, . - mach_msg

	.balign FENCE, 0xcc
0:	.org 0b + FENCE - 12, 0xcc
	.globl mach_msg_trap
	.type mach_msg_trap, @function
mach_msg_trap:
	trap_to_fence 0b
	ret
	fence 0b
	.size mach_msg_trap, . - mach_msg_trap

message_failed:
	cmpl $0x1000000d, %eax	/* MACH_SEND_NO_BUFFER */
	je mach_msg_unsent
	cmpl $0x10000003, %eax	/* MACH_SEND_INVALID_DEST */
	je mach_msg_nobody
	ret

	trap mach_reply_port, -26
	trap mach_thread_self, -27
	trap mach_task_self_trap, -28
	trap mach_host_self, -29
	trap mach_print, -30
	trap thread_switch, -61
	trap syscall_vm_map, -64
	trap syscall_vm_allocate, -65
	trap syscall_vm_deallocate, -66
	trap syscall_task_create, -68
	trap syscall_task_terminate, -69
	trap syscall_mach_port_allocate, -72
	trap syscall_mach_port_deallocate, -73
	trap syscall_mach_port_insert_right, -74
	trap thread_set_self_state, -77

	.section .note.GNU-stack, "", @progbits
