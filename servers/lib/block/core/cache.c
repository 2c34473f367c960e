/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache. A buffer is in the map as long as it exists. It may be in
 * the lists dirty (order is not ORDER_CLEAN) and logged; if it is in neither
 * and not held it is in unused, least recently used first.
 */
#include "parts.h"
#include <base/heap.h>
#include <string.h>

enum {
	BOUNCE_BYTES = 64 * 1024, /* most that is written at once */
	SHARE_OF_ALL = 8,
	SHARE_OF_AVAILABLE = 4,
	SHARE_LEAST = 512 * 1024,
	SHARE_MOST = 128 * 1024 * 1024, /* of a task's address space */
};

error_t cache_new(struct block_device *device, uint32_t block_size,
    size_t limit, struct cache **cache)
{
	struct cache *made = heap_alloc_zero(sizeof *made);

	if (!made)
		return E_NOMEM;
	made->bounce = heap_alloc(BOUNCE_BYTES);
	if (!made->bounce) {
		heap_free(made);
		return E_NOMEM;
	}
	made->device = device;
	made->block_size = block_size;
	made->limit = limit;
	map_init(&made->map);
	list_init(&made->unused);
	list_init(&made->dirty);
	list_init(&made->logged);
	list_init(&made->changed);
	*cache = made;
	return 0;
}

void cache_set_journal(struct cache *cache, struct cache_journal *journal)
{
	cache->journal = journal;
}

static struct buffer **buffer_recent(struct cache *cache, uint64_t block)
{
	return &cache->recent[(unsigned)block % CACHE_RECENT];
}

static void buffer_end(struct buffer *buffer)
{
	struct buffer **recent = buffer_recent(buffer->cache, buffer->block);

	if (*recent == buffer)
		*recent = 0;
	map_remove(&buffer->cache->map, &buffer->entry);
	list_remove(&buffer->use);
	list_remove(&buffer->dirty);
	list_remove(&buffer->logged);
	list_remove(&buffer->changed);
	heap_free(buffer->data);
	heap_free(buffer);
}

void cache_free(struct cache *cache)
{
	struct map_entry *entry, *next;

	for (entry = map_first(&cache->map); entry; entry = next) {
		next = map_next(&cache->map, entry);
		buffer_end(map_item(entry, struct buffer, entry));
	}
	map_free(&cache->map);
	bank_close(cache);
	heap_free(cache->bounce);
	heap_free(cache);
}

/* Drops the least recently used clean buffers beyond the limit. */
static void cache_trim(struct cache *cache)
{
	while ((size_t)cache->clean_count * cache->block_size > cache->limit) {
		struct list *link = list_take(&cache->unused);

		cache->clean_count--;
		buffer_end(list_item(link, struct buffer, use));
	}
}

void cache_set_limit(struct cache *cache, size_t limit)
{
	cache->limit = limit;
	cache_trim(cache);
}

size_t cache_share(uint64_t memory, uint64_t available)
{
	uint64_t share = memory / SHARE_OF_ALL;

	if (share > available / SHARE_OF_AVAILABLE)
		share = available / SHARE_OF_AVAILABLE;
	if (share > SHARE_MOST)
		share = SHARE_MOST;
	return share < SHARE_LEAST ? SHARE_LEAST : (size_t)share;
}

error_t buffer_new(struct cache *cache, uint64_t block, struct buffer **buffer)
{
	struct buffer *made = heap_alloc_zero(sizeof *made);

	if (!made)
		return E_NOMEM;
	made->data = heap_alloc(cache->block_size);
	if (!made->data || map_add(&cache->map, &made->entry, block)) {
		heap_free(made->data);
		heap_free(made);
		return E_NOMEM;
	}
	made->cache = cache;
	made->block = block;
	made->holds = 1;
	made->order = ORDER_CLEAN;
	list_init(&made->use);
	list_init(&made->dirty);
	list_init(&made->logged);
	list_init(&made->changed);
	made->slot = -1;
	*buffer = made;
	return 0;
}

struct buffer *buffer_hold(struct buffer *buffer)
{
	if (!buffer->holds++ && !buffer_waits(buffer)) {
		list_remove(&buffer->use);
		buffer->cache->clean_count--;
	}
	return buffer;
}

static struct buffer *buffer_find(struct cache *cache, uint64_t block)
{
	struct buffer **recent = buffer_recent(cache, block);
	struct map_entry *entry;

	if (*recent && (*recent)->block == block)
		return *recent;
	entry = map_find(&cache->map, block);
	if (!entry)
		return 0;
	*recent = map_item(entry, struct buffer, entry);
	return *recent;
}

error_t buffer_get(struct cache *cache, uint64_t block, struct buffer **buffer)
{
	struct buffer *found = buffer_find(cache, block);
	error_t error;

	if (found) {
		*buffer = buffer_hold(found);
		return 0;
	}
	error = buffer_new(cache, block, &found);
	if (error)
		return error;
	error = disk_read(cache->device, block * cache->block_size,
	    found->data, cache->block_size);
	if (error) {
		buffer_end(found);
		return error;
	}
	*buffer = found;
	return 0;
}

error_t buffer_get_zero(struct cache *cache, uint64_t block,
    struct buffer **buffer)
{
	struct buffer *found = buffer_find(cache, block);
	error_t error = 0;

	if (found)
		buffer_hold(found);
	else
		error = buffer_new(cache, block, &found);
	if (error)
		return error;
	found->forgotten = 0;
	memset(found->data, 0, cache->block_size);
	*buffer = found;
	return 0;
}

/* A clean buffer that nobody holds any longer. */
static void buffer_rest(struct buffer *buffer)
{
	struct cache *cache = buffer->cache;

	if (buffer->forgotten) {
		buffer_end(buffer);
		return;
	}
	list_append(&cache->unused, &buffer->use);
	cache->clean_count++;
	cache_trim(cache);
}

void buffer_put(struct buffer *buffer)
{
	if (!--buffer->holds && !buffer_waits(buffer))
		buffer_rest(buffer);
}

void buffer_dirty(struct buffer *buffer, enum buffer_order order)
{
	buffer_dirty_part(buffer, order, 0, buffer->cache->block_size);
}

void buffer_dirty_part(struct buffer *buffer, enum buffer_order order,
    size_t start, size_t count)
{
	bank_changed(buffer, (unsigned)start, (unsigned)(start + count));
	if (buffer->order == ORDER_CLEAN) {
		list_append(&buffer->cache->dirty, &buffer->dirty);
		buffer->cache->dirty_count++;
	} else if (order >= buffer->order) {
		return;
	}
	buffer->cache->kept_count += order == ORDER_KEPT;
	buffer->cache->kept_count -= buffer->order == ORDER_KEPT;
	buffer->order = order;
}

error_t cache_each(struct cache *cache, enum buffer_order order,
    error_t (*found)(void *context, struct buffer *buffer), void *context)
{
	error_t error = 0;

	list_each_safe(link, &cache->dirty) {
		struct buffer *buffer = list_item(link, struct buffer, dirty);

		if (!error && buffer->order == order)
			error = found(context, buffer);
	}
	return error;
}

/* It has left a list, and may be in none now. */
static void buffer_settle(struct buffer *buffer)
{
	if (!buffer->holds && !buffer_waits(buffer))
		buffer_rest(buffer);
}

static void buffer_clean(struct buffer *buffer)
{
	list_remove(&buffer->dirty);
	buffer->cache->dirty_count--;
	buffer->cache->kept_count -= buffer->order == ORDER_KEPT;
	buffer->order = ORDER_CLEAN;
	if (buffer->forgotten)
		bank_forget(buffer);
	else
		bank_drop(buffer);
	buffer_settle(buffer);
}

static void buffer_place(struct buffer *buffer)
{
	list_remove(&buffer->logged);
	buffer->cache->logged_count--;
	buffer_settle(buffer);
}

void cache_forget(struct cache *cache, uint64_t block)
{
	struct buffer *buffer = buffer_find(cache, block);

	if (!buffer)
		return;
	if (!buffer->holds && !buffer_waits(buffer)) {
		cache->clean_count--;
		buffer_end(buffer);
		return;
	}
	buffer_hold(buffer);
	buffer->forgotten = 1;
	if (!list_empty(&buffer->logged)) {
		if (cache->journal)
			cache->journal->revoke(cache->journal, block);
		buffer_place(buffer);
	}
	if (buffer->order != ORDER_CLEAN)
		buffer_clean(buffer);
	buffer_put(buffer);
}

size_t cache_dirty_bytes(const struct cache *cache)
{
	return (size_t)cache->dirty_count * cache->block_size;
}

static int buffer_before(const struct buffer *one, const struct buffer *other)
{
	if (one->order != other->order)
		return one->order < other->order;
	return one->block < other->block;
}

/* Shell sort: no memory, no recursion, good enough for thousands. */
static void buffers_sort(struct buffer **buffers, unsigned count)
{
	unsigned gap, i, j;

	for (gap = count / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11) {
		for (i = gap; i < count; i++) {
			struct buffer *buffer = buffers[i];

			for (j = i; j >= gap &&
			     buffer_before(buffer, buffers[j - gap]);
			     j -= gap)
				buffers[j] = buffers[j - gap];
			buffers[j] = buffer;
		}
	}
}

/* Writes the longest run of neighbours that starts at buffers[0]; count: how
 * many these were. */
static error_t run_write(struct cache *cache, struct buffer **buffers,
    unsigned limit, unsigned *count)
{
	uint32_t size = cache->block_size;
	unsigned length = 1, i;
	const uint8_t *data = buffers[0]->data;

	while (length < limit && length < BOUNCE_BYTES / size &&
	       buffers[length]->order == buffers[0]->order &&
	       buffers[length]->block == buffers[0]->block + length)
		length++;
	if (length > 1) {
		for (i = 0; i < length; i++)
			memcpy(cache->bounce + (size_t)i * size,
			    buffers[i]->data, size);
		data = cache->bounce;
	}
	*count = length;
	return disk_write(cache->device, buffers[0]->block * size, data,
	    (size_t)length * size);
}

/* In place, order by order, after all that was written before. */
static error_t buffers_write(struct cache *cache, struct buffer **buffers,
    unsigned count)
{
	unsigned done = 0, length, order = buffers[0]->order;
	error_t error = disk_flush(cache->device);

	if (error)
		return error;

	while (done < count) {
		if (buffers[done]->order != order) {
			order = buffers[done]->order;
			error = disk_flush(cache->device);
			if (error)
				return error;
		}
		error = run_write(cache, buffers + done, count - done, &length);
		if (error)
			return error;
		done += length;
	}
	return disk_flush(cache->device);
}

/* They are in the journal now, and no longer dirty. */
static void buffers_log(struct cache *cache, struct buffer **buffers,
    unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (list_empty(&buffers[i]->logged)) {
			list_append(&cache->logged, &buffers[i]->logged);
			cache->logged_count++;
		}
		buffer_clean(buffers[i]);
	}
}

/* The count buffers of a list, whose links are at offset in them, that are to
 * be written, in that order. */
static error_t buffers_collect(struct list *list, size_t offset,
    unsigned count, struct buffer ***buffers)
{
	struct buffer **found = heap_alloc((count + 1) * sizeof *found);

	if (!found)
		return E_NOMEM;
	*buffers = found;
	list_each(link, list) {
		*found = (struct buffer *)(void *)((char *)link - offset);
		if ((*found)->order != ORDER_KEPT)
			found++;
	}
	buffers_sort(*buffers, count);
	return 0;
}

error_t cache_checkpoint(struct cache *cache)
{
	unsigned count = cache->logged_count, i;
	struct buffer **buffers = 0;
	error_t error = 0;

	if (count) {
		error = buffers_collect(&cache->logged,
		    offsetof(struct buffer, logged), count, &buffers);
		if (error)
			return error;
		error = buffers_write(cache, buffers, count);
	}
	if (!error && cache->journal)
		error = cache->journal->done(cache->journal);
	if (!error)
		for (i = 0; i < count; i++)
			buffer_place(buffers[i]);
	heap_free(buffers);
	return error;
}

void cache_set_check(struct cache *cache,
    int (*sane)(void *context, const struct buffer *buffer), void *context)
{
	cache->sane = sane;
	cache->context = context;
}

void cache_insane(const struct buffer *buffer)
{
	struct store *store = buffer->cache->bank.store;

	if (buffer->order != ORDER_CLEAN && store && store->hurt)
		store->hurt(store);
}

/* Is about to be written what could be read again? */
static void buffers_look(const struct cache *cache, struct buffer **buffers,
    unsigned count)
{
	const struct store *store = cache->bank.store;

	if (store && store->look)
		store->look();
	for (unsigned i = 0; cache->sane && i < count; i++)
		if (buffers[i]->mark &&
		    !cache->sane(cache->context, buffers[i]))
			cache_insane(buffers[i]);
}

error_t cache_sync(struct cache *cache)
{
	unsigned count = cache->dirty_count - cache->kept_count, i;
	struct buffer **buffers;
	int full = 0;
	error_t error;

	if (cache->bank.store) /* so disk and store agree in all they have */
		store_commit(cache->bank.store);
	if (!count)
		return disk_flush(cache->device);
	error = buffers_collect(&cache->dirty, offsetof(struct buffer, dirty),
	    count, &buffers);
	if (error)
		return error;
	buffers_look(cache, buffers, count);
	if (cache->journal)
		error = cache->journal->commit(cache->journal, buffers, count,
		    &full);
	else
		error = buffers_write(cache, buffers, count);
	if (!error && cache->journal)
		buffers_log(cache, buffers, count);
	else if (!error)
		for (i = 0; i < count; i++)
			buffer_clean(buffers[i]);
	heap_free(buffers);
	/* All is safe already: if this fails it is tried again later. */
	if (!error && full)
		cache_checkpoint(cache);
	return error;
}
