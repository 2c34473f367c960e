/* SPDX-License-Identifier: BSD-2-Clause */
/* Images from makefs, mounted from memory: see fixture.h. */
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

int image_make(struct ram_device *ram, const char *order, const char *options)
{
	char folder[] = "/tmp/masix-ffs-XXXXXX", line[512];
	int bad;

	if (!mkdtemp(folder))
		return -1;
	snprintf(line, sizeof line, "mkdir %s/empty && PATH=$PATH:/usr/sbin "
	    "makefs -t ffs -B %s -o version=1%s%s -f 200 -s %zu %s/image "
	    "%s/empty >%s/log 2>&1 || { cat %s/log; false; }", folder, order,
	    *options ? "," : "", options, (size_t)ram->device.size, folder,
	    folder, folder, folder);
	bad = system(line);
	snprintf(line, sizeof line, "%s/image", folder);
	bad = bad || ram_load(ram, line);
	snprintf(line, sizeof line, "rm -r %s", folder);
	return system(line) || bad;
}

int fixture_mount(struct fixture *fixture)
{
	struct fs_options options = { .now = clock_now, .complain = complain };

	if (ffs_ops.mount(&fixture->ram.device, &options, &fixture->volume))
		fixture->volume = 0;
	return fixture->volume != 0;
}

int fixture_open(struct fixture *fixture, size_t size, const char *order,
    const char *options)
{
	fixture->volume = 0;
	ram_open(&fixture->ram, size);
	return !image_make(&fixture->ram, order, options) &&
	    fixture_mount(fixture);
}

error_t fixture_unmount(struct fixture *fixture)
{
	struct fs_volume *volume = fixture->volume;

	fixture->volume = 0;
	fs_nodes_trim(volume, 0);
	return ffs_ops.unmount(volume);
}

unsigned ram_check(struct ram_device *ram, int repair)
{
	struct check_result result;

	if (ffs_check(&ram->device, repair, complain, &result))
		return UINT32_MAX;
	return repair ? result.severe : result.faults;
}

unsigned fixture_check(struct fixture *fixture)
{
	if (fixture->volume && fixture_unmount(fixture))
		return UINT32_MAX;
	return ram_check(&fixture->ram, 0);
}

void fixture_close(struct fixture *fixture)
{
	if (fixture->volume)
		fixture_unmount(fixture);
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
	struct fs_new what = { .mode = mode, .uid = 1000, .gid = 100 };
	struct fs_node *made;
	error_t error = ffs_ops.create(directory, name,
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
	error_t error = ffs_ops.lookup(directory, name,
	    (unsigned)strlen(name), &number);

	return error ? error : fs_node_get(directory->volume, number, node);
}

error_t drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;
	error_t error = ffs_ops.unlink(directory, name,
	    (unsigned)strlen(name), kind, &node);

	if (!error)
		fs_node_put(node);
	return error;
}

error_t put(struct fs_node *node, uint64_t offset, const void *data,
    size_t count)
{
	error_t error = ffs_ops.reserve(node, offset, count);

	if (error)
		return error;
	if (offset + count > node->attributes.size) {
		node->attributes.size = offset + count;
		fs_node_dirty(node);
	}
	return ffs_ops.write(node, offset, data, count);
}
