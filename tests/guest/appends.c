/* SPDX-License-Identifier: BSD-2-Clause */
/* Who reads a file while others append to it sees what they wrote, never zeros
 * that are to become it; and all of it as soon as their write has returned. */
#include "check.h"
#include <sched.h>

enum { FILES = 150, PROCESSES = 3, PIECES = 6, LARGEST = 12000 };

static const int pieces[PIECES] = { 1, 7, 100, 3000, 4096, LARGEST };

/* Reads the file from its making to its end, a '!' of each writer. */
static void follow(const char *name, int writers)
{
	static char buffer[LARGEST];
	int file, ended = 0;
	long got;

	while ((file = open(name, O_RDONLY)) < 0)
		sched_yield();
	while (ended < writers) {
		got = read(file, buffer, sizeof buffer);
		if (got < 0)
			_exit(2);
		for (long i = 0; i < got; i++) {
			if (!buffer[i])
				_exit(3);
			ended += buffer[i] == '!';
		}
		if (!got)
			sched_yield();
	}
	close(file);
}

static int write_all(int file, char letter)
{
	static char buffer[LARGEST];

	memset(buffer, letter, sizeof buffer);
	for (int i = 0; i < PIECES; i++)
		if (write(file, buffer, (size_t)pieces[i]) != pieces[i])
			return 4;
	return write(file, "!", 1) == 1 ? 0 : 5;
}

static void append(const char *name, int writers)
{
	int result = 0, file = open(name, O_WRONLY | O_CREAT | O_APPEND, 0600);

	for (int i = 1; i < writers; i++)
		if (!fork())
			_exit(write_all(file, (char)('a' + i)));
	result = write_all(file, 'a');
	for (int status, i = 1; i < writers; i++)
		result |= wait(&status) < 0 || status;
	_exit(result);
}

static void followed(const char *name, int writers)
{
	int status, bad = 0;

	for (int i = 0; i < FILES; i++) {
		pid_t writer = fork();

		if (!writer)
			append(name, writers);
		if (!fork())
			follow(name, writers), _exit(0);
		for (int j = 0; j < 2; j++)
			if (wait(&status) < 0 || status)
				bad++, printf("%s: status %x\n", name, status);
		unlink(name);
	}
	printf("%d writers: %d bad\n", writers, bad);
}

/* The reader looks when the writer says that it has written. */
static void at_once(const char *name)
{
	int wrote[2], seen[2], late = 0, file;
	char byte = 0;
	struct stat status;

	file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (pipe(wrote) || pipe(seen))
		exit(1);
	if (!fork()) {
		for (int i = 0; i < 500; i++)
			if (write(file, "0123456789", 10) != 10 ||
			    write(wrote[1], "", 1) != 1 ||
			    read(seen[0], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < 500; i++) {
		char text[10];

		if (read(wrote[0], &byte, 1) != 1 ||
		    pread(file, text, 10, i * 10) != 10 || text[9] != '9' ||
		    fstat(file, &status) || status.st_size != i * 10 + 10)
			late++;
		if (write(seen[1], "", 1) != 1)
			exit(1);
	}
	wait(NULL);
	close(file);
	unlink(name);
	printf("late: %d\n", late);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	followed("log", 1);
	followed("log", PROCESSES);
	at_once("log");
	followed("/var/tmp/appends", 1);
	followed("/var/tmp/appends", PROCESSES);
	at_once("/var/tmp/appends");
	return 0;
}
