/* SPDX-License-Identifier: BSD-2-Clause */
/* Volumes in memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE(kind, order, size, track) { .variant = VARIANT_##kind,           \
	.bytes = BYTES_##order, .block_size = size, .base = track,             \
	.now = clock_now }

const struct make shapes[SHAPES] = {
	SHAPE(R4, LITTLE, 1024, 0), SHAPE(R4, BIG, 1024, 0),
	SHAPE(R4, LITTLE, 512, 0), SHAPE(R4, BIG, 512, 0),
	SHAPE(R4, LITTLE, 2048, 0), SHAPE(R4, BIG, 2048, 0),
	SHAPE(R2, LITTLE, 1024, 0), SHAPE(R2, BIG, 1024, 0),
	SHAPE(R2, LITTLE, 512, 0), SHAPE(R2, BIG, 2048, 0),
	SHAPE(R2, LITTLE, 1024, 9), SHAPE(R2, BIG, 512, 15),
	SHAPE(R2, LITTLE, 2048, 18),
	SHAPE(XENIX, LITTLE, 1024, 0), SHAPE(XENIX, BIG, 1024, 0),
	SHAPE(COHERENT, PDP, 512, 0),
	SHAPE(V7, PDP, 512, 0), SHAPE(V7, LITTLE, 512, 0),
};

static int loud;

const char *shape_name(int shape)
{
	static char name[64];
	static const char *const orders[] = { "little", "big", "pdp" };

	snprintf(name, sizeof name, "%s %s %u +%u",
	    variants[shapes[shape].variant].name,
	    orders[shapes[shape].bytes], shapes[shape].block_size,
	    shapes[shape].base);
	return name;
}

void clock_now(struct fs_time *time)
{
	static uint32_t ticks;

	time->seconds = 1700000000 + ticks / 1000;
	time->nanoseconds = ticks++ % 1000 * 1000000;
}

static void complain(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (loud)
		printf("complaint: %s\n", text);
}

static void say(struct check *check, const char *text)
{
	(void)check;
	if (loud)
		printf("check: %s\n", text);
}

int fixture_make(struct ram_device *ram, int shape)
{
	struct make what = shapes[shape];
	const char *reason;

	loud = getenv("LOUD") != 0;
	return make_check(&what, &ram->device, &reason) ||
	    make_volume(&ram->device, &what);
}

error_t fixture_mount(struct fixture *fixture, int read_only)
{
	struct fs_options options = { .now = clock_now, .complain = complain,
		.read_only = read_only };
	error_t error = sysv_ops.mount(&fixture->ram.device, &options,
	    &fixture->volume);

	if (error)
		fixture->volume = 0;
	return error;
}

int fixture_open(struct fixture *fixture, int shape, unsigned kb)
{
	ram_open(&fixture->ram, (size_t)kb * 1024);
	memset(fixture->ram.bytes, 0xdb, (size_t)kb * 1024);
	memset(fixture->ram.bytes, 0, 512);
	fixture->volume = 0;
	return !fixture_make(&fixture->ram, shape) &&
	    !fixture_mount(fixture, 0);
}

error_t fixture_unmount(struct fixture *fixture)
{
	struct fs_volume *volume = fixture->volume;

	fixture->volume = 0;
	fs_nodes_trim(volume, 0);
	return sysv_ops.unmount(volume);
}

int disk_check(struct ram_device *ram, int repair)
{
	struct check check = { .say = say, .now = clock_now,
		.repair = repair };

	loud = getenv("LOUD") != 0;
	if (check_volume(&ram->device, &check))
		return -1;
	return (int)(repair ? check.left : check.problems);
}

int fixture_check(struct fixture *fixture)
{
	if (fixture->volume && fixture_unmount(fixture))
		return -1;
	return disk_check(&fixture->ram, 0);
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
	error_t error = sysv_ops.create(directory, name,
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
	error_t error = sysv_ops.lookup(directory, name,
	    (unsigned)strlen(name), &number);

	return error ? error : fs_node_get(directory->volume, number, node);
}

error_t drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;
	error_t error = sysv_ops.unlink(directory, name,
	    (unsigned)strlen(name), kind, &node);

	if (!error)
		fs_node_put(node);
	return error;
}

error_t move(struct fs_node *from, const char *name, struct fs_node *to,
    const char *new_name, unsigned flags)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = name,
		.to_name = new_name, .from_length = (unsigned)strlen(name),
		.to_length = (unsigned)strlen(new_name), .flags = flags };
	error_t error = sysv_ops.rename(&rename);

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
	error_t error = sysv_ops.reserve(node, offset, count);

	if (error)
		return error;
	if (offset + count > node->attributes.size) {
		node->attributes.size = offset + count;
		fs_node_dirty(node);
	}
	return sysv_ops.write(node, offset, data, count);
}

void pattern(uint8_t *bytes, size_t count, unsigned seed)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)((i >> 8) * 7 + i + seed);
}

int same(struct fs_node *node, uint64_t offset, size_t count, unsigned seed)
{
	uint8_t *want = malloc(count), *got = malloc(count);
	int equal;

	pattern(want, count, seed);
	equal = !sysv_ops.read(node, offset, got, &count) &&
	    !memcmp(want, got, count);
	free(want);
	free(got);
	return equal;
}

int zeros(struct fs_node *node, uint64_t offset, size_t count)
{
	uint8_t *got = malloc(count);
	int equal = !sysv_ops.read(node, offset, got, &count);

	for (size_t i = 0; i < count; i++)
		equal = equal && !got[i];
	free(got);
	return equal;
}
