/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to files, told to who watches them: in Linux's order, where one
 * act is several events. See watch.h.
 */
#include "watch.h"
#include "core/alias.h"
#include "core/numbers.h"

static uint32_t last_cookie;

static uint32_t kind_of(const struct node *node)
{
	return node_is(node, MODE_DIRECTORY) ? EVENT_IS_DIRECTORY : 0;
}

void watch_post(struct watch *watch, uint32_t event, uint32_t cookie,
    const char *name, unsigned length)
{
	struct channel *channel = watch->watcher->channel;
	uint32_t mask = watch_reports(watch->mask, event);

	if (!mask)
		return;
	if (watch_put(&watch->watcher->queue, watch->number, mask, cookie,
		name, length))
		stream_filled(channel, &channel->streams[0], &watch_fired);
	if ((watch->mask & EVENT_ONE_SHOT) &&
	    !(event & (EVENT_IGNORED | EVENT_UNMOUNT | EVENT_DELETE_SELF)))
		watch_end(watch, 0);
}

static void post_one(struct node *node, uint32_t event, uint32_t cookie,
    const char *name, unsigned length)
{
	struct list *watches = node->watches;

	if (!watches)
		return;
	node_reference(node);
	/* The last one that ends takes the list along. */
	for (struct list *link = watches->next, *next; node->watches &&
	     link != watches; link = next) {
		next = link->next;
		watch_post(list_item(link, struct watch, of_node), event,
		    cookie, name, length);
	}
	node_drop(node);
}

/* A directory is the same by whichever mount it is seen. */
static void post_all(struct node *node, uint32_t event, uint32_t cookie,
    const char *name, unsigned length)
{
	uint64_t number = node->number;
	struct mount *of = node->mount, *at = NULL;
	struct node *alias;

	if (!node_is(node, MODE_DIRECTORY)) {
		post_one(node, event, cookie, name, length);
		return;
	}
	while ((at = family_next(of, at))) {
		alias = node_find(at, number);
		if (alias)
			post_one(alias, event, cookie, name, length);
	}
}

/* What number is in directory: a directory of its mount, or a file. */
static struct node *node_in(const struct node *directory, uint64_t number)
{
	struct node *node = node_find(directory->mount, number);

	return node ? node : node_find(mount_base(directory->mount), number);
}

void event_of_self(struct node *node, uint32_t event)
{
	post_all(node, event | kind_of(node), 0, NULL, 0);
}

void event_in_directory(struct node *directory, uint32_t event,
    uint32_t cookie, const char *name, unsigned length)
{
	post_all(directory, event, cookie, name, length);
}

void event_of_node(struct node *node, uint32_t event)
{
	list_each(link, &node->names)
	{
		const struct name *name = list_item(link, struct name, of_node);

		post_all(name->parent, event | kind_of(node), 0, name->text,
		    name->length);
	}
	event_of_self(node, event);
}

void event_gone(struct node *node)
{
	node_reference(node);
	event_of_self(node, EVENT_DELETE_SELF);
	while (node->watches)
		watch_end(
		    list_item(node->watches->next, struct watch, of_node), 0);
	node_drop(node);
}

/* A name of it is gone. If it was the last, and nobody has it open, so is it;
 * else the file server tells when that has come. */
static void name_lost(struct node *node, unsigned links)
{
	int rights = 0;

	if (links || !node->watches)
		return;
	node_reference(node);
	if (!kind_of(node) && ask_watch(node, node->reported, &rights))
		rights = 0;
	if (!rights && node->watches)
		event_gone(node);
	node_drop(node);
}

void event_created(struct node *directory, const char *name, unsigned length,
    const struct node *node)
{
	event_in_directory(
	    directory, EVENT_CREATE | kind_of(node), 0, name, length);
}

void event_linked(struct node *directory, const char *name, unsigned length,
    struct node *node)
{
	event_of_self(node, EVENT_ATTRIBUTES);
	event_in_directory(directory, EVENT_CREATE, 0, name, length);
}

void events_unlinked(struct node *directory, const char *name, unsigned length,
    int kind, uint64_t number, unsigned links)
{
	struct node *node = node_in(directory, number);

	if (node && !kind)
		event_of_self(node, EVENT_ATTRIBUTES);
	if (node)
		name_lost(node, kind ? 0 : links);
	event_in_directory(directory,
	    EVENT_DELETE | (kind ? EVENT_IS_DIRECTORY : 0), 0, name, length);
}

static void moved(struct node *node, const struct renamed *renamed)
{
	uint32_t kind = node ? kind_of(node) : 0;
	uint32_t cookie = ++last_cookie;

	event_in_directory(renamed->from, EVENT_MOVED_FROM | kind, cookie,
	    renamed->from_name, renamed->from_length);
	event_in_directory(renamed->to, EVENT_MOVED_TO | kind, cookie,
	    renamed->to_name, renamed->to_length);
}

static void moved_self(struct node *node)
{
	if (!node)
		return;
	event_of_self(node, EVENT_MOVE_SELF);
	node_reference(node);
	watch_prepare(node); /* it may be in a directory that is watched */
	node_drop(node);
}

void events_renamed(const struct renamed *renamed)
{
	struct node *node = node_in(renamed->from, renamed->moved);
	struct node *other = renamed->replaced
	    ? node_in(renamed->from, renamed->replaced)
	    : NULL;
	struct renamed back = { renamed->to, renamed->from, renamed->to_name,
		renamed->from_name, renamed->to_length, renamed->from_length,
		0, 0, 0, 0 };

	if (node)
		node_reference(node);
	if (other)
		node_reference(other);
	moved(node, renamed);
	if (renamed->exchange) {
		moved_self(node);
		moved(other, &back);
		moved_self(other);
	} else {
		if (other && !kind_of(other))
			event_of_self(other, EVENT_ATTRIBUTES);
		moved_self(node);
		if (other)
			name_lost(other, kind_of(other) ? 0 : renamed->links);
	}
	if (other)
		node_drop(other);
	if (node)
		node_drop(node);
}
