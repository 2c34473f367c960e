/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all processes. */
#include "core/tree.h"
#include "core/group.h"
#include <string.h>

void tree_init(struct tree *tree, unsigned limit)
{
	memset(&tree->pids, 0, sizeof tree->pids);
	map_init(&tree->processes);
	map_init(&tree->groups);
	list_init(&tree->all);
	list_init(&tree->free_groups);
	list_init(&tree->free_sessions);
	tree->used_groups = tree->used_sessions = 0;
	tree->count = tree->made = 0;
	tree->limit = limit;
	tree->first = 0;
}

/* Whether a child of parent would be one too many. */
static int is_full(const struct tree *tree, const struct process *parent)
{
	const struct identity *user = &parent->credentials.user;
	uint32_t own = parent->limits.of[LIMIT_PROCESSES].soft;

	if (tree->count >= tree->limit)
		return 1;
	if (user->effective == 0 || user->real == 0)
		return 0;
	return tree->count + TREE_RESERVE >= tree->limit ||
	    (own != LIMIT_INFINITY &&
	    tree_count_user(tree, user->real) >= own);
}

/* What a child has from its parent. */
static void inherit(struct process *child, struct process *parent)
{
	child->parent = parent;
	list_append(&parent->children, &child->sibling);
	child->credentials = parent->credentials;
	child->limits = parent->limits;
	child->nice = parent->nice;
	memcpy(child->name, parent->name, sizeof child->name);
	child->group = parent->group;
	list_append(&child->group->members, &child->member);
}

error_t tree_add(struct tree *tree, struct process *child,
    struct process *parent)
{
	int pid;

	if (parent && is_full(tree, parent))
		return E_AGAIN;
	pid = pids_take(&tree->pids);
	if (!pid)
		return E_AGAIN;
	if (map_add(&tree->processes, &child->entry, (uint64_t)pid)) {
		pids_drop(&tree->pids, pid);
		return E_NOMEM;
	}
	child->pid = pid;
	child->life = LIFE_NEW;
	list_init(&child->children);
	list_init(&child->sibling);
	list_init(&child->member);
	signals_init(&child->signals);
	list_append(&tree->all, &child->all);
	tree->count++;
	tree->made++;
	if (parent) {
		inherit(child, parent);
		return 0;
	}
	tree->first = child;
	limits_init(&child->limits, tree->limit);
	return group_new_session(tree, child);
}

void tree_remove(struct tree *tree, struct process *process)
{
	group_leave(tree, process);
	signals_flush(&process->signals, ~0ULL);
	list_remove(&process->sibling);
	list_remove(&process->all);
	map_remove(&tree->processes, &process->entry);
	pids_drop(&tree->pids, process->pid);
	tree->count--;
	process->parent = 0;
	if (tree->first == process)
		tree->first = 0;
}

struct process *tree_find(const struct tree *tree, int pid)
{
	struct map_entry *entry;

	if (pid <= 0)
		return 0;
	entry = map_find(&tree->processes, (uint64_t)pid);
	return entry ? map_item(entry, struct process, entry) : 0;
}

struct group *tree_find_group(const struct tree *tree, int id)
{
	struct map_entry *entry;

	if (id <= 0)
		return 0;
	entry = map_find(&tree->groups, (uint64_t)id);
	return entry ? map_item(entry, struct group, entry) : 0;
}

unsigned tree_orphan(struct tree *tree, struct process *process)
{
	struct process *child, *heir = tree->first;
	unsigned zombies = 0;

	if (!heir || heir == process)
		return 0;
	list_each_safe(link, &process->children) {
		child = list_item(link, struct process, sibling);
		list_remove(link);
		child->parent = heir;
		list_append(&heir->children, link);
		/* whatever it was to its parent, to the heir it is a child */
		if (child->exit_signal != -1)
			child->exit_signal = SIGNAL_CHILD;
		zombies += child->life == LIFE_ZOMBIE;
	}
	return zombies;
}

unsigned tree_count_user(const struct tree *tree, uint32_t uid)
{
	unsigned count = 0;

	list_each(link, &tree->all) {
		struct process *process = list_item(link, struct process, all);

		count += process->credentials.user.real == uid;
	}
	return count;
}

struct process *tree_next(const struct tree *tree,
    const struct process *process)
{
	struct list *link = process ? process->all.next : tree->all.next;

	return link == &tree->all ? 0 : list_item(link, struct process, all);
}
