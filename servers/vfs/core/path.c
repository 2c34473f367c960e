/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that walks paths: see path.h. */
#include "core/path.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include <base/text.h>

enum {
	WALK_ON = 3, /* a step was made, there are more */
};

void walk_start(struct walk *walk, struct node *root, struct node *start,
    const struct credentials *who, const char *path, unsigned length,
    unsigned flags)
{
	walk->who = who;
	walk->root = root;
	walk->node = length && *path == '/' ? root : start;
	walk->found = walk->node;
	walk->wanted = path;
	walk->wanted_length = 0;
	walk->last = LAST_ROOT;
	walk->flags = (unsigned char)flags;
	walk->links = walk->depth = walk->slash = 0;
	walk->at_last = walk->waiting = walk->begun = walk->held = 0;
	walk->unasked = 0;
	walk->place = NULL;
	walk->text.at = path;
	walk->text.end = path + length;
	walk->text.link = NULL;
}

void walk_hold(struct walk *walk)
{
	node_reference(walk->root);
	node_reference(walk->node);
	if (walk->found)
		node_reference(walk->found);
	if (walk->text.link)
		node_reference(walk->text.link);
	for (unsigned i = 0; i < walk->depth; i++)
		if (walk->stack[i].link)
			node_reference(walk->stack[i].link);
	walk->held = 1;
}

void walk_release(struct walk *walk)
{
	if (!walk->held)
		return;
	walk->held = 0;
	for (unsigned i = 0; i < walk->depth; i++)
		if (walk->stack[i].link)
			node_drop(walk->stack[i].link);
	if (walk->text.link)
		node_drop(walk->text.link);
	if (walk->found)
		node_drop(walk->found);
	node_drop(walk->node);
	node_drop(walk->root);
}

void walk_answer(struct walk *walk, struct node *node)
{
	walk->found = node;
}

void walk_retry(struct walk *walk)
{
	walk->text.at = walk->wanted;
	walk->waiting = 0;
}

/* Reads the next name; its hash. E_INVAL: a 0 byte in it. */
static error_t text_next(struct walk *walk, uint32_t *hash)
{
	const char *at = walk->text.at, *end = walk->text.end;
	uint32_t value = 0;

	walk->wanted = at;
	for (; at < end && *at != '/'; at++) {
		if (!*at)
			return E_INVAL;
		value = name_hash_step(value, *at);
	}
	walk->wanted_length = (unsigned)(at - walk->wanted);
	walk->text.at = at;
	*hash = value;
	return 0;
}

/* Skips slashes; whether the text that is being walked ends here. */
static int text_ends(struct walk *walk)
{
	const char *at = walk->text.at, *end = walk->text.end;

	while (at < end && *at == '/')
		at++;
	walk->text.at = at;
	return at == end;
}

/* ".." of node, seen from root. */
static struct node *node_above(struct node *node, struct node *root)
{
	struct node *bottom = mount_bottom(node, root);

	if (bottom == root)
		return root;
	/* The parent of a removed directory stays what it was. */
	if (bottom != bottom->mount->root && bottom->parent)
		bottom = bottom->parent;
	return mount_top(bottom);
}

/* Begins the target of the link that was found; what remains of the text
 * that has it waits on the stack, if names remain. */
static error_t walk_enter_link(struct walk *walk)
{
	struct node *link = walk->found;

	if (++walk->links > WALK_LINKS_MAX)
		return E_LOOP;
	if (!walk->at_last)
		walk->stack[walk->depth++] = walk->text;
	if (link->attributes.flags & FILE_SELF) {
		walk->text.at = walk->self;
		walk->text.end = walk->self +
		    text_format(walk->self, sizeof walk->self, "%d", walk->pid);
	} else {
		walk->text.at = link->target;
		walk->text.end = link->target + link->target_length;
	}
	walk->text.link = link;
	if (walk->text.at == walk->text.end)
		return E_NOENT;
	if (*walk->text.at == '/')
		walk->node = walk->root;
	walk->found = walk->node;
	walk->last = LAST_ROOT;
	return WALK_ON;
}

/* The link that was found leads to a place without a name. */
static error_t walk_jump(struct walk *walk, struct node **found)
{
	if (++walk->links > WALK_LINKS_MAX)
		return E_LOOP;
	return walk->place ? walk->place(walk, *found, found) : E_NOENT;
}

static int is_followed(const struct walk *walk, int keep)
{
	return !walk->at_last || (walk->flags & WALK_FOLLOW) ||
	    (walk->slash && !keep);
}

/* found is what wanted names (null: nothing). Where the walk stands then. */
static error_t walk_step(struct walk *walk)
{
	struct node *found = walk->found;
	int last = walk->at_last;
	int keep = last && (walk->flags & WALK_PARENT);

	if (!found)
		return keep ? 0 : E_NOENT;
	if (node_is(found, MODE_LINK) && is_followed(walk, keep) &&
	    (found->attributes.flags & FILE_PLACE)) {
		error_t error = walk_jump(walk, &found);

		if (error)
			return error;
		walk->found = found;
	}
	if (node_is(found, MODE_LINK) && is_followed(walk, keep))
		return found->target || (found->attributes.flags & FILE_SELF)
		    ? walk_enter_link(walk)
		    : WALK_LINK;
	if (keep)
		return 0;
	walk->found = found = mount_top(found);
	if (!node_is(found, MODE_DIRECTORY))
		return last && !walk->slash ? 0 : E_NOTDIR;
	walk->node = found;
	return last ? 0 : WALK_ON;
}

static error_t walk_name(struct walk *walk, uint32_t hash)
{
	struct name *name = NULL;

	if (walk->wanted_length > NAME_LENGTH_MAX)
		return E_NAMETOOLONG;
	if (!walk->node->mount->volatile_names)
		name = name_find(
		    walk->node, walk->wanted, walk->wanted_length, hash);
	walk->found = name ? name->node : NULL;
	if (name || (walk->node->flags & NODE_REMOVED))
		return walk_step(walk);
	if (!walk->at_last || !(walk->flags & WALK_NEW) ||
	    walk->node->mount->volatile_names)
		return WALK_LOOKUP;
	walk->unasked = 1;
	return 0;
}

/* 0 for a name, 1 for ".", 2 for "..". */
static int walk_dots(const struct walk *walk)
{
	const char *name = walk->wanted;

	if (name[0] != '.' || walk->wanted_length > 2)
		return 0;
	if (walk->wanted_length == 1)
		return 1;
	return name[1] == '.' ? 2 : 0;
}

static error_t walk_component(struct walk *walk)
{
	uint32_t hash;
	error_t error;
	int slash;

	error =
	    access_check(&walk->node->attributes, walk->who, ACCESS_EXECUTE);
	if (!error)
		error = text_next(walk, &hash);
	if (error)
		return error;
	/* Texts wait on the stack only if they have names left. */
	slash = walk->text.at < walk->text.end;
	walk->at_last = text_ends(walk) && !walk->depth;
	walk->slash |= walk->at_last && slash;
	switch (walk_dots(walk)) {
	case 0:
		walk->last = LAST_NAME;
		return walk_name(walk, hash);
	case 1:
		walk->last = LAST_DOT;
		break;
	case 2:
		walk->last = LAST_DOT_DOT;
		walk->node = node_above(walk->node, walk->root);
	}
	walk->found = walk->node;
	return walk->at_last ? 0 : WALK_ON;
}

/* The text has ended without a further name. */
static error_t walk_pop(struct walk *walk)
{
	if (!walk->depth)
		return 0;
	walk->text = walk->stack[--walk->depth];
	return WALK_ON;
}

static error_t walk_begin(struct walk *walk)
{
	unsigned length = (unsigned)(walk->text.end - walk->text.at);

	walk->begun = 1;
	if (length >= PATH_BYTES_MAX)
		return E_NAMETOOLONG;
	if (!length && !(walk->flags & WALK_EMPTY))
		return E_NOENT;
	return WALK_ON;
}

error_t walk_run(struct walk *walk)
{
	error_t error = walk->waiting ? walk_step(walk)
	    : walk->begun             ? WALK_ON
				      : walk_begin(walk);

	while (error == WALK_ON) {
		if (text_ends(walk))
			error = walk_pop(walk);
		else if (!node_is(walk->node, MODE_DIRECTORY))
			error = E_NOTDIR;
		else
			error = walk_component(walk);
	}
	walk->waiting = error == WALK_LOOKUP || error == WALK_LINK
	    ? (unsigned char)error
	    : 0;
	return error;
}
