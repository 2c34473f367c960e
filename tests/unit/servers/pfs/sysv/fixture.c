/* SPDX-License-Identifier: BSD-2-Clause */
/* Volumes in memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE(kind, order, size, track) { .variant = VARIANT_##kind,           \
	.bytes = BYTES_##order, .block_size = size, .base = track,             \
	.now = fake_clock }

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
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain,
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
	return volume_unmount(volume);
}

int disk_check(struct ram_device *ram, int repair)
{
	struct check check = { .say = say, .now = fake_clock,
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

int sequence_shape;

int sequence_volume_make(struct ram_device *ram)
{
	return fixture_make(ram, sequence_shape);
}

int sequence_volume_check(struct ram_device *ram)
{
	return disk_check(ram, 0);
}
