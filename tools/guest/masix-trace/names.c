/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of messages (the table MIG wrote) and of processes. */
#include "trace.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MESSAGES_MAX = 1024,
	PROCESSES_MAX = 256,
	COMMAND_SIZE = 20,
};

struct message {
	int id;
	char interface[24], name[40];
};

struct process_name {
	int pid;
	char name[COMMAND_SIZE];
};

static struct message messages[MESSAGES_MAX];
static unsigned message_count;
static struct process_name processes[PROCESSES_MAX];
static unsigned process_next; /* the oldest are overwritten */

/* A line: interface, its base, routine, its number there, id, id of reply. */
int names_read(const char *path)
{
	FILE *file = fopen(path, "r");
	struct message *message = messages;
	char line[160];

	if (!file)
		return 0;
	while (message < messages + MESSAGES_MAX &&
	    fgets(line, sizeof line, file)) {
		if (sscanf(line, "%23s %*d %39s %*d %d", message->interface,
			message->name, &message->id) == 3)
			message++;
	}
	fclose(file);
	message_count = message - messages;
	return message_count > 0;
}

static const struct message *message_find(int id)
{
	for (unsigned i = 0; i < message_count; i++)
		if (messages[i].id == id)
			return &messages[i];
	return NULL;
}

const char *message_name(int id)
{
	const struct message *message = message_find(id);
	static char number[16];

	if (message)
		return message->name;
	snprintf(number, sizeof number, "%d", id);
	return number;
}

const char *message_interface(int id)
{
	const struct message *message = message_find(id);

	return message ? message->interface : "";
}

void process_named(int pid, const char *path)
{
	const char *last = strrchr(path, '/');
	struct process_name *process = NULL;

	for (unsigned i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid == pid)
			process = &processes[i];
	if (!process)
		process = &processes[process_next++ % PROCESSES_MAX];
	process->pid = pid;
	snprintf(process->name, sizeof process->name, "%s",
	    last ? last + 1 : path);
}

/* The name of one that runs still. */
static int process_look(int pid)
{
	char path[32], name[COMMAND_SIZE] = "";
	int file, size;

	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	file = open(path, O_RDONLY);
	if (file < 0)
		return 0;
	size = read(file, name, sizeof name - 1);
	close(file);
	if (size <= 0)
		return 0;
	name[strcspn(name, "\n")] = 0;
	process_named(pid, name);
	return 1;
}

const char *process_name(int pid)
{
	static char number[16];

	for (int again = 0; again < 2; again++) {
		for (unsigned i = 0; i < PROCESSES_MAX; i++)
			if (processes[i].pid == pid)
				return processes[i].name;
		if (!process_look(pid))
			break;
	}
	snprintf(number, sizeof number, "%d", pid);
	return number;
}
