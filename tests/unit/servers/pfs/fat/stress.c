/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations, compared with what was written, and damaged volumes. The
 * names of the model are numbers; a file's contents are known by a seed.
 */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FOLDERS = 3,
	NAMES = 14,
	SIZE = 90000,
};

struct model {
	unsigned seed;
	uint8_t *bytes[FOLDERS][NAMES]; /* owned; null: no such file */
	unsigned sizes[FOLDERS][NAMES];
	struct fs_node *folders[FOLDERS];
};

static unsigned dice(struct model *model, unsigned sides)
{
	return (unsigned)rand_r(&model->seed) % sides;
}

static const char *name_of(unsigned i)
{
	static char name[4][300];
	static unsigned turn;
	char *text = name[turn = (turn + 1) % 4];
	int length = sprintf(text, i % 3 ? "F%u" : "file number %u, ", i);

	memset(text + length, 'x', 1 + i * 13 % 200);
	text[length + 1 + i * 13 % 200] = 0;
	return text;
}

static void folders_open(struct model *model, struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume);
	char name[16];

	for (unsigned i = 0; i < FOLDERS; i++) {
		sprintf(name, "folder%u", i);
		if (make(root, name, FS_DIRECTORY, &model->folders[i]))
			CHECK(!find(root, name, &model->folders[i]));
	}
	fs_node_put(root);
}

static void model_start(struct model *model, struct fixture *fixture,
    unsigned seed)
{
	memset(model, 0, sizeof *model);
	model->seed = seed;
	folders_open(model, fixture);
}

static void model_put(struct model *model)
{
	for (unsigned i = 0; i < FOLDERS; i++)
		fs_node_put(model->folders[i]);
}

static void model_end(struct model *model)
{
	for (unsigned i = 0; i < FOLDERS; i++)
		for (unsigned j = 0; j < NAMES; j++)
			free(model->bytes[i][j]);
}

static void step_make(struct model *model, unsigned folder, unsigned name)
{
	error_t error = make(model->folders[folder], name_of(name),
	    FS_REGULAR, 0);

	CHECK(error == (model->bytes[folder][name] ? E_EXIST : 0));
	if (error)
		return;
	model->bytes[folder][name] = calloc(1, SIZE);
	model->sizes[folder][name] = 0;
}

static void step_write(struct model *model, unsigned folder, unsigned name)
{
	uint8_t *bytes = model->bytes[folder][name];
	unsigned offset = dice(model, SIZE / 2);
	unsigned count = 1 + dice(model, dice(model, 4) ? 3000 : SIZE / 2 - 1);
	struct fs_node *node;

	if (!bytes || find(model->folders[folder], name_of(name), &node)) {
		CHECK(!bytes);
		return;
	}
	if (dice(model, 3)) {
		for (unsigned i = 0; i < count; i++)
			bytes[offset + i] = (uint8_t)dice(model, 256);
		CHECK(!put(node, offset, bytes + offset, count));
		if (offset + count > model->sizes[folder][name])
			model->sizes[folder][name] = offset + count;
	} else {
		CHECK(!fat_ops.truncate(node, offset));
		memset(bytes + offset, 0, SIZE - offset);
		model->sizes[folder][name] = offset;
	}
	fs_node_put(node);
}

static void step_drop(struct model *model, unsigned folder, unsigned name)
{
	CHECK(drop(model->folders[folder], name_of(name), 0) ==
	    (model->bytes[folder][name] ? 0 : E_NOENT));
	free(model->bytes[folder][name]);
	model->bytes[folder][name] = 0;
}

static void step_move(struct model *model, unsigned folder, unsigned name)
{
	unsigned to = dice(model, FOLDERS), other = dice(model, NAMES);
	unsigned flags = dice(model, 6) ? 0 : FS_RENAME_EXCHANGE;
	uint8_t **one = &model->bytes[folder][name];
	uint8_t **two = &model->bytes[to][other], *bytes = *two;
	unsigned size = model->sizes[to][other];
	error_t error = move(model->folders[folder], name_of(name),
	    model->folders[to], name_of(other), flags);

	if (!*one || (flags && !*two)) {
		CHECK(error == E_NOENT);
		return;
	}
	CHECK(!error);
	if (one == two)
		return;
	model->sizes[to][other] = model->sizes[folder][name];
	*two = *one;
	*one = flags ? bytes : 0;
	model->sizes[folder][name] = size;
	if (!flags)
		free(bytes);
}

static void model_step(struct model *model)
{
	unsigned folder = dice(model, FOLDERS), name = dice(model, NAMES);
	unsigned what = dice(model, 10);

	if (what < 3)
		step_make(model, folder, name);
	else if (what < 7)
		step_write(model, folder, name);
	else if (what < 8)
		step_drop(model, folder, name);
	else
		step_move(model, folder, name);
}

static void model_compare(struct model *model)
{
	static uint8_t bytes[SIZE];
	struct fs_node *node;

	for (unsigned i = 0; i < FOLDERS; i++)
		for (unsigned j = 0; j < NAMES; j++) {
			size_t count = model->sizes[i][j];
			error_t error = find(model->folders[i], name_of(j),
			    &node);

			CHECK(error == (model->bytes[i][j] ? 0 : E_NOENT));
			if (error)
				continue;
			CHECK(node->attributes.size == count);
			CHECK(!fat_ops.read(node, 0, bytes, &count));
			CHECK(!memcmp(bytes, model->bytes[i][j], count));
			fs_node_put(node);
		}
}

static const char *const shapes[] = { "-F 12 -s 2", "-F 16 -s 1 -f 1",
	"-F 32 -s 1", "-F 12 -s 64" };

TEST(random_operations)
{
	struct fixture fixture;
	struct model model;

	for (unsigned shape = 0; shape < 4; shape++) {
		CHECK(fixture_open(&fixture, shapes[shape], shape % 3 ?
		    10000 : 3900));
		model_start(&model, &fixture, 7 + shape);
		for (unsigned i = 0; i < 3000; i++) {
			model_step(&model);
			if (i % 97 == 0)
				CHECK(!fat_ops.sync(fixture.volume));
			if (i % 499 == 0)
				fs_nodes_trim(fixture.volume, 0);
		}
		model_compare(&model);
		model_put(&model);
		CHECK(fixture_check(&fixture) == 0);
		CHECK(!image_faults(&fixture.ram));
		CHECK(fixture_mount(&fixture));
		folders_open(&model, &fixture);
		model_compare(&model);
		model_put(&model);
		model_end(&model);
		fixture_close(&fixture);
	}
}

static int number_note(void *context, const struct fs_entry *entry)
{
	uint64_t *numbers = context;

	if (numbers[0] < 60 && entry->name[0] != '.')
		numbers[++numbers[0]] = entry->node;
	return 0;
}

/* Everything one can ask of everything that is found. */
static void walk(struct fs_volume *volume, uint64_t number, int depth)
{
	static uint8_t bytes[8192];
	uint64_t numbers[64] = { 0 }, above;
	size_t count = sizeof bytes;
	struct fs_node *node;

	if (depth > 4 || fs_node_get(volume, number, &node))
		return;
	if ((node->attributes.mode & FS_KIND) == FS_DIRECTORY) {
		fat_ops.read_directory(node, 0, number_note, numbers);
		fat_ops.lookup(node, "..", 2, &above);
		for (uint64_t i = 1; i <= numbers[0]; i++)
			walk(volume, numbers[i], depth + 1);
		make(node, "a new name", FS_REGULAR, 0);
		make(node, "folder", FS_DIRECTORY, 0);
		move(node, "a new name", node, "F4", 0);
		drop(node, "F1", 0);
		drop(node, "folder", 1);
	} else {
		fat_ops.read(node, 0, bytes, &count);
		put(node, node->attributes.size / 2, bytes, 5000);
		fat_ops.truncate(node, 100);
	}
	fs_node_put(node);
}

TEST(damaged_disks)
{
	static char *go_on[] = { "errors=continue", 0 };
	struct fixture fixture;
	struct model model;
	uint8_t *good;
	unsigned seed = 5, size;

	CHECK(fixture_open(&fixture, "-F 12 -s 1", 1440));
	size = (unsigned)fixture.ram.device.size;
	model_start(&model, &fixture, 3);
	for (unsigned i = 0; i < 300; i++)
		model_step(&model);
	model_put(&model);
	model_end(&model);
	CHECK(!fixture_unmount(&fixture));
	fixture.options = go_on;
	good = malloc(size);
	memcpy(good, fixture.ram.bytes, size);
	for (unsigned round = 0; round < 2000; round++) {
		unsigned changes = 1 + (unsigned)rand_r(&seed) % 40;
		unsigned range = round % 3 ? 24 * 1024 : size;

		memcpy(fixture.ram.bytes, good, size);
		for (unsigned i = 0; i < changes; i++)
			fixture.ram.bytes[round % 7 ?
			    512 + (unsigned)rand_r(&seed) % (range - 512) :
			    (unsigned)rand_r(&seed) % 64] =
			    (uint8_t)rand_r(&seed);
		if (!fixture_mount(&fixture))
			continue;
		walk(fixture.volume, fixture.volume->root, 0);
		fixture_unmount(&fixture);
	}
	free(good);
	fixture_close(&fixture);
}
