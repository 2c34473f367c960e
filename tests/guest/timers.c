/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX timers: what they send, overruns, absolute times, fork and exec. */
#include "check.h"
#include <time.h>

static struct sigevent event_of(int notify, int signal, int value)
{
	struct sigevent event = {
		.sigev_notify = notify,
		.sigev_signo = signal,
		.sigev_value.sival_int = value,
	};

	return event;
}

static struct itimerspec milliseconds(long value, long interval)
{
	struct itimerspec spec = {
		.it_value = { value / 1000, value % 1000 * 1000000 },
		.it_interval = { interval / 1000, interval % 1000 * 1000000 },
	};

	return spec;
}

/* Waits for a signal of the set and says what came with it. */
static void await(sigset_t *set)
{
	struct timespec limit = { 20, 0 };
	siginfo_t info;

	int signal = sigtimedwait(set, &info, &limit);

	SHOW(signal);
	if (signal > 0)
		printf("code %d value %d\n", info.si_code,
		    info.si_value.sival_int);
	fflush(stdout);
}

static sigset_t block(int first, int second)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, first);
	sigaddset(&set, second);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

static void signals(void)
{
	struct sigevent event = event_of(SIGEV_SIGNAL, SIGUSR1, 77);
	struct itimerspec spec = milliseconds(20, 0), left;
	sigset_t set = block(SIGUSR1, SIGALRM);
	timer_t timer, plain;

	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	SHOW(timer_settime(timer, 0, &spec, NULL));
	await(&set);
	SHOW(timer_getoverrun(timer));
	SHOW(timer_gettime(timer, &left));
	SHOW(left.it_value.tv_sec | left.it_value.tv_nsec);
	SHOW(timer_create(CLOCK_REALTIME, NULL, &plain));
	SHOW(timer_settime(plain, 0, &spec, NULL));
	SHOW(sigtimedwait(&set, NULL, NULL));
	spec = milliseconds(100000, 5000);
	SHOW(timer_settime(timer, 0, &spec, NULL));
	spec = milliseconds(0, 0);
	SHOW(timer_settime(timer, 0, &spec, &left));
	printf("%ld %ld, each %ld\n", (long)left.it_value.tv_sec >= 99,
	    (long)left.it_value.tv_sec <= 100, (long)left.it_interval.tv_sec);
	SHOW(timer_delete(timer));
	SHOW(timer_delete(timer));
	SHOW(timer_gettime(timer, &left));
	SHOW(timer_delete(plain));
}

static void overruns(void)
{
	struct sigevent event = event_of(SIGEV_SIGNAL, SIGUSR1, 1);
	struct itimerspec spec = milliseconds(20, 20);
	struct timespec long_enough = { 0, 300000000 };
	sigset_t set = block(SIGUSR1, SIGUSR2);
	timer_t timer;

	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	SHOW(timer_settime(timer, 0, &spec, NULL));
	nanosleep(&long_enough, NULL);
	await(&set);
	SHOW(timer_getoverrun(timer) >= 3);
	SHOW(timer_delete(timer));
}

static void absolute(void)
{
	struct sigevent event = event_of(SIGEV_SIGNAL, SIGRTMIN + 1, 5);
	struct itimerspec spec = milliseconds(0, 0);
	sigset_t set = block(SIGRTMIN + 1, SIGUSR2);
	struct timespec now;
	timer_t timer;

	SHOW(timer_create(CLOCK_REALTIME, &event, &timer));
	clock_gettime(CLOCK_REALTIME, &now);
	spec.it_value.tv_sec = now.tv_sec - 10;
	SHOW(timer_settime(timer, TIMER_ABSTIME, &spec, NULL));
	await(&set);
	spec.it_value.tv_sec = now.tv_sec + 1;
	SHOW(timer_settime(timer, TIMER_ABSTIME, &spec, NULL));
	await(&set);
	clock_gettime(CLOCK_REALTIME, &now);
	SHOW(now.tv_sec >= spec.it_value.tv_sec);
	SHOW(timer_delete(timer));
}

static void refused(void)
{
	struct sigevent bad = event_of(99, SIGUSR1, 0);
	struct itimerspec spec = milliseconds(0, 0);
	timer_t timer;

	SHOW(timer_create(CLOCK_REALTIME, &bad, &timer));
	bad = event_of(SIGEV_SIGNAL, 99, 0);
	SHOW(timer_create(CLOCK_REALTIME, &bad, &timer));
	SHOW(timer_create(1000, NULL, &timer));
	bad = event_of(SIGEV_NONE, 0, 0);
	SHOW(timer_create(CLOCK_MONOTONIC, &bad, &timer));
	spec.it_value.tv_nsec = 1000000000;
	SHOW(timer_settime(timer, 0, &spec, NULL));
	spec.it_value.tv_nsec = -1;
	SHOW(timer_settime(timer, 0, &spec, NULL));
	spec.it_value.tv_nsec = 10000000;
	SHOW(timer_settime(timer, 0, &spec, NULL));
	SHOW(timer_delete(timer));
}

int main(int argc, char **argv)
{
	struct itimerspec spec = milliseconds(100000, 0);
	timer_t timer;

	(void)argv;
	if (argc > 1) { /* a new image: none is left */
		SHOW(timer_delete((timer_t)0));
		return 0;
	}
	signals();
	overruns();
	absolute();
	refused();
	SHOW(timer_create(CLOCK_MONOTONIC, NULL, &timer));
	SHOW(timer_settime(timer, 0, &spec, NULL));
	if (!fork()) {
		SHOW(timer_delete(timer));
		exit(0);
	}
	wait(NULL);
	execl("/proc/self/exe", "timers", "again", NULL);
	return 1;
}
