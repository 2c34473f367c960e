/* SPDX-License-Identifier: BSD-2-Clause */
/* Images from the host's tools, mounted from memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int image_make(struct ram_device *ram, const char *options)
{
	char path[] = "/tmp/masix-fat-XXXXXX", command[256];
	int file = mkstemp(path), failed;

	if (file < 0)
		return -1;
	failed = ftruncate(file, (off_t)ram->device.size);
	close(file);
	snprintf(command, sizeof command,
	    "mkfs.fat -i 12345678 %s %s >/dev/null 2>&1", options, path);
	failed = failed || system(command) || ram_load(ram, path);
	unlink(path);
	return failed ? -1 : 0;
}

int fixture_mount(struct fixture *fixture)
{
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain, .store = fixture->store,
		.argv = fixture->options };
	error_t error;

	while (options.argv && options.argv[options.argc])
		options.argc++;
	error = fat_ops.mount(&fixture->ram.device, &options,
	    &fixture->volume);
	if (error)
		fixture->volume = 0;
	return !error;
}

int fixture_open(struct fixture *fixture, const char *options, unsigned kb)
{
	int file;

	fixture->options = 0;
	fixture->store = 0;
	fixture->volume = 0;
	strcpy(fixture->path, "/tmp/masix-fat-XXXXXX");
	file = mkstemp(fixture->path);
	if (file < 0)
		return 0;
	close(file);
	ram_open(&fixture->ram, (size_t)kb * 1024);
	return !image_make(&fixture->ram, options) && fixture_mount(fixture);
}

error_t fixture_unmount(struct fixture *fixture)
{
	struct fs_volume *volume = fixture->volume;

	fixture->volume = 0;
	return volume_unmount(volume);
}

int fixture_run(struct fixture *fixture, const char *command)
{
	int status;

	if (fixture->volume && fixture_unmount(fixture))
		return -1;
	if (ram_store(&fixture->ram, fixture->path))
		return -1;
	setenv("IMAGE", fixture->path, 1);
	status = system(command);
	if (ram_reload(&fixture->ram, fixture->path))
		return -1;
	return status < 0 ? status : status >> 8;
}

int fixture_check(struct fixture *fixture)
{
	return fixture_run(fixture, getenv("LOUD") ? "fsck.fat -nv $IMAGE" :
	    "fsck.fat -n $IMAGE >/tmp/masix-fsck.fat.log 2>&1");
}

void fixture_close(struct fixture *fixture)
{
	if (fixture->volume)
		fixture_unmount(fixture);
	unlink(fixture->path);
	ram_close(&fixture->ram);
}

static int name_note(void *context, const struct fs_entry *entry)
{
	char *text = context;
	size_t length = strlen(text);

	if (entry->name[0] == '.' && (entry->length == 1 ||
	    (entry->length == 2 && entry->name[1] == '.')))
		return 0;
	memcpy(text + length, entry->name, entry->length);
	strcpy(text + length + entry->length, "/");
	return 0;
}

const char *names(struct fs_node *directory)
{
	static char text[8192];

	text[0] = 0;
	if (fat_ops.read_directory(directory, 0, name_note, text))
		return "error";
	return text;
}

uint64_t free_clusters(struct fixture *fixture)
{
	struct fs_status status;

	fat_ops.status(fixture->volume, &status);
	return status.blocks_free;
}
