/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into a signal handler and back: frames are put on the program's stack (or
 * its alternate one) as Linux does, and read again by sigreturn. Handlers
 * return to our own trampolines (vdso.S), not to the program's restorer: that
 * would come back by the slow int $0x80.
 */
#include <linux/fpu.h>
#include <linux/linux.h>
#include <string.h>
#include <unix/signal.h>

static int on_alternate(const struct unix_thread *thread, uint32_t esp)
{
	return thread->alternate_stack.size &&
	    esp - thread->alternate_stack.address <=
	    thread->alternate_stack.size;
}

static void context_fill(struct sigcontext *context,
    const struct unix_thread *thread, const struct unix_frame *frame,
    uint64_t mask, uint32_t fpu)
{
	context->gs = frame->gs & 0xffff;
	context->fs = frame->fs & 0xffff;
	context->es = frame->es & 0xffff;
	context->ds = frame->ds & 0xffff;
	context->edi = frame->edi;
	context->esi = frame->esi;
	context->ebp = frame->ebp;
	context->esp = context->esp_at_signal = frame->esp;
	context->ebx = frame->ebx;
	context->edx = frame->edx;
	context->ecx = frame->ecx;
	context->eax = frame->eax;
	context->trap_number = thread->trap_number;
	context->error_code = thread->error_code;
	context->cr2 = thread->fault_address;
	context->eip = frame->eip;
	context->cs = frame->cs;
	context->efl = frame->efl;
	context->ss = frame->ss;
	context->fpu = fpu;
	context->mask = (uint32_t)mask;
}

/* Where the frame goes: size bytes below the floating-point state. */
static uint32_t place(const struct unix_thread *thread,
    const struct unix_frame *frame, uint32_t flags, uint32_t size,
    uint32_t *fpu)
{
	uint32_t esp = frame->esp;

	if ((flags & SA_ONSTACK) && thread->alternate_stack.size &&
	    !on_alternate(thread, esp))
		esp = thread->alternate_stack.address +
		    thread->alternate_stack.size;
	esp = ((esp - 512) & ~63u) - FPU_SIZE_OLD;
	*fpu = esp;
	esp -= size;
	return ((esp + 4) & ~15u) - 4;
}

static long put_fpu(uint32_t to)
{
	struct fpu_state state;

	memset(&state, 0, FPU_SIZE_OLD);
	fpu_save(&state);
	return user_copy((void *)to, &state, state.magic ? FPU_SIZE_OLD :
	    sizeof state);
}

static long put_old(struct unix_thread *thread, struct unix_frame *frame,
    const struct handler *handler, int signal, uint64_t mask, uint32_t *at)
{
	struct signal_frame own;
	uint32_t fpu;

	memset(&own, 0, sizeof own);
	*at = place(thread, frame, handler->flags, sizeof own, &fpu);
	own.return_address = (uint32_t)vdso_sigreturn;
	own.signal = (uint32_t)signal;
	own.mask_high = (uint32_t)(mask >> 32);
	context_fill(&own.context, thread, frame, mask, fpu);
	frame->eax = (uint32_t)signal;
	frame->edx = frame->ecx = 0;
	return put_fpu(fpu) ? -EFAULT :
	    user_copy((void *)*at, &own, sizeof own);
}

static long put_new(struct unix_thread *thread, struct unix_frame *frame,
    const struct handler *handler, const struct signal_info *info,
    uint64_t mask, uint32_t *at)
{
	struct rt_signal_frame own;
	struct rt_signal_frame *to;
	uint32_t fpu;

	memset(&own, 0, sizeof own);
	*at = place(thread, frame, handler->flags, sizeof own, &fpu);
	to = (struct rt_signal_frame *)*at;
	own.return_address = (uint32_t)vdso_rt_sigreturn;
	own.signal = (uint32_t)info->signal;
	own.info_address = (uint32_t)&to->info;
	own.ucontext_address = (uint32_t)&to->ucontext;
	own.info = *info;
	own.ucontext.mask = mask;
	own.ucontext.stack_address = thread->alternate_stack.address;
	own.ucontext.stack_size = thread->alternate_stack.size;
	own.ucontext.stack_flags = !thread->alternate_stack.size ? SS_DISABLE :
	    on_alternate(thread, frame->esp) ? SS_ONSTACK : 0;
	context_fill(&own.ucontext.context, thread, frame, mask, fpu);
	frame->eax = (uint32_t)info->signal;
	frame->edx = own.info_address;
	frame->ecx = own.ucontext_address;
	return put_fpu(fpu) ? -EFAULT :
	    user_copy(to, &own, sizeof own);
}

long handler_enter(struct unix_frame *frame, const struct handler *handler,
    const struct signal_info *info, uint64_t mask)
{
	struct unix_thread *thread = thread_current();
	uint32_t at;
	long error;

	if (handler->flags & SA_SIGINFO)
		error = put_new(thread, frame, handler, info, mask, &at);
	else
		error = put_old(thread, frame, handler, info->signal, mask,
		    &at);
	if (error)
		return error;
	frame->esp = at;
	frame->eip = handler->function;
	frame->efl &= ~(FLAG_TRAP | FLAG_DIRECTION);
	return 0;
}

/* ---- back ------------------------------------------------------------- */

static void context_take(struct unix_frame *frame,
    const struct sigcontext *context)
{
	struct fpu_state state;
	struct sigcontext own = *context;

	if (own.fpu) {
		memcpy(&state, (const void *)own.fpu, FPU_SIZE_OLD);
		if (state.magic != FPU_MAGIC_OLD)
			memcpy(state.fx, ((struct fpu_state *)own.fpu)->fx,
			    sizeof state.fx);
		fpu_restore(&state);
	}
	frame->gs = own.gs & 0xffff;
	frame->fs = own.fs & 0xffff;
	frame->edi = own.edi;
	frame->esi = own.esi;
	frame->ebp = own.ebp;
	frame->ebx = own.ebx;
	frame->edx = own.edx;
	frame->ecx = own.ecx;
	frame->eax = own.eax;
	frame->eip = own.eip;
	frame->esp = own.esp;
	frame->efl = (frame->efl & ~FLAGS_FREE) | (own.efl & FLAGS_FREE);
	frame->call = FRAME_NO_CALL;
}

long unix_sigreturn(void)
{
	struct unix_frame *frame = thread_frame(thread_current());
	const struct signal_frame *from;

	frame_complete(frame);
	from = (const struct signal_frame *)(frame->esp - 8);
	signal_block(from->context.mask | (uint64_t)from->mask_high << 32);
	context_take(frame, &from->context);
	return (long)frame->eax;
}

long unix_rt_sigreturn(void)
{
	struct unix_thread *thread = thread_current();
	struct unix_frame *frame = thread_frame(thread);
	const struct rt_signal_frame *from;

	frame_complete(frame);
	from = (const struct rt_signal_frame *)(frame->esp - 4);
	signal_block(from->ucontext.mask);
	if (from->ucontext.stack_flags & SS_DISABLE) {
		thread->alternate_stack.size = 0;
	} else {
		thread->alternate_stack.address =
		    from->ucontext.stack_address;
		thread->alternate_stack.size = from->ucontext.stack_size;
	}
	context_take(frame, &from->ucontext.context);
	return (long)frame->eax;
}
