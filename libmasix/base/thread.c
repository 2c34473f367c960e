/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads with stacks of their own; see thread.h. */
#include <base/atomic.h>
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <mach/mig_support.h>
#include <string.h>

enum {
	GUARD_SIZE = 4096,
};

int main(int argc, char **argv);
void thread_main(int argc, char **argv) __attribute__((noreturn));
extern char thread_main_stack[];

static volatile uint32_t thread_count;

static void thread_enter(struct thread *self)
{
	self->number = atomic_add(&thread_count, 1) + 1;
	self->port = mach_thread_self();
}

/* The first thread comes here from start.S. */
void thread_main(int argc, char **argv)
{
	thread_enter(thread_self());
	vm_protect(mach_task_self(), (vm_address_t)thread_main_stack,
	    GUARD_SIZE, 0, VM_PROT_NONE);
	main(argc, argv);
	task_end();
}

static void thread_begin(void)
{
	struct thread *self = thread_self();

	thread_enter(self);
	mig_get_reply_port(); /* all threads have one: their number is steady */
	self->function(self->argument);
	if (self->request) /* the framework's never end: it has lost its way */
		__builtin_trap();
	thread_end();
}

/* A stack for a thread that is not running yet; its struct thread. */
static error_t stack_make(struct thread **thread)
{
	vm_address_t stack = 0;
	error_t error;

	error = vm_map(mach_task_self(), &stack, THREAD_STACK_SIZE,
	    THREAD_STACK_SIZE - 1, TRUE, MACH_PORT_NULL, 0, FALSE, VM_PROT_ALL,
	    VM_PROT_ALL, VM_INHERIT_COPY);
	if (error)
		return error;
	vm_protect(mach_task_self(), stack, GUARD_SIZE, FALSE, VM_PROT_NONE);
	*thread = (struct thread *)(stack + THREAD_STACK_SIZE) - 1;
	(*thread)->stack = stack;
	return 0;
}

static error_t thread_launch(struct thread *thread)
{
	struct i386_thread_state state;
	mach_port_t port;
	error_t error;

	error = thread_create(mach_task_self(), &port);
	if (error)
		return error;
	memset(&state, 0, sizeof state);
	state.eip = (uintptr_t)thread_begin;
	/* as after a call: the return address is never used */
	state.uesp = (uintptr_t)thread - 20;
	state.efl = 0x202;
	error = thread_set_state(port, i386_THREAD_STATE,
	    (thread_state_t)&state, i386_THREAD_STATE_COUNT);
	if (!error)
		error = thread_resume(port);
	if (error)
		thread_terminate(port);
	syscall_mach_port_deallocate(mach_task_self(), port);
	return error;
}

error_t thread_start(void (*function)(void *argument), void *argument)
{
	struct thread *thread;

	if (stack_make(&thread))
		return E_NOMEM;
	thread->function = function;
	thread->argument = argument;
	if (thread_launch(thread)) {
		syscall_vm_deallocate(mach_task_self(), thread->stack,
		    THREAD_STACK_SIZE);
		return E_NOMEM;
	}
	return 0;
}

void thread_end(void)
{
	struct thread *self = thread_self();

	if (!self->stack)
		for (;;)
			thread_sleep(~0u >> 1);
	/* The kernel frees all that the thread stands on. */
	for (;;)
		thread_terminate_release(self->port, mach_task_self(),
		    self->port, self->reply_port, self->stack,
		    THREAD_STACK_SIZE);
}

void thread_name(const char *name)
{
	thread_set_name(thread_self()->port, name);
}

void thread_sleep(unsigned milliseconds)
{
	thread_switch(MACH_PORT_NULL, SWITCH_WAIT, milliseconds);
}

void thread_yield(void)
{
	thread_switch(MACH_PORT_NULL, SWITCH_DEPRESS, 10);
}

void task_end(void)
{
	for (;;)
		task_terminate(mach_task_self());
}
