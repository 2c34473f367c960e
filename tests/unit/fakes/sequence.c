/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs sequences and cuts their power: see sequence.h. */
#include "fakes/sequence.h"
#include "fakes/sequence_check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TWO_DEFAULT = 60,
	WAYS_DEFAULT = 3,
	FAULTS_PRINTED = 12,
	USED_EVERY = 16, /* one in so many cut disks is also written to */
};

struct run {
	const struct sequence_type *type;
	struct ram_device ram;
	struct fs_volume *volume; /* null: not mounted */
	struct shadow start;        /* what the setup made */
	const struct sequence *sequence;
	struct shadow states[SEQUENCE_STEPS + 1]; /* [i]: before step i */
	unsigned started[SEQUENCE_STEPS];  /* writes before each step */
	unsigned finished[SEQUENCE_STEPS]; /* writes after each step */
	unsigned states_count;
	int late[SEQUENCE_STEPS]; /* tree nodes with late data, or -1 */
	unsigned ways, faults, sequences, cuts;
};

static void clock_now(struct fs_time *time)
{
	static uint32_t ticks;

	time->seconds = 1700000000 + ++ticks / 1000;
	time->nanoseconds = ticks % 1000 * 1000000;
}

static void complain(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (getenv("LOUD"))
		printf("complaint: %s\n", text);
}

static error_t run_mount(struct run *run)
{
	struct fs_options options = { .now = clock_now, .complain = complain,
		.argc = run->type->argc, .argv = run->type->argv };
	error_t error = run->type->type->ops->mount(&run->ram.device, &options,
	    &run->volume);

	if (error)
		run->volume = 0;
	return error;
}

static error_t run_unmount(struct run *run)
{
	struct fs_volume *volume = run->volume;

	run->volume = 0;
	fs_nodes_trim(volume, 0);
	return run->type->type->ops->unmount(volume);
}

static void fault(struct run *run, const char *what, unsigned n, unsigned way)
{
	unsigned i;

	if (run->faults++ >= FAULTS_PRINTED)
		return;
	printf("FAULT at write %u of %u, way %u: %s: ", n, run->ram.write_count,
	    way, what);
	for (i = 0; i < run->sequence->count; i++)
		step_print(&run->sequence->steps[i]);
	printf("\n");
}

/* Free blocks hold a pattern that no file may ever show. */
static error_t disk_poison(struct run *run)
{
	const struct fs_ops *ops = run->type->type->ops;
	struct fs_new what = { .mode = FS_REGULAR | 0644 };
	static uint8_t bytes[16384];
	struct fs_node *root, *node;
	uint64_t at = 0;
	error_t error = fs_node_get(run->volume, run->volume->root, &root);

	if (error)
		return error;
	memset(bytes, 0xdb, sizeof bytes);
	error = ops->create(root, "poison", 6, &what, &node);
	for (; !error && at < run->type->size; at += sizeof bytes) {
		if (ops->reserve && ops->reserve(node, at, sizeof bytes))
			break;
		node->attributes.size = at + sizeof bytes;
		fs_node_dirty(node);
		if (ops->write(node, at, bytes, sizeof bytes))
			break;
	}
	if (!error) {
		fs_node_put(node);
		error = ops->unlink(root, "poison", 6, 0, &node);
	}
	if (!error)
		fs_node_put(node);
	fs_node_put(root);
	return error ? error : ops->sync(run->volume);
}

int step_is_known(const struct sequence_type *type,
    const struct step *step)
{
	if (step->kind == STEP_LINK && type->flags & SEQUENCE_NO_LINKS)
		return 0;
	if (step->kind == STEP_ATTRIBUTE &&
	    !(type->flags & SEQUENCE_ATTRIBUTES))
		return 0;
	return step->kind != STEP_SYMLINK ||
	    !(type->flags & SEQUENCE_NO_SYMLINKS);
}

static int run_open(struct run *run, const struct sequence_type *type)
{
	const char *amount = getenv("SEQUENCES");
	error_t error = 0;
	unsigned i;

	memset(run, 0, sizeof *run);
	run->type = type;
	run->ways = amount ? (unsigned)atoi(amount) / 4 + 1 : WAYS_DEFAULT;
	ram_open(&run->ram, type->size);
	shadow_start(&run->start);
	if (type->make(&run->ram) || run_mount(run))
		return 0;
	error = disk_poison(run);
	for (i = 0; i < sequence_setup_count && !error; i++) {
		const struct step *step = &sequence_setup[i];

		if (!step_is_known(type, step))
			continue;
		error = shadow_step(&run->start, step, i);
		if (!error)
			error = volume_step(run->volume, step, i);
	}
	if (error || run_unmount(run) || type->check(&run->ram)) {
		printf("no start: %x\n", (unsigned)error);
		return 0;
	}
	ram_record(&run->ram);
	return 1;
}

static void run_close(struct run *run)
{
	if (getenv("SEQUENCES"))
		printf("%s: %u sequences, %u cuts, %u faults\n",
		    run->type->type->name, run->sequences, run->cuts,
		    run->faults);
	shadow_end(&run->start);
	ram_close(&run->ram);
}

static void states_free(struct run *run)
{
	while (run->states_count)
		shadow_end(&run->states[--run->states_count]);
}

/* The trees before, between and after the steps. 0: a step is impossible. */
static int states_make(struct run *run, const struct sequence *sequence)
{
	unsigned i;

	run->sequence = sequence;
	shadow_copy(&run->states[0], &run->start);
	run->states_count = 1;
	for (i = 0; i < sequence->count; i++) {
		const struct step *step = &sequence->steps[i];
		const struct shadow_name *name;

		shadow_copy(&run->states[i + 1], &run->states[i]);
		run->states_count++;
		run->late[i] = -1;
		if (!step_is_known(run->type, step) ||
		    shadow_step(&run->states[i + 1], step, 20 + i))
			return 0;
		if (step->kind != STEP_LATE)
			continue;
		name = shadow_find(&run->states[i + 1], step->path);
		run->late[i] = name->node;
	}
	return 1;
}

/* The data of late writes before step `end` that was not written yet. */
static error_t late_write(struct run *run, unsigned end)
{
	unsigned i;
	error_t error = 0;

	for (i = 0; i < end && !error; i++)
		if (run->late[i] >= 0) {
			error = volume_late(run->volume,
			    &run->sequence->steps[i], &run->states[end],
			    run->late[i]);
			if (!error)
				run->late[i] = -1;
		}
	return error;
}

static error_t steps_run(struct run *run)
{
	unsigned i;
	error_t error = 0;

	for (i = 0; i < run->sequence->count; i++)
		run->started[i] = run->finished[i] = UINT32_MAX;
	for (i = 0; i < run->sequence->count && !error; i++) {
		const struct step *step = &run->sequence->steps[i];

		run->started[i] = run->ram.write_count;
		if (step->kind == STEP_SYNC)
			error = late_write(run, i);
		if (!error)
			error = volume_step(run->volume, step, 20 + i);
		if (!error && run->type->type->ops->keep)
			error = run->type->type->ops->keep(run->volume);
		if (!error)
			run->finished[i] = run->ram.write_count;
	}
	return error ? error : late_write(run, i);
}

/* States that the disk may hold when power went before write n. */
static void span_find(const struct run *run, unsigned n, struct span *span)
{
	unsigned i;

	span->states = run->states;
	span->sequence = run->sequence;
	span->flags = run->type->flags;
	span->first = span->last = 0;
	for (i = 0; i < run->sequence->count; i++) {
		if (run->started[i] < n)
			span->last = i + 1;
		if (run->finished[i] <= n &&
		    run->sequence->steps[i].kind == STEP_SYNC)
			span->first = i + 1;
	}
	if (span->last < span->first)
		span->last = span->first;
}

/* The volume still takes a file and keeps it. */
static const char *volume_use(struct run *run)
{
	static const struct step steps[] = {
		{ STEP_CREATE, "used-after", 0, 0, 0 },
		{ STEP_WRITE, "used-after", 0, 0, 3000 },
		{ STEP_SYNC, 0, 0, 0, 0 } };
	unsigned i;

	for (i = 0; i < 3; i++)
		if (volume_step(run->volume, &steps[i], 99))
			return "can't be used after";
	return 0;
}

/* What a disk holds now, which was cut off or had errors. */
static void disk_judge(struct run *run, const struct span *span, unsigned n,
    unsigned way)
{
	struct shadow found;
	const char *what = 0;

	if (run->type->repair && run->type->repair(&run->ram)) {
		fault(run, "repair needs a human", n, way);
		return;
	}
	if (run_mount(run)) {
		fault(run, "can't be mounted", n, way);
		return;
	}
	shadow_start(&found);
	if (shadow_read(&found, run->volume))
		what = "can't be read";
	else
		what = shadow_judge(&found, span);
	shadow_end(&found);
	if (!what && (n + way) % USED_EVERY == 0)
		what = volume_use(run);
	if (run_unmount(run) && !what)
		what = "can't be unmounted";
	if (!what && run->type->check(&run->ram))
		what = "check finds faults";
	if (what)
		fault(run, what, n, way);
}

static void sequence_cut(struct run *run, const struct sequence *sequence)
{
	int torn = run->type->flags & SEQUENCE_TORN;
	unsigned n, way, ways;
	struct span span;

	if (!states_make(run, sequence)) {
		states_free(run);
		return;
	}
	run->sequences++;
	ram_rewind(&run->ram);
	if (run_mount(run) || steps_run(run) || run_unmount(run))
		fault(run, "a step fails", 0, 0);
	for (n = 0; n <= run->ram.write_count; n++) {
		if (n && !run->ram.writes[n - 1].data)
			continue; /* a flush changes nothing */
		ways = ram_cut_count(&run->ram, n, torn, run->ways);
		span_find(run, n, &span);
		for (way = 0; way < ways; way++, run->cuts++) {
			ram_cut(&run->ram, n, torn, run->ways, way);
			disk_judge(run, &span, n, way);
		}
	}
	states_free(run);
}

static int fail_once(struct run *run, unsigned n, int all)
{
	struct span span;
	int over;

	ram_rewind(&run->ram);
	if (!states_make(run, run->sequence) || run_mount(run)) {
		states_free(run);
		return 1;
	}
	run->ram.calls = 0;
	run->ram.fail_at = n;
	run->ram.fail_all = all;
	if (steps_run(run) && run->ram.calls < n)
		fault(run, "fails without reason", n, 0);
	over = run->ram.calls < n;
	if (!all)
		run->ram.fail_at = 0;
	run_unmount(run);
	run->ram.fail_at = 0;
	span_find(run, UINT32_MAX - 1, &span);
	disk_judge(run, &span, n, (unsigned)all);
	run->cuts++;
	states_free(run);
	return over;
}

static void sequence_fail(struct run *run, const struct sequence *sequence)
{
	unsigned n = 0;
	int possible, over = 0;

	possible = states_make(run, sequence);
	states_free(run);
	if (!possible)
		return;
	run->sequences++;
	while (!over) {
		over = fail_once(run, ++n, 0);
		fail_once(run, n, 1);
	}
}

static int is_wanted(const struct sequence *sequence)
{
	const char *path = getenv("SEQUENCE");
	unsigned i;

	if (!path)
		return 1;
	for (i = 0; i < sequence->count; i++)
		if (sequence->steps[i].path &&
		    strstr(sequence->steps[i].path, path))
			return 1;
	return 0;
}

/* Every `stride`-th sequence of one, and a sample of those of two. */
static unsigned all_run(const struct sequence_type *type, unsigned stride,
    void (*each)(struct run *, const struct sequence *))
{
	const char *amount = getenv("SEQUENCES");
	unsigned count = amount ? (unsigned)atoi(amount) : TWO_DEFAULT;
	unsigned i, seed = 20240229;
	struct sequence sequence;
	struct run run;

	if (!run_open(&run, type)) {
		run_close(&run);
		return 1;
	}
	for (i = 0; sequence_one(i, &sequence); i += amount ? 1 : stride)
		if (is_wanted(&sequence))
			each(&run, &sequence);
	for (count = (amount ? count : count / stride) + run.sequences;
	     run.sequences < count;) {
		sequence_two(&seed, &sequence);
		if (is_wanted(&sequence))
			each(&run, &sequence);
	}
	run_close(&run);
	return run.faults;
}

unsigned sequences_cut(const struct sequence_type *type)
{
	return all_run(type, 1, sequence_cut);
}

unsigned sequences_fail(const struct sequence_type *type)
{
	return all_run(type, 11, sequence_fail);
}
