/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll: a list of descriptors that is kept, and polled when the program
 * waits. It is private to the process; a child of fork has a copy.
 *
 * Edge-triggered ones are reported as level-triggered: a program that takes
 * all that is there, as it must, sees the same, only more often.
 *
 * An item belongs to an open file: when the descriptor means another one, or
 * none, the item is gone.
 */
#include <base/heap.h>
#include <string.h>
#include <unix/poll.h>

enum {
	EPOLL_CTL_ADD = 1,
	EPOLL_CTL_DEL = 2,
	EPOLL_CTL_MOD = 3,
	EPOLLONESHOT = 1 << 30,
	EPOLL_EVENTS = 0xffff, /* the rest are modes */
	ROOM_FIRST = 8,
};

struct epoll_event {
	uint32_t events;
	uint64_t data;
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct epoll_event) == 12, "as Linux i386");

struct epoll_item {
	int fd;
	const struct open_file *file; /* only compared */
	struct epoll_event event;
	int spent; /* EPOLLONESHOT, and it was reported */
};

struct epoll {
	struct lock lock;
	struct epoll_item *items;
	unsigned count, room;
	unsigned turn; /* who is looked at first: all get their turn */
};

void epoll_free(struct epoll *epoll)
{
	heap_free(epoll->items);
	heap_free(epoll);
}

long unix_epoll_create1(int flags)
{
	struct file_attributes attributes = { .mode = 0600 };
	struct epoll *epoll;
	struct open_file *file;

	if (flags & ~O_CLOEXEC)
		return -EINVAL;
	epoll = heap_alloc_zero(sizeof(*epoll));
	if (!epoll)
		return -ENOMEM;
	file = open_file_new(MACH_PORT_NULL, &attributes, O_RDWR);
	if (!file) {
		heap_free(epoll);
		return -ENOMEM;
	}
	file->epoll = epoll;
	return descriptor_add(
	    file, 0, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

long unix_epoll_create(int size)
{
	return size > 0 ? unix_epoll_create1(0) : -EINVAL;
}

/* ---- changing the list ------------------------------------------------ */

static struct epoll_item *item_find(
    struct epoll *epoll, int fd, const struct open_file *file)
{
	for (unsigned i = 0; i < epoll->count; i++) {
		if (epoll->items[i].fd == fd && epoll->items[i].file == file)
			return &epoll->items[i];
	}
	return NULL;
}

static long item_add(struct epoll *epoll, int fd, const struct open_file *file,
    const struct epoll_event *event)
{
	unsigned room = epoll->room ? epoll->room * 2 : ROOM_FIRST;
	struct epoll_item *items;

	if (epoll->count == epoll->room) {
		items = heap_resize(epoll->items, room * sizeof(*items));
		if (!items)
			return -ENOMEM;
		epoll->items = items;
		epoll->room = room;
	}
	epoll->items[epoll->count++] =
	    (struct epoll_item){ fd, file, *event, 0 };
	return 0;
}

static long item_change(struct epoll *epoll, int operation, int fd,
    const struct open_file *file, const struct epoll_event *event)
{
	struct epoll_item *item = item_find(epoll, fd, file);

	if (operation == EPOLL_CTL_ADD)
		return item ? -EEXIST : item_add(epoll, fd, file, event);
	if (!item)
		return -ENOENT;
	if (operation == EPOLL_CTL_DEL) {
		*item = epoll->items[--epoll->count];
		return 0;
	}
	if (operation != EPOLL_CTL_MOD)
		return -EINVAL;
	item->event = *event;
	item->spent = 0;
	return 0;
}

static long epoll_change(struct open_file *file, int operation, int fd,
    const struct epoll_event *event)
{
	struct open_file *other = descriptor_hold(fd);
	long result;

	if (!other)
		return -EBADF;
	if (!file->epoll || other == file) {
		result = -EINVAL;
	} else if (other->right->kind == S_IFREG ||
	    other->right->kind == S_IFDIR) {
		result = -EPERM;
	} else {
		lock(&file->epoll->lock);
		result = item_change(file->epoll, operation, fd, other, event);
		unlock(&file->epoll->lock);
	}
	descriptor_release(other);
	return result;
}

long unix_epoll_ctl(int epoll, int operation, int fd, void *event)
{
	struct epoll_event given = { 0, 0 };
	struct open_file *file;
	long result;

	if (operation != EPOLL_CTL_DEL)
		memcpy(&given, event, sizeof(given));
	file = descriptor_hold(epoll);
	if (!file)
		return -EBADF;
	result = epoll_change(file, operation, fd, &given);
	descriptor_release(file);
	return result;
}

/* ---- waiting ---------------------------------------------------------- */

/* Items whose open file is gone leave the list. The lock is held. */
static void items_sweep(struct epoll *epoll)
{
	unsigned i = 0;

	while (i < epoll->count) {
		struct descriptor *slot = descriptors_find(
		    &descriptors, (unsigned)epoll->items[i].fd);

		if (slot && slot->file == epoll->items[i].file)
			i++;
		else
			epoll->items[i] = epoll->items[--epoll->count];
	}
}

/* What is to be polled; null: no memory. */
static struct polled *items_to_polled(
    struct epoll *epoll, struct polled *room, unsigned *count)
{
	struct polled *polled;

	lock(&epoll->lock);
	items_sweep(epoll);
	*count = epoll->count;
	polled = poll_room(room, epoll->count);
	for (unsigned i = 0; polled && i < epoll->count; i++) {
		const struct epoll_item *item = &epoll->items[i];

		polled[i].fd = item->spent ? -1 : item->fd;
		polled[i].events = item->event.events & EPOLL_EVENTS;
	}
	unlock(&epoll->lock);
	return polled;
}

/* Reports up to most of those that are ready. The list may have changed in
 * the meantime: items are found again by descriptor. */
static long report(struct epoll *epoll, const struct polled *polled,
    unsigned count, struct epoll_event *events, unsigned most)
{
	unsigned reported = 0, turn = epoll->turn++;

	for (unsigned j = 0; j < count && reported < most; j++) {
		const struct polled *one = &polled[(turn + j) % count];
		struct epoll_event event = { one->ready, 0 };
		struct epoll_item *item;

		if (!one->ready)
			continue;
		lock(&epoll->lock);
		item = item_find(epoll, one->fd, one->file);
		if (item) {
			event.data = item->event.data;
			item->spent = (item->event.events & EPOLLONESHOT) != 0;
		}
		unlock(&epoll->lock);
		if (!item)
			continue;
		if (user_copy(&events[reported], &event, sizeof(event)))
			return reported ? (long)reported : -EFAULT;
		reported++;
	}
	return (long)reported;
}

static long epoll_wait_for(struct epoll *epoll, struct epoll_event *events,
    unsigned most, uint64_t deadline)
{
	struct polled room[POLL_STACK], *polled;
	unsigned count;
	long result;

	polled = items_to_polled(epoll, room, &count);
	if (!polled)
		return -ENOMEM;
	result = poll_wait(polled, count, deadline);
	if (result > 0)
		result = report(epoll, polled, count, events, most);
	poll_room_end(room, polled);
	return result;
}

uint32_t epoll_ready(struct epoll *epoll)
{
	struct polled room[POLL_STACK], *polled;
	unsigned count;
	long result;

	polled = items_to_polled(epoll, room, &count);
	if (!polled)
		return POLLERR;
	result = poll_wait(polled, count, 0);
	poll_room_end(room, polled);
	return result > 0 ? POLLIN | POLLRDNORM : 0;
}

long unix_epoll_pwait(int epoll, void *events, int count, int milliseconds,
    const uint64_t *mask, size_t mask_size)
{
	uint64_t deadline = deadline_milliseconds(milliseconds);
	struct open_file *file;
	uint64_t held;
	long result;

	if (count <= 0 || (mask && mask_size != sizeof(held)))
		return -EINVAL;
	if (mask) {
		held = *mask;
		signal_mask_during_call(&held);
	}
	file = descriptor_hold(epoll);
	if (!file)
		return -EBADF;
	result = -EINVAL;
	if (file->epoll)
		result = epoll_wait_for(
		    file->epoll, events, (unsigned)count, deadline);
	descriptor_release(file);
	return result;
}

long unix_epoll_wait(int epoll, void *events, int count, int milliseconds)
{
	return unix_epoll_pwait(epoll, events, count, milliseconds, NULL, 0);
}
