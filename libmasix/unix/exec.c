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
#include <unix/carry.h>
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

/* What process_exec wants of the strings. */
struct block {
	struct strings arguments, environment;
	char *bytes;
	size_t size;
};

/* What the exec under way sends; the new image gives it up. */
static mach_port_t exec_file;
static struct block exec_block;

static long block_make(struct block *block, char *const *argv,
    char *const *envp)
{
	char *at;
	long result;

	result = measure(argv, &block->arguments);
	if (!result)
		result = measure(envp, &block->environment);
	if (result)
		return result;
	block->size = block->arguments.size + block->environment.size;
	if (window_allocate(block->size + 1, (void **)&block->bytes))
		return -ENOMEM;
	at = block->bytes;
	result = gather(&at, argv, &block->arguments);
	if (!result)
		result = gather(&at, envp, &block->environment);
	return result;
}

/* In a new task, with all that the process carries. */
static error_t exec_anew(mach_port_t file, const char *name,
    const struct file_attributes *attributes, const struct block *block)
{
	struct carry carry;
	error_t error = carry_make(&carry);

	if (error)
		return error;
	error = process_exec_anew(PORT_PROCESS, thread_ticket(), file, name,
	    strlen(name), *attributes, block->arguments.count,
	    block->environment.count, block->bytes, block->size,
	    (int *)carry.names, carry.count, carry.rights, carry.count,
	    (int)(carry.count - carry.files), (char *)carry.block, carry.size);
	carry_free(&carry);
	return error;
}

static error_t run(mach_port_t file, const char *name,
    const struct file_attributes *attributes, const struct block *block,
    int anew)
{
	if (anew)
		return exec_anew(file, name, attributes, block);
	return process_exec(PORT_PROCESS, thread_ticket(), file, name,
	    strlen(name), *attributes, block->arguments.count,
	    block->environment.count, block->bytes, block->size);
}

void exec_forget(void)
{
	port_drop(exec_file);
	if (exec_block.bytes)
		window_free(exec_block.bytes, exec_block.size + 1);
	exec_file = MACH_PORT_NULL;
	exec_block.bytes = NULL;
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

/* *anew: in a new task; or, when it returns, that it must be. */
static long attempt(int directory, const char *path, char *const *argv,
    char *const *envp, int flags, int *anew)
{
	struct file_attributes attributes;
	char name[PATH_LENGTH_MAX + 1];
	error_t error = 0;
	long result;

	name_of(name, sizeof name, directory, path);
	result = unix_error(descriptor_open_exec(directory, path, flags,
	    &exec_file, &attributes));
	if (result)
		return result;
	result = block_make(&exec_block, argv, envp);
	if (!result) {
		error = run(exec_file, name, &attributes, &exec_block, *anew);
		result = unix_error(error);
	}
	exec_forget();
	*anew = error == E_ANEW;
	return result;
}

long unix_execveat(int directory, const char *path, char *const *argv,
    char *const *envp, int flags)
{
	struct strings check;
	int anew = 0;
	long result = user_length(path, PATH_LENGTH_MAX);

	if (result < 0)
		return result;
	/* what is unreadable is found before there is anything to give back */
	result = measure(argv, &check);
	if (!result)
		result = measure(envp, &check);
	if (result)
		return result;
	result = attempt(directory, path, argv, envp, flags, &anew);
	if (anew)
		result = attempt(directory, path, argv, envp, flags, &anew);
	return result;
}

long unix_execve(const char *path, char *const *argv, char *const *envp)
{
	return unix_execveat(AT_FDCWD, path, argv, envp, 0);
}
