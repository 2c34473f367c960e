/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * execve. The strings go to the process server in one block; it reads the
 * file, sees to #! and interpreters, and on success never answers: the thread
 * begins anew in image_start().
 */
#include <base/layout.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <process.client.h>
#include <string.h>
#include <unix/signal.h>

enum {
	STRING_MAX = 131072,  /* one string */
	BLOCK_MAX = 0x600000, /* all of them, and their pointers */
};

struct strings {
	size_t size;
	int count;
};

/* Counts strings and their bytes; the program's memory is read unguarded. */
static long measure(char *const *list, struct strings *strings)
{
	long length;

	strings->size = 0;
	strings->count = 0;
	if (!list)
		return 0;
	for (; *list; list++) {
		length = user_length(*list, STRING_MAX);
		if (length < 0)
			return length == -EFAULT ? -EFAULT : -E2BIG;
		strings->size += (size_t)length + 1;
		strings->count++;
		if (strings->size + 4u * (unsigned)strings->count > BLOCK_MAX)
			return -E2BIG;
	}
	return 0;
}

/* Another thread may change the strings meanwhile: never more than measured. */
static long gather(char **to, char *const *list, const struct strings *strings)
{
	size_t left = strings->size;
	long length;

	for (int i = 0; i < strings->count; i++) {
		length = user_length(list[i], left);
		if (length < 0 || user_copy(*to, list[i], (size_t)length))
			return -EFAULT;
		(*to)[length] = 0;
		*to += length + 1;
		left -= (size_t)length + 1;
	}
	return 0;
}

static long run(mach_port_t file, const char *name,
    const struct file_attributes *attributes, char *const *argv,
    char *const *envp)
{
	struct strings arguments, environment;
	char *block, *at;
	size_t size;
	long result;

	result = measure(argv, &arguments);
	if (!result)
		result = measure(envp, &environment);
	if (result)
		return result;
	size = arguments.size + environment.size;
	if (window_allocate(size ? size : 1, (void **)&block))
		return -ENOMEM;
	at = block;
	result = gather(&at, argv, &arguments);
	if (!result)
		result = gather(&at, envp, &environment);
	if (!result)
		result = unix_error(process_exec(PORT_PROCESS, file, name,
		    strlen(name), *attributes, arguments.count,
		    environment.count, block, size));
	else
		port_drop(file);
	window_free(block, size ? size : 1);
	return result;
}

static void name_of(char *name, size_t size, int directory, const char *path)
{
	if (path[0] == 0)
		text_format(name, size, "/dev/fd/%d", directory);
	else if (path[0] == '/' || directory == AT_FDCWD)
		text_format(name, size, "%s", path);
	else
		text_format(name, size, "/dev/fd/%d/%s", directory, path);
}

long unix_execveat(int directory, const char *path, char *const *argv,
    char *const *envp, int flags)
{
	struct file_attributes attributes;
	struct strings check;
	char name[PATH_LENGTH_MAX + 1];
	mach_port_t file;
	long result;

	result = user_length(path, PATH_LENGTH_MAX);
	if (result < 0)
		return result;
	name_of(name, sizeof name, directory, path);
	/* what is unreadable is found before there is anything to give back */
	result = measure(argv, &check);
	if (!result)
		result = measure(envp, &check);
	if (result)
		return result;
	result = unix_error(descriptor_open_exec(directory, path, flags, &file,
	    &attributes));
	if (result)
		return result;
	return run(file, name, &attributes, argv, envp);
}

long unix_execve(const char *path, char *const *argv, char *const *envp)
{
	return unix_execveat(AT_FDCWD, path, argv, envp, 0);
}
