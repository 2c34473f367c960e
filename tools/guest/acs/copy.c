/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of ours into another environment, whose VFS is asked as its root. */
#include "acs.h"
#include <acs.client.h>
#include <base/port.h>
#include <fcntl.h>
#include <file.client.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vfs.client.h>
#include <vfs_control.client.h>

enum {
	PIECE = 4096,
	CREATE = 1 | 0100 | 01000, /* Linux's O_WRONLY, O_CREAT, O_TRUNC */
	FOLDER = 040755,
};

/* All folders of path; those that are there stay as they are. */
static void folders_make(mach_port_t view, const char *path)
{
	for (const char *at = strchr(path + 1, '/'); at;
	     at = strchr(at + 1, '/'))
		vfs_create(view, MACH_PORT_NULL, path, at - path, FOLDER, 0,
		    "", 0, 0);
}

static error_t content_copy(int from, mach_port_t to)
{
	char data[PIECE];
	offset_t position = 0;
	int size, done;
	error_t error;

	while ((size = read(from, data, sizeof(data))) > 0) {
		for (int at = 0; at < size; at += done) {
			error = file_write(to, position + at, 0, 1, data + at,
			    size - at, &done);
			if (error || done <= 0)
				return error ? error : E_IO;
		}
		position += size;
	}
	return size < 0 ? E_IO : 0;
}

static error_t file_copy(mach_port_t view, const char *path)
{
	struct file_attributes attributes;
	struct stat about;
	int from = open(path, O_RDONLY);
	mach_port_t to;
	error_t error;

	if (from < 0 || fstat(from, &about))
		return E_NOENT;
	folders_make(view, path);
	error = vfs_open(view, MACH_PORT_NULL, path, strlen(path), CREATE,
	    about.st_mode & 0777, 1, &to, &attributes);
	if (!error) {
		error = content_copy(from, to);
		port_drop(to);
	}
	close(from);
	return error;
}

error_t files_copy(mach_port_t client, char *paths)
{
	mach_port_t vfs, view;
	error_t error = acs_lookup(client, "vfs", 3, 0, &vfs);

	if (!error)
		error = vfs_control_new_view(vfs, 0, &view);
	if (error)
		return error;
	for (char *path = strtok(paths, " \t"); path && !error;
	     path = strtok(NULL, " \t")) {
		error = file_copy(view, path);
		if (error)
			failed(path, error);
	}
	port_drop(view);
	port_drop(vfs);
	return error;
}
