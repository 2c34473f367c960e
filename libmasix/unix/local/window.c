/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing through windows: the copies. map.c has the windows.
 *
 * No lock is held while bytes are copied, since the page may have to come
 * from the disk and the address may be bad; the window is pinned instead.
 * user_copy() says only that there was a fault: whose it was is found out
 * afterwards, by touching the program's side alone.
 */
#include <base/mach.h>
#include <file.client.h>
#include <unix/local/map.h>

enum {
	TOUCH_EVERY = 10000000, /* nanoseconds between two of a file */
	PAGE_BYTES = 4096,
	SECTOR = 512,
	EXTEND_LEAST = 1024, /* the smallest part of a write on a full disk */
	DAY = 86400,
};

/* Bytes of the program's memory from at on that can be read (written). */
static size_t user_good(char *at, size_t size, int write)
{
	size_t good = 0;
	char byte;

	while (good < size) {
		if (user_copy(&byte, at + good, 1) ||
		    (write && user_copy(at + good, &byte, 1)))
			return good;
		good +=
		    PAGE_BYTES - ((uintptr_t)(at + good) & (PAGE_BYTES - 1));
	}
	return size;
}

/* A copy between the window's part and memory failed. -EFAULT if memory is
 * bad, 0 if the file is shorter now than it was, else -EIO. */
static long fault_reason(struct file_right *right, void *memory, size_t size,
    int64_t offset, int reading)
{
	int64_t now;

	if (user_good(memory, size, reading) < size)
		return -EFAULT;
	if (!right_size(right, &now) && now < offset + (int64_t)size)
		return 0;
	return -EIO;
}

/* Copies size bytes at offset, all of them below the end of the file. Inline:
 * a small read is not much more than this, and knows its direction. */
static inline __attribute__((always_inline)) long window_copy(
    struct file_right *right, char *memory, size_t size, int64_t offset,
    int reading)
{
	size_t done = 0;

	while (done < size) {
		unsigned inside = (unsigned)offset & (WINDOW_SIZE - 1);
		size_t part = WINDOW_SIZE - inside;
		struct window *window;
		char *at;
		long error;

		error = window_take(
		    right, (uint64_t)offset >> WINDOW_SHIFT, &window);
		if (error)
			return done ? (long)done : error;
		if (part > size - done)
			part = size - done;
		at = window->start + inside;
		error = reading ? user_copy(memory + done, at, part)
				: user_copy(at, memory + done, part);
		window_give(window);
		if (error) {
			error = fault_reason(
			    right, memory + done, part, offset, reading);
			return done ? (long)done : error;
		}
		done += part;
		offset += part;
	}
	return (long)done;
}

/* As Linux's relatime: the time of access is kept only where it says
 * something: first access after a change, or a day later. */
static void touch_read(struct file_right *right, struct file_map *map)
{
	const struct attribute_slot *slot = map->slot;

	int watched = slot && (slot->watched & WATCH_READ);

	if (map->read_touched && !watched)
		return;
	map->read_touched = 1;
	if (watched) {
		file_report(right->port, WATCH_READ);
		return;
	}
	if (slot && slot->atime > slot->mtime && slot->atime > slot->ctime &&
	    slot->atime + DAY > (int64_t)(clock_real() / 1000000000u))
		return;
	file_touch(right->port, WATCH_READ);
}

/* Who watches the file hears of each write. */
static int is_watched(const struct file_map *map)
{
	return map->slot && (map->slot->watched & WATCH_WRITTEN);
}

static void touch_written(struct file_right *right, struct file_map *map)
{
	uint64_t now = clock_monotonic();

	map->read_touched = 0;
	if (is_watched(map)) {
		file_report(right->port, WATCH_WRITTEN);
		return;
	}
	if (map->touched && now - map->touched < TOUCH_EVERY)
		return;
	map->touched = now;
	file_touch(right->port, WATCH_WRITTEN);
}

/* The same after a write that made the file longer, and so has touched it: all
 * of it can be read when this is answered. */
static void written(struct file_right *right, int request)
{
	right->map->read_touched = 0;
	file_written(right->port, request);
}

/* Somebody writes at the end: the server knows how far that is. */
static __attribute__((noinline)) long size_now(
    struct file_right *right, int64_t *size)
{
	struct file_attributes attributes;
	error_t error = file_stat(right->port, &attributes);

	if (!error)
		*size = (int64_t)attributes.size;
	return unix_error(error);
}

static int is_being_written(const struct file_map *map)
{
	return map->slot && map->slot->size < map->slot->end;
}

long window_read(
    struct file_right *right, void *to, size_t size, int64_t offset)
{
	int64_t end, left;
	long error;

	error = right_size(right, &end);
	if (!error && end - offset < (int64_t)size &&
	    is_being_written(right->map))
		error = size_now(right, &end);
	if (error)
		return error;
	left = end - offset;
	if (left <= 0 || size == 0)
		return 0;
	if ((int64_t)size > left)
		size = (size_t)left;
	touch_read(right, right->map);
	return window_copy(right, to, size, offset, 1);
}

/* ---- writing ---------------------------------------------------------- */

/* Cuts *size to what RLIMIT_FSIZE allows. */
static long size_limit(int64_t offset, size_t *size)
{
	uint32_t limit = limit_soft(RLIMIT_FSIZE);

	if (limit == 0xffffffff)
		return 0;
	if (offset >= (int64_t)limit) {
		signal_self(SIGXFSZ);
		return -EFBIG;
	}
	if ((int64_t)*size > (int64_t)limit - offset)
		*size = (size_t)(limit - offset);
	return 0;
}

/* The server makes room for *size bytes at offset (-1: at the end), or for as
 * many of them as the disk has: Linux writes those, too. longer: the request's
 * number if the file is longer now, and file_written() is to follow, else 0. */
static long extend(struct file_right *right, int64_t offset, size_t *size,
    int64_t *at, int *longer)
{
	size_t want = *size;
	error_t error;
	int ticket;

	for (;;) {
		ticket = thread_ticket();
		error = file_extend(right->port, offset, (int)want, ticket, at,
		    longer);
		if (error != E_NOSPC || want <= EXTEND_LEAST)
			break;
		want = (want / 2 + EXTEND_LEAST - 1) & ~(EXTEND_LEAST - 1u);
	}
	if (error)
		*longer = 0;
	else
		*size = want;
	if (*longer)
		*longer = ticket;
	return unix_error(error);
}

/* Blocks are missing inside: then the disk may be full for them. */
static int may_be_sparse(const struct attribute_slot *slot)
{
	return !slot || slot->blocks * 512 < slot->end;
}

/* Before bytes are copied beyond the end or into a hole. */
static long room_make(struct file_right *right, const void *from, size_t *size,
    int64_t *offset, int append, int64_t end, int *longer)
{
	size_t good;

	*longer = 0;
	if (!append && *offset + (int64_t)*size <= end &&
	    !may_be_sparse(right->map->slot))
		return 1;
	good = user_good((void *)(uintptr_t)from, *size, 0);
	if (!good)
		return -EFAULT;
	*size = good;
	return extend(right, append ? -1 : *offset, size, offset, longer);
}

/*
 * The first bytes of a new file, if they are few: as a rule there are no more,
 * and then one message is cheaper than a map, room and a page. (Who writes
 * whole sectors, as tar does when its record ends, will go on.) 0: not so.
 */
static long write_first(struct file_right *right, const void *from, size_t size,
    int64_t offset, uint32_t flags)
{
	int count = 0;

	if (right->map || right->attributes.size || offset ||
	    size >= PAGE_BYTES || !(size & (SECTOR - 1)) ||
	    (flags & O_APPEND) ||
	    right->unmappable || right->kind != S_IFREG ||
	    limit_soft(RLIMIT_FSIZE) != 0xffffffff ||
	    file_write(right->port, 0, 0, thread_ticket(), from, size, &count))
		return 0; /* the other way finds the error again */
	right->attributes.size = (uint64_t)count;
	if ((flags & O_DSYNC) && file_sync(right->port, 0))
		return -EIO;
	return count;
}

long window_write(struct file_right *right, const void *from, size_t size,
    int64_t offset, uint32_t flags, int64_t *at)
{
	int append = (flags & O_APPEND) != 0;
	int64_t end;
	long result, room;
	int longer;

	result = write_first(right, from, size, offset, flags);
	*at = offset;
	if (result)
		return result;
	result = right_end(right, &end);
	if (result || size == 0)
		return result;
	result = size_limit(append ? end : offset, &size);
	if (result)
		return result;
	room = room_make(right, from, &size, &offset, append, end, &longer);
	if (room < 0)
		return room;
	result = window_copy(right, (void *)(uintptr_t)from, size, offset, 0);
	if (longer) /* also after an error: it is over */
		written(right, longer);
	else if (result > 0 && (room || is_watched(right->map)))
		touch_written(right, right->map);
	*at = offset;
	if (result > 0 && (flags & O_DSYNC) && file_sync(right->port, 0))
		return -EIO;
	return result;
}
