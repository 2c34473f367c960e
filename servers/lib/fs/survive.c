/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that outlives the server: see survive.h. Blocks of metadata and the
 * outcomes of requests change in one commit of the store; the other fields by
 * one word each.
 */
#include "survive.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/atomic.h>
#include <base/mach.h>
#include <base/memory.h>
#include <pager/pager.h>
#include <server/recover.h>
#include <string.h>

enum {
	OUTCOME_LIFE = 120, /* seconds after we took over */
	HURT_PERIOD = 60,   /* seconds */
};

struct fs_memory *fs_memory;
static struct store store;
static struct fs_time outcomes_end;

/* Records that no file has taken (only after a recovery), by number. */
struct left {
	struct map_entry entry;
	struct file_record *record;
};
static struct map records_left;
static uint32_t *records_free; /* indices; owned */
static uint32_t free_count, free_room;

/* Blocks of metadata make no sense: memory of ours was hurt, and what survives
 * with it. The next instance goes on from what the disk has, as after a cut of
 * the power. On a damaged volume blocks may be two things at once: so not
 * often. */
static void store_hurt(struct store *hurt)
{
	struct fs_time now;

	fs_now(&now);
	if (fs_memory->hurt && (uint32_t)now.seconds - fs_memory->hurt <
		HURT_PERIOD)
		return;
	fs_memory->hurt = (uint32_t)now.seconds;
	log_line("metadata was hurt in memory: what the disk has counts");
	hurt->head->magic = 0;
	atomic_barrier();
	__builtin_trap();
}

static void store_start(void)
{
	store.look = server_sound;
	store.hurt = store_hurt;
	store.head = &fs_memory->store;
	store.base = (uint8_t *)fs_memory;
	store.size = sizeof *fs_memory;
	store.log = fs_memory->log;
	store.log_size = sizeof fs_memory->log;
	store.banks = fs_memory->banks;
	store.bank_size = sizeof fs_memory->banks;
	store.notes = fs_memory->notes;
	store.notes_size = sizeof fs_memory->notes;
	store.words = fs_memory->words;
	store.recovered = !store_open(&store);
	if (!store.recovered)
		store_clear(&store);
}

static void record_free(uint32_t index)
{
	uint32_t room = free_room * 2 + 64;
	uint32_t *longer;

	if (free_count == free_room) {
		longer = heap_resize(records_free, room * sizeof *longer);
		if (!longer)
			return; /* it is not used again */
		records_free = longer;
		free_room = room;
	}
	records_free[free_count++] = index;
}

void records_hold(void (*keep)(mach_port_t right))
{
	const struct fs_memory *memory = server_memory;

	for (uint32_t i = 0; i < memory->files_end && i < FILES_MAX; i++)
		if (memory->files[i].used)
			keep(memory->files[i].proxy);
}

static void records_start(void)
{
	uint32_t i, end = fs_memory->files_end;

	for (i = 0; i < end && i < FILES_MAX; i++) {
		struct file_record *record = &fs_memory->files[i];
		struct left *left;

		if (!record->used) {
			record_free(i);
			continue;
		}
		if (!server_in_place)
			record->proxy = MACH_PORT_NULL;
		left = heap_alloc(sizeof *left);
		if (!left)
			continue;
		left->record = record;
		if (map_add(&records_left, &left->entry, record->number))
			heap_free(left);
	}
}

error_t survive_start(void)
{
	vm_address_t address;
	error_t error;

	fs_memory = server_memory;
	if (!fs_memory) {
		error = memory_allocate(sizeof *fs_memory, &address);
		if (error)
			return error;
		fs_memory = (struct fs_memory *)address;
	} else {
		fs_memory->hand.live = 0;
		recover_hand(&fs_memory->hand);
		pool_pages.hand = &fs_memory->hand;
	}
	watch_start();
	fs_memory->turn++;
	store_start();
	records_start();
	fs_now(&outcomes_end);
	outcomes_end.seconds += server_recovered ? OUTCOME_LIFE : -1;
	return 0;
}

void survive_forget(void)
{
	store_clear(&store);
	store.recovered = 0;
	store.caches[0] = store.caches[1] = 0;
	store.notes_used = store.notes_lack = 0;
	memset(fs_memory->words, 0, sizeof fs_memory->words);
}

struct store *survive_store(void)
{
	return fs_type->ops->keep ? &store : 0;
}

void survive_commit(void)
{
	error_t error;

	if (!fs_volume || !fs_type->ops->keep)
		return;
	error = fs_type->ops->keep(fs_volume);
	if (error)
		fs_complain(fs_volume, "%s: what was done may be lost if this "
		    "server dies: %s", fs_type->name, error_name(error));
	store_commit(&store);
}

void fs_unlock(void)
{
	survive_commit();
	if (watch_news)
		watch_tell();
	unlock(&fs_lock);
}

/* ---- records of files ---- */

static struct left *left_find(uint64_t number)
{
	struct map_entry *entry = map_find(&records_left, number);

	return entry ? map_item(entry, struct left, entry) : 0;
}

struct file_record *record_find(uint64_t number)
{
	struct left *left = records_left.count ? left_find(number) : 0;

	return left ? left->record : 0;
}

static void left_end(struct left *left)
{
	map_remove(&records_left, &left->entry);
	heap_free(left);
}

struct file_record *record_next(struct file_record *before)
{
	struct file_record *record = before ? before + 1 : fs_memory->files;
	struct file_record *end = fs_memory->files + fs_memory->files_end;

	for (; record < end; record++)
		if (record->used && record_find(record->number) == record)
			return record;
	return 0;
}

struct file_record *record_take(uint64_t number)
{
	struct left *left = records_left.count ? left_find(number) : 0;
	struct file_record *record;

	if (left) {
		record = left->record;
		left_end(left);
		return record;
	}
	if (free_count)
		record = &fs_memory->files[records_free[--free_count]];
	else if (fs_memory->files_end < FILES_MAX)
		record = &fs_memory->files[fs_memory->files_end++];
	else
		return 0;
	record->told = 0;
	record->watched = 0;
	record->slot = -1;
	record->proxy = MACH_PORT_NULL;
	record->promised_first = record->promised_end = 0;
	record->marks.count = record->marks.open = record->marks.asked = 0;
	record->number = number;
	record->used = 1;
	return record;
}

void record_drop(struct file_record *record)
{
	struct left *left;

	if (!record)
		return;
	left = records_left.count ? left_find(record->number) : 0;
	if (left && left->record == record)
		left_end(left);
	record->used = 0;
	record_free((uint32_t)(record - fs_memory->files));
}

unsigned record_number(const struct file_record *record)
{
	return (unsigned)(record - fs_memory->files) + 1;
}

void record_promise(struct file_record *record, uint64_t offset, uint64_t count)
{
	uint32_t first = (uint32_t)(offset / PAGE_SIZE);
	uint32_t end = (uint32_t)((offset + count + PAGE_SIZE - 1) / PAGE_SIZE);

	if (!record)
		return;
	if (record->promised_end == 0 || first < record->promised_first)
		record->promised_first = first;
	if (end > record->promised_end)
		record->promised_end = end;
}

/* ---- requests ---- */

/* A process has one request under way, and the upper half of the number says
 * which process: so its next one takes the place. Each of VFS's looks like
 * another process's. */
static struct outcome *outcome_at(int request)
{
	return &fs_memory->outcomes[((uint32_t)request >> 16) & (OUTCOMES - 1)];
}

const struct outcome *outcome_find(int request)
{
	const struct outcome *outcome = outcome_at(request);
	struct fs_time now;

	if (!request || outcome->request != (uint32_t)request)
		return 0;
	/* VFS, which may die too, numbers all its changes for ever. */
	if (request < 0)
		return outcome;
	if (outcome->turn == fs_memory->turn)
		return 0;
	fs_now(&now);
	return now.seconds < outcomes_end.seconds ? outcome : 0;
}

void outcome_note(int request, uint64_t node, uint64_t other, int links)
{
	struct outcome outcome = { (uint32_t)request, fs_memory->turn, node,
		other, links, 0 };

	if (!request)
		return;
	if (fs_type->ops->keep)
		store_set(&store, outcome_at(request), &outcome,
		    sizeof outcome);
	else /* VFS may die, though we must not */
		*outcome_at(request) = outcome;
}
