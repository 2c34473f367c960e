/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: newlib numbers them as 4.4BSD does, our calls as Linux does. */
#include <errno.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

enum {
	LINUX_RESTORER = 0x04000000,
	LINUX_RESTART = 0x10000000,
};

struct linux_sigaction {
	void *handler;
	uint32_t mask, flags;
	void *restorer;
};

/* Index: newlib's number. 0: Linux has none. */
static const unsigned char linux_numbers[32] = {
	0, 1, 2, 3, 4, 5, 6, 0, 8, 9, 7, 11, 31, 13, 14, 15, 23, 19, 20, 18, 17,
	21, 22, 29, 24, 25, 26, 27, 28, 30, 10, 12
};

static int number_of(int linux_number)
{
	for (int i = 1; i < 32; i++) {
		if (linux_numbers[i] == linux_number)
			return i;
	}
	return 0;
}

static uint32_t mask_to_linux(sigset_t mask)
{
	uint32_t result = 0;

	for (int i = 1; i < 32; i++) {
		if ((mask >> i & 1) && linux_numbers[i])
			result |= 1u << (linux_numbers[i] - 1);
	}
	return result;
}

static sigset_t mask_from_linux(uint32_t mask)
{
	sigset_t result = 0;

	for (int i = 1; i < 32; i++) {
		if (linux_numbers[i] && (mask >> (linux_numbers[i] - 1) & 1))
			result |= 1ul << i;
	}
	return result;
}

static void (*handlers[32])(int);

/* All handlers come here with Linux's number. */
static void handler_call(int linux_number)
{
	int number = number_of(linux_number);

	if (handlers[number])
		handlers[number](number);
}

static int signal_number(int number)
{
	if (number <= 0 || number >= 32 || !linux_numbers[number]) {
		errno = EINVAL;
		return 0;
	}
	return linux_numbers[number];
}

int sigaction(int number, const struct sigaction *new, struct sigaction *old)
{
	struct linux_sigaction action, before;
	int linux_number = signal_number(number);
	void (*last)(int);

	if (!linux_number)
		return -1;
	last = handlers[number];
	if (new) {
		int caught = new->sa_handler != SIG_DFL &&
		    new->sa_handler != SIG_IGN;

		handlers[number] = new->sa_handler;
		action.handler = caught ? (void *)handler_call :
		                          (void *)new->sa_handler;
		action.mask = mask_to_linux(new->sa_mask);
		action.flags = LINUX_RESTART | (new->sa_flags & SA_NOCLDSTOP);
		action.restorer = 0;
	}
	if (unix_result(linux_call(CALL_SIGACTION, linux_number,
		new ? &action : 0, &before)) < 0) {
		handlers[number] = last;
		return -1;
	}
	if (old) {
		old->sa_handler = before.handler == (void *)handler_call ?
		    last :
		    (void (*)(int))before.handler;
		old->sa_mask = mask_from_linux(before.mask);
		old->sa_flags = before.flags & SA_NOCLDSTOP;
	}
	return 0;
}

_sig_func_ptr signal(int number, _sig_func_ptr handler)
{
	struct sigaction action = { .sa_handler = handler }, old;

	return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	static const int linux_how[] = {
		[SIG_BLOCK] = 0, [SIG_UNBLOCK] = 1, [SIG_SETMASK] = 2
	};
	uint32_t mask = set ? mask_to_linux(*set) : 0, before;
	long result = linux_call(CALL_SIGPROCMASK, linux_how[how],
	    set ? &mask : 0, &before);

	if (unix_result(result) < 0)
		return -1;
	if (old)
		*old = mask_from_linux(before);
	return 0;
}

int sigsuspend(const sigset_t *set)
{
	return unix_result(
	    linux_call(CALL_SIGSUSPEND, 0, 0, mask_to_linux(*set)));
}

int kill(int pid, int number)
{
	int linux_number = number ? signal_number(number) : 0;

	if (number && !linux_number)
		return -1;
	return unix_result(linux_call(CALL_KILL, pid, linux_number));
}

int raise(int number)
{
	return kill(getpid(), number);
}

int pause(void)
{
	return unix_result(linux_call(CALL_PAUSE));
}

unsigned alarm(unsigned seconds)
{
	return linux_call(CALL_ALARM, seconds);
}
