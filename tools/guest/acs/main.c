/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs: what the Administration and Configuration Server knows and does.
 * Without arguments it lists the servers: to a terminal as a tree, else as a
 * table.
 */
#include "acs.h"
#include <acs.client.h>
#include <base/error.h>
#include <base/layout.h>
#include <base/mach.h>
#include <kernel/mach.client.h>
#include <mach/mach_types.h>
#include <newlib/masix.h>
#include <server.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	REPLACE_PATIENCE = 5000, /* milliseconds */
};

static mach_port_t acs;

void table_print(char *text, unsigned size)
{
	unsigned width[16] = { 0 }, column = 0, length = 0;

	for (unsigned i = 0; i < size; i++) {
		if (text[i] == '\t' || text[i] == '\n') {
			if (column < 16 && length > width[column])
				width[column] = length;
			column = text[i] == '\n' ? 0 : column + 1;
			length = 0;
		} else {
			length++;
		}
	}
	column = length = 0;
	for (unsigned i = 0; i < size; i++) {
		if (text[i] == '\t') {
			for (; column < 16 && length < width[column] + 2;
			    length++)
				putchar(' ');
			column++;
			length = 0;
		} else {
			putchar(text[i]);
			length++;
			if (text[i] == '\n')
				column = length = 0;
		}
	}
}

char *list_read(unsigned *size)
{
	large_data_t text;
	mach_msg_type_number_t count;
	error_t error = acs_list(acs, &text, &count);
	char *copy;

	if (error) {
		failed("list", error);
		return NULL;
	}
	copy = malloc(count + 1);
	if (copy)
		memcpy(copy, text, count);
	vm_deallocate(mach_task_self(), (vm_address_t)text, count);
	*size = count;
	return copy;
}

static int list_show(void)
{
	unsigned size;
	char *text = list_read(&size);

	if (!text)
		return 1;
	table_print(text, size);
	return 0;
}

static int log_show(void)
{
	large_data_t text;
	mach_msg_type_number_t size;
	error_t error = acs_read_log(acs, &text, &size);

	if (error)
		return failed("log", error);
	fwrite(text, 1, size, stdout);
	return 0;
}

static int server_start(int argc, char **argv)
{
	char line[1024] = "";
	mach_port_t port;
	error_t error;

	if (argc < 2)
		return fprintf(stderr, "usage: acs start IMAGE NAME "
		                       "[ARGUMENT...]\n"), 1;
	for (int i = 2; i < argc; i++) {
		if (strlen(line) + strlen(argv[i]) + 2 > sizeof(line))
			return failed("arguments", E_2BIG);
		strcat(line, argv[i]);
		strcat(line, i + 1 < argc ? " " : "");
	}
	error = acs_start(acs, argv[0], strlen(argv[0]), argv[1],
	    strlen(argv[1]), line, strlen(line), &port);
	return error ? failed(argv[1], error) : 0;
}

static int server_stop_it(const char *name)
{
	error_t error = acs_stop(acs, name, strlen(name));

	return error ? failed(name, error) : 0;
}

/* Who does it: of the ACS itself, its twin. */
static mach_port_t guardian_of(const char *name)
{
	mach_port_t port;

	if (strcmp(name, "acs") == 0 &&
	    !acs_lookup(acs, "twin", strlen("twin"), 0, &port))
		return port;
	return acs;
}

static int server_kill(const char *name, int how)
{
	error_t error = acs_kill(guardian_of(name), name, strlen(name), how);

	return error ? failed(name, error) : 0;
}

/* Its objects, pools, memory and counters, in its own words. */
static int server_show(const char *name)
{
	mach_msg_type_number_t size = sizeof(small_data_t);
	small_data_t text;
	mach_port_t port;
	error_t error = acs_lookup(acs, name, strlen(name), 0, &port);

	if (!error)
		error = server_describe(port, text, &size);
	if (error)
		return failed(name, error);
	fwrite(text, 1, size, stdout);
	return 0;
}

/* The whole of a file; *size: of it. Null, and said, if it can't be read. */
static char *file_read_all(const char *path, long *size)
{
	FILE *file = fopen(path, "rb");
	char *content = NULL;

	if (file && !fseek(file, 0, SEEK_END)) {
		*size = ftell(file);
		rewind(file);
		content = malloc(*size + 1);
		if (content && fread(content, 1, *size, file) != (size_t)*size)
			content = NULL;
	}
	if (!content)
		perror(path);
	if (file)
		fclose(file);
	return content;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Hands the image at path to the ACS under its last name. */
static int image_add(const char *path)
{
	long size;
	char *content = file_read_all(path, &size);
	error_t error;

	if (!content)
		return 1;
	error = acs_add_image(acs, last_name(path), strlen(last_name(path)),
	    content, size);
	free(content);
	return error ? failed(path, error) : 0;
}

/* The image at path, and a server of its name. */
static int server_load(int argc, char **argv)
{
	char *start[34] = { (char *)last_name(argv[0]),
		(char *)last_name(argv[0]) };
	int count = 2;

	if (image_add(argv[0]))
		return 1;
	for (int i = 1; i < argc && count < 34; i++)
		start[count++] = argv[i];
	return server_start(count, start);
}

static int server_replace(const char *name, const char *path)
{
	long size;
	char *content = file_read_all(path, &size);
	error_t error;

	if (!content)
		return 1;
	error = acs_replace(guardian_of(name), name, strlen(name), content,
	    size, REPLACE_PATIENCE);
	free(content);
	return error ? failed(name, error) : 0;
}

static int crashes_show(void)
{
	large_data_t text;
	mach_msg_type_number_t size;
	error_t error = acs_crashes(acs, &text, &size);

	if (error)
		return failed("crashes", error);
	fwrite(text, 1, size, stdout);
	return 0;
}

static int usage(void)
{
	fputs("usage: acs                          the servers\n"
	      "       acs tree, acs list           as a tree, as a table\n"
	      "       acs waits                    who waits for whom\n"
	      "       acs log                      the system's log\n"
	      "       acs crashes                  reports of crashes, hangs\n"
	      "       acs add FILE                 add or replace an image\n"
	      "       acs load FILE [ARG…]         add it, start it\n"
	      "       acs top [SECONDS [TIMES]]    who works how much\n"
	      "       acs env …                    environments\n"
	      "       acs unload NAME              end a server in order\n"
	      "       acs replace NAME FILE        by another version\n"
	      "       acs show NAME                what a server says of it\n"
	      "       acs start IMAGE NAME [ARG…]  start one\n"
	      "       acs stop NAME                end a server in order\n"
	      "       acs kill [-t] NAME           end it (-t:\n"
	      "                                    its task with it)\n"
	      "       acs hang NAME                stop its threads\n",
	    stderr);
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	const char *verb = argc > 1 ? argv[1] : isatty(1) ? "tree" : "list";

	name = name ? name + 1 : argv[0];
	acs = acs_right();
	if (!acs)
		return failed("no right to the ACS", E_PERM);
	if (strcmp(name, "dmesg") == 0 || strcmp(verb, "log") == 0)
		return log_show();
	if (strcmp(verb, "list") == 0)
		return list_show();
	if (strcmp(verb, "tree") == 0)
		return tree_show(acs);
	if (strcmp(verb, "waits") == 0)
		return waits_show(acs);
	if (strcmp(verb, "env") == 0)
		return env_command(acs, argc - 2, argv + 2);
	if (strcmp(verb, "top") == 0)
		return top_show(acs, argc > 2 ? atoi(argv[2]) : 2,
		    argc > 3 ? atoi(argv[3]) : 0);
	if (strcmp(verb, "crashes") == 0)
		return crashes_show();
	if (strcmp(verb, "add") == 0 && argc == 3)
		return image_add(argv[2]);
	if (strcmp(verb, "load") == 0 && argc >= 3)
		return server_load(argc - 2, argv + 2);
	if (strcmp(verb, "replace") == 0 && argc == 4)
		return server_replace(argv[2], argv[3]);
	if (strcmp(verb, "show") == 0 && argc == 3)
		return server_show(argv[2]);
	if (strcmp(verb, "start") == 0)
		return server_start(argc - 2, argv + 2);
	if ((strcmp(verb, "stop") == 0 || strcmp(verb, "unload") == 0) &&
	    argc == 3)
		return server_stop_it(argv[2]);
	if (strcmp(verb, "kill") == 0 && argc == 3)
		return server_kill(argv[2], 0);
	if (strcmp(verb, "kill") == 0 && argc == 4 &&
	    strcmp(argv[2], "-t") == 0)
		return server_kill(argv[3], 2);
	if (strcmp(verb, "hang") == 0 && argc == 3)
		return server_kill(argv[2], 1);
	return usage();
}
