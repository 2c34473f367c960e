/* SPDX-License-Identifier: BSD-2-Clause */
/* The model of a volume: see model.h. */
#include "model.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned dice(struct model *model, unsigned sides)
{
	return (unsigned)rand_r(&model->seed) % sides;
}

void model_start(struct model *model, unsigned seed)
{
	int i, j;

	memset(model, 0, sizeof *model);
	model->seed = seed;
	for (i = 0; i < MODEL_FILES; i++)
		model->files[i].bytes = calloc(1, MODEL_SIZE);
	for (i = 0; i < MODEL_DIRECTORIES; i++)
		for (j = 0; j < MODEL_NAMES; j++)
			model->names[i][j] = -1;
}

void model_end(struct model *model)
{
	int i;

	for (i = 0; i < MODEL_FILES; i++)
		free(model->files[i].bytes);
}

void model_copy(struct model *to, const struct model *from)
{
	int i;

	memcpy(to->names, from->names, sizeof to->names);
	to->step = from->step;
	for (i = 0; i < MODEL_FILES; i++) {
		uint8_t *bytes = to->files[i].bytes;

		to->files[i] = from->files[i];
		to->files[i].bytes = bytes;
		memcpy(bytes, from->files[i].bytes, MODEL_SIZE);
	}
}

static void directory_name(char *name, int directory)
{
	sprintf(name, "dir%d", directory);
}

static void file_name(char *name, int number)
{
	int i = sprintf(name, "name-%d-", number), end = i + number * 15;

	while (i < end)
		name[i++] = 'x';
	name[i] = 0;
}

error_t model_prepare(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume);
	error_t error = 0;
	char name[16];
	int i;

	for (i = 0; i < MODEL_DIRECTORIES && !error; i++) {
		directory_name(name, i);
		error = make(root, name, FS_DIRECTORY | 0755, 0);
	}
	fs_node_put(root);
	return error;
}

static error_t directory_get(struct fixture *fixture, int number,
    struct fs_node **directory)
{
	struct fs_node *root = volume_root(fixture->volume);
	char name[16];
	error_t error;

	if (!root)
		return E_IO;
	directory_name(name, number);
	error = find(root, name, directory);
	fs_node_put(root);
	return error;
}

static error_t step_create(struct model *model, struct fs_node *directory,
    int *slot, const char *name)
{
	int i;
	error_t error;

	for (i = 0; i < MODEL_FILES && model->files[i].links; i++)
		;
	if (i == MODEL_FILES)
		return 0;
	error = make(directory, name, FS_REGULAR | 0644, 0);
	if (*slot >= 0)
		return error == E_EXIST ? 0 : error ? error : E_INVAL;
	if (error)
		return error;
	model->files[i].links = 1;
	model->files[i].size = 0;
	model->files[i].changed = model->step;
	memset(model->files[i].bytes, 0, MODEL_SIZE);
	*slot = i;
	return 0;
}

static error_t step_write(struct model *model, struct model_file *file,
    struct fs_node *node)
{
	unsigned offset = dice(model, MODEL_SIZE / 2), i;
	unsigned most = dice(model, 4) ? 3000 : MODEL_SIZE / 2;
	unsigned count = dice(model, most) + 1;

	for (i = 0; i < count; i++)
		file->bytes[offset + i] = (uint8_t)dice(model, 256);
	if (offset + count > file->size)
		file->size = offset + count;
	return put(node, offset, file->bytes + offset, count);
}

static error_t step_truncate(struct model *model, struct model_file *file,
    struct fs_node *node)
{
	unsigned size = dice(model, MODEL_SIZE);

	if (size < file->size)
		memset(file->bytes + size, 0, MODEL_SIZE - size);
	file->size = size;
	return ext2_ops.truncate(node, size);
}

static error_t step_change(struct model *model, struct fs_node *directory,
    int slot, const char *name)
{
	struct model_file *file;
	struct fs_node *node;
	error_t error = find(directory, name, &node);

	if (slot < 0)
		return error == E_NOENT ? 0 : error ? error : E_INVAL;
	if (error)
		return error;
	file = &model->files[slot];
	file->changed = model->step;
	if (dice(model, 3))
		error = step_write(model, file, node);
	else
		error = step_truncate(model, file, node);
	fs_node_put(node);
	return error;
}

static error_t step_unlink(struct model *model, struct fs_node *directory,
    int *slot, const char *name)
{
	error_t error = drop(directory, name, 0);

	if (*slot < 0)
		return error == E_NOENT ? 0 : error ? error : E_INVAL;
	if (error)
		return error;
	model->files[*slot].links--;
	model->files[*slot].changed = model->step;
	*slot = -1;
	return 0;
}

static error_t step_link(struct model *model, struct fs_node *from, int slot,
    const char *name, struct fs_node *to, int *to_slot, const char *to_name)
{
	struct fs_node *node;
	error_t error;

	if (slot < 0 || *to_slot >= 0)
		return 0;
	error = find(from, name, &node);
	if (error)
		return error;
	error = ext2_ops.link(to, to_name, (unsigned)strlen(to_name), node);
	fs_node_put(node);
	if (error)
		return error;
	model->files[slot].links++;
	model->files[slot].changed = model->step;
	*to_slot = slot;
	return 0;
}

static error_t step_rename(struct model *model, struct fs_node *from,
    int *slot, const char *name, struct fs_node *to, int *to_slot,
    const char *to_name)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = name,
		.to_name = to_name, .from_length = (unsigned)strlen(name),
		.to_length = (unsigned)strlen(to_name) };
	error_t error = ext2_ops.rename(&rename);

	if (*slot < 0)
		return error == E_NOENT ? 0 : error ? error : E_INVAL;
	if (error)
		return error;
	fs_node_put(rename.moved);
	if (rename.replaced)
		fs_node_put(rename.replaced);
	model->files[*slot].changed = model->step;
	if (*slot == *to_slot)
		return 0; /* two names of one file: both stay */
	if (*to_slot >= 0) {
		model->files[*to_slot].links--;
		model->files[*to_slot].changed = model->step;
	}
	*to_slot = *slot;
	*slot = -1;
	return 0;
}

error_t model_step(struct model *model, struct fixture *fixture, int strict)
{
	int one = (int)dice(model, MODEL_DIRECTORIES);
	int other = (int)dice(model, MODEL_DIRECTORIES);
	int i = (int)dice(model, MODEL_NAMES);
	int j = (int)dice(model, MODEL_NAMES);
	unsigned what = dice(model, 10);
	int *slot = &model->names[one][i], *to_slot = &model->names[other][j];
	struct fs_node *from, *to;
	char name[256], to_name[256];
	error_t error = directory_get(fixture, one, &from);

	if (error)
		return error;
	error = directory_get(fixture, other, &to);
	if (error) {
		fs_node_put(from);
		return error;
	}
	model->step++;
	file_name(name, i);
	file_name(to_name, j);
	if (what < 3)
		error = step_create(model, from, slot, name);
	else if (what < 7)
		error = step_change(model, from, *slot, name);
	else if (what == 7)
		error = step_unlink(model, from, slot, name);
	else if (what == 8)
		error = step_link(model, from, *slot, name, to, to_slot,
		    to_name);
	else
		error = step_rename(model, from, slot, name, to, to_slot,
		    to_name);
	fs_node_put(from);
	fs_node_put(to);
	if (strict)
		CHECK(!error);
	return error;
}

static void file_compare(struct model_file *file, struct fs_node *directory,
    const char *name)
{
	static uint8_t bytes[MODEL_SIZE];
	size_t count = file->size;
	struct fs_node *node;
	error_t error = find(directory, name, &node);

	CHECK(!error);
	if (error)
		return;
	CHECK(node->attributes.size == file->size);
	CHECK((int)node->attributes.links == file->links);
	CHECK(!ext2_ops.read(node, 0, bytes, &count));
	CHECK(!memcmp(bytes, file->bytes, file->size));
	fs_node_put(node);
}

void model_compare(struct model *model, struct fixture *fixture,
    unsigned since)
{
	struct fs_node *directory, *node;
	char name[256];
	int i, j;

	for (i = 0; i < MODEL_DIRECTORIES; i++) {
		error_t error = directory_get(fixture, i, &directory);

		CHECK(!error);
		if (error)
			continue;
		for (j = 0; j < MODEL_NAMES; j++) {
			int slot = model->names[i][j];

			file_name(name, j);
			if (slot >= 0 && model->files[slot].changed <= since)
				file_compare(&model->files[slot], directory,
				    name);
			else if (slot < 0 && since == ~0u)
				CHECK(find(directory, name, &node) == E_NOENT);
		}
		fs_node_put(directory);
	}
}
