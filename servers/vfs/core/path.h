/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking a path through the name cache, with Linux's answers.
 *
 * A walk is a machine that never waits. It goes on as long as the cache knows
 * the way; else it says what must be asked, and goes on when that is known:
 *
 *	        .------------------- walk_answer, walk_target ---------.
 *	        v                                                      |
 *	walk_start --> walk_run --+--> WALK_LOOKUP: ask for `wanted` in `node`
 *	                          +--> WALK_LINK: ask for the text of `found`
 *	                          +--> 0: arrived; or an error of the path
 *
 * While the answer is asked the lock is not held: walk_hold() takes references
 * on all the walk needs, walk_release() drops them.
 *
 * The text is not copied: it must live as long as the walk. Links' targets are
 * walked in the nodes themselves, with a stack of what remains.
 */
#pragma once
#include "core/access.h"
#include "core/node.h"

enum {
	WALK_LINKS_MAX = 40,
	PATH_BYTES_MAX = 4096, /* with the 0 that programs have */
};

/* flags of walk_start */
enum {
	WALK_FOLLOW = 1, /* a symbolic link at the end */
	WALK_PARENT = 2, /* the last name may be missing: found is null then;
			  * its directory is kept, mounts on it not entered */
	WALK_EMPTY = 4,  /* an empty path is where it starts */
	WALK_NEW = 8,    /* with WALK_PARENT: the last name should be missing;
			  * if the cache does not know better it is not asked
			  * for: found is null, unasked is set */
};

/* what walk_run says beyond errors */
enum {
	WALK_LOOKUP = 1,
	WALK_LINK = 2,
};

/* how the last component was written */
enum walk_last {
	LAST_NAME,
	LAST_ROOT, /* nothing but slashes, or nothing */
	LAST_DOT,
	LAST_DOT_DOT,
};

struct walk_text {
	const char *at, *end;
	struct node *link; /* whose target it is; null: the path */
};

struct walk {
	const struct credentials *who;
	struct node *root;  /* of the view */
	struct node *node;  /* the directory where it is; at the end of a
			     * walk with WALK_PARENT the last name's */
	struct node *found; /* where it arrived, null: missing */
	const char *wanted; /* the name being looked up; at the end the last */
	unsigned wanted_length;
	enum walk_last last;
	unsigned char flags, links, depth;
	unsigned char slash;   /* slashes stand behind the last name */
	unsigned char at_last; /* wanted is the last name */
	unsigned char waiting; /* 0, WALK_LOOKUP, WALK_LINK */
	unsigned char begun, held, unasked;
	int pid; /* for FILE_SELF */
	/* for FILE_PLACE: the directory that link leads to */
	error_t (*place)(
	    const struct walk *walk, const struct node *link, struct node **to);
	char self[16];
	struct walk_text text;                  /* being walked */
	struct walk_text stack[WALK_LINKS_MAX]; /* what remains outside */
};

/* start: where a relative path begins. */
/* (pid and place are set by the caller afterwards, if it matters.) */
void walk_start(struct walk *walk, struct node *root, struct node *start,
    const struct credentials *who, const char *path, unsigned length,
    unsigned flags);

/* The mount by which found was reached: of a file in a bind, the bind. */
static inline struct mount *walk_mount(const struct walk *walk)
{
	return (walk->found->attributes.mode & 0170000) == 0040000
	    ? walk->found->mount
	    : walk->node->mount;
}

/* 0, WALK_LOOKUP, WALK_LINK or an error. */
error_t walk_run(struct walk *walk);

/* The PFS's answer to WALK_LOOKUP; null: there is no such name. The node
 * need not have been entered in the cache. */
void walk_answer(struct walk *walk, struct node *node);

/* After WALK_LINK, found->target is set: nothing more to say, run again. */

/* The answer came too late to be believed: the name is looked up anew. */
void walk_retry(struct walk *walk);

void walk_hold(struct walk *walk);
void walk_release(struct walk *walk);
