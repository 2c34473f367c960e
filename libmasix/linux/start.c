/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first thing of every new image, and of every fork's child. The process
 * server has mapped the program and built its stack; what libmasix knows of
 * the process (descriptors, what is ignored, the mask) is older than the image
 * and stays.
 */
#include <base/layout.h>
#include <base/mach.h>
#include <base/port.h>
#include <linux/linux.h>
#include <string.h>
#include <unix/memory.h>
#include <unix/process.h>
#include <unix/signal.h>
#include <unix/time.h>

enum {
	FLAGS_START = 0x202,
};

void page_fill(void)
{
	PAGE->text_start = (uint32_t)masix_code_start;
	PAGE->text_end = (uint32_t)masix_code_end;
	PAGE->wait_start = (uint32_t)wait_start;
	PAGE->wait_trap = (uint32_t)wait_trap;
	PAGE->wait_interrupted = (uint32_t)wait_interrupted;
	PAGE->signal_entry = (uint32_t)signal_entry;
	PAGE->int80_entry = (uint32_t)int80_entry;
	PAGE->fault_entry = (uint32_t)fault_entry;
	PAGE->waiting = 0;
}

static void frame_new(struct unix_frame *frame, uint32_t entry, uint32_t stack)
{
	memset(frame, 0, sizeof *frame);
	frame->esp = stack;
	frame_complete(frame);
	frame->gs = frame->fs = 0;
	frame->eip = entry;
	frame->esp = stack;
	frame->below = stack - 8;
	frame->efl = FLAGS_START;
	frame->call = FRAME_NO_CALL;
}

/* The exec that ended the last image left its request unanswered: the old
 * reply ports may get a notice of that at any time. */
static void ports_renew(struct unix_thread *thread)
{
	mach_port_t old[3];

	memcpy(old, thread->reply_ports, sizeof old);
	memset(thread->reply_ports, 0, sizeof old);
	thread->self = MACH_PORT_NULL;
	for (int i = 0; i < 3; i++)
		if (old[i])
			port_end(old[i]);
}

/* Where a new process or image begins to count: far from where the one before
 * may have ended. */
static int ticket_first(int pid, uint32_t generation)
{
	return (int)((uint32_t)pid << 16 | (uint16_t)(generation * 4099));
}

static void thread_start_fresh(struct unix_thread *thread)
{
	thread_prepare(thread);
	thread->tid = PAGE->pid;
	thread->ticket = ticket_first(PAGE->pid, PAGE->generation);
	thread->alternate_stack.size = 0;
	thread->clear_child_tid = thread->robust_list = 0;
	memset(thread->tls, 0, sizeof thread->tls);
	thread->local.signal = 0;
	thread->restore_mask = 0;
	thread->work = 0;
}

static void first_start(void)
{
	PAGE->umask = 022; /* as Linux's first process has it */
	descriptors_open_console();
}

void image_start(const struct image_words *from)
{
	struct image_words words = *from;
	struct unix_thread *thread = thread_current();

	thread_start_fresh(thread);
	memset((void *)words.clear, 0, words.clear_size);
	memset((void *)words.clear_2, 0, words.clear_2_size);
	memory_image(words.end);
	patch_forget();
	if (words.fresh) {
		handlers_inherit();
		handlers_publish();
		clock_start();
		descriptors_start();
	} else {
		ports_renew(thread);
		exec_forget();
		handlers_exec();
		system_exec();
		sysv_exec();
	}
	page_fill();
	if (words.fresh == LAYOUT_CARRIED)
		descriptors_carried((struct carried *)LAYOUT_CARRIED);
	else if (words.fresh && PAGE->pid == 1)
		first_start();
	else if (!words.fresh)
		descriptors_exec();
	frame_new(thread_frame(thread), words.entry, words.stack);
}

/* The child of fork: the copy of our memory thinks that it is the parent. */
void fork_child(void)
{
	struct unix_thread *thread = thread_current();
	struct unix_frame *frame = thread_frame(thread);

	mach_task_forget();
	memset(thread->reply_ports, 0, sizeof thread->reply_ports);
	thread->self = MACH_PORT_NULL;
	thread_prepare(thread);
	thread->tid = PAGE->pid;
	thread->ticket = ticket_first(PAGE->pid, PAGE->generation);
	thread->local.signal = 0;
	thread->robust_list = 0;
	page_fill();
	handlers_publish();
	descriptors_fork_child();
	timers_forget();
	process_fork_child(thread, frame);
	frame_complete(frame);
	frame->eax = 0;
	frame->call = FRAME_NO_CALL;
	frame->below = frame->esp - 8;
}
