/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rights: fixed ones, files of all kinds, what answers bring. Each is held
 * many times over, so that a message that moves one away takes one of many.
 */
#include "hostile.h"
#include <base/layout.h>
#include <base/port.h>
#include <file.client.h>
#include <kernel/mach_port.client.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vfs.client.h>

enum {
	KEPT = 64,
	REFERENCES = 1000,
};

static mach_port_t kept[2][KEPT];
static unsigned count[2];

void right_keep(mach_port_t right, int kind)
{
	unsigned at = count[kind] < KEPT ? count[kind]++ : value_random(KEPT);
	mach_port_t old = kept[kind][at];

	if (!MACH_PORT_VALID(right))
		return;
	mach_port_mod_refs(mach_task_self(), right, MACH_PORT_RIGHT_SEND,
	    REFERENCES);
	kept[kind][at] = right;
	/* The first ones are of the server and its like: they stay. */
	if (old && old >= PORT_FIXED_END)
		port_drop_many(old, 1);
}

mach_port_t right_pick(int kind)
{
	return count[kind] ? kept[kind][value_random(count[kind])]
	                   : MACH_PORT_NULL;
}

static mach_port_t opened(const char *path, int flags, int kind)
{
	struct file_attributes attributes;
	mach_port_t file, object, slots;
	int slot;

	if (vfs_open(PORT_VFS, MACH_PORT_NULL, (char *)path, strlen(path),
	        flags, 0644, 1, &file, &attributes))
		return MACH_PORT_NULL;
	right_keep(file, kind);
	if (file_map(file, &object, &slots, &slot) == 0) {
		right_keep(object, kind);
		right_keep(slots, kind);
	}
	return file;
}

struct source {
	const char *server;
	const char *paths[8];
};

enum {
	READ_WRITE = 2,
	CREATE = 0100,
};

static const struct source sources[] = {
	{ "pfs-ext2", { "/tmp/hostile/file", "/tmp/hostile/other",
			  "/etc/passwd", "/bin/busybox" } },
	{ "pfs-tmp", { "/dev/shm/hostile", "/run/hostile", "/dev/shm/two" } },
	{ "pfs-proc", { "/proc/1/stat", "/proc/meminfo", "/proc/version" } },
	{ "pfs-fat", { "/tmp/hostile.fat/file", "/tmp/hostile.fat" } },
	{ "pfs-sysv", { "/tmp/hostile.sysv/file", "/tmp/hostile.sysv" } },
	{ "pfs-ffs", { "/tmp/hostile.ffs/file", "/tmp/hostile.ffs" } },
	{ "pfs-iso", { "/tmp/hostile.iso/boot/acs",
			 "/tmp/hostile.iso/boot/grub/grub.cfg",
			 "/tmp/hostile.iso" } },
	{ "tty", { "/dev/ptmx", "/dev/tty", "/dev/console", "/dev/pts/0" } },
	{ "devices", { "/dev/null", "/dev/zero", "/dev/random", "/dev/full" } },
	{ "vfs", { "/", "/tmp", "/tmp/hostile", "/dev", "/proc" } },
};

static int may_write(const char *path)
{
	return !strncmp(path, "/dev/", 5) || !strncmp(path, "/tmp/h", 6) ||
	    !strncmp(path, "/run/", 5);
}

/* Everything of one row; writable where that is allowed. */
static void source_open(const struct source *source, int kind)
{
	for (unsigned i = 0; i < 8 && source->paths[i]; i++) {
		const char *path = source->paths[i];

		opened(path, may_write(path) ? READ_WRITE | CREATE : 0, kind);
		opened(path, 0, kind);
	}
}

void rights_files_remove(void)
{
	struct stat status;

	for (unsigned s = 0; s < sizeof sources / sizeof *sources; s++)
		for (unsigned i = 0; i < 8 && sources[s].paths[i]; i++) {
			const char *path = sources[s].paths[i];

			if (may_write(path) && !stat(path, &status) &&
			    S_ISREG(status.st_mode))
				unlink(path);
		}
}

/* Pipes and sockets are VFS's. */
static void channels_make(int kind)
{
	mach_port_t first, second;
	mach_port_t *ends[] = { &first, &second };
	int number;

	if (vfs_pipe(PORT_VFS, ends[0], ends[1], &number) == 0) {
		right_keep(first, kind);
		right_keep(second, kind);
	}
	if (vfs_socket_pair(PORT_VFS, 1, ends[0], ends[1]) == 0) {
		right_keep(first, kind);
		right_keep(second, kind);
	}
}

int rights_collect(const char *server)
{
	static const struct {
		const char *server;
		mach_port_t port;
	} fixed[] = {
		{ "process", PORT_PROCESS },
		{ "vfs", PORT_VFS },
		{ "acs", PORT_ACS },
	};

	for (unsigned i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		right_keep(fixed[i].port, RIGHTS_ANY);
		if (strcmp(server, fixed[i].server) == 0)
			right_keep(fixed[i].port, RIGHTS_TARGET);
	}
	for (unsigned i = 0; i < sizeof sources / sizeof *sources; i++)
		source_open(&sources[i],
		    strcmp(server, sources[i].server) ? RIGHTS_ANY
		                                      : RIGHTS_TARGET);
	channels_make(strcmp(server, "vfs") ? RIGHTS_ANY : RIGHTS_TARGET);
	right_keep(mach_task_self(), RIGHTS_ANY);
	return count[RIGHTS_TARGET] ? 0 : -1;
}
