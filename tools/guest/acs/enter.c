/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs env enter: a program of another environment at our terminal.
 *
 * There it has a pseudo-terminal of its own, so that its job control is its
 * own environment's. Here two processes carry bytes, one each way; they find
 * the pair's master by a name that is offered to them in that environment. If
 * our input is no terminal the pair neither echoes nor adds to what is written.
 */
#include "acs.h"
#include <acs.client.h>
#include <base/error.h>
#include <base/mach.h>
#include <base/port.h>
#include <env.client.h>
#include <file.client.h>
#include <kernel/mach.client.h>
#include <mach/mig_errors.h>
#include <newlib/masix.h>
#include <process_control.client.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfs.client.h>
#include <vfs_control.client.h>

#define HELPER "/sbin/masix-enter"

enum {
	GET_MODES = 0x5401, /* Linux's TCGETS … */
	SET_MODES = 0x5402,
	GET_SIZE = 0x5413,
	SET_SIZE = 0x5414,
	GET_PAIR = (int)0x80045430,
	LOCK_PAIR = 0x40045431,
	WINDOW_CHANGED = 28, /* SIGWINCH */
	OPEN_READ_WRITE = 2,
	OUTPUT_PROCESSED = 1, /* OPOST */
	INPUT_BREAKS = 0x2 | 0x20 | 0x100 | 0x400, /* BRKINT … IXON */
	LOCAL_ECHO = 8,
	LOCAL_ALL = 1 | 2 | LOCAL_ECHO | 0x40 | 0x8000, /* ISIG … IEXTEN */
	END_OF_FILE = 4,       /* ^D, the usual VEOF */
	LAST_OUTPUT_TRIES = 50, /* times 10 ms */
};

/* struct termios of i386, and struct winsize. */
struct modes {
	uint32_t input, output, control, local;
	uint8_t discipline, characters[19];
};
struct size {
	uint16_t rows, columns, x, y;
};

struct visit {
	mach_port_t client, master, slave, entry; /* send rights */
	char name[32];   /* of the master, as it is offered */
	char slave_path[32];
	struct modes modes; /* ours, as they were */
	int at_terminal;
};

static error_t control(mach_port_t file, int request, void *data,
    unsigned size)
{
	control_data_t answer;
	mach_msg_type_number_t count = sizeof(answer);
	int result;
	error_t error = file_control(file, request, 0, data, size, answer,
	    &count, &result);

	if (!error && count && count <= size)
		memcpy(data, answer, count);
	return error;
}

static void size_pass(mach_port_t master)
{
	struct size size;

	if (!ioctl(0, GET_SIZE, &size) && size.columns)
		control(master, SET_SIZE, &size, sizeof(size));
}

/* Ours becomes transparent, or theirs does not echo. */
static void modes_begin(struct visit *visit)
{
	struct modes modes;

	visit->at_terminal = !ioctl(0, GET_MODES, &visit->modes);
	if (visit->at_terminal) {
		size_pass(visit->master);
		modes = visit->modes;
		modes.input &= ~INPUT_BREAKS;
		modes.output &= ~OUTPUT_PROCESSED;
		modes.local &= ~LOCAL_ALL;
		ioctl(0, SET_MODES, &modes);
	} else if (!control(visit->master, GET_MODES, &modes, sizeof(modes))) {
		modes.output &= ~OUTPUT_PROCESSED;
		modes.local &= ~LOCAL_ECHO;
		control(visit->master, SET_MODES, &modes, sizeof(modes));
	}
}

static error_t pair_open(struct visit *visit)
{
	struct file_attributes attributes;
	mach_port_t vfs, view;
	int number = 0, unlocked = 0;
	error_t error = acs_lookup(visit->client, "vfs", 3, 0, &vfs);

	if (!error)
		error = vfs_control_new_view(vfs, 0, &view);
	if (!error)
		error = vfs_open(view, MACH_PORT_NULL, "/dev/ptmx", 9,
		    OPEN_READ_WRITE, 0, 0, &visit->master, &attributes);
	if (!error)
		error = control(visit->master, LOCK_PAIR, &unlocked,
		    sizeof(unlocked));
	if (!error)
		error = control(visit->master, GET_PAIR, &number,
		    sizeof(number));
	if (error)
		return error;
	snprintf(visit->slave_path, sizeof(visit->slave_path), "/dev/pts/%d",
	    number);
	/* held, so that the master finds no end before the program is there */
	return vfs_open(view, MACH_PORT_NULL, visit->slave_path,
	    strlen(visit->slave_path), OPEN_READ_WRITE | 0400, 0, 0,
	    &visit->slave, &attributes);
}

static unsigned string_add(char *strings, unsigned at, const char *text)
{
	strcpy(strings + at, text);
	return at + strlen(text) + 1;
}

static error_t program_start(struct visit *visit, const char *user, int argc,
    char **argv)
{
	unsigned size = 256, at = 0;
	const char *term = getenv("TERM");
	mach_port_t process;
	char *strings, word[64];
	int pid;
	error_t error = acs_lookup(visit->client, "process", 7, 0, &process);

	if (error)
		return error;
	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	strings = malloc(size);
	if (!strings)
		return E_NOMEM;
	at = string_add(strings, at, "masix-enter");
	at = string_add(strings, at, visit->slave_path);
	at = string_add(strings, at, user);
	for (int i = 0; i < argc; i++)
		at = string_add(strings, at, argv[i]);
	snprintf(word, sizeof(word), "TERM=%.50s", term ? term : "dumb");
	at = string_add(strings, at, word);
	error = process_control_enter(process, HELPER, strlen(HELPER),
	    3 + argc, 1, strings, at, &pid, &visit->entry);
	free(strings);
	return error;
}

static mach_port_t master_again;

static void on_size(int signal)
{
	(void)signal;
	size_pass(master_again);
}

/* In a child: its own right to the master. */
static mach_port_t master_find(const struct visit *visit,
    const char *environment)
{
	mach_port_t acs = acs_right(), client, master;

	if (!acs || env_enter(acs, environment, strlen(environment), &client) ||
	    acs_lookup(client, visit->name, strlen(visit->name), 0, &master))
		_exit(1);
	return master;
}

static void output_carry(mach_port_t master)
{
	mach_msg_type_number_t size;
	small_data_t data;

	for (;;) {
		size = sizeof(data);
		if (file_read(master, 0, sizeof(data), 0, getpid(), data,
			&size) || !size)
			_exit(0);
		for (unsigned at = 0; at < size;) {
			int done = write(1, data + at, size - at);

			if (done <= 0)
				_exit(1);
			at += done;
		}
	}
}

static int bytes_give(mach_port_t master, const char *data, int size)
{
	int done;

	for (int at = 0; at < size; at += done)
		if (file_write(master, 0, 0, getpid(), (char *)data + at,
			size - at, &done) || done <= 0)
			return 0;
	return 1;
}

static void input_carry(mach_port_t master, int at_terminal)
{
	static const char end[] = { END_OF_FILE, END_OF_FILE };
	char data[1024];
	int size;

	master_again = master;
	signal(WINDOW_CHANGED, on_size);
	for (;;) {
		size = read(0, data, sizeof(data));
		if (size < 0 && at_terminal)
			continue; /* the window has changed */
		if (size <= 0)
			break;
		if (!bytes_give(master, data, size))
			_exit(1);
	}
	if (!at_terminal)
		bytes_give(master, end, sizeof(end));
	for (;;)
		pause();
}

static int carrier_start(const struct visit *visit, const char *environment,
    int outward)
{
	int pid = fork();

	if (pid)
		return pid;
	if (outward)
		output_carry(master_find(visit, environment));
	input_carry(master_find(visit, environment), visit->at_terminal);
	return 0;
}

static void carrier_end(int pid, int tries)
{
	while (tries-- && waitpid(pid, NULL, WNOHANG) == 0)
		usleep(10000);
	if (tries < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* Until the program has ended; its status as wait gives it. */
static error_t carry(struct visit *visit, const char *environment,
    int *status)
{
	int output, input;
	error_t error;

	modes_begin(visit);
	error = env_offer(visit->client, visit->name, strlen(visit->name),
	    visit->master);
	if (error)
		return error;
	output = carrier_start(visit, environment, 1);
	input = carrier_start(visit, environment, 0);
	signal(SIGINT, SIG_IGN);
	error = process_control_await(visit->entry, status);
	port_drop(visit->slave);
	carrier_end(input, 0);
	carrier_end(output, LAST_OUTPUT_TRIES);
	env_offer(visit->client, visit->name, strlen(visit->name),
	    MACH_PORT_NULL);
	if (visit->at_terminal)
		ioctl(0, SET_MODES, &visit->modes);
	return error;
}

int enter(mach_port_t acs, const char *environment, const char *user,
    int argc, char **argv)
{
	struct visit visit = { .client = env_right(acs, environment) };
	int status = 0;
	error_t error;

	if (!visit.client)
		return 126;
	snprintf(visit.name, sizeof(visit.name), "enter-%d", getpid());
	error = pair_open(&visit);
	if (!error)
		error = program_start(&visit, user, argc, argv);
	if (!error)
		error = carry(&visit, environment, &status);
	if (error == MIG_SERVER_DIED) {
		fprintf(stderr, "acs: environment %s has ended\n",
		    environment);
		return 126;
	}
	if (error) {
		failed(environment, error);
		return 126;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + (status & 0x7f);
}
