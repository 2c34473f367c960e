/* SPDX-License-Identifier: BSD-2-Clause */
#include <base/copy.h>
#include <block/cache.h>
#include <block/store.h>
#include <string.h>

enum {
	STORE_MAGIC = 0x4d735374,
};

/* Each write below must stand before the next: a kill may come in between. In
 * unit tests it does, at each. */
#ifdef MASIX_UNIT
void (*store_step)(void);
#define ordered() (store_step ? store_step() : (void)0)
#else
#define ordered() __asm__ volatile("" : : : "memory")
#endif

/* In the log, which is aligned; count bytes follow, filled up to a multiple
 * of 4. */
struct change {
	uint32_t offset, count;
};

static uint32_t round4(uint32_t count)
{
	return (count + 3) & ~3u;
}

/* Nearly all changes are whole words. */
static inline void change_copy(void *to, const void *from, uint32_t count)
{
	if (count % 4)
		memcpy(to, from, count);
	else
		words_copy(to, from, count);
}

static void log_apply(struct store *store, uint32_t length)
{
	const uint8_t *at = store->log, *end = at + length;

	while (end - at >= (ptrdiff_t)sizeof(struct change)) {
		const struct change change = *(const struct change *)at;

		at += sizeof change;
		if (change.count > (size_t)(end - at) ||
		    change.offset > store->size ||
		    change.count > store->size - change.offset)
			return;
		change_copy(store->base + change.offset, at, change.count);
		ordered();
		at += round4(change.count);
	}
}

error_t store_open(struct store *store)
{
	struct store_head *head = store->head;

	store->used = 0;
	if (!head->magic)
		return E_NOENT;
	if (head->magic != STORE_MAGIC || head->torn || head->lost ||
	    head->counts > store->log_size)
		return E_UCLEAN;
	if (head->counts)
		log_apply(store, head->counts);
	ordered();
	head->counts = 0;
	return 0;
}

void store_clear(struct store *store)
{
	store->head->magic = 0;
	ordered();
	store->head->counts = store->head->torn = store->head->lost = 0;
	ordered();
	store->head->magic = STORE_MAGIC;
}

static void log_end(struct store *store)
{
	ordered();
	store->head->counts = store->used;
	ordered();
	log_apply(store, store->used);
	ordered();
	store->head->counts = 0;
	ordered();
	store->used = 0;
}

void store_set(struct store *store, void *to, const void *from, size_t count)
{
	uint32_t offset = (uint32_t)((uint8_t *)to - store->base);
	struct change *change;

	/* Nobody asks for that but code that is hurt: without this, for room
	 * in the log it would throw away all that is here. */
	if (offset > store->size || count > store->size - offset)
		__builtin_trap();
	if (store->log_size - store->used < sizeof *change + round4(count)) {
		if (store->look)
			store->look();
		store->head->torn = 1;
		log_end(store);
	}
	change = (struct change *)(store->log + store->used);
	change->offset = offset;
	change->count = (uint32_t)count;
	change_copy(change + 1, from, (uint32_t)count);
	store->used += sizeof *change + round4(count);
}

void store_set_word(struct store *store, uint32_t *to, uint32_t word)
{
	store_set(store, to, &word, sizeof word);
}

/* What had no room has reached the disk, as has all else. */
static void lost_look(struct store *store)
{
	unsigned i;

	if (store->notes_lack)
		return;
	for (i = 0; i < 2; i++)
		if (store->caches[i] && cache_dirty_bytes(store->caches[i]))
			return;
	store->head->lost = 0;
}

void store_commit(struct store *store)
{
	unsigned i;

	if (store->head->lost)
		lost_look(store);

	for (i = 0; i < 2; i++)
		if (store->caches[i])
			cache_keep(store->caches[i]);
	if (!store->used)
		return;
	log_end(store);
	store->head->torn = 0;
	for (i = 0; i < 2; i++)
		if (store->caches[i])
			cache_kept(store->caches[i]);
}
