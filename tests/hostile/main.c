/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile SERVER COUNT [SEED]: sends COUNT messages to SERVER, from children
 * with uid 1000, one after the other: a child that its own messages have
 * killed or stopped is replaced by one with the next seed. Between rounds the
 * parent sees to it that the system still does what it should and that no
 * server has died; in the end, when the files are gone that clients wrote,
 * that the server has no more ports and memory than after the first round.
 * Ends with 0 if all is well, and prints what it has seen.
 */
#include "hostile.h"
#include "servers.h"
#include <acs.client.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CALL_MMAP2 = 192,
	CALL_SETUID32 = 213,
	CALL_SETGID32 = 214,
	CALL_WAITPID = 7,
	USER = 1000,
	ROUND = 20000,
	CHECKED = 2000, /* messages after which others are looked at */
	STALL = 5,    /* seconds with less than SLOW messages: it is stuck */
	SLOW = 200,
	NO_HANG = 1,
	UNTRACED = 2,
	SETTLES = 20, /* seconds until what clients had is let go */
	PORTS_MORE = 100,
	MEMORY_MORE = 2048, /* KB */
};

/* Shared with the children. */
struct progress {
	volatile unsigned sent;
	const char *volatile last; /* the call it is at */
	volatile int refused; /* it could not even begin */
};

static struct progress *progress;
static mach_port_t acs;
static unsigned deaths, gone; /* of servers, before the attack */

/* No process has a right of these. What happens if one had? The superuser can
 * look it up. */
static void right_look_up(const char *server)
{
	mach_port_t right;

	message_no_orders = !strcmp(server, "codepager") ||
	    !strcmp(server, "datapager");
	if (message_no_orders &&
	    !acs_lookup(acs_right(), server, strlen(server), 0, &right))
		right_keep(right, RIGHTS_TARGET);
}

static void call_make(const struct call *call, mach_port_t target)
{
	progress->last = call->name;
	call->make(target);
}

static void child_run(const char *server, uint32_t seed, unsigned count)
{
	right_look_up(server);
	linux_call(CALL_SETGID32, USER);
	progress->refused = 1;
	if (linux_call(CALL_SETUID32, USER))
		_exit(9);
	value_seed(seed);
	if (rights_collect(server))
		_exit(8);
	progress->refused = 0;
	message_spoil = 128;
	for (unsigned i = 0; i < count; i++) {
		mach_port_t target = right_pick(RIGHTS_TARGET);

		if (value_random(8) == 0)
			raw_send(target);
		else
			call_make(&calls[value_random(call_count)], target);
		progress->sent++;
	}
	_exit(0);
}

static long seconds_now(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return now.tv_sec;
}

static unsigned stalled;

/* Waits for the child; one that stopped itself goes on, one that sends hardly
 * anything for a while is killed. */
static int child_wait(int child)
{
	long pause[2] = { 0, 20000000 };
	unsigned last = progress->sent;
	long since = seconds_now();
	int status = 0;

	for (;;) {
		int got = linux_call(CALL_WAITPID, child, &status,
		    NO_HANG | UNTRACED);

		if (got && !WIFSTOPPED(status))
			break;
		if (got)
			kill(child, SIGCONT);
		linux_call(CALL_NANOSLEEP, pause, NULL);
		if (progress->sent - last >= SLOW) {
			last = progress->sent;
			since = seconds_now();
		} else if (seconds_now() - since > STALL) {
			stalled++;
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			break;
		}
	}
	return status;
}

/* What no user may change, and as it was before the attack. */
static const char *const others[] = { "/", "/etc", "/etc/passwd", "/bin/true" };

struct other {
	struct stat status;
	uint32_t sum; /* of a file's bytes */
};

static void other_look(const char *path, struct other *other)
{
	static unsigned char bytes[4096];
	int file = open(path, O_RDONLY);
	long got;

	memset(other, 0, sizeof *other);
	stat(path, &other->status);
	while (S_ISREG(other->status.st_mode) &&
	    (got = read(file, bytes, sizeof bytes)) > 0)
		for (long i = 0; i < got; i++)
			other->sum = other->sum * 31 + bytes[i];
	close(file);
}

static const char *others_check(void)
{
	static struct other before[sizeof others / sizeof *others], now;
	static int looked;

	for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
		const struct stat *was = &before[i].status, *is = &now.status;

		other_look(others[i], looked ? &now : &before[i]);
		if (looked && (was->st_mode != is->st_mode ||
		    was->st_uid != is->st_uid || was->st_gid != is->st_gid ||
		    was->st_size != is->st_size ||
		    was->st_mtime != is->st_mtime || before[i].sum != now.sum))
			return others[i];
	}
	looked = 1;
	return NULL;
}

/* A little of everything, done right, with its result looked at. */
static const char *system_check(void)
{
	char back[6] = "";
	int ends[2], status, child, file;
	const char *changed;
	unsigned ended;

	file = open("/root/.hostile", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || write(file, "lives", 5) != 5)
		return "a file is not written";
	if (lseek(file, 0, SEEK_SET) || read(file, back, 5) != 5 ||
	    strcmp(back, "lives"))
		return "a file reads otherwise than it was written";
	close(file);
	if (unlink("/root/.hostile"))
		return "a file is not removed";
	if (pipe(ends) || write(ends[1], "p", 1) != 1 ||
	    read(ends[0], back, 1) != 1)
		return "a pipe does not work";
	close(ends[0]);
	close(ends[1]);
	child = fork();
	if (child == 0) {
		char *arguments[] = { "true", NULL };

		execve("/bin/true", arguments, arguments + 1);
		_exit(7);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		printf("fork: %d, status %x\n", child, status);
		return "a program does not run";
	}
	if (servers_deaths(acs, &ended) != deaths || ended != gone)
		return "a server has died";
	changed = others_check();
	if (changed)
		printf("%s\n", changed);
	return changed ? "what is the superuser's was changed" : NULL;
}

static unsigned number_of(const char *text)
{
	return (unsigned)strtoul(text, NULL, 0);
}

/* Up to a round of messages from one client; how it ended. */
static int round_do(const char *server, unsigned total, uint32_t seed)
{
	unsigned left = total - progress->sent;
	int child = fork();

	if (child == 0)
		child_run(server, seed, left < ROUND ? left : ROUND);
	return child < 0 ? -1 : child_wait(child);
}

static int has_grown(const struct server_state *before,
    const struct server_state *after)
{
	unsigned threads = after->threads > before->threads
	    ? after->threads - before->threads : 0;

	return after->ports > before->ports + 2 * threads + PORTS_MORE ||
	    after->memory > before->memory + MEMORY_MORE;
}

/* Pages that a file system in memory has had for files stay its own, for other
 * files. It has had all that it may have before anything is counted: what comes
 * on top of that is a leak. */
static void memory_fill(void)
{
	static const char path[] = "/dev/shm/full";
	static char data[65536];
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	while (write(file, data, sizeof data) > 0)
		;
	close(file);
	unlink(path);
}

/* What the server has now, when its clients are gone. */
static int leak_check(const char *server, const struct server_state *before)
{
	struct server_state after = *before;
	long since = seconds_now();

	if (server_state(acs, server, &after))
		return 0; /* the ACS does not list itself */
	printf("%s: %u KB, with the files that it was made to hold\n", server,
	    after.memory);
	rights_files_remove();
	do
		server_state(acs, server, &after);
	while (has_grown(before, &after) && seconds_now() - since < SETTLES &&
	    !usleep(200000));
	printf("%s: ports %u -> %u, threads %u -> %u, memory %u -> %u KB, "
	       "%u messages received\n", server, before->ports, after.ports,
	    before->threads, after.threads, before->memory, after.memory,
	    after.received - before->received);
	return has_grown(before, &after);
}

/* What is wrong, or null: some rounds from which a check was made before. */
static const char *rounds_do(const char *server, unsigned total,
    uint32_t *seed, unsigned *killed)
{
	unsigned before = progress->sent;

	while (progress->sent < total && progress->sent - before < CHECKED) {
		int status = round_do(server, total, (*seed)++);

		if (status < 0)
			return "no further process";
		if (progress->refused)
			return "no right to attack it with";
		*killed += status != 0;
	}
	return system_check();
}

static int attack(const char *server, unsigned total, uint32_t seed)
{
	struct server_state first = { 0 };
	uint32_t first_seed = seed;
	long since = seconds_now();
	unsigned killed = 0;

	while (progress->sent < total) {
		unsigned before = progress->sent;
		uint32_t seed_before = seed;
		const char *wrong = rounds_do(server, total, &seed, &killed);

		if (wrong) {
			printf("%s: seeds %u to %u, %u messages, last %s: "
			       "%s\n", server, (unsigned)seed_before,
			    (unsigned)seed - 1, progress->sent - before,
			    progress->last, wrong);
			return 1;
		}
		if (before < ROUND)
			server_state(acs, server, &first);
	}
	printf("%s: %u messages in %ld s, %u clients, %u of them ended early, "
	       "%u stood still\n", server, progress->sent,
	    seconds_now() - since, (unsigned)(seed - first_seed), killed,
	    stalled);
	return leak_check(server, &first);
}

int main(int argc, char **argv)
{
	uint32_t seed = argc > 3 ? number_of(argv[3]) : 1;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: hostile SERVER COUNT [SEED]\n");
		return 2;
	}
	progress = (void *)linux_call(CALL_MMAP2, 0, 4096, 3, 0x21, -1, 0);
	if ((unsigned long)progress > (unsigned long)-4096) {
		fprintf(stderr, "hostile: no shared memory\n");
		return 1;
	}
	acs = acs_right();
	deaths = servers_deaths(acs, &gone);
	others_check();
	if (!strcmp(argv[1], "pfs-tmp"))
		memory_fill();
	mkdir("/tmp/hostile", 0777);
	chmod("/tmp/hostile", 0777);
	return attack(argv[1], number_of(argv[2]), seed);
}
