/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's half of tools/run -c: commands come on a raw disk, their output
 * goes back to it as records, written as soon as there is output, so that
 * what a run printed before its time-out is not lost.
 */
#include "init.h"
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SECTOR = 512,
	RECORD_MAGIC = 0x4e55524d,
	RECORD_DATA = 1,
	RECORD_END = 2,
	RECORD_HEAD = 16,
	RECORD_MAX = 65520,
	NONBLOCK = 0x800,
	CALL_FCNTL = 55,
	FCNTL_SET_FLAGS = 4,
};

struct script_head {
	char magic[8];
	uint32_t version, length, result_start, result_sectors;
};

struct record {
	uint32_t magic, kind, length, sequence;
	char data[RECORD_MAX];
};

static struct {
	int disk;
	uint32_t next, end; /* sectors */
	uint32_t sequence;
} result;

static struct record record;

/* Appends a record with the first length bytes of record.data. */
static int record_write(uint32_t kind, uint32_t length)
{
	uint32_t size = RECORD_HEAD + length;
	uint32_t sectors = (size + SECTOR - 1) / SECTOR;

	if (result.next + sectors > result.end)
		return -1;
	record.magic = RECORD_MAGIC;
	record.kind = kind;
	record.length = length;
	record.sequence = result.sequence++;
	memset((char *)&record + size, 0, sectors * SECTOR - size);
	lseek(result.disk, (off_t)result.next * SECTOR, SEEK_SET);
	if (write(result.disk, &record, sectors * SECTOR) !=
	    (int)(sectors * SECTOR))
		return -1;
	result.next += sectors;
	return 0;
}

static char *commands_read(const char *disk)
{
	char path[32], sector[SECTOR];
	struct script_head *head = (struct script_head *)sector;
	char *commands;
	int size;

	snprintf(path, sizeof(path), "/dev/%s", disk);
	result.disk = open(path, O_RDWR | O_CLOEXEC);
	if (result.disk < 0 || read(result.disk, sector, SECTOR) != SECTOR ||
	    memcmp(head->magic, "MASIXRUN", 8) != 0 || head->version != 1)
		return NULL;
	result.next = head->result_start;
	result.end = head->result_start + head->result_sectors;
	size = (head->length + SECTOR - 1) / SECTOR * SECTOR;
	commands = malloc(size + 1);
	if (!commands || read(result.disk, commands, size) != size)
		return NULL;
	commands[head->length] = 0;
	return commands;
}

static int shell_start(char *commands, int output, char *const environment[])
{
	char *argv[] = { "bash", "-c", commands, NULL };
	int pid = fork();

	if (pid)
		return pid;
	setsid();
	close(0);
	open("/dev/null", O_RDONLY);
	dup2(output, 1);
	dup2(output, 2);
	for (int file = 3; file < 16; file++)
		close(file);
	chdir("/root");
	execve("/bin/bash", argv, environment);
	argv[0] = "sh";
	execve("/bin/sh", argv, environment);
	_exit(127);
}

/* Copies one piece of output; the count, 0 at its end, -1 if there is none. */
static int output_copy(int input)
{
	int count = read(input, record.data, RECORD_MAX);

	if (count > 0 && record_write(RECORD_DATA, count))
		say("init: the script disk is full\n");
	return count;
}

/* Copies until the shell is dead and the pipe is empty: a background job may
 * hold the pipe open for ever, so its end is not waited for. The status. */
static int output_follow(int input, int shell, int deaths)
{
	struct poll waits[2] = { { input, POLL_IN, 0 },
		{ deaths, POLL_IN, 0 } };
	int status = 0;

	linux_call(CALL_FCNTL, input, FCNTL_SET_FLAGS, NONBLOCK);
	for (;;) {
		linux_call(CALL_POLL, waits, 2, -1);
		if (waits[0].found && output_copy(input) == 0)
			waits[0].file = -1;
		if (waits[1].found && deaths_collect(shell, &status))
			break;
	}
	while (output_copy(input) > 0)
		;
	return status;
}

static int exit_status(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + (status & 0x7f);
}

int script_run(const char *disk, char *const environment[], int deaths)
{
	char *commands = commands_read(disk);
	int ends[2], shell, status;
	int32_t code;

	if (!commands) {
		say("init: the script disk holds no script\n");
		return -1;
	}
	if (pipe(ends)) {
		say("init: no pipe for the script's output\n");
		return -1;
	}
	shell = shell_start(commands, ends[1], environment);
	close(ends[1]);
	status = output_follow(ends[0], shell, deaths);
	code = exit_status(status);
	memcpy(record.data, &code, sizeof(code));
	return record_write(RECORD_END, sizeof(code));
}
