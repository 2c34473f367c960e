/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults COUNT SEED [KIND...] [SERVER...]: COUNT faults of these kinds, one
 * after the other, each in one of the servers (default: all kinds, all that
 * recover, and the ACS). Ends with 0 if nothing was
 * lost. After each the server is brought to a new start, so that a fault that
 * nobody has noticed yet does not meet the next one; work after that start
 * says whether what outlives the server was hurt. Each result is in the system
 * log, too, should the machine not come to the end.
 */
#include "fault.h"
#include <acs.client.h>
#include <base/types.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SERVERS_MAX = 32,
	ROUNDS = 4,     /* of work while a fault is made */
	PATIENCE = 30, /* seconds; a hang is noticed after 12 */
	CALL_WAITPID = 7,
	NO_HANG = 1,

	/* kinds beside those of acs_fault */
	KIND_KILL = ACS_FAULT_LOSS + 1,
	KIND_HANG,
	KINDS,
};

struct tally {
	char name[64];
	unsigned made;
	unsigned outcomes[OUTCOMES];
};

static const char *const outcome_names[OUTCOMES] = { "nothing", "invisible",
	"an error", "lost" };

static const char *const kind_names[KINDS] = { "text", "data", "registers",
	"allocation", "device", "message", "loss", "kill", "hang" };
/* How often of 100; a loss or a hang takes long. */
static unsigned kind_shares[KINDS] = { 22, 22, 20, 8, 5, 7, 1, 14, 1 };

static struct tally servers[SERVERS_MAX], kinds[KINDS];
static unsigned server_count;
static mach_port_t acs, twin;
static const char *victim;
static uint32_t seed;

static uint32_t noise(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

static void pause_for(unsigned milliseconds)
{
	long time[2] = { milliseconds / 1000,
		(long)(milliseconds % 1000) * 1000000 };

	linux_call(CALL_NANOSLEEP, time, NULL);
}

static long seconds_now(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return now.tv_sec;
}

/* Who does it to the server: to the ACS itself, its twin. */
static mach_port_t guardian(const char *name)
{
	return strcmp(name, "acs") ? acs : twin;
}

/* To the output if it is loud, and to the system log. */
static __attribute__((format(printf, 2, 3))) void say(int loud,
    const char *format, ...)
{
	char line[160];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof line, format, list);
	va_end(list);
	if (length >= (int)sizeof line)
		length = sizeof line - 1;
	acs_log(acs, 0, line, (mach_msg_type_number_t)length);
	if (loud)
		printf("%s\n", line);
}

static int work_start(unsigned rounds)
{
	int child = fork();

	if (child == 0)
		_exit(work_do(rounds));
	return child;
}

/* What it ended with. */
static int work_wait(int child)
{
	long since = seconds_now();
	int status = 0;

	if (child < 0)
		return WORK_ERROR;
	while (linux_call(CALL_WAITPID, child, &status, NO_HANG) == 0) {
		if (seconds_now() - since > PATIENCE) {
			say(1, "hangs at %s", work_step);
			if (getenv("STACKS")) {
				acs_kill(guardian(victim), victim,
				    strlen(victim), 1);
				acs_kill(acs, "vfs", 3, 1);
				pause_for(30000);
			}
			kill(child, SIGKILL);
			return WORK_HANGS;
		}
		pause_for(5);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : WORK_ERROR;
}

/* Until it serves; 0: it does not. */
static int server_wait(const char *name, struct server_state *state)
{
	long since = seconds_now();

	do {
		if (!server_state(guardian(name), name, state) && state->serves)
			return 1;
		pause_for(20);
	} while (seconds_now() - since < PATIENCE);
	return 0;
}

static error_t fault_make(const char *name, int kind)
{
	const char *same = getenv("NUMBER");
	uint32_t number = noise(UINT32_MAX);

	if (same) /* as the log has it */
		return acs_fault(guardian(name), name, strlen(name), kind,
		    atoi(same));
	if (kind == KIND_KILL)
		return acs_kill(guardian(name), name, strlen(name), 0);
	if (kind == KIND_HANG)
		return acs_kill(guardian(name), name, strlen(name), 1);
	if (kind >= ACS_FAULT_ALLOCATION)
		number = number % 40 + 1;
	return acs_fault(guardian(name), name, strlen(name), kind, (int)number);
}

static enum outcome outcome_of(int work, const char *name, int died)
{
	int again;

	if (!work)
		return died ? OUTCOME_INVISIBLE : OUTCOME_NOTHING;
	/* What does not work even with a new instance is lost. */
	acs_kill(guardian(name), name, strlen(name), 0);
	again = work_wait(work_start(ROUNDS));
	if (again)
		say(1, "%s: not even a new instance is well", name);
	return again || work != WORK_ERROR ? OUTCOME_LOST : OUTCOME_ERROR;
}

/* Nobody noticed the fault: a new instance takes over what outlives it. */
static enum outcome outcome_later(const char *name)
{
	struct server_state state;

	acs_kill(guardian(name), name, strlen(name), 0);
	if (!server_wait(name, &state))
		return OUTCOME_LOST;
	return outcome_of(work_wait(work_start(1)), name, 0);
}

static int kind_pick(void)
{
	unsigned sum = 0, number;
	int kind = 0;

	for (int i = 0; i < KINDS; i++)
		sum += kind_shares[i];
	number = noise(sum);
	while (number >= kind_shares[kind])
		number -= kind_shares[kind++];
	return kind;
}

static void outcome_count(struct tally *server, int kind, enum outcome outcome)
{
	server->made++;
	server->outcomes[outcome]++;
	kinds[kind].made++;
	kinds[kind].outcomes[outcome]++;
	say(outcome > OUTCOME_INVISIBLE, "%s: %s: %s", server->name,
	    kind_names[kind], outcome_names[outcome]);
}

/* 0: the server is gone. */
static int round_do(struct tally *server)
{
	struct server_state before, after;
	int kind = kind_pick(), child, work;
	enum outcome outcome;
	error_t error;

	victim = server->name;
	if (!server_wait(server->name, &before))
		return 0;
	child = work_start(ROUNDS);
	pause_for(noise(30));
	error = fault_make(server->name, kind);
	work = work_wait(child);
	if (error && !work) { /* it has nothing of the kind, for example */
		say(1, "%s: %s: not made: %s", server->name,
		    kind_names[kind], error_name(error));
		return 1;
	}
	if (!server_wait(server->name, &after))
		return 0;
	outcome = outcome_of(work, server->name,
	    after.restarts != before.restarts);
	if (outcome == OUTCOME_NOTHING)
		outcome = outcome_later(server->name);
	outcome_count(server, kind, outcome);
	return 1;
}

static void row_print(const struct tally *tally)
{
	const unsigned *outcomes = tally->outcomes;

	printf("%-16s %7u %11u %11u %7u %6u\n", tally->name, tally->made,
	    tally->made - outcomes[OUTCOME_NOTHING],
	    outcomes[OUTCOME_INVISIBLE], outcomes[OUTCOME_ERROR],
	    outcomes[OUTCOME_LOST]);
}

static void tally_add(struct tally *sum, const struct tally *tally)
{
	sum->made += tally->made;
	for (int i = 0; i < OUTCOMES; i++)
		sum->outcomes[i] += tally->outcomes[i];
}

static unsigned tables_print(void)
{
	struct tally all = { .name = "all" };
	unsigned seen;

	printf("%-16s %7s %11s %11s %7s %6s\n", "SERVER", "FAULTS",
	    "MANIFESTED", "INVISIBLE", "ERROR", "LOST");
	for (unsigned i = 0; i < server_count; i++) {
		row_print(&servers[i]);
		tally_add(&all, &servers[i]);
	}
	row_print(&all);
	for (int i = 0; i < KINDS; i++) {
		strcpy(kinds[i].name, kind_names[i]);
		row_print(&kinds[i]);
	}
	seen = all.made - all.outcomes[OUTCOME_NOTHING];
	printf("%u faults, %u manifested, %u %% of these invisible, %u lost\n",
	    all.made, seen,
	    seen ? all.outcomes[OUTCOME_INVISIBLE] * 100 / seen : 100,
	    all.outcomes[OUTCOME_LOST]);
	return all.outcomes[OUTCOME_LOST];
}

static void server_add(const char *name)
{
	if (server_count < SERVERS_MAX)
		snprintf(servers[server_count++].name, sizeof servers->name,
		    "%s", name);
}

/* How many of the words are kinds; only these are made then. */
static int kinds_choose(char **words)
{
	unsigned shares[KINDS] = { 0 };
	int count = 0, kind = 0;

	for (; *words; words++, count++) {
		for (kind = 0; kind < KINDS; kind++)
			if (!strcmp(*words, kind_names[kind]))
				break;
		if (kind == KINDS)
			break;
		shares[kind] = kind_shares[kind];
	}
	if (count)
		memcpy(kind_shares, shares, sizeof shares);
	return count;
}

static void servers_choose(char **words)
{
	const char *name;
	int all = !*words;

	for (; *words; words++)
		server_add(*words);
	for (unsigned i = 0; all && (name = server_recovering(acs, i)) != NULL;
	     i++)
		server_add(name);
	if (all)
		server_add("acs");
}

int main(int argc, char **argv)
{
	unsigned count, gone = 0;
	long since;

	if (argc < 3) {
		fprintf(stderr, "usage: faults COUNT SEED "
		    "[KIND...] [SERVER...]\n");
		return 2;
	}
	count = (unsigned)strtoul(argv[1], NULL, 10);
	seed = (uint32_t)strtoul(argv[2], NULL, 10) * 2654435761u;
	acs = acs_right();
	if (acs_lookup(acs, "twin", strlen("twin"), 0, &twin))
		twin = acs;
	servers_choose(argv + 3 + kinds_choose(argv + 3));
	if (!count) /* one, without work, now */
		return server_count &&
		    fault_make(servers[0].name, kind_pick());
	work_prepare();
	if (!server_count || work_wait(work_start(ROUNDS))) {
		fprintf(stderr, "faults: no server, or work fails\n");
		return 1;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	since = seconds_now();
	for (unsigned i = 0; i < count && !gone; i++)
		if (!round_do(&servers[i % server_count])) {
			say(1, "%s: gone", servers[i % server_count].name);
			gone = 1;
		}
	printf("%ld seconds\n", seconds_now() - since);
	return tables_print() || gone;
}
