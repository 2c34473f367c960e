/* SPDX-License-Identifier: BSD-2-Clause */
/* Watchers and watches: how they are made and end. See watch.h. */
#include "watch.h"
#include "core/alias.h"
#include "core/numbers.h"
#include "keep.h"
#include <base/heap.h>
#include <string.h>

enum {
	WATCHER_MODE = 0600, /* of no type at all, as on Linux */
};

struct list watchers = LIST_EMPTY(watchers);
struct list watch_fired = LIST_EMPTY(watch_fired);
unsigned watch_count;

/* ---- watchers ------------------------------------------------------------ */

error_t watcher_make(struct channel *channel, uint32_t uid, int last_number)
{
	struct watcher *watcher = heap_alloc_zero(sizeof *watcher);

	if (!watcher)
		return E_NOMEM;
	watcher->channel = channel;
	watcher->queue.pipe = channel->streams[0].pipe;
	watcher->uid = uid;
	watcher->last_number = last_number;
	list_init(&watcher->watches);
	list_append(&watchers, &watcher->link);
	channel->watcher = watcher;
	channel->streams[0].writers = 1; /* VFS */
	return 0;
}

void watcher_end(struct channel *channel)
{
	struct watcher *watcher = channel->watcher;

	list_each_safe(link, &watcher->watches)
		watch_end(list_item(link, struct watch, of_watcher), 1);
	list_remove(&watcher->link);
	channel->watcher = NULL;
	heap_free(watcher);
}

static unsigned watchers_of(uint32_t uid, unsigned *watches)
{
	unsigned count = 0;

	*watches = 0;
	list_each(link, &watchers)
	{
		struct watcher *watcher = list_item(link, struct watcher, link);

		if (watcher->uid != uid)
			continue;
		count++;
		*watches += watcher->count;
	}
	return count;
}

/* Lock held. *end: made, with a reference, or null. */
static error_t watcher_begin(struct view *view, struct end **end,
    mach_port_t *right, mach_msg_type_name_t *type)
{
	struct channel *channel;
	unsigned watches;
	error_t error;

	if (watchers_of(view->who.uid, &watches) >= WATCHERS_MAX)
		return E_MFILE;
	error = channel_new(view, WATCHER_MODE, 0, NULL, &channel);
	if (error)
		return error;
	error = watcher_make(channel, view->who.uid, 0);
	if (!error)
		error = end_new(channel, 0, STREAM_NONE, end);
	if (error) {
		channel_settle(channel);
		return error;
	}
	watcher_kept(channel->watcher);
	return end_answer(*end, right, type);
}

error_t watcher_new(struct view *view, mach_port_t *right,
    mach_msg_type_name_t *type)
{
	struct end *end = NULL;
	error_t error;

	vfs_enter();
	error = watcher_begin(view, &end, right, type);
	vfs_leave();
	/* From now on the right's count. */
	if (end)
		object_release(end);
	return error;
}

/* ---- watches ------------------------------------------------------------- */

static void watches_settle(struct node *node)
{
	if (!node->watches || !list_empty(node->watches))
		return;
	heap_free(node->watches);
	node->watches = NULL;
}

error_t watch_make(struct watcher *watcher, struct node *node, int number,
    uint32_t mask, struct watch **made)
{
	struct watch *watch = heap_alloc_zero(sizeof *watch);

	if (watch && !node->watches) {
		node->watches = heap_alloc(sizeof *node->watches);
		if (node->watches)
			list_init(node->watches);
	}
	if (!watch || !node->watches ||
	    (node_is(node, MODE_DIRECTORY) && directory_keep(node))) {
		heap_free(watch);
		watches_settle(node);
		return E_NOSPC;
	}
	watch->watcher = watcher;
	watch->node = node_reference(node);
	watch->number = number;
	watch->mask = mask;
	list_append(&watcher->watches, &watch->of_watcher);
	list_append(node->watches, &watch->of_node);
	watcher->count++;
	watch_count++;
	*made = watch;
	return 0;
}

void watch_end(struct watch *watch, int silent)
{
	struct node *node = watch->node;

	if (!silent)
		watch_post(watch, EVENT_IGNORED, 0, NULL, 0);
	list_remove(&watch->of_watcher);
	list_remove(&watch->of_node);
	watch_unkeep(watch);
	watch->watcher->count--;
	watch_count--;
	heap_free(watch);
	watches_settle(node);
	if (node_is(node, MODE_DIRECTORY))
		directory_unkeep(node);
	node_drop(node);
}

static struct watch *watch_find(
    struct watcher *watcher, const struct node *node, int number)
{
	list_each(link, &watcher->watches)
	{
		struct watch *watch =
		    list_item(link, struct watch, of_watcher);

		if (node ? watch->node == node : watch->number == number)
			return watch;
	}
	return NULL;
}

static error_t watch_begin(struct watcher *watcher, struct node *node,
    uint32_t mask, struct watch **made)
{
	unsigned watches;
	error_t error;

	watchers_of(watcher->uid, &watches);
	if (watches >= WATCHES_MAX || watcher->last_number == INT32_MAX)
		return E_NOSPC;
	error = watch_make(watcher, node, watcher->last_number + 1,
	    watch_mask_change(0, mask), made);
	if (error)
		return error;
	error = watch_keep(*made);
	if (error) {
		watch_end(*made, 1);
		return error;
	}
	watcher->last_number++;
	watcher_kept(watcher);
	return 0;
}

/* The file server is told what to say of node, and of what is in it. */
static void prepare_all(struct node *node)
{
	struct list *link = node->children.next;

	watch_prepare(node);
	while (link != &node->children) {
		struct name *name = list_item(link, struct name, siblings);

		link = link->next;
		if (!name->node || !node_is(name->node, MODE_REGULAR) ||
		    watch_node_wants(name->node) == name->node->reported)
			continue;
		watch_prepare(name->node);
		link = node->children.next; /* it may be another list now */
	}
}

error_t watch_add(
    struct watcher *watcher, struct node *node, uint32_t mask, int *number)
{
	struct watch *watch = watch_find(watcher, node, 0);
	error_t error;

	if (watch && (mask & EVENT_MASK_CREATE))
		return E_EXIST;
	if (watch) {
		watch->mask = watch_mask_change(watch->mask, mask);
		watch_kept_mask(watch);
	} else {
		error = watch_begin(watcher, node, mask, &watch);
		if (error)
			return error;
	}
	*number = watch->number;
	node_reference(node);
	prepare_all(node);
	node_drop(node);
	return 0;
}

error_t watch_remove(struct watcher *watcher, int number)
{
	struct watch *watch = watch_find(watcher, NULL, number);

	if (!watch)
		return E_INVAL;
	watch_end(watch, 0);
	return 0;
}

/* ---- what file servers are to tell --------------------------------------- */

static unsigned list_wants(const struct list *watches)
{
	unsigned wants = 0;

	list_each(link, watches)
		wants |= watch_wants(
		    list_item(link, struct watch, of_node)->mask);
	return wants;
}

/* Of what is in directory, by whichever mount it is watched; heard: it is. */
static unsigned directory_wants(const struct node *directory, int *heard)
{
	struct mount *at = NULL;
	unsigned wants = 0;

	while ((at = family_next(directory->mount, at))) {
		const struct node *alias = node_find(at, directory->number);

		if (!alias || !alias->watches)
			continue;
		wants |= list_wants(alias->watches);
		*heard = 1;
	}
	return wants;
}

unsigned watch_node_wants(const struct node *node)
{
	unsigned wants = 0;
	int heard;

	if (!node_is(node, MODE_REGULAR))
		return 0;
	/* Its end is told, too, and so when it is closed. */
	if (node->watches)
		wants = list_wants(node->watches) | WATCH_CLOSED;
	list_each(link, &node->names)
	{
		const struct name *name = list_item(link, struct name, of_node);

		wants |= directory_wants(name->parent, &heard);
	}
	return wants;
}

int watch_is_heard(const struct node *node)
{
	int heard = node->watches != NULL;

	if (node_is(node, MODE_DIRECTORY))
		directory_wants(node, &heard);
	list_each(link, &node->names)
	{
		directory_wants(
		    list_item(link, struct name, of_node)->parent, &heard);
	}
	return heard;
}

void watch_prepare(struct node *node)
{
	unsigned wants = watch_node_wants(node);
	int rights;

	if (wants == node->reported)
		return;
	/* What VFS itself has open would never be closed. */
	if (wants && !node->reported)
		node_lose_reader(node);
	node->reported = (unsigned char)wants;
	mount_base(node->mount)->watched = 1;
	ask_watch(node, wants, &rights);
}

/* ---- the end of a mount -------------------------------------------------- */

static unsigned list_length(const struct list *list)
{
	unsigned length = 0;

	list_each(link, list)
		length++;
	return length;
}

/* References that node has because of watches, directories in it, its mount. */
static unsigned idle_references(const struct node *node)
{
	unsigned count = node->watches ? list_length(node->watches) : 0;

	list_each(link, &node->children)
	{
		const struct name *name =
		    list_item(link, struct name, siblings);

		count += name->node && name->node->parent == node;
	}
	return count + (node == node->mount->root);
}

static int mount_is_used(const struct mount *mount)
{
	struct map_entry *entry = map_first(&cache.nodes);

	for (; entry; entry = map_next(&cache.nodes, entry)) {
		const struct node *node = map_item(entry, struct node, entry);

		if (node->mount == mount &&
		    (node->covered_by ||
			node->references > idle_references(node)))
			return 1;
	}
	return 0;
}

void watches_unmount(struct mount *mount, int force)
{
	if (!watch_count || (!force && mount_is_used(mount)))
		return;
	list_each(of_all, &watchers)
	{
		struct watcher *watcher =
		    list_item(of_all, struct watcher, link);

		list_each_safe(link, &watcher->watches)
		{
			struct watch *watch =
			    list_item(link, struct watch, of_watcher);

			if (watch->node->mount != mount)
				continue;
			watch_post(watch, EVENT_UNMOUNT, 0, NULL, 0);
			watch_end(watch, 0);
		}
	}
}
