/* SPDX-License-Identifier: BSD-2-Clause */
#include <base/heap.h>
#include <block/notes.h>
#include <string.h>

enum {
	ROOM_LEAST = 64,
};

/* A note's mark comes before it. */
static uint8_t *note_at(const struct notes *notes, uint32_t index)
{
	return notes->first + (size_t)(index - 1) * notes->each;
}

static uint32_t *note_mark(const struct notes *notes, uint32_t index)
{
	return (uint32_t *)(void *)note_at(notes, index);
}

static error_t index_free(struct notes *notes, uint32_t index)
{
	uint32_t room = notes->free_room * 2 + ROOM_LEAST, *longer;

	if (notes->free_count == notes->free_room) {
		longer = heap_resize(notes->free, room * sizeof *longer);
		if (!longer)
			return E_NOMEM; /* it is not used again */
		notes->free = longer;
		notes->free_room = room;
	}
	notes->free[notes->free_count++] = index;
	return 0;
}

static error_t notes_look(struct notes *notes, uint32_t size)
{
	error_t error = 0;

	if (notes->head->size != size || notes->head->end > notes->count)
		return E_UCLEAN;
	for (uint32_t i = notes->head->end; i && !error; i--)
		if (*note_mark(notes, i))
			notes->used++;
		else
			error = index_free(notes, i);
	return error;
}

error_t notes_open(struct notes *notes, struct store *store, uint32_t size,
    uint32_t count)
{
	size_t bytes;

	memset(notes, 0, sizeof *notes);
	if (!store)
		return 0;
	notes->each = (uint32_t)sizeof(uint32_t) + ((size + 3) & ~3u);
	notes->count = count;
	bytes = (sizeof *notes->head + (size_t)count * notes->each + 7) &
	    ~(size_t)7;
	if (store->notes_used > store->notes_size ||
	    bytes > store->notes_size - store->notes_used)
		return E_NOMEM;
	notes->head = (void *)(store->notes + store->notes_used);
	notes->first = (void *)(notes->head + 1);
	store->notes_used += bytes;
	notes->store = store;
	if (store->recovered)
		return notes_look(notes, size);
	notes->head->size = size;
	notes->head->end = 0;
	return 0;
}

void notes_close(struct notes *notes)
{
	heap_free(notes->free);
	memset(notes, 0, sizeof *notes);
}

const void *notes_next(const struct notes *notes, uint32_t *index)
{
	if (!notes->store)
		return 0;
	if (!*index)
		*index = 1;
	for (; *index <= notes->head->end; ++*index)
		if (*note_mark(notes, *index))
			return note_at(notes, *index) + sizeof(uint32_t);
	return 0;
}

static uint32_t index_take(struct notes *notes)
{
	uint32_t end = notes->head->end;

	if (notes->free_count)
		return notes->free[--notes->free_count];
	if (end == notes->count)
		return NOTE_NONE;
	*note_mark(notes, end + 1) = 0;
	*(volatile uint32_t *)&notes->head->end = end + 1;
	return end + 1;
}

void note_set(struct notes *notes, uint32_t *index, const void *note)
{
	uint32_t size;

	if (!notes->store)
		return;
	size = notes->head->size;
	if (*index == NOTE_NONE) {
		*index = index_take(notes);
		if (*index == NOTE_NONE) {
			notes->store->head->lost = 1;
			notes->store->notes_lack += !notes->lack;
			notes->lack = 1;
			return;
		}
		notes->used++;
		store_set_word(notes->store, note_mark(notes, *index), 1);
	}
	store_set(notes->store, note_at(notes, *index) + sizeof(uint32_t),
	    note, size);
}

void note_drop(struct notes *notes, uint32_t *index)
{
	if (!notes->store || *index == NOTE_NONE)
		return;
	store_set_word(notes->store, note_mark(notes, *index), 0);
	index_free(notes, *index);
	*index = NOTE_NONE;
	if (!--notes->used && notes->lack) {
		notes->lack = 0;
		notes->store->notes_lack--;
	}
}

int notes_many(const struct notes *notes)
{
	return notes->used > notes->count / 2;
}
