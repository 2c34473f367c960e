/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of executables. The map's key is made of device and node alone,
 * so that other versions of a file are met on the way. */
#include "core/cache.h"

static uint64_t map_key(const struct text_key *key)
{
	return key->node ^ (uint64_t)key->device << 40;
}

static int same_file(const struct text_key *one, const struct text_key *other)
{
	return one->device == other->device && one->node == other->node;
}

static int same_version(const struct text_key *one,
    const struct text_key *other)
{
	return one->generation == other->generation &&
	    one->size == other->size && one->mtime == other->mtime &&
	    one->ctime == other->ctime &&
	    one->mtime_nsec == other->mtime_nsec &&
	    one->ctime_nsec == other->ctime_nsec;
}

void cache_init(struct cache *cache, unsigned limit)
{
	map_init(&cache->map);
	list_init(&cache->ages);
	cache->count = 0;
	cache->limit = limit;
	cache->asked = cache->found = cache->retired = 0;
}

struct cached *cache_find(struct cache *cache, const struct text_key *key,
    struct cached **stale)
{
	struct map_entry *entry = map_find(&cache->map, map_key(key));
	struct cached *text;

	*stale = 0;
	cache->asked++;
	for (; entry; entry = map_find_next(entry)) {
		text = map_item(entry, struct cached, entry);
		if (!same_file(&text->key, key))
			continue;
		if (!same_version(&text->key, key)) {
			*stale = text;
			continue;
		}
		list_remove(&text->age);
		list_append(&cache->ages, &text->age);
		text->maps++;
		cache->found++;
		return text;
	}
	return 0;
}

int cache_add(struct cache *cache, struct cached *text)
{
	if (map_add(&cache->map, &text->entry, map_key(&text->key)))
		return -1;
	list_append(&cache->ages, &text->age);
	text->maps = 1;
	cache->count++;
	return 0;
}

struct cached *cache_surplus(const struct cache *cache)
{
	if (cache->count <= cache->limit)
		return 0;
	return list_item(cache->ages.next, struct cached, age);
}

void cache_retire(struct cache *cache, struct cached *text)
{
	if (list_empty(&text->age))
		return;
	list_remove(&text->age);
	map_remove(&cache->map, &text->entry);
	cache->count--;
	cache->retired++;
}
