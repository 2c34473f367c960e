/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that come while the thread is in a trap: an int $0x80 at a place that
 * had none before, a breakpoint, a bad address. Each trap is done, and once. */
#include "check.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>

enum {
	PLACES = 4096,
	PLACE_SIZE = 16,
	SIZE = PLACES * PLACE_SIZE,
	ALARMS_MIN = 20,
};

static const unsigned char call[] = { 0xcd, 0x80, 0xc3 }; /* int $0x80; ret */
static const unsigned char trap[] = { 0xcc, 0xc3 };       /* int3; ret */
static volatile int alarms, traps, faults;
static char *page;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static void on_trap(int signal)
{
	(void)signal;
	traps++;
}

static void on_fault(int signal)
{
	(void)signal;
	faults++;
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void alarms_set(int microseconds)
{
	struct itimerval every = { { 0, microseconds }, { 0, microseconds } };

	setitimer(ITIMER_REAL, &every, NULL);
}

static int enter(const void *place, int number)
{
	int result;

	__asm__ volatile("call *%1" : "=a"(result)
	    : "r"(place), "a"(number) : "memory", "cc");
	return result;
}

static int calls(char *code)
{
	int wrong = 0, pid = getpid();

	for (int i = 0; i < PLACES; i++)
		memcpy(code + i * PLACE_SIZE, call, sizeof call);
	for (int i = 0; i < PLACES; i++)
		wrong += enter(code + i * PLACE_SIZE, SYS_getpid) != pid;
	return wrong;
}

static int breakpoints(char *code)
{
	memcpy(code, trap, sizeof trap);
	traps = 0;
	for (int i = 0; i < PLACES; i++)
		enter(code, 0);
	return traps - PLACES;
}

static int bad_addresses(void)
{
	int wrong = 0;

	faults = 0;
	for (int i = 0; i < PLACES; i++) {
		mprotect(page, 4096, PROT_NONE);
		page[0] = (char)i;
		wrong += page[0] != (char)i;
	}
	return wrong + (faults != PLACES);
}

int main(void)
{
	char *code = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int wrong[3] = { 0 };

	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	signal(SIGALRM, on_alarm);
	signal(SIGTRAP, on_trap);
	signal(SIGSEGV, on_fault);
	alarms_set(1000);
	while (alarms < ALARMS_MIN) {
		wrong[0] += calls(code);
		wrong[1] += breakpoints(code);
		wrong[2] += bad_addresses();
	}
	alarms_set(0);
	printf("wrong: %d calls, %d breakpoints, %d bad addresses\n", wrong[0],
	    wrong[1], wrong[2]);
	return 0;
}
