/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs env: environments. What servers a new one is made of is in a file of
 * /lib/masix/environments, one line a server (NAME IMAGE [ARGUMENT…]), in this
 * order; its `words` line is the beginning of the environment's own words, and
 * a `copy` line names files of ours that its root file system shall have.
 */
#include "acs.h"
#include <acs.client.h>
#include <base/error.h>
#include <base/layout.h>
#include <base/mach.h>
#include <base/port.h>
#include <env.client.h>
#include <fcntl.h>
#include <kernel/mach.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <vfs.client.h>

#define PLACE "/lib/masix/environments/"
#define OFFERED "root-file" /* under which a root's file is found */

enum {
	SERVERS_MAX = 16,
	LINE_SIZE = 512,
	OPEN_READ_WRITE = 2, /* Linux's O_RDWR */
};

struct recipe {
	char words[1024];
	char servers[SERVERS_MAX][LINE_SIZE];
	int count;
	const char *root; /* path of a file that is the root's disk; null */
};

static int recipe_read(struct recipe *recipe, const char *type)
{
	char path[sizeof(PLACE) + 64], line[LINE_SIZE];
	FILE *file;

	memset(recipe, 0, sizeof(*recipe));
	snprintf(path, sizeof(path), PLACE "%.60s", type);
	file = fopen(path, "r");
	if (!file)
		return perror(path), 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "#\n")] = 0;
		if (!line[strspn(line, " \t")])
			continue;
		if (strncmp(line, "words ", 6) == 0)
			strlcpy(recipe->words, line + 6, sizeof(recipe->words));
		else if (recipe->count < SERVERS_MAX)
			strlcpy(recipe->servers[recipe->count++], line,
			    LINE_SIZE);
	}
	fclose(file);
	return 1;
}

static void word_add(struct recipe *recipe, const char *word)
{
	strlcat(recipe->words, " ", sizeof(recipe->words));
	strlcat(recipe->words, word, sizeof(recipe->words));
}

/* /dev/hdb1 as the kernel has it: hd1s1; it may be used, then. */
static void disk_add(struct recipe *recipe, const char *name)
{
	char word[80];

	if (strlen(name) < 3)
		return;
	snprintf(word, sizeof(word), "%.2s%d%s%.8s", name, name[2] - 'a',
	    name[3] ? "s" : "", name + 3);
	word_add(recipe, "root=");
	strlcat(recipe->words, word, sizeof(recipe->words));
	word_add(recipe, "disks=");
	strlcat(recipe->words, word, sizeof(recipe->words));
}

/* root=PATH: a disk, a file with a file system in it, or none. */
static int root_add(struct recipe *recipe, const char *path)
{
	struct stat about;

	if (strcmp(path, "none") == 0) {
		word_add(recipe, "root=none rootfstype=tmpfs");
		return 1;
	}
	if (stat(path, &about))
		return perror(path), 0;
	if (S_ISREG(about.st_mode)) {
		recipe->root = path;
		word_add(recipe, "root=file:" OFFERED);
	} else if (S_ISBLK(about.st_mode) && !strncmp(path, "/dev/", 5)) {
		disk_add(recipe, path + 5);
	} else {
		fprintf(stderr, "acs: %s: no disk and no file\n", path);
		return 0;
	}
	return 1;
}

/* The file's own right becomes a name of the environment. */
static error_t root_offer(mach_port_t client, const char *path)
{
	struct file_attributes attributes;
	mach_port_t file;
	error_t error = vfs_open(PORT_VFS, MACH_PORT_NULL, path, strlen(path),
	    OPEN_READ_WRITE, 0, 0, &file, &attributes);

	if (error)
		return error;
	return env_offer(client, OFFERED, strlen(OFFERED), file);
}

static error_t server_begin(mach_port_t client, char *line)
{
	char *name = strtok(line, " \t"), *image = strtok(NULL, " \t");
	char *arguments = strtok(NULL, "");
	mach_port_t port;
	error_t error;

	if (!image)
		return E_INVAL;
	arguments = arguments ? arguments + strspn(arguments, " \t") : "";
	error = acs_start(client, image, strlen(image), name, strlen(name),
	    arguments, strlen(arguments), &port);
	if (error)
		failed(name, error);
	return error;
}

static error_t recipe_start(struct recipe *recipe, mach_port_t client)
{
	error_t error = 0;

	if (recipe->root) {
		error = root_offer(client, recipe->root);
		if (error)
			failed(recipe->root, error);
	}
	for (int i = 0; i < recipe->count && !error; i++) {
		char *line = recipe->servers[i];

		error = strncmp(line, "copy ", 5) == 0 ?
		    files_copy(client, line + 5) : server_begin(client, line);
	}
	return error;
}

static int create(mach_port_t acs, int argc, char **argv)
{
	static struct recipe recipe;
	const char *name = argv[0], *type = "unix";
	mach_port_t client;
	error_t error;
	int at = 1;

	if (argc > 1 && !strchr(argv[1], '='))
		type = argv[at++];
	if (!recipe_read(&recipe, type))
		return 1;
	for (; at < argc; at++)
		if (strncmp(argv[at], "root=", 5) != 0)
			word_add(&recipe, argv[at]);
		else if (!root_add(&recipe, argv[at] + 5))
			return 1;
	error = env_create(acs, name, strlen(name), recipe.words,
	    strlen(recipe.words));
	if (error)
		return failed(name, error);
	client = env_right(acs, name);
	if (!client)
		return 1;
	if (!recipe_start(&recipe, client))
		return 0;
	env_destroy(acs, name, strlen(name));
	return 1;
}

static int list(mach_port_t acs)
{
	large_data_t text;
	mach_msg_type_number_t size;
	error_t error = env_list(acs, &text, &size);

	if (error)
		return failed("environments", error);
	table_print(text, size);
	return 0;
}

static int limit(mach_port_t acs, int argc, char **argv)
{
	char words[1024] = "";
	error_t error;

	for (int i = 1; i < argc; i++) {
		strlcat(words, argv[i], sizeof(words));
		strlcat(words, " ", sizeof(words));
	}
	error = env_change(acs, argv[0], strlen(argv[0]), words,
	    strlen(words));
	return error ? failed(argv[0], error) : 0;
}

static int usage(void)
{
	fputs("usage: acs env                     list them\n"
	      "       acs env create NAME [TYPE] [root=DISK|FILE|none]\n"
	      "           [tasks=N] [memory=KB|NM] [priority=N] [WORD…]\n"
	      "       acs env limit NAME [tasks=N] [memory=KB|NM]\n"
	      "           [priority=N]\n"
	      "       acs env enter NAME [COMMAND [ARG…]]\n"
	      "       acs env destroy NAME        end it in order\n",
	    stderr);
	return 1;
}

int env_command(mach_port_t acs, int argc, char **argv)
{
	const char *verb = argc ? argv[0] : "list";
	error_t error;

	if (strcmp(verb, "list") == 0)
		return list(acs);
	if (argc < 2)
		return usage();
	if (strcmp(verb, "create") == 0)
		return create(acs, argc - 1, argv + 1);
	if (strcmp(verb, "limit") == 0)
		return limit(acs, argc - 1, argv + 1);
	if (strcmp(verb, "enter") == 0)
		return enter(acs, argv[1], "root", argc - 2, argv + 2);
	if (strcmp(verb, "destroy") != 0)
		return usage();
	error = env_destroy(acs, argv[1], strlen(argv[1]));
	return error ? failed(argv[1], error) : 0;
}
