/* SPDX-License-Identifier: BSD-2-Clause */
/* What must be there after a loss of power: the rules are in sequence.h. */
#include "fakes/sequence_check.h"
#include "fakes/sequence.h"
#include <string.h>

/* Was node in the tree, under any name? */
static int node_named(const struct shadow *tree, int node)
{
	unsigned i;

	for (i = 0; i < tree->count; i++)
		if (tree->names[i].node == node)
			return 1;
	return 0;
}

/* May this byte be at offset of node, as far as writes since the sync go? */
static int byte_may_be(const struct span *span, int node, unsigned offset,
    uint8_t byte)
{
	unsigned i;

	for (i = span->first; i <= span->last; i++) {
		const struct shadow_node *at = &span->states[i].nodes[node];

		if ((unsigned)node >= span->states[i].used ||
		    offset >= at->size) {
			if (!byte)
				return 1; /* it grew: zeros at first */
		} else if (at->bytes[offset] == byte) {
			return 1;
		}
	}
	return 0;
}

static int content_may_be(const struct span *span, int node,
    const struct shadow_node *found)
{
	const struct shadow_node *last = &span->states[span->last].nodes[node];
	unsigned i;

	if (found->kind != last->kind)
		return 0;
	if (found->kind == FS_DIRECTORY)
		return 1;
	if (found->kind == FS_LINK)
		return found->size == last->size &&
		    !memcmp(found->bytes, last->bytes, last->size);
	for (i = span->first; i <= span->last; i++) {
		const struct shadow_node *at = &span->states[i].nodes[node];

		if (at->bytes && found->size <= at->size &&
		    !memcmp(found->bytes, at->bytes, found->size))
			return 1; /* as a rule */
	}
	for (i = 0; i < found->size; i++)
		if (!byte_may_be(span, node, i, found->bytes[i]))
			return 0;
	return 1;
}

/* One size of node since the sync; a new file also may be empty. */
static int size_may_be(const struct span *span, int node, unsigned size)
{
	unsigned least = UINT32_MAX, most = 0, i;

	for (i = span->first; i <= span->last; i++) {
		const struct shadow *state = &span->states[i];
		unsigned is = (unsigned)node < state->used ?
		    state->nodes[node].size : 0;

		least = is < least ? is : least;
		most = is > most ? is : most;
	}
	return size >= least && size <= most;
}

static int attributes_differ(const struct shadow_node *one,
    const struct shadow_node *other)
{
	return memcmp(one->attributes, other->attributes,
	    sizeof one->attributes) != 0;
}

/* The found tree has exactly the names, links, sizes and attributes of a
 * state. */
static int shadow_is_state(const struct shadow *found,
    const struct shadow *state)
{
	int twins[SHADOW_NODES];
	unsigned i;

	if (found->count != state->count)
		return 0;
	memset(twins, -1, sizeof twins);
	for (i = 0; i < state->count; i++) {
		const struct shadow_name *want = &state->names[i];
		const struct shadow_name *is = shadow_find(found, want->path);

		if (!is)
			return 0;
		if (twins[want->node] >= 0 && twins[want->node] != is->node)
			return 0;
		twins[want->node] = is->node;
		if (found->nodes[is->node].kind !=
		    state->nodes[want->node].kind ||
		    found->nodes[is->node].size !=
		    state->nodes[want->node].size ||
		    attributes_differ(&found->nodes[is->node],
		    &state->nodes[want->node]))
			return 0;
	}
	return 1;
}

static const char *atomic_judge(const struct shadow *found,
    const struct span *span)
{
	unsigned i, j;

	for (i = span->first; i <= span->last; i++)
		if (shadow_is_state(found, &span->states[i]))
			break;
	if (i > span->last)
		return "the tree is of no moment";
	for (j = 0; j < span->states[i].count; j++) {
		const struct shadow_name *want = &span->states[i].names[j];
		const struct shadow_name *is = shadow_find(found, want->path);

		if (!content_may_be(span, want->node, &found->nodes[is->node]))
			return "wrong contents";
	}
	return 0;
}

static int path_touches(const char *path, const char *by)
{
	size_t length = by ? strlen(by) : 0;

	return by && !strncmp(path, by, length) &&
	    (!path[length] || path[length] == '/');
}

/* A step since the sync speaks of this name, or of one of the same node. */
static int is_touched(const struct span *span, const struct shadow_name *name)
{
	const struct shadow *synced = &span->states[span->first];
	unsigned i, j;

	for (i = span->first; i < span->last; i++)
		for (j = 0; j < synced->count; j++) {
			const struct step *step = &span->sequence->steps[i];

			if (synced->names[j].node == name->node &&
			    (path_touches(synced->names[j].path, step->path) ||
			    path_touches(synced->names[j].path, step->other)))
				return 1;
		}
	return 0;
}

/* A found name was one since the sync: of this node, or of another. */
static const char *found_judge(const struct span *span,
    const struct shadow_name *name, const struct shadow_node *node)
{
	unsigned i;
	int named = 0;

	for (i = span->first; i <= span->last; i++) {
		const struct shadow_name *was =
		    shadow_find(&span->states[i], name->path);

		if (!was)
			continue;
		named = 1;
		if (span->states[i].nodes[was->node].kind == node->kind &&
		    content_may_be(span, was->node, node) &&
		    (node->kind == FS_DIRECTORY ||
		    size_may_be(span, was->node, node->size)))
			return 0;
	}
	return named ? "wrong contents" : "a name from nowhere";
}

/* A file that was never without a name has one still. */
static int is_kept(const struct span *span, const struct shadow *found,
    int node)
{
	unsigned i, j;

	for (i = span->first; i <= span->last; i++)
		if (!node_named(&span->states[i], node))
			return 1;
	for (i = span->first; i <= span->last; i++)
		for (j = 0; j < span->states[i].count; j++)
			if (span->states[i].names[j].node == node &&
			    shadow_find(found, span->states[i].names[j].path))
				return 1;
	return 0;
}

const char *shadow_judge(struct shadow *found, const struct span *span)
{
	const struct shadow *synced = &span->states[span->first];
	const char *what;
	unsigned i;

	for (i = 0; i < synced->count; i++) {
		const struct shadow_name *name = &synced->names[i], *is;

		if (span->flags & SEQUENCE_KEEPS_FILES &&
		    !is_kept(span, found, name->node))
			return "a file lost its names";
		if (is_touched(span, name))
			continue;
		is = shadow_find(found, name->path);
		if (!is)
			return "what was synced is missing";
		if (found->nodes[is->node].size !=
		    synced->nodes[name->node].size ||
		    attributes_differ(&found->nodes[is->node],
		    &synced->nodes[name->node]) ||
		    !content_may_be(span, name->node, &found->nodes[is->node]))
			return "what was synced has changed";
	}
	for (i = 0; i < found->count; i++) {
		what = found_judge(span, &found->names[i],
		    &found->nodes[found->names[i].node]);
		if (what)
			return what;
	}
	return span->flags & SEQUENCE_ATOMIC ? atomic_judge(found, span) : 0;
}
