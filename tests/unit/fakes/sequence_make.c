/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sequences there are: every operation with every name of a few old and
 * new ones, and every place of a few that matter for blocks of 512 to 4096.
 */
#include "fakes/sequence_make.h"
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

const struct step sequence_setup[] = {
	{ STEP_MKDIR, "A", 0, 0, 0 },
	{ STEP_MKDIR, "B", 0, 0, 0 },
	{ STEP_MKDIR, "A/C", 0, 0, 0 },
	{ STEP_MKDIR, "B/D", 0, 0, 0 },
	{ STEP_CREATE, "foo", 0, 0, 0 },
	{ STEP_WRITE, "foo", 0, 0, 5000 },
	{ STEP_CREATE, "A/foo", 0, 0, 0 },
	{ STEP_WRITE, "A/foo", 0, 0, 20000 },
	{ STEP_CREATE, "B/empty", 0, 0, 0 },
	{ STEP_LINK, "foo", "A/bar", 0, 0 },
	{ STEP_SYMLINK, "B/sym", 0, 0, 20 },
	{ STEP_ATTRIBUTE, "A/foo", 0, 0, 50 },
	{ STEP_SYNC, 0, 0, 0, 0 },
};
const unsigned sequence_setup_count = COUNT(sequence_setup);

static const char *const fresh[] = { "new", "B/new", "A/C/new",
	"longer.name.14" };
static const char *const files[] = { "foo", "A/foo", "A/bar", "B/empty" };
static const char *const all[] = { "foo", "A/foo", "A/bar", "B/empty",
	"B/sym", "A/C", "B/D", "A", "new", "B/new", "A/C/new",
	"longer.name.14" };

/* Offsets and sizes of writes, sizes of truncates. */
static const struct place {
	unsigned offset, count;
} places[] = { { 0, 100 }, { 100, 3000 }, { 4990, 20 }, { 5000, 2000 },
	{ 20000, 10000 }, { 30000, 100 }, { 512, 1024 } };
static const unsigned sizes[] = { 0, 1, 1000, 4096, 12288, 40000 };
/* Of extended attributes: one fits into a large inode, one only a block, one
 * is none. */
static const unsigned values[] = { 20, 600, 0 };
static const unsigned targets[] = { 5, 59, 60, 300 };

/* Counts down; not 0 when number falls into the next count ones. */
static int among(unsigned *number, unsigned count)
{
	if (*number < count)
		return 1;
	*number -= count;
	return 0;
}

static int name_step(unsigned number, struct step *step)
{
	if (among(&number, COUNT(fresh))) {
		*step = (struct step){ STEP_CREATE, fresh[number], 0, 0, 0 };
	} else if (among(&number, COUNT(fresh))) {
		*step = (struct step){ STEP_MKDIR, fresh[number], 0, 0, 0 };
	} else if (among(&number, COUNT(fresh) * COUNT(targets))) {
		*step = (struct step){ STEP_SYMLINK,
			fresh[number % COUNT(fresh)], 0, 0,
			targets[number / COUNT(fresh)] };
	} else if (among(&number, COUNT(files) * COUNT(fresh))) {
		*step = (struct step){ STEP_LINK, files[number % COUNT(files)],
			fresh[number / COUNT(files)], 0, 0 };
	} else if (among(&number, COUNT(all))) {
		*step = (struct step){ STEP_UNLINK, all[number], 0, 0, 0 };
	} else if (among(&number, COUNT(all))) {
		*step = (struct step){ STEP_RMDIR, all[number], 0, 0, 0 };
	} else if (among(&number, COUNT(all) * COUNT(all))) {
		*step = (struct step){ STEP_RENAME, all[number % COUNT(all)],
			all[number / COUNT(all)], 0, 0 };
	} else {
		return 0;
	}
	return 1;
}

enum {
	NAME_STEPS = COUNT(fresh) * (2 + COUNT(targets) + COUNT(files)) +
	    COUNT(all) * (2 + COUNT(all)),
};

static int any_step(unsigned number, struct step *step)
{
	const struct place *place;

	if (name_step(number, step))
		return 1;
	number -= NAME_STEPS;
	if (among(&number, COUNT(files) * COUNT(places) * 2)) {
		place = &places[number / 2 % COUNT(places)];
		*step = (struct step){ number % 2 ? STEP_LATE : STEP_WRITE,
			files[number / 2 / COUNT(places)], 0, place->offset,
			place->count };
	} else if (among(&number, COUNT(files) * COUNT(sizes))) {
		*step = (struct step){ STEP_TRUNCATE,
			files[number / COUNT(sizes)], 0,
			sizes[number % COUNT(sizes)], 0 };
	} else if (among(&number, COUNT(files) * COUNT(values) * 2)) {
		*step = (struct step){ STEP_ATTRIBUTE,
			files[number / COUNT(values) / 2], 0, number % 2,
			values[number / 2 % COUNT(values)] };
	} else {
		return 0;
	}
	return 1;
}

enum {
	STEPS = NAME_STEPS + COUNT(files) *
	    (COUNT(places) * 2 + COUNT(sizes) + COUNT(values) * 2),
};

static void step_add(struct sequence *sequence, struct step step)
{
	sequence->steps[sequence->count++] = step;
}

int sequence_one(unsigned number, struct sequence *sequence)
{
	static const struct step other = { STEP_CREATE, "other", 0, 0, 0 };
	static const struct step sync = { .kind = STEP_SYNC };
	static const struct step commit = { .kind = STEP_COMMIT };
	struct step step;

	if (!any_step(number / 3, &step))
		return 0;
	sequence->count = 0;
	step_add(sequence, step);
	if (number % 3)
		step_add(sequence, number % 3 == 1 ? sync : commit);
	if (number % 3 == 1)
		step_add(sequence, other);
	return 1;
}

void sequence_two(unsigned *seed, struct sequence *sequence)
{
	static const enum step_kind between[] = { STEP_SYNC, STEP_COMMIT };
	unsigned i;

	sequence->count = 0;
	for (i = 0; i < 2; i++) {
		unsigned dice = (unsigned)rand_r(seed) % 4;
		struct step step = { STEP_SYNC, 0, 0, 0, 0 };

		/* operations with names are many: the others must not be
		 * rare for it */
		if (rand_r(seed) & 1)
			any_step((unsigned)rand_r(seed) % NAME_STEPS, &step);
		else
			any_step(NAME_STEPS + (unsigned)rand_r(seed) %
			    (STEPS - NAME_STEPS), &step);
		step_add(sequence, step);
		if (dice < 2)
			step_add(sequence,
			    (struct step){ .kind = between[dice] });
	}
}
