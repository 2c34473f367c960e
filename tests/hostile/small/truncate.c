/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user opens a program of the superuser's to execute it, and to truncate or
 * write it at the same time: no program of Linux's can say so. Ends with 0 and
 * says "kept" if the file is what it was.
 */
#define NAME "truncate"
#include "child.h"
#include <base/file_types.h>
#include <base/layout.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfs.client.h>

enum {
	CALL_SETUID32 = 213,
	USER = 1000,
	PATIENCE = 50, /* tenths of a second */
	/* Linux's */
	WRITE_ONLY = 01,
	READ_WRITE = 02,
	TRUNCATE = 01000,
};

static const char name[] = "/tmp/program";

static void attack(void)
{
	static const int flags[] = { TRUNCATE, WRITE_ONLY,
		TRUNCATE | WRITE_ONLY, READ_WRITE, TRUNCATE | READ_WRITE };
	struct file_attributes attributes;
	mach_port_t file;

	must((int)linux_call(CALL_SETUID32, USER), "setuid");
	must(vfs_open(PORT_VFS, MACH_PORT_NULL, name, strlen(name), OPEN_EXEC,
	    0, 1, &file, (void *)&attributes), "open to execute");
	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
		must(!vfs_open(PORT_VFS, MACH_PORT_NULL, name, strlen(name),
		    OPEN_EXEC | flags[i], 0, 1, &file, (void *)&attributes),
		    "refused");
	_exit(0);
}

int main(void)
{
	struct stat status;
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755), kept;

	must(file < 0 || write(file, "text", 4) != 4 || close(file), "write");
	kept = child_watch(attack, PATIENCE) == 0 && !stat(name, &status) &&
	    status.st_size == 4;
	printf("truncate: %s\n", kept ? "kept" : "lost");
	return !kept;
}
