/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork and its relatives; exit.
 *
 * Every fork is a copy-on-write copy of the task. vfork and what posix_spawn
 * does (CLONE_VM | CLONE_VFORK) differ in two ways: the parent waits until the
 * child's exec or end, and the part of the parent's stack above its stack
 * pointer is shared for that time. So the child can tell the parent what went
 * wrong through a variable there, as C libraries and busybox expect. It cannot
 * change the parent's other memory.
 */
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <process.client.h>
#include <string.h>
#include <unix/process.h>
#include <unix/signal.h>

enum {
	CLONE_VM = 0x100,
	CLONE_VFORK = 0x4000,
	CLONE_THREAD = 0x10000,
	CLONE_NEWNS = 0x20000,
	CLONE_SETTLS = 0x80000,
	CLONE_PARENT_SETTID = 0x100000,
	CLONE_CHILD_CLEARTID = 0x200000,
	CLONE_CHILD_SETTID = 0x1000000,
	/* new name spaces */
	CLONE_NEW = 0x7e020000,
	CLONE_SIGNAL = 0xff,
	EXIT_WAIT = 50, /* milliseconds */
	EXIT_WAIT_MAX = 1000,
	FORK_FILES_SHARED = 0x400, /* CLONE_FILES */
};

/* What the child must know; it finds it in its copy of our memory. */
static struct {
	uint32_t flags, stack, child_tid;
	struct limit_pair tls;
} request;

/* Start of the stack that is shared with children of vfork, or 0. */
static uint32_t shared_stack;

static void stack_inherit(uint32_t start, vm_inherit_t how)
{
	vm_inherit(mach_task_self(), start, LAYOUT_STACK_TOP - start, how);
}

static void stack_share(uint32_t esp)
{
	if (esp < LAYOUT_STACK_LIMIT || esp >= LAYOUT_STACK_TOP)
		return;
	shared_stack = page_trunc(esp);
	stack_inherit(shared_stack, VM_INHERIT_SHARE);
}

static void stack_unshare(void)
{
	if (!shared_stack)
		return;
	stack_inherit(shared_stack, VM_INHERIT_COPY);
	shared_stack = 0;
}

static error_t fork_task(unsigned flags, struct unix_frame *frame, int *pid)
{
	mach_port_t *names;
	unsigned count;
	error_t error;

	error = descriptors_fork_begin(&names, &count);
	if (error)
		return error;
	error = process_fork(PORT_PROCESS, thread_ticket(), (int)fork_entry,
	    (int)frame, flags & CLONE_VFORK ? FORK_VFORK : 0,
	    flags & CLONE_SIGNAL, request.tls, (int *)names, count, names,
	    count, pid);
	descriptors_fork_end(error != 0);
	return error;
}

static long fork_with(unsigned flags, uint32_t stack, int *parent_tid,
    uint32_t tls, int *child_tid)
{
	struct unix_thread *thread = thread_current();
	struct unix_frame *frame = thread_frame(thread);
	uint32_t words[4];
	error_t error;
	int pid;

	if ((flags & (CLONE_THREAD | CLONE_NEW)) ||
	    ((flags & CLONE_VM) && !(flags & CLONE_VFORK)))
		return -EINVAL;
	memcpy(&request.tls, thread->tls, sizeof request.tls);
	if (flags & CLONE_SETTLS) {
		memcpy(words, (const void *)tls, sizeof words);
		if (words[0] - 9 > 1)
			return -EINVAL;
		segment_encode(words, request.tls.words + 2 * (words[0] - 9));
	}
	request.flags = flags;
	request.stack = stack;
	request.child_tid = (uint32_t)child_tid;
	stack_unshare();
	if ((flags & (CLONE_VM | CLONE_VFORK)) == (CLONE_VM | CLONE_VFORK))
		stack_share(frame->esp);
	error = fork_task(flags, frame, &pid);
	stack_unshare();
	if (error)
		return unix_error(error);
	if (flags & CLONE_PARENT_SETTID)
		*parent_tid = pid;
	return pid;
}

void process_fork_child(struct unix_thread *thread, struct unix_frame *frame)
{
	int tid = PAGE->pid;

	memcpy(thread->tls, &request.tls, sizeof thread->tls);
	/* the way out writes there: written first it is one page fault */
	*(volatile uint32_t *)(frame->esp - 8) = 0;
	frame_complete(frame);
	if (request.stack)
		frame->esp = request.stack;
	thread->clear_child_tid = request.flags & CLONE_CHILD_CLEARTID ?
	    request.child_tid : 0;
	if (request.flags & CLONE_CHILD_SETTID)
		user_copy((void *)request.child_tid, &tid, sizeof tid);
}

long unix_fork(void)
{
	return fork_with(SIGCHLD, 0, NULL, 0, NULL);
}

long unix_vfork(void)
{
	return fork_with(SIGCHLD | CLONE_VM | CLONE_VFORK, 0, NULL, 0, NULL);
}

long unix_clone(unsigned flags, uint32_t stack, int *parent_tid, uint32_t tls,
    int *child_tid)
{
	return fork_with(flags, stack, parent_tid, tls, child_tid);
}

/* struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack,
 * stack_size, tls, ... in 64 bits each. C libraries fall back to clone when
 * they get ENOSYS for what we have not. */
long unix_clone3(const uint64_t *arguments, size_t size)
{
	uint64_t words[8];
	uint32_t stack;

	if (size < sizeof words)
		return -EINVAL;
	memcpy(words, arguments, sizeof words);
	if (words[0] >> 32 || (words[0] & (CLONE_THREAD | 0x1000)))
		return -ENOSYS;
	stack = words[5] ? (uint32_t)(words[5] + words[6]) : 0;
	return fork_with((uint32_t)words[0] | (uint32_t)words[4], stack,
	    (int *)(uint32_t)words[3], (uint32_t)words[7],
	    (int *)(uint32_t)words[2]);
}

/* Nothing comes back from the process server but the end; if it dies with the
 * message its successor must be told. */
static void __attribute__((noreturn)) end(int status)
{
	int wait = EXIT_WAIT;

	descriptors_exit();
	for (;;) {
		process_exit(PORT_PROCESS, status);
		signal_block(~0ULL);
		thread_switch(MACH_PORT_NULL, SWITCH_WAIT, wait);
		if (wait < EXIT_WAIT_MAX)
			wait *= 2;
	}
}

long unix_exit_group(int status)
{
	end((status & 0xff) << 8);
}

long unix_exit(int status)
{
	end((status & 0xff) << 8);
}
