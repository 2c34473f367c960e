/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rename, with POSIX's rules and Linux's two flags. All that can fail for want
 * of room or by a read comes first; then entries and counts are changed in
 * memory, which can't fail, and the next sync commits them together.
 */
#include "sysv.h"

enum {
	BLOCKS_OPERATION = 8,
};

/* The two names, found; the second one may be free. */
struct move {
	struct node *from, *to; /* directories */
	struct node *node, *target; /* references; target may be null */
	struct place source, goal; /* goal: if there is a target */
};

/* The node that a name stands for, with a reference, and its place. */
static error_t name_get(struct node *directory, const char *name,
    unsigned length, struct place *place, struct node **node)
{
	struct fs_node *found;
	error_t error = dir_find(directory, name, length, place);

	if (error)
		return error;
	error = fs_node_get(directory->fs.volume,
	    place_number(directory, place), &found);
	if (error) {
		place_put(place);
		return error == E_STALE ? E_UCLEAN : error;
	}
	*node = node_of(found);
	return 0;
}

/* E_INVAL if directory is node or lies below it. */
static error_t below_check(struct node *directory, const struct node *node)
{
	error_t error = fs_below_check(&directory->fs, &node->fs);

	return error == E_LOOP ? volume_damaged(node_volume(directory),
	    "a ring above directory",
	    (unsigned long)directory->fs.number) : error;
}

/* A directory that changes its parent: its "..", held. Else nothing. */
static error_t dots_get(struct node *node, const struct move *move,
    struct place *dots)
{
	error_t error;

	dots->buffer = 0;
	if (!node_is(node, FS_DIRECTORY) || move->from == move->to)
		return 0;
	error = dir_find(node, "..", 2, dots);
	if (error)
		dots->buffer = 0;
	return error == E_NOENT ? volume_damaged(node_volume(node),
	    "no .. in directory", (unsigned long)node->fs.number) : error;
}

/* It goes from one parent to another: "..", their links. */
static void dots_set(struct node *node, struct place *dots, struct node *from,
    struct node *to)
{
	if (!dots->buffer)
		return;
	place_set(node, dots, (uint32_t)to->fs.number);
	place_put(dots);
	if (from->fs.attributes.links > 2)
		from->fs.attributes.links--;
	to->fs.attributes.links++;
	node_store(from);
	node_store(to);
}

static error_t exchange(struct move *move)
{
	struct node *one = move->node, *other = move->target;
	struct place dots, other_dots;
	error_t error = 0;

	if (node_is(one, FS_DIRECTORY))
		error = below_check(move->to, one);
	if (!error && node_is(other, FS_DIRECTORY))
		error = below_check(move->from, other);
	if (!error)
		error = dots_get(one, move, &dots);
	if (error)
		return error;
	error = dots_get(other, move, &other_dots);
	if (error) {
		if (dots.buffer)
			place_put(&dots);
		return error;
	}
	place_set(move->from, &move->source, (uint32_t)other->fs.number);
	place_set(move->to, &move->goal, (uint32_t)one->fs.number);
	dots_set(one, &dots, move->from, move->to);
	dots_set(other, &other_dots, move->to, move->from);
	node_stamp(one, 0);
	node_stamp(other, 0);
	node_store(one);
	node_store(other);
	return 0;
}

static error_t move_check(const struct move *move)
{
	struct node *node = move->node, *to = move->to;
	error_t error = 0;

	if (node_is(node, FS_DIRECTORY) && move->from != to) {
		error = below_check(to, node);
		if (!error && !move->target && to->fs.attributes.links >=
		    node_volume(to)->variant->links_max)
			error = E_MLINK;
	}
	if (!error && move->target)
		error = node_may_go(move->target,
		    node_is(node, FS_DIRECTORY));
	return error;
}

static error_t move_do(struct move *move, const struct fs_rename *rename)
{
	struct node *node = move->node;
	struct place dots;
	error_t error = move_check(move);

	if (!error)
		error = dots_get(node, move, &dots);
	if (error)
		return error;
	if (move->target)
		place_set(move->to, &move->goal, (uint32_t)node->fs.number);
	else
		error = dir_add(move->to, rename->to_name, rename->to_length,
		    (uint32_t)node->fs.number);
	if (error) {
		if (dots.buffer)
			place_put(&dots);
		return error;
	}
	place_set(move->from, &move->source, 0);
	if (move->target)
		node_unlinked(move->target, move->to);
	dots_set(node, &dots, move->from, move->to);
	node_stamp(node, 0);
	node_store(node);
	return 0;
}

static error_t move_start(struct move *move, const struct fs_rename *rename)
{
	error_t error = volume_relieve(node_volume(move->from),
	    BLOCKS_OPERATION);

	if (!error)
		error = name_check(rename->to_length);
	if (!error && !move->to->fs.attributes.links)
		error = E_NOENT;
	if (!error)
		error = name_get(move->from, rename->from_name,
		    rename->from_length, &move->source, &move->node);
	if (error)
		return error;
	error = name_get(move->to, rename->to_name, rename->to_length,
	    &move->goal, &move->target);
	if (error == E_NOENT && !(rename->flags & FS_RENAME_EXCHANGE))
		return 0;
	if (!error && (rename->flags & FS_RENAME_NOREPLACE)) {
		place_put(&move->goal);
		fs_node_put(&move->target->fs);
		error = E_EXIST;
	}
	if (error) {
		place_put(&move->source);
		fs_node_put(&move->node->fs);
	}
	return error;
}

error_t sysv_rename(struct fs_rename *rename)
{
	struct move move = { .from = node_of(rename->from),
		.to = node_of(rename->to) };
	error_t error = move_start(&move, rename);

	if (error)
		return error;
	if (move.target == move.node)
		error = 0; /* two names of one node: POSIX wants nothing */
	else if (rename->flags & FS_RENAME_EXCHANGE)
		error = exchange(&move);
	else
		error = move_do(&move, rename);
	place_put(&move.source);
	if (move.target)
		place_put(&move.goal);
	if (move.target && (error || move.target == move.node)) {
		fs_node_put(&move.target->fs);
		move.target = 0;
	}
	if (error) {
		fs_node_put(&move.node->fs);
		return error;
	}
	rename->moved = &move.node->fs;
	rename->replaced = move.target ? &move.target->fs : 0;
	return 0;
}
