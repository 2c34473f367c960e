/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations on a volume and on a model of it in plain memory: what the
 * volume holds must always equal the model.
 */
#pragma once
#include "fixture.h"

enum {
	MODEL_DIRECTORIES = 3,
	MODEL_NAMES = 12,
	MODEL_FILES = 40,
	MODEL_SIZE = 120000,
};

struct model_file {
	int links; /* 0: not in use */
	unsigned size;
	unsigned changed; /* the step that last changed it */
	uint8_t *bytes;
};

struct model {
	struct model_file files[MODEL_FILES];
	int names[MODEL_DIRECTORIES][MODEL_NAMES]; /* file, -1 none */
	unsigned seed, step;
};

void model_start(struct model *model, unsigned seed);
void model_end(struct model *model);
void model_copy(struct model *to, const struct model *from);

/* Makes the directories. */
error_t model_prepare(struct fixture *fixture);

/* One random operation on both. If strict, the volume must not fail; else a
 * failure is taken for an I/O error, and the run should end: returned. */
error_t model_step(struct model *model, struct fixture *fixture, int strict);

/* Compares; since: only files not changed after that step. */
void model_compare(struct model *model, struct fixture *fixture,
    unsigned since);
