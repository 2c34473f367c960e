/* SPDX-License-Identifier: BSD-2-Clause */
/* wait4 and waitid. */
#include "core/wait.h"
#include "core/life.h"

static int is_meant(const struct process *parent, const struct process *child,
    int which, int options)
{
	int is_clone = child->exit_signal != SIGNAL_CHILD;

	if (!(options & WAIT_ALL) && is_clone != !!(options & WAIT_CLONE))
		return 0;
	if (which > 0)
		return child->pid == which;
	if (which == 0)
		return child->group == parent->group;
	if (which == -1)
		return 1;
	return child->group && child->group->id == -which;
}

/* Whether there is something to tell of child. */
static int has_news(struct process *child, int options,
    struct wait_result *result)
{
	if (child->life == LIFE_ZOMBIE && (options & WAIT_EXITED)) {
		result->status = child->status;
		result->ended = 1;
	} else if (child->report_stop && (options & WAIT_STOPPED)) {
		result->status = life_status_stop(child->stop_signal);
		if (!(options & WAIT_KEEP))
			child->report_stop = 0;
	} else if (child->report_continue && (options & WAIT_CONTINUED)) {
		result->status = life_status_continue();
		if (!(options & WAIT_KEEP))
			child->report_continue = 0;
	} else {
		return 0;
	}
	result->child = child;
	return 1;
}

error_t wait_find(struct process *parent, int which, int options,
    struct wait_result *result)
{
	const int known = WAIT_NO_HANG | WAIT_STOPPED | WAIT_EXITED |
	    WAIT_CONTINUED | WAIT_KEEP | WAIT_NO_THREAD | WAIT_ALL | WAIT_CLONE;
	struct process *child;
	error_t error = E_CHILD;

	if ((options & ~known) ||
	    !(options & (WAIT_EXITED | WAIT_STOPPED | WAIT_CONTINUED)))
		return E_INVAL;
	result->child = 0;
	result->status = result->ended = 0;
	list_each(link, &parent->children) {
		child = list_item(link, struct process, sibling);
		if (!is_meant(parent, child, which, options))
			continue;
		/* a zombie that was not asked for will bring no more news */
		if (child->life != LIFE_ZOMBIE || (options & WAIT_EXITED))
			error = 0;
		if (has_news(child, options, result))
			return 0;
	}
	return error;
}
