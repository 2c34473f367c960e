/* SPDX-License-Identifier: BSD-2-Clause */
/* Handlers, masks, queues, restarts, alternate stacks, faults as signals. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

static volatile int count, last;
static sigjmp_buf back;

static void on_signal(int number)
{
	count++;
	last = number;
}

static void on_info(int number, siginfo_t *info, void *context)
{
	ucontext_t *user = context;

	printf("info: %s code %d value %d mask kept %d\n",
	    sigabbrev_np(number), info->si_code, info->si_value.sival_int,
	    sigismember(&user->uc_sigmask, SIGUSR2));
	fflush(stdout);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	printf("fault: %s code %d address %s\n", sigabbrev_np(number),
	    info->si_code,
	    info->si_addr == NULL        ? "null" :
	    info->si_addr == (void *)16  ? "16" :
	                                   "other");
	fflush(stdout);
	siglongjmp(back, number);
}

static void action_set(int number, void *handler, int flags)
{
	struct sigaction action = { .sa_flags = flags };

	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void simple(void)
{
	action_set(SIGUSR1, on_signal, 0);
	for (int i = 0; i < 1000; i++)
		raise(SIGUSR1);
	printf("1000 raised: %d\n", count);
	SHOW(kill(getpid(), SIGUSR1));
	printf("count %d last %s\n", count, sigabbrev_np(last));
	CHILD("inherited handler", {
		raise(SIGUSR1);
		_exit(count == 1002);
	});
	action_set(SIGUSR1, on_signal, SA_RESETHAND);
	raise(SIGUSR1);
	CHILD("after reset", raise(SIGUSR1));
	action_set(SIGUSR1, SIG_IGN, 0);
	SHOW(raise(SIGUSR1));
	SHOW(kill(getpid(), 0));
	SHOW(kill(getpid(), 65));
	SHOW(kill(999999, SIGTERM));
	SHOW(sigaction(SIGKILL, &(struct sigaction){ 0 }, NULL));
}

static void masks(void)
{
	sigset_t set, old, pending;

	count = 0;
	action_set(SIGUSR1, on_signal, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	SHOW(sigprocmask(SIG_BLOCK, &set, &old));
	raise(SIGUSR1);
	raise(SIGUSR1);
	sigpending(&pending);
	printf("blocked: count %d pending %d\n", count,
	    sigismember(&pending, SIGUSR1));
	CHILD("pending is not inherited", {
		sigpending(&pending);
		_exit(sigismember(&pending, SIGUSR1));
	});
	SHOW(sigsuspend(&old));
	printf("after suspend: count %d\n", count);
	SHOW(sigprocmask(SIG_SETMASK, &old, NULL));
	printf("unblocked: count %d\n", count);
}

static void queued(void)
{
	sigset_t set;
	siginfo_t info;
	struct timespec soon = { 0, 20000000 };

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 5; i++)
		sigqueue(getpid(), SIGRTMIN + (i & 1), (union sigval){ i });
	for (int i = 0; i < 5; i++) {
		int number = sigwaitinfo(&set, &info);

		printf("took RTMIN+%d value %d\n", number - SIGRTMIN,
		    info.si_value.sival_int);
	}
	SHOW(sigtimedwait(&set, &info, &soon));
	action_set(SIGRTMIN, on_info, SA_SIGINFO);
	sigqueue(getpid(), SIGRTMIN, (union sigval){ 42 });
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void restarts(void)
{
	int ends[2];
	char byte;
	struct itimerval timer = { { 0, 0 }, { 0, 50000 } };
	pid_t pid;

	pipe(ends);
	action_set(SIGALRM, on_signal, 0);
	setitimer(ITIMER_REAL, &timer, NULL);
	SHOW(read(ends[0], &byte, 1));
	action_set(SIGALRM, on_signal, SA_RESTART);
	setitimer(ITIMER_REAL, &timer, NULL);
	pid = fork();
	if (!pid) {
		usleep(200000);
		write(ends[1], "x", 1);
		_exit(0);
	}
	SHOW(read(ends[0], &byte, 1));
	reap("writer", pid);
	setitimer(ITIMER_REAL, &timer, NULL);
	SHOW(pause());
	setitimer(ITIMER_REAL, &timer, NULL);
	SHOW(usleep(900000));
	action_set(SIGPIPE, SIG_IGN, 0);
	close(ends[0]);
	SHOW(write(ends[1], "x", 1));
	action_set(SIGPIPE, SIG_DFL, 0);
	CHILD("no reader", write(ends[1], "x", 1));
	alarm(100);
	printf("alarm left %d\n", alarm(0) >= 99);
}

static void faults(void)
{
	static char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	volatile int zero = 0;

	SHOW(sigaltstack(&alternate, NULL));
	action_set(SIGSEGV, on_fault, SA_SIGINFO | SA_ONSTACK);
	action_set(SIGFPE, on_fault, SA_SIGINFO);
	action_set(SIGILL, on_fault, SA_SIGINFO);
	action_set(SIGTRAP, on_signal, 0);
	if (!sigsetjmp(back, 1))
		*(volatile int *)0 = 1;
	if (!sigsetjmp(back, 1))
		*(volatile int *)16 = 1;
	if (!sigsetjmp(back, 1))
		*(volatile char *)page = 1;
	if (!sigsetjmp(back, 1))
		zero = last / zero;
	if (!sigsetjmp(back, 1))
		__asm__ volatile("ud2");
	count = 0;
	__asm__ volatile("int3");
	printf("breakpoint: %d\n", count);
	CHILD("null", {
		action_set(SIGSEGV, SIG_DFL, 0);
		*(volatile int *)0 = 1;
	});
	SHOW(write(1, NULL, 5));
	SHOW(open(NULL, O_RDONLY));
}

static int overflow(int depth)
{
	volatile char big[4096];

	big[0] = depth;
	return overflow(depth + 1) + big[0];
}

int main(void)
{
	simple();
	masks();
	queued();
	restarts();
	faults();
	CHILD("stack overflow", {
		action_set(SIGSEGV, SIG_DFL, 0);
		overflow(0);
	});
	CHILD("overflow on the alternate stack", {
		action_set(SIGSEGV, on_fault, SA_SIGINFO | SA_ONSTACK);
		if (!sigsetjmp(back, 1))
			overflow(0);
		say("survived");
	});
	return 0;
}
