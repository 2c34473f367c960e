/* SPDX-License-Identifier: BSD-2-Clause */
/* Images from the host's tools, mounted from memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void clock_now(struct fs_time *time)
{
	static uint32_t ticks;

	time->seconds = 1700000000 + ticks / 1000;
	time->nanoseconds = ticks++ % 1000 * 1000000;
}

static void complain(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (getenv("LOUD"))
		printf("complaint: %s\n", text);
}

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
	struct fs_options options = { .now = clock_now, .complain = complain,
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
	fs_nodes_trim(volume, 0);
	return fat_ops.unmount(volume);
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

struct fs_node *fixture_root(struct fixture *fixture)
{
	struct fs_node *root = 0;

	fs_node_get(fixture->volume, fixture->volume->root, &root);
	return root;
}

error_t make(struct fs_node *directory, const char *name, uint32_t mode,
    struct fs_node **node)
{
	struct fs_new what = { .mode = mode };
	struct fs_node *made;
	error_t error = fat_ops.create(directory, name,
	    (unsigned)strlen(name), &what, &made);

	if (error)
		return error;
	if (node)
		*node = made;
	else
		fs_node_put(made);
	return 0;
}

error_t find(struct fs_node *directory, const char *name,
    struct fs_node **node)
{
	uint64_t number;
	error_t error = fat_ops.lookup(directory, name,
	    (unsigned)strlen(name), &number);

	return error ? error : fs_node_get(directory->volume, number, node);
}

error_t drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;
	error_t error = fat_ops.unlink(directory, name,
	    (unsigned)strlen(name), kind, &node);

	if (!error)
		fs_node_put(node);
	return error;
}

error_t move(struct fs_node *from, const char *name, struct fs_node *to,
    const char *to_name, unsigned flags)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = name,
		.to_name = to_name, .from_length = (unsigned)strlen(name),
		.to_length = (unsigned)strlen(to_name), .flags = flags };
	error_t error = fat_ops.rename(&rename);

	if (error)
		return error;
	fs_node_put(rename.moved);
	if (rename.replaced)
		fs_node_put(rename.replaced);
	return 0;
}

error_t put(struct fs_node *node, uint64_t offset, const void *data,
    size_t count)
{
	error_t error = fat_ops.reserve(node, offset, count);

	if (error)
		return error;
	if (offset + count > node->attributes.size) {
		node->attributes.size = offset + count;
		fs_node_dirty(node);
	}
	return fat_ops.write(node, offset, data, count);
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
