/* SPDX-License-Identifier: BSD-2-Clause */
/* Process groups and sessions. */
#include "core/group.h"

static void session_drop(struct tree *tree, struct session *session)
{
	if (--session->groups)
		return;
	pids_drop(&tree->pids, session->id);
	list_prepend(&tree->free_sessions, &session->free);
}

/* Room for a group: one given back, or the next that was never used, so that
 * the memory touched is what is needed at once. Null: there is none. */
static struct group *group_room(struct tree *tree)
{
	struct list *link = list_take(&tree->free_groups);

	if (link)
		return list_item(link, struct group, free);
	if (tree->used_groups == TREE_GROUPS)
		return 0;
	list_init(&tree->group_store[tree->used_groups].free);
	return &tree->group_store[tree->used_groups++];
}

static struct session *session_room(struct tree *tree)
{
	struct list *link = list_take(&tree->free_sessions);

	if (link)
		return list_item(link, struct session, free);
	if (tree->used_sessions == TREE_GROUPS)
		return 0;
	list_init(&tree->session_store[tree->used_sessions].free);
	return &tree->session_store[tree->used_sessions++];
}

/* A new, empty group in session. */
static error_t group_new(struct tree *tree, struct session *session, int id,
    struct group **group)
{
	*group = group_room(tree);
	if (!*group)
		return E_AGAIN;
	if (map_add(&tree->groups, &(*group)->entry, (uint64_t)id)) {
		list_prepend(&tree->free_groups, &(*group)->free);
		return E_NOMEM;
	}
	(*group)->id = id;
	(*group)->session = session;
	list_init(&(*group)->members);
	pids_hold(&tree->pids, id);
	session->groups++;
	return 0;
}

void group_leave(struct tree *tree, struct process *process)
{
	struct group *group = process->group;

	if (!group)
		return;
	process->group = 0;
	list_remove(&process->member);
	if (!list_empty(&group->members))
		return;
	map_remove(&tree->groups, &group->entry);
	pids_drop(&tree->pids, group->id);
	session_drop(tree, group->session);
	list_prepend(&tree->free_groups, &group->free);
}

static void enter(struct tree *tree, struct process *process,
    struct group *group)
{
	if (process->group == group)
		return;
	group_leave(tree, process);
	process->group = group;
	list_append(&group->members, &process->member);
}

error_t group_new_session(struct tree *tree, struct process *process)
{
	struct session *session;
	struct group *group;
	error_t error;

	if (tree_find_group(tree, process->pid))
		return E_PERM;
	session = session_room(tree);
	if (!session)
		return E_AGAIN;
	session->groups = 0;
	error = group_new(tree, session, process->pid, &group);
	if (error) {
		list_prepend(&tree->free_sessions, &session->free);
		return error;
	}
	session->id = process->pid;
	session->terminal = 0;
	session->foreground = 0;
	pids_hold(&tree->pids, session->id);
	enter(tree, process, group);
	return 0;
}

/* The process that setpgid may move. */
static error_t subject(struct tree *tree, struct process *caller, int pid,
    struct process **process)
{
	struct process *found = pid ? tree_find(tree, pid) : caller;

	if (!found || found->life == LIFE_ZOMBIE)
		return E_SRCH;
	if (found != caller) {
		if (found->parent != caller)
			return E_SRCH;
		if (found->group->session != caller->group->session)
			return E_PERM;
		if (found->has_execed)
			return E_ACCES;
	}
	if (found->group->session->id == found->pid)
		return E_PERM;
	*process = found;
	return 0;
}

error_t group_set(struct tree *tree, struct process *caller, int pid, int id)
{
	struct process *process;
	struct group *group;
	error_t error;

	if (id < 0 || pid < 0)
		return E_INVAL;
	error = subject(tree, caller, pid, &process);
	if (error)
		return error;
	if (!id)
		id = process->pid;
	group = tree_find_group(tree, id);
	if (group && group->session != process->group->session)
		return E_PERM;
	if (!group && id != process->pid)
		return E_PERM;
	if (!group)
		error = group_new(tree, process->group->session, id, &group);
	if (error)
		return error;
	enter(tree, process, group);
	return 0;
}

int group_is_orphaned(const struct tree *tree, const struct group *group,
    const struct process *without)
{
	const struct process *process, *parent;

	list_each(link, &group->members) {
		process = list_item(link, struct process, member);
		parent = process->parent;
		if (process == without || process->life == LIFE_ZOMBIE)
			continue;
		if (!parent || parent == tree->first || !parent->group)
			continue;
		if (parent->group != group &&
		    parent->group->session == group->session)
			return 0;
	}
	return 1;
}

int group_is_stranded(const struct tree *tree, const struct group *group,
    const struct process *without)
{
	const struct process *process;

	if (!group_is_orphaned(tree, group, without))
		return 0;
	list_each(link, &group->members) {
		process = list_item(link, struct process, member);
		if (process->life == LIFE_STOPPED)
			return 1;
	}
	return 0;
}
