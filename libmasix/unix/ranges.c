/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages of the program show files: a sorted list of ranges. The kernel
 * knows too, but does not tell; madvise and mremap must treat such pages
 * otherwise than anonymous ones. A range that can be written and is shared
 * holds the file right though its descriptor may be closed: a file server lets
 * pages be written only while somebody has a right to write.
 */
#include <base/heap.h>
#include <base/lock.h>
#include <string.h>
#include <unix/descriptor.h>
#include <unix/memory.h>

struct range {
	uint32_t start, end;
	struct file_right *right; /* reference, or null */
};

static struct range *ranges;
static unsigned count, room;
static struct lock guard;

void ranges_clear(void)
{
	lock_init(&guard, 0);
	while (count)
		right_give(ranges[--count].right);
}

/* The first range that ends behind address. */
static unsigned find(uint32_t address)
{
	unsigned low = 0, high = count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (ranges[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static error_t make_room(void)
{
	struct range *more;

	if (count + 2 <= room)
		return 0;
	more = heap_resize(ranges, (room + 32) * sizeof *more);
	if (!more)
		return E_NOMEM;
	ranges = more;
	room += 32;
	return 0;
}

/* right: the caller's reference becomes the range's. */
static void insert(unsigned at, uint32_t start, uint32_t end,
    struct file_right *right)
{
	memmove(ranges + at + 1, ranges + at, (count - at) * sizeof *ranges);
	ranges[at].start = start;
	ranges[at].end = end;
	ranges[at].right = right;
	count++;
}

static void drop(unsigned at)
{
	right_give(ranges[at].right);
	count--;
	memmove(ranges + at, ranges + at + 1, (count - at) * sizeof *ranges);
}

static void cut(uint32_t start, uint32_t end)
{
	unsigned at = find(start);

	while (at < count && ranges[at].start < end) {
		struct range *range = &ranges[at];

		if (range->start < start && range->end > end) {
			right_hold(range->right);
			insert(at + 1, end, range->end, range->right);
			ranges[at].end = start;
			return;
		}
		if (range->start < start) {
			range->end = start;
			at++;
		} else if (range->end > end) {
			range->start = end;
			return;
		} else {
			drop(at);
		}
	}
}

error_t range_set(uint32_t start, uint32_t end, int file,
    struct file_right *right)
{
	error_t error;

	if (!file && !count)
		return 0;
	lock(&guard);
	error = make_room();
	if (!error) {
		cut(start, end);
		if (file) {
			right_hold(right);
			insert(find(start), start, end, right);
		}
	}
	unlock(&guard);
	return error;
}

int range_has_file(uint32_t start, uint32_t end)
{
	unsigned at;
	int result;

	lock(&guard);
	at = find(start);
	result = at < count && ranges[at].start < end;
	unlock(&guard);
	return result;
}

struct file_right *range_right(uint32_t address)
{
	struct file_right *right = NULL;
	unsigned at;

	lock(&guard);
	at = find(address);
	if (at < count && ranges[at].start <= address)
		right = ranges[at].right;
	right_hold(right);
	unlock(&guard);
	return right;
}
