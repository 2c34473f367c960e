/* SPDX-License-Identifier: BSD-2-Clause */
/* Kills a server at each of its writes: see kills.h. */
#include "fakes/kills.h"
#include "fakes/sequence_make.h"
#include "fakes/survivor.h"
#include "fakes/volume.h"
#include <block/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BANKS = 4 << 20,
	NOTES = 6 << 20,
	OPEN_MOST = 4,
	LATE_MOST = 6,
	LIVES = 37,        /* steps of an instance */
	NUMBERS = 3 * 700, /* of sequences of one */
	FAULTS_PRINTED = 12,
};

extern void (*store_step)(void);

struct memory {
	struct store_head head;
	uint32_t words[STORE_WORDS];
	uint8_t log[STORE_LOG];
	uint8_t banks[BANKS] __attribute__((aligned(8)));
	uint8_t notes[NOTES] __attribute__((aligned(8)));
};

struct opened {
	struct fs_node *node; /* a reference, or null */
	uint64_t number;
	int index; /* of the tree */
};

static const struct sequence_type *type;
static struct ram_device ram;
static struct memory *memory;
static struct store store;
static struct fs_volume *volume;
static struct shadow before, after;
static struct opened opened[OPEN_MOST];
static struct step late[LATE_MOST];
static int late_index[LATE_MOST];
static unsigned late_count, faults, kill_count, seed;
static const struct step *doing;
static error_t (*ram_write_really)(struct block_device *, uint64_t,
    const void *, size_t);

static const struct fs_ops *ops(void)
{
	return type->type->ops;
}

static unsigned dice(unsigned sides)
{
	return (unsigned)rand_r(&seed) % sides;
}

static const char *instance_start(int recovered)
{
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain, .argc = type->argc,
		.argv = type->argv, .store = &store };

	store = (struct store)SURVIVOR_STORE(memory);
	store.notes = memory->notes;
	store.notes_size = sizeof memory->notes;
	if (survivor_open(&store, recovered))
		return "the store makes no sense";
	return ops()->mount(&ram.device, &options, &volume) ?
	    "can't be mounted" : 0;
}

/* The names, kinds, links and sizes are those of the tree. */
static int tree_fits(const struct shadow *found, const struct shadow *tree)
{
	if (found->count != tree->count)
		return 0;
	for (unsigned i = 0; i < tree->count; i++) {
		const struct shadow_name *name =
		    shadow_find(found, tree->names[i].path);
		const struct shadow_node *one, *other;

		if (!name)
			return 0;
		one = &found->nodes[name->node];
		other = &tree->nodes[tree->names[i].node];
		if (one->kind != other->kind ||
		    (one->kind != FS_DIRECTORY && one->size != other->size))
			return 0;
		for (unsigned j = 0; j < i; j++) {
			const struct shadow_name *second =
			    shadow_find(found, tree->names[j].path);

			if ((second->node == name->node) !=
			    (tree->names[j].node == tree->names[i].node))
				return 0;
		}
	}
	return 1;
}

static int is_late(int index)
{
	for (unsigned i = 0; i < late_count; i++)
		if (late_index[i] == index)
			return 1;
	return doing && doing->kind == STEP_LATE;
}

/* A node's bytes, which a step in progress may be changing in place. */
static int bytes_fit(const uint8_t *bytes, unsigned size, int index)
{
	const uint8_t *one = before.nodes[index].bytes;
	const uint8_t *other = after.nodes[index].bytes;

	for (unsigned i = 0; i < size; i++)
		if (!(one && bytes[i] == one[i]) &&
		    !(other && bytes[i] == other[i]) &&
		    !(!bytes[i] && is_late(index)))
			return 0;
	return 1;
}

static const char *contents_judge(const struct shadow *found,
    const struct shadow *tree)
{
	for (unsigned i = 0; i < tree->count; i++) {
		int index = shadow_find(found, tree->names[i].path)->node;
		const struct shadow_node *node = &found->nodes[index];

		if (node->kind != FS_DIRECTORY && !bytes_fit(node->bytes,
		    node->size, tree->names[i].node))
			return "contents are not what they were";
	}
	return 0;
}

static const char *opened_judge(struct opened *open)
{
	static uint8_t bytes[SHADOW_BYTES];
	unsigned one = before.nodes[open->index].size;
	unsigned other = after.nodes[open->index].size;
	size_t count;

	if (!open->node)
		return 0;
	if (fs_node_get(volume, open->number, &open->node))
		return "an open file is no more";
	if ((open->node->attributes.mode & FS_KIND) == FS_DIRECTORY)
		return 0;
	count = (size_t)open->node->attributes.size;
	if (count != one && count != other)
		return "an open file has another size";
	if (ops()->read(open->node, 0, bytes, &count))
		return "an open file can't be read";
	return bytes_fit(bytes, (unsigned)count, open->index) ? 0 :
	    "an open file has other contents";
}

/* *tree: what the volume is. */
static const char *volume_judge(const struct shadow **tree)
{
	struct shadow found;
	const char *what = 0;

	shadow_start(&found);
	*tree = &after;
	if (shadow_read(&found, volume))
		what = "can't be read";
	else if (!tree_fits(&found, *tree))
		*tree = &before;
	if (!what && !tree_fits(&found, *tree))
		what = "is neither what it was nor what it becomes";
	if (!what)
		what = contents_judge(&found, *tree);
	shadow_end(&found);
	for (unsigned i = 0; i < OPEN_MOST && !what; i++)
		what = opened_judge(&opened[i]);
	return what;
}

static error_t step_end(void)
{
	error_t error = ops()->keep(volume);

	store_commit(&store);
	return error;
}

static error_t late_write(const struct shadow *tree)
{
	error_t error = 0;

	while (late_count && !error) {
		late_count--;
		error = volume_late(volume, &late[late_count], tree,
		    late_index[late_count]);
		if (!error)
			error = step_end();
	}
	return error;
}

/* What a new instance finds, goes on with, and leaves. */
static const char *instance_end(void)
{
	const struct shadow *tree;
	const char *what = volume_judge(&tree);

	if (what)
		return what;
	fs_nodes_let_go(volume);
	if (doing && doing->kind == STEP_LATE)
		return 0; /* its data comes from nowhere */
	doing = 0;
	if (late_write(tree) || ops()->sync(volume))
		return "can't be written after";
	what = volume_judge(&tree);
	if (what)
		return what;
	for (unsigned i = 0; i < OPEN_MOST; i++)
		if (opened[i].node) { /* judged twice */
			fs_node_put(opened[i].node);
			fs_node_put(opened[i].node);
		}
	if (volume_unmount(volume))
		what = "can't be unmounted";
	if (!what && type->check(&ram))
		what = "check finds faults";
	return what;
}

static void hooks(int on);

static void fault(const char *what)
{
	if (faults++ >= FAULTS_PRINTED)
		return;
	printf("FAULT at kill %u: %s: ", kill_count, what);
	if (doing)
		step_print(doing);
	printf("\n");
	fflush(stdout);
}

static void killed_here(void)
{
	const char *what;
	pid_t child;
	int status;

	kill_count++;
	fflush(stdout);
	child = fork();
	if (!child) {
		hooks(0);
		what = instance_start(1);
		if (!what)
			what = instance_end();
		if (what)
			fault(what);
		fflush(stdout);
		_exit(what != 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		faults++;
}

static error_t write_or_die(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	killed_here();
	return ram_write_really(device, position, buffer, count);
}

static void hooks(int on)
{
	store_step = on ? killed_here : 0;
	ram.device.write = on ? write_or_die : ram_write_really;
}

static void open_or_close(void)
{
	struct opened *open = &opened[dice(OPEN_MOST)];
	const struct shadow_name *name;

	if (open->node) {
		fs_node_put(open->node);
		open->node = 0;
		return;
	}
	if (!before.count)
		return;
	name = &before.names[dice(before.count)];
	if (volume_path(volume, name->path, &open->node)) {
		fault("a name is not there");
		return;
	}
	open->number = open->node->number;
	open->index = name->node;
}

static void step_run(const struct step *step, unsigned version)
{
	error_t error = 0;

	if (step->kind == STEP_SYNC)
		error = late_write(&before);
	doing = step;
	hooks(1);
	if (!error)
		error = volume_step(volume, step, version);
	if (!error)
		error = step_end();
	hooks(0);
	if (error)
		fault("fails");
	if (step->kind == STEP_LATE) {
		late[late_count] = *step;
		late_index[late_count++] =
		    shadow_find(&after, step->path)->node;
	}
	doing = 0;
}

static int step_choose(struct step *step)
{
	struct sequence sequence;

	if (late_count == LATE_MOST || !dice(12)) {
		*step = (struct step){ .kind = STEP_SYNC };
		return 1;
	}
	if (!sequence_one(3 * dice(NUMBERS / 3), &sequence))
		return 0;
	*step = sequence.steps[0];
	return step_is_known(type, step);
}

static void trees_swap(void)
{
	shadow_end(&before);
	shadow_copy(&before, &after);
}

static void step_random(unsigned version)
{
	struct step step;

	if (!step_choose(&step))
		return;
	shadow_end(&after);
	shadow_copy(&after, &before);
	if (!shadow_step(&after, &step, version))
		step_run(&step, version);
	else
		return;
	trees_swap();
	if (!dice(3)) {
		open_or_close();
		step_end();
	}
}

/* This process is the next instance, too; the memory of the one before is
 * never given back, as nobody would. */
static void succeed(void)
{
	const struct shadow *tree;
	const char *what = instance_start(1);

	if (!what)
		what = volume_judge(&tree);
	if (what)
		fault(what);
	fs_nodes_let_go(volume);
	step_end();
}

static void setup(void)
{
	for (unsigned i = 0; i < sequence_setup_count; i++) {
		const struct step *step = &sequence_setup[i];

		if (!step_is_known(type, step))
			continue;
		if (shadow_step(&before, step, i) ||
		    volume_step(volume, step, i) || step_end())
			fault("no start");
	}
	shadow_copy(&after, &before);
}

/* Nodes that have no name any more, and that nobody has open, make room. */
static void tree_tidy(void)
{
	struct shadow *tree = &before;

	while (tree->used && tree->used > SHADOW_NODES - 4) {
		int index = (int)tree->used - 1, used = 0;

		for (unsigned i = 0; i < tree->count; i++)
			used |= tree->names[i].node == index;
		for (unsigned i = 0; i < OPEN_MOST; i++)
			used |= opened[i].node && opened[i].index == index;
		if (used)
			return;
		free(tree->nodes[index].bytes);
		memset(&tree->nodes[index], 0, sizeof tree->nodes[index]);
		tree->used--;
	}
}

static void all_run(unsigned steps)
{
	const char *what;

	shadow_start(&before);
	memory = calloc(1, sizeof *memory);
	ram_open(&ram, type->size);
	ram_write_really = ram.device.write;
	what = type->make(&ram) ? "can't be made" : instance_start(0);
	if (what) {
		fault(what);
		return;
	}
	setup();
	for (unsigned i = 0; i < steps && !faults; i++) {
		step_random(100 + i);
		tree_tidy();
		if (i % LIVES == LIVES - 1)
			succeed();
	}
	if (getenv("KILLS"))
		printf("%s: %u kills, %u faults\n", type->type->name,
		    kill_count, faults);
}

unsigned kills(const struct sequence_type *what, unsigned steps)
{
	const char *number = getenv("KILLS");
	int status;
	pid_t child;

	type = what;
	seed = getenv("KILLS_SEED") ?
	    (unsigned)atoi(getenv("KILLS_SEED")) : 20261129;
	fflush(stdout);
	child = fork();
	if (!child) { /* whose leaks are those of killed instances */
		all_run(number ? (unsigned)atoi(number) : steps);
		fflush(stdout);
		_exit(faults != 0 || !kill_count);
	}
	return child < 0 || waitpid(child, &status, 0) != child || status != 0;
}
