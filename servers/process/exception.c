/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions: what the kernel says when a thread can't go on. One port for
 * all tasks, inherited from task to task. The thread waits for the answer; its
 * state is changed before that:
 *
 *	int $0x80 in the program      to libmasix's int80_entry
 *	bad address inside libmasix   to its fault_entry (the call gives EFAULT)
 *	anything else, with a handler to its signal_entry, page->fault filled in
 *	anything else, without        the process ends by the signal
 */
#include "process.h"
#include <kernel/exc.server.h>
#include <kernel/mach.client.h>
#include <mach/exception.h>
#include <mach/kern_return.h>
#include <mach/mig_errors.h>
#include <mach/thread_status.h>

enum {
	TRAP_INVALID_OPCODE = 6,
	TRAP_PROTECTION = 13,
	TRAP_PAGE_FAULT = 14,
	INT80_SUBCODE = 0x402, /* the error code: vector 0x80, from the IDT */
	INT80_LENGTH = 2,

	EXCEPTION_ID = 2400,

	/* si_code */
	CODE_KERNEL = 0x80,
	CODE_NOT_MAPPED = 1,
	CODE_NO_ACCESS = 2,
	CODE_BUS_ADDRESS = 2,
	CODE_ILLEGAL_OPERAND = 2,
	CODE_DIVIDE = 1,
	CODE_TRACE = 2,
	I386_OVERFLOW = 2, /* EXC_ARITHMETIC code of INTO */
	I386_STEP = 1,     /* EXC_BREAKPOINT code of a single step */
};

/* The kernel's message, as far as raise_again() looks at it. */
struct exception_words {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	mach_port_t thread;
	mach_msg_type_t task_type;
	mach_port_t task;
	mach_msg_type_t exception_type;
	integer_t exception;
};
_Static_assert(offsetof(struct exception_words, exception) == 44, "w[11]");

struct fault {
	int signal, code;
	uint32_t address, trap, error_code;
};

static routine_t exception_interface(const mach_msg_header_t *request)
{
	return (routine_t)exc_server_routine(request);
}

static void exception_destroy(object_t object)
{
	(void)object; /* static: lives as long as the server */
}

static const interface_t exception_interfaces[] = { exception_interface, 0 };

const struct object_class exception_class = {
	.name = "exceptions",
	.interfaces = exception_interfaces,
	.destroy = exception_destroy,
};

const struct object_class exception_last_class = {
	.name = "exceptions, again",
	.interfaces = exception_interfaces,
	.destroy = exception_destroy,
};

/* Memory: code is the kernel's reason, or a trap number for an address that
 * is not the task's at all. */
static void memory_fault(struct fault *fault, int code, uint32_t subcode)
{
	fault->signal = SIGNAL_SEGV;
	fault->trap = TRAP_PAGE_FAULT;
	fault->address = subcode;
	fault->error_code = 4; /* from user mode */
	switch (code) {
	case KERN_INVALID_ADDRESS:
		fault->code = CODE_NOT_MAPPED;
		break;
	case KERN_PROTECTION_FAILURE:
		fault->code = CODE_NO_ACCESS;
		fault->error_code |= 3; /* a write to what is there */
		break;
	case KERN_MEMORY_ERROR:
		fault->signal = SIGNAL_BUS;
		fault->code = CODE_BUS_ADDRESS;
		break;
	default:
		fault->code = CODE_NOT_MAPPED;
		break;
	}
}

static void instruction_fault(struct fault *fault, int code, uint32_t subcode,
    uint32_t eip)
{
	fault->trap = (uint32_t)code;
	fault->error_code = subcode;
	if (code == 1 || code == TRAP_INVALID_OPCODE) {
		fault->signal = SIGNAL_ILL;
		fault->code = CODE_ILLEGAL_OPERAND;
		fault->address = eip;
		fault->trap = TRAP_INVALID_OPCODE;
		fault->error_code = 0;
	} else {
		fault->signal = SIGNAL_SEGV;
		fault->code = CODE_KERNEL;
	}
}

static void classify(struct fault *fault, int exception, int code,
    uint32_t subcode, uint32_t eip)
{
	memset(fault, 0, sizeof *fault);
	switch (exception) {
	case EXC_BAD_ACCESS:
		memory_fault(fault, code, subcode);
		break;
	case EXC_BAD_INSTRUCTION:
		instruction_fault(fault, code, subcode, eip);
		break;
	case EXC_ARITHMETIC:
		fault->signal = code == I386_OVERFLOW ? SIGNAL_SEGV :
		    SIGNAL_FPE;
		fault->code = code == I386_OVERFLOW ? CODE_KERNEL : CODE_DIVIDE;
		fault->address = eip;
		break;
	case EXC_BREAKPOINT:
		fault->signal = SIGNAL_TRAP;
		fault->code = code == I386_STEP ? CODE_TRACE : CODE_KERNEL;
		fault->trap = code == I386_STEP ? 1 : 3;
		fault->address = code == I386_STEP ? eip : 0;
		break;
	default:
		fault->signal = SIGNAL_SEGV;
		fault->code = CODE_KERNEL;
		break;
	}
}

/* The program's registers go to the page; the thread goes to entry. */
static void enter_libmasix(struct process_page *page,
    struct i386_thread_state *state, uint32_t entry)
{
	memcpy((void *)page->saved_registers, state, sizeof *state);
	state->eip = entry;
}

/* A fault in the program: a handler's, or the end. Returns whether the
 * thread goes on. */
static int program_fault(struct body *body, struct i386_thread_state *state,
    const struct fault *fault)
{
	struct process_page *page = body->page;
	struct signal_masks masks;
	uint64_t bit = SIGNAL_BIT(fault->signal);

	signal_masks_of(body, &masks);
	if (!page->signal_entry || !(masks.caught & bit) ||
	    (masks.blocked & bit)) {
		log_line("pid %d: signal %d at eip %x, esp %x, address %x",
		    body->process.pid, fault->signal, state->eip, state->uesp,
		    fault->address);
		body_end(body, life_status_signal(fault->signal));
		return 0;
	}
	page->fault.signal = (uint32_t)fault->signal;
	page->fault.code = (uint32_t)fault->code;
	page->fault.address = fault->address;
	page->fault.error_code = fault->error_code;
	page->fault.trap_number = fault->trap;
	enter_libmasix(page, state, page->signal_entry);
	return 1;
}

static int libmasix_fault(struct body *body, struct i386_thread_state *state,
    const struct fault *fault, int exception)
{
	struct process_page *page = body->page;

	if (exception == EXC_BAD_ACCESS && page->fault_entry &&
	    state->eip != page->fault_entry) {
		state->eip = page->fault_entry;
		return 1;
	}
	log_line("pid %d: signal %d in libmasix, eip %x address %x",
	    body->process.pid, fault->signal, state->eip, fault->address);
	body_end(body, life_status_signal(fault->signal));
	return 0;
}

/* Changes state as the exception wants; 0: the process has ended. Locked. */
static int handle(struct body *body, struct i386_thread_state *state,
    int exception, int code, uint32_t subcode)
{
	struct process_page *page = body->page;
	struct fault fault;

	classify(&fault, exception, code, subcode, state->eip);
	if (page->text_end && state->eip >= page->text_start &&
	    state->eip < page->text_end)
		return libmasix_fault(body, state, &fault, exception);
	if (exception == EXC_BAD_INSTRUCTION && code == TRAP_PROTECTION &&
	    subcode == INT80_SUBCODE && page->int80_entry) {
		state->eip += INT80_LENGTH;
		enter_libmasix(page, state, page->int80_entry);
		return 1;
	}
	return program_fault(body, state, &fault);
}

/*
 * An exception that an instance which died has not answered comes once more,
 * at the last port. Should we die with it too the kernel would end the task; so
 * the thread is sent at once to do again what it did, which raises a new one;
 * if its state was changed already, it goes on as it should. A breakpoint
 * would not come again. It is answered here, before anything else is done.
 */
static int raise_again(mach_msg_header_t *in, mach_msg_header_t *out)
{
	struct exception_words *words = (void *)in;

	if (in->msgh_local_port != exception_last ||
	    in->msgh_id != EXCEPTION_ID || words->exception == EXC_BREAKPOINT)
		return 0;
	mach_msg(out, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
	    sizeof(mig_reply_header_t), 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
	port_drop(words->thread);
	port_drop(words->task);
	in->msgh_remote_port = MACH_PORT_NULL;
	((mig_reply_header_t *)out)->RetCode = MIG_NO_REPLY;
	return 1;
}

/* If a thread waits for it the kernel sends an exception by a way of its own
 * that knows nothing of protected payloads: it comes as on a plain port. */
int exception_demux(mach_msg_header_t *in, mach_msg_header_t *out)
{
	routine_t routine;

	if (raise_again(in, out))
		return 1;
	routine = exception_interface(in);
	if (routine)
		routine(in, out);
	return routine != 0;
}

/*
 * While the exception was on its way here a signal came, and the thread was
 * sent to libmasix for that (signal.c, redirect). What it did is done again
 * after the handler, which raises it anew; only a breakpoint is behind it.
 */
static int was_redirected(struct body *body,
    const struct i386_thread_state *state, int exception, uint32_t subcode)
{
	const struct process_page *page = body->page;

	if (state->eip != page->signal_entry || !page->signal_entry)
		return 0;
	if (exception == EXC_BAD_ACCESS && subcode >= page->text_start &&
	    subcode < page->text_end)
		return 0; /* it was there, and its text is gone */
	if (exception == EXC_BREAKPOINT)
		signal_send(body, SIGNAL_TRAP);
	return 1;
}

error_t serve_exception_raise(object_t object, mach_port_t thread,
    mach_port_t task, integer_t exception, integer_t code,
    rpc_long_integer_t subcode)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	struct body *body;
	error_t error = 0;

	if (object && object->class == &exception_last_class &&
	    exception != EXC_BREAKPOINT) { /* as raise_again() */
		port_drop(thread);
		port_drop(task);
		return 0;
	}
	souls_lock();
	body = body_of_task(task);
	if (!body || !body->page)
		error = KERN_FAILURE;
	else
		error = thread_get_state(thread, i386_REGS_SEGS_STATE,
		    (thread_state_t)&state, &count);
	if (!error &&
	    !was_redirected(body, &state, exception, (uint32_t)subcode) &&
	    handle(body, &state, exception, code, (uint32_t)subcode))
		error = thread_set_state(thread, i386_REGS_SEGS_STATE,
		    (thread_state_t)&state, count);
	souls_unlock();
	if (error) { /* the kernel ends the thread */
		log_line("exception %d/%x of no process: %x", exception, code,
		    error);
		return error;
	}
	port_drop(thread);
	port_drop(task);
	return 0;
}
