/* SPDX-License-Identifier: BSD-2-Clause */
/* Images from the host's tools, mounted from memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fixture_mount(struct fixture *fixture)
{
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain, .store = fixture->store };
	error_t error;

	error = ext2_ops.mount(&fixture->ram.device, &options,
	    &fixture->volume);
	if (error)
		fixture->volume = 0;
	return !error;
}

int fixture_open(struct fixture *fixture, const char *options, unsigned kb)
{
	char command[256];
	int file;

	fixture->store = 0;
	strcpy(fixture->path, "/tmp/masix-ext2-XXXXXX");
	file = mkstemp(fixture->path);
	if (file < 0)
		return 0;
	close(file);
	snprintf(command, sizeof command,
	    "mke2fs -q -F -t ext2 %s %s %uk >/dev/null 2>&1", options,
	    fixture->path, kb);
	ram_open(&fixture->ram, (size_t)kb * 1024);
	/* e2fsprogs 1.47.2 has another name for the oldest revision. */
	if (system(command) && strstr(options, "-r 0"))
		snprintf(command, sizeof command, "mke2fs -q -F -t ext2 "
		    "-b 1024 -E revision=0 %s %uk >/dev/null 2>&1",
		    fixture->path, kb);
	if (system(command) || ram_load(&fixture->ram, fixture->path)) {
		fixture->volume = 0;
		ram_close(&fixture->ram);
		return 0;
	}
	return fixture_mount(fixture);
}

error_t fixture_unmount(struct fixture *fixture)
{
	struct fs_volume *volume = fixture->volume;

	fixture->volume = 0;
	return volume_unmount(volume);
}

static int run(const char *tool, const char *options, const char *path)
{
	char command[256];
	int status;

	snprintf(command, sizeof command, "%s %s %s %s 2>&1", tool, options,
	    path, getenv("LOUD") ? "" : ">/tmp/masix-e2fsck.log");
	status = system(command);
	return status < 0 ? status : status >> 8;
}

int fixture_check(struct fixture *fixture)
{
	if (fixture->volume && fixture_unmount(fixture))
		return -1;
	if (ram_store(&fixture->ram, fixture->path))
		return -1;
	return run("e2fsck", "-fn", fixture->path);
}

int fixture_repair(struct fixture *fixture, const char *options)
{
	int status;

	if (ram_store(&fixture->ram, fixture->path))
		return -1;
	status = run("e2fsck", options, fixture->path);
	ram_load(&fixture->ram, fixture->path);
	return status;
}

int fixture_command(struct fixture *fixture, const char *tool)
{
	return run(tool, "", fixture->path);
}

void fixture_close(struct fixture *fixture)
{
	if (fixture->volume)
		fixture_unmount(fixture);
	unlink(fixture->path);
	ram_close(&fixture->ram);
}

void fixture_debug(struct fixture *fixture, const char *command, char *text,
    size_t size)
{
	char line[256];
	size_t count;
	FILE *pipe;

	snprintf(line, sizeof line, "debugfs -R '%s' %s 2>/dev/null", command,
	    fixture->path);
	pipe = popen(line, "r");
	count = pipe ? fread(text, 1, size - 1, pipe) : 0;
	text[count] = 0;
	if (pipe)
		pclose(pipe);
}

int fixture_edit(struct fixture *fixture, const char *commands)
{
	char line[128];
	FILE *pipe;

	if (fixture->volume && fixture_unmount(fixture))
		return -1;
	if (ram_store(&fixture->ram, fixture->path))
		return -1;
	snprintf(line, sizeof line, "debugfs -w %s >/dev/null 2>&1",
	    fixture->path);
	pipe = popen(line, "w");
	if (!pipe)
		return -1;
	fputs(commands, pipe);
	pclose(pipe);
	return ram_load(&fixture->ram, fixture->path);
}
