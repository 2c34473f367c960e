/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Intrusive doubly linked rings. A list is a head and its members' links are
 * of the same type; an item that is in no list and a list without items both
 * point to themselves after list_init(). No locking. A ring that is broken
 * where it is to be changed ends the task: it would only get worse.
 */
#pragma once
#include <stddef.h>

struct list {
	struct list *next, *previous;
};

#define LIST_EMPTY(name) { &(name), &(name) }

/* The structure of that type whose member is at link. */
#define list_item(link, type, member)                                          \
	((type *)((char *)(link) - offsetof(type, member)))

/* for each item of a list; the item may be removed inside with _safe. */
#define list_each(link, head)                                                  \
	for (struct list *link = (head)->next; link != (head);                 \
	     link = link->next)
#define list_each_safe(link, head)                                             \
	for (struct list *link = (head)->next, *link##_next = link->next;      \
	     link != (head); link = link##_next, link##_next = link->next)

static inline void list_init(struct list *list)
{
	list->next = list->previous = list;
}

static inline int list_empty(const struct list *list)
{
	return list->next == list;
}

static inline void list_look(int whole)
{
	if (__builtin_expect(!whole, 0))
		__builtin_trap();
}

/* The next one, which knows it. */
static inline struct list *list_follow(struct list *link)
{
	list_look(link->next->previous == link);
	return link->next;
}

static inline void list_insert_before(struct list *place, struct list *link)
{
	list_look(place->previous->next == place);
	link->next = place;
	link->previous = place->previous;
	place->previous->next = link;
	place->previous = link;
}

static inline void list_append(struct list *list, struct list *link)
{
	list_insert_before(list, link);
}

static inline void list_prepend(struct list *list, struct list *link)
{
	list_insert_before(list->next, link);
}

/* Leaves link pointing to itself: removing it again does no harm. */
static inline void list_remove(struct list *link)
{
	list_look(link->previous->next == link && link->next->previous == link);
	link->previous->next = link->next;
	link->next->previous = link->previous;
	list_init(link);
}

/* The first or last link, or null. */
static inline struct list *list_first(const struct list *list)
{
	return list_empty(list) ? NULL : list->next;
}

static inline struct list *list_last(const struct list *list)
{
	return list_empty(list) ? NULL : list->previous;
}

/* Removes and returns the first link, or null. */
static inline struct list *list_take(struct list *list)
{
	struct list *link = list_first(list);

	if (link)
		list_remove(link);
	return link;
}

/* Moves all items of from, in order, to the end of list. */
static inline void list_append_all(struct list *list, struct list *from)
{
	if (list_empty(from))
		return;
	from->next->previous = list->previous;
	from->previous->next = list;
	list->previous->next = from->next;
	list->previous = from->previous;
	list_init(from);
}
