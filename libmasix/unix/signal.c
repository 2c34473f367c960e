/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dispositions, masks and the alternate stack. All of it is local: the process
 * server reads the masks in the page when a signal comes (process_page.h).
 */
#include <unix/signal.h>

struct handler handlers[SIGNALS + 1];

void signal_block(uint64_t mask)
{
	PAGE->blocked = mask & ~SIGNALS_FIRM;
}

int signal_is_due(void)
{
	return (PAGE->pending & ~PAGE->blocked) != 0 ||
	    thread_current()->local.signal != 0;
}

int signal_is_hidden(int number)
{
	return (PAGE->blocked & signal_bit(number)) != 0 ||
	    handlers[number].function == SIG_IGN;
}

static void publish(int number)
{
	uint64_t bit = signal_bit(number);
	uint32_t function = handlers[number].function;

	PAGE->caught = function > SIG_IGN ? PAGE->caught | bit :
	    PAGE->caught & ~bit;
	PAGE->ignored = function == SIG_IGN ? PAGE->ignored | bit :
	    PAGE->ignored & ~bit;
	if (number == SIGCHLD)
		PAGE->child_flags = handlers[number].flags &
		    (SA_NOCLDSTOP | SA_NOCLDWAIT);
}

void handlers_publish(void)
{
	uint64_t caught = 0, ignored = 0;

	for (int i = 1; i <= SIGNALS; i++) {
		uint32_t function = handlers[i].function;

		if (function == SIG_DFL)
			continue;
		if (function == SIG_IGN)
			ignored |= signal_bit(i);
		else
			caught |= signal_bit(i);
	}
	PAGE->caught = caught;
	PAGE->ignored = ignored;
	publish(SIGCHLD);
}

void handler_set(int number, const struct handler *handler)
{
	handlers[number] = *handler;
	handlers[number].mask &= ~SIGNALS_FIRM;
	publish(number);
}

void handlers_inherit(void)
{
	for (int i = 1; i <= SIGNALS; i++)
		if (PAGE->ignored & signal_bit(i))
			handlers[i].function = SIG_IGN;
}

void handlers_exec(void)
{
	static const struct handler ignored = { .function = SIG_IGN };
	static const struct handler none;

	for (int i = 1; i <= SIGNALS; i++)
		handler_set(i, handlers[i].function == SIG_IGN ? &ignored :
		    &none);
}

static int may_change(int number)
{
	return number >= 1 && number <= SIGNALS && number != SIGKILL &&
	    number != SIGSTOP;
}

/* struct sigaction of rt_sigaction. */
struct action {
	uint32_t function, flags, restorer;
	uint32_t mask[2];
};

long unix_rt_sigaction(int number, const void *action, void *old, size_t size)
{
	const struct action *from = action;
	struct action *to = old;
	struct handler was, new;

	if (size != 8 || number < 1 || number > SIGNALS ||
	    (action && !may_change(number)))
		return -EINVAL;
	was = handlers[number];
	if (from) {
		new.function = from->function;
		new.flags = from->flags;
		new.mask = from->mask[0] | (uint64_t)from->mask[1] << 32;
	}
	if (to) {
		to->function = was.function;
		to->flags = was.flags;
		to->restorer = 0;
		to->mask[0] = (uint32_t)was.mask;
		to->mask[1] = (uint32_t)(was.mask >> 32);
	}
	if (from)
		handler_set(number, &new);
	return 0;
}

/* struct old_sigaction: handler, mask, flags, restorer. */
long unix_sigaction(int number, const void *action, void *old)
{
	const uint32_t *from = action;
	uint32_t *to = old;
	struct handler was, new;

	if (number < 1 || number > SIGNALS || (action && !may_change(number)))
		return -EINVAL;
	was = handlers[number];
	if (from) {
		new.function = from[0];
		new.mask = from[1];
		new.flags = from[2];
	}
	if (to) {
		to[0] = was.function;
		to[1] = (uint32_t)was.mask;
		to[2] = was.flags;
		to[3] = 0;
	}
	if (from)
		handler_set(number, &new);
	return 0;
}

long unix_signal(int number, uint32_t function)
{
	struct handler handler = {
		.function = function,
		.flags = (uint32_t)SA_RESETHAND | SA_NODEFER,
	};
	uint32_t old;

	if (!may_change(number))
		return -EINVAL;
	old = handlers[number].function;
	handler_set(number, &handler);
	return (long)old;
}

static long change_mask(int how, uint64_t set)
{
	switch (how) {
	case 0:
		signal_block(PAGE->blocked | set);
		return 0;
	case 1:
		signal_block(PAGE->blocked & ~set);
		return 0;
	case 2:
		signal_block(set);
		return 0;
	default:
		return -EINVAL;
	}
}

long unix_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old,
    size_t size)
{
	uint64_t was = PAGE->blocked;
	long result = 0;

	if (size != 8)
		return -EINVAL;
	if (set)
		result = change_mask(how, *set);
	if (!result && old)
		*old = was;
	return result;
}

long unix_sigprocmask(int how, const uint32_t *set, uint32_t *old)
{
	uint64_t was = PAGE->blocked;
	uint64_t high = how == 2 ? was & ~0xffffffffULL : 0;
	long result = 0;

	if (set)
		result = change_mask(how, *set | high);
	if (!result && old)
		*old = (uint32_t)was;
	return result;
}

long unix_sgetmask(void)
{
	return (long)(uint32_t)PAGE->blocked;
}

long unix_ssetmask(uint32_t mask)
{
	uint32_t was = (uint32_t)PAGE->blocked;

	signal_block((PAGE->blocked & ~0xffffffffULL) | mask);
	return (long)was;
}

long unix_rt_sigpending(uint64_t *set, size_t size)
{
	uint64_t pending = PAGE->pending & PAGE->blocked;

	return size > 8 ? -EINVAL : user_copy(set, &pending, size);
}

long unix_sigpending(uint32_t *set)
{
	*set = (uint32_t)(PAGE->pending & PAGE->blocked);
	return 0;
}

struct stack {
	uint32_t address;
	int flags;
	uint32_t size;
};

long unix_sigaltstack(const void *stack, void *old)
{
	struct unix_thread *thread = thread_current();
	uint32_t esp = thread_frame(thread)->esp;
	const struct stack *from = stack;
	struct stack *to = old, was, new = { 0, 0, 0 };
	int inside;

	was.address = thread->alternate_stack.address;
	was.size = thread->alternate_stack.size;
	inside = was.size && esp - was.address <= was.size;
	was.flags = !was.size ? SS_DISABLE : inside ? SS_ONSTACK : 0;
	if (from) {
		new = *from;
		if (inside)
			return -EPERM;
		if (new.flags & ~(SS_ONSTACK | SS_DISABLE | (int)0x80000000))
			return -EINVAL;
		if (new.flags & SS_DISABLE)
			new.address = new.size = 0;
		else if (new.size < MINSIGSTKSZ)
			return -ENOMEM;
	}
	if (to)
		*to = was;
	if (from) {
		thread->alternate_stack.address = new.address;
		thread->alternate_stack.size = new.size;
	}
	return 0;
}
