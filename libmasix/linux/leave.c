/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow way out: signals, calls that must be repeated, masks that held for
 * one call only. Entered when the quick look of entry.S found something.
 *
 * A call that ended with -UNIX_RESTART or a relative is undecided until it is
 * known whether a handler runs. The first handler decides; if none runs, the
 * call is made again from here. frame->call is FRAME_NO_CALL from then on.
 */
#include <base/log.h>
#include <base/mach.h>
#include <linux/linux.h>
#include <process.client.h>
#include <string.h>
#include <unix/signal.h>

enum {
	FLAGS_START = 0x202,
};

void frame_complete(struct unix_frame *frame)
{
	uint32_t segments[6];

	if (frame->full)
		return;
	__asm__("movl %%gs, %0; movl %%fs, %1; movl %%es, %2; movl %%ds, %3;"
		"movl %%cs, %4; movl %%ss, %5"
		: "=r"(segments[0]), "=r"(segments[1]), "=r"(segments[2]),
		  "=r"(segments[3]), "=r"(segments[4]), "=r"(segments[5]));
	frame->gs = segments[0] & 0xffff;
	frame->fs = segments[1] & 0xffff;
	frame->es = segments[2] & 0xffff;
	frame->ds = segments[3] & 0xffff;
	frame->cs = segments[4] & 0xffff;
	frame->ss = segments[5] & 0xffff;
	frame->efl = FLAGS_START;
	frame->eip = *(uint32_t *)frame->esp;
	frame->esp += 4;
	frame->full = 1;
}

/* The program's registers from the page. They are those of a call. */
void frame_take(void)
{
	struct unix_frame *frame = thread_frame(thread_current());

	memcpy(frame, (const void *)PAGE->saved_registers, 17 * 4);
	frame->call = frame->eax;
	frame->full = 1;
}

void int80_take(void)
{
	frame_take();
	patch_consider(thread_frame(thread_current()));
}

/* The program shall make the call again when the handler has returned. */
static void call_later(struct unix_frame *frame)
{
	frame->esp -= 4;
	if (user_copy((void *)frame->esp, &frame->eip, 4)) {
		frame->esp += 4;
		frame->eax = (uint32_t)-EINTR;
		return;
	}
	frame->eip = (uint32_t)sysinfo_entry;
	frame->eax = frame->call;
}

static int is_undecided(const struct unix_frame *frame)
{
	uint32_t number = -frame->eax;

	return frame->call != FRAME_NO_CALL && number >= UNIX_RESTART &&
	    number <= UNIX_RESTART_BLOCK;
}

static void decide(struct unix_frame *frame, const struct handler *handler)
{
	if (is_undecided(frame)) {
		if (frame->eax == (uint32_t)-UNIX_RESTART &&
		    (handler->flags & SA_RESTART))
			call_later(frame);
		else
			frame->eax = (uint32_t)-EINTR;
	}
	frame->call = FRAME_NO_CALL;
}

static void call_again(struct unix_thread *thread, struct unix_frame *frame)
{
	long (*function)() = call_functions[frame->call];

	if (frame->eax == (uint32_t)-UNIX_RESTART_BLOCK)
		frame->eax = (uint32_t)thread->restart(thread);
	else
		frame->eax = (uint32_t)function(frame->ebx, frame->ecx,
		    frame->edx, frame->esi, frame->edi, frame->ebp);
}

static void handle(struct unix_thread *thread, struct unix_frame *frame,
    const struct signal_info *info)
{
	struct handler handler = handlers[info->signal];
	uint64_t mask = thread->restore_mask ? thread->saved_mask :
	    PAGE->blocked;
	uint64_t during = PAGE->blocked | handler.mask;

	if (handler.flags & SA_RESETHAND) {
		handlers[info->signal].function = SIG_DFL;
		handler_set(info->signal, &handlers[info->signal]);
	}
	if (!(handler.flags & SA_NODEFER))
		during |= signal_bit(info->signal);
	decide(frame, &handler);
	if (handler_enter(frame, &handler, info, mask))
		process_default_action(PORT_PROCESS, thread_ticket(), SIGSEGV);
	thread->restore_mask = 0;
	signal_block(during);
}

static void act(struct unix_thread *thread, struct unix_frame *frame,
    const struct signal_info *info)
{
	switch (handlers[info->signal].function) {
	case SIG_DFL:
		if (!(SIGNALS_QUIET & signal_bit(info->signal)))
			process_default_action(PORT_PROCESS, thread_ticket(),
			    info->signal);
		return;
	case SIG_IGN:
		return;
	default:
		handle(thread, frame, info);
	}
}

/* The next signal to act on; 0: there is none. */
static int next(struct unix_thread *thread, struct signal_info *info)
{
	uint64_t mask = PAGE->blocked;
	int number = 0;

	if (thread->local.signal) {
		*info = thread->local;
		thread->local.signal = 0;
		return 1;
	}
	if (!(PAGE->pending & ~mask))
		return 0;
	if (process_take_signal(PORT_PROCESS, thread_ticket(), (int)mask,
	    (int)(mask >> 32), &number, info))
		return 0;
	return number != 0;
}

void leave_work(void)
{
	struct unix_thread *thread = thread_current();
	struct unix_frame *frame = thread_frame(thread);
	struct signal_info info;

	frame_complete(frame);
	do {
		thread->work = 0;
		while (next(thread, &info))
			act(thread, frame, &info);
		if (is_undecided(frame)) {
			call_again(thread, frame);
			continue;
		}
		if (thread->restore_mask) {
			thread->restore_mask = 0;
			signal_block(thread->saved_mask);
		}
	} while (is_undecided(frame) || signal_is_due());
	thread->work = 0;
	frame->call = FRAME_NO_CALL;
	frame->below = frame->esp - 8;
}

/* A fault of the program comes before all else, and can't be put off. */
static void fault_handle(struct unix_thread *thread, struct unix_frame *frame)
{
	struct signal_info info;
	int number = (int)PAGE->fault.signal;

	memset(&info, 0, sizeof info);
	info.signal = number;
	info.code = (int)PAGE->fault.code;
	info.fault.address = PAGE->fault.address;
	thread->trap_number = PAGE->fault.trap_number;
	thread->error_code = PAGE->fault.error_code;
	thread->fault_address = PAGE->fault.address;
	PAGE->fault.signal = 0;
	if (number < 1 || number > SIGNALS)
		return;
	if (handlers[number].function <= SIG_IGN ||
	    (PAGE->blocked & signal_bit(number)))
		process_default_action(PORT_PROCESS, thread_ticket(), number);
	else
		handle(thread, frame, &info);
}

void signal_arrived(void)
{
	struct unix_thread *thread = thread_current();
	struct unix_frame *frame = thread_frame(thread);
	uint32_t eip = PAGE->saved_registers[12];

	if (eip < (uint32_t)leave_start || eip >= (uint32_t)leave_end)
		frame_take();
	frame->call = FRAME_NO_CALL;
	frame_complete(frame);
	if (PAGE->fault.signal)
		fault_handle(thread, frame);
	leave_work();
}

/* A fault in libmasix ended a call: what it had begun is taken back. */
long thread_fault(void)
{
	struct unix_thread *thread = thread_current();

	thread_prepare(thread);
	descriptors_fault();
	return -EFAULT;
}
