/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files' names in a directory: an entry, and before it up to 20 slots with the
 * long name, its end first. The slots belong to the entry if each has the sum
 * of the entry's short name and they count down to 1; others (left behind by
 * systems that don't know long names) mean nothing and are ignored.
 */
#include "fat.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

int entry_is_name(const struct volume *volume, const struct disk_entry *entry,
    uint64_t place)
{
	if (entry->name[0] == NAME_END || entry->name[0] == NAME_DELETED ||
	    (entry->attributes & ATTRIBUTE_LABEL) ||
	    !memcmp(entry->name, ".          ", SHORT_BYTES) ||
	    !memcmp(entry->name, "..         ", SHORT_BYTES))
		return 0;
	return !volume->leaving.count || !map_find(&volume->leaving, place);
}

static void letters_get(const struct disk_long *part, uint16_t *letters)
{
	unsigned i;

	for (i = 0; i < 5; i++)
		*letters++ = bytes_get16(part->letters_1 + 2 * i);
	for (i = 0; i < 6; i++)
		*letters++ = bytes_get16(part->letters_2 + 2 * i);
	for (i = 0; i < 2; i++)
		*letters++ = bytes_get16(part->letters_3 + 2 * i);
}

static void letters_put(struct disk_long *part, const uint16_t *letters)
{
	unsigned i;

	for (i = 0; i < 5; i++)
		bytes_put16(part->letters_1 + 2 * i, *letters++);
	for (i = 0; i < 6; i++)
		bytes_put16(part->letters_2 + 2 * i, *letters++);
	for (i = 0; i < 2; i++)
		bytes_put16(part->letters_3 + 2 * i, *letters++);
}

/* The long name that belongs to the entry at slot; *slots: how many it has, 0:
 * there is none. */
static error_t long_read(struct cursor *cursor, uint32_t slot, uint8_t sum,
    uint16_t *letters, unsigned *slots)
{
	struct disk_entry *entry;
	unsigned order;
	error_t error;

	*slots = 0;
	for (order = 1; order <= LONG_SLOTS && order <= slot; order++) {
		const struct disk_long *part;

		error = cursor_get(cursor, slot - order, &entry);
		if (error)
			return error;
		part = (const struct disk_long *)(void *)entry;
		if ((part->attributes & ATTRIBUTE_LONG_MASK) !=
		    ATTRIBUTE_LONG || part->sum != sum ||
		    (part->order & ~LONG_LAST) != (int)order)
			return 0;
		letters_get(part, letters + (order - 1) * LONG_LETTERS);
		if (part->order & LONG_LAST) {
			*slots = order;
			return 0;
		}
	}
	return 0;
}

error_t found_read(struct cursor *cursor, uint32_t slot, struct found *found)
{
	struct volume *volume = node_volume(cursor->directory);
	uint16_t letters[LONG_SLOTS * LONG_LETTERS];
	struct disk_entry *entry;
	unsigned slots, count = 0;
	error_t error = cursor_get(cursor, slot, &entry);

	if (error)
		return error;
	found->entry = *entry;
	found->slot = slot;
	found->place = cursor_place(cursor, slot);
	error = long_read(cursor, slot, short_sum(found->entry.name), letters,
	    &slots);
	if (error)
		return error;
	found->slots = slots + 1;
	found->length = 0;
	while (count < slots * LONG_LETTERS && letters[count])
		count++;
	if (count && count <= LONG_MAX)
		found->length = letters_write(letters, count, found->name,
		    FS_NAME_MAX);
	found->short_length = short_show(volume, &found->entry,
	    found->short_name);
	if (!found->length) {
		found->length = found->short_length;
		memcpy(found->name, found->short_name, found->length);
	}
	return found->length ? 0 : E_NOENT;
}

error_t names_find(struct node *directory, const char *name, unsigned length,
    struct found *found)
{
	struct volume *volume = node_volume(directory);
	struct disk_entry *entry;
	struct cursor cursor;
	uint32_t hash, slot, at = 0;
	error_t error = index_need(directory);

	length = name_trim(name, length);
	if (error)
		return error;
	if (!length)
		return E_NOENT;
	hash = name_hash(name, length);
	cursor_start(&cursor, directory);
	for (;;) {
		slot = index_next(directory, hash, &at);
		error = slot == UINT32_MAX ? E_NOENT :
		    cursor_get(&cursor, slot, &entry);
		if (error)
			break;
		if (!entry_is_name(volume, entry, cursor_place(&cursor, slot)))
			continue;
		error = found_read(&cursor, slot, found);
		if (error == E_NOENT)
			continue;
		if (error || names_equal(name, length, found->name,
		    found->length) || names_equal(name, length,
		    found->short_name, found->short_length))
			break;
	}
	cursor_end(&cursor);
	return error;
}

/* The part of the name that belongs into slot `order` before the entry. */
static void part_write(struct disk_long *part, const struct new_name *name,
    unsigned order)
{
	uint16_t letters[LONG_LETTERS];
	unsigned at = (order - 1) * LONG_LETTERS;

	for (unsigned i = 0; i < LONG_LETTERS; i++, at++)
		letters[i] = at < name->count ? name->letters[at] :
		    at == name->count ? 0 : 0xffff;
	memset(part, 0, sizeof *part);
	part->order = (uint8_t)(order |
	    (order == name->slots - 1 ? LONG_LAST : 0));
	part->attributes = ATTRIBUTE_LONG;
	part->sum = short_sum(name->short_name);
	letters_put(part, letters);
}

/* All slots of a name, so that they end at slot. The entry's are as given. */
static error_t set_write(struct cursor *cursor, uint32_t slot,
    const struct new_name *name, const struct disk_entry *entry)
{
	struct disk_entry *to;
	error_t error = 0;

	for (unsigned order = name->slots - 1; order && !error; order--) {
		error = cursor_get(cursor, slot - order, &to);
		if (error)
			break;
		part_write((struct disk_long *)(void *)to, name, order);
		cursor_dirty(cursor);
	}
	if (!error)
		error = cursor_get(cursor, slot, &to);
	if (error)
		return error;
	*to = *entry;
	memcpy(to->name, name->short_name, SHORT_BYTES);
	to->lower = name->lower;
	cursor_dirty(cursor);
	return 0;
}

/* What was never used behind the last slot may be anything on the disk: a 0
 * says that nothing follows. */
static error_t end_write(struct cursor *cursor, uint32_t slot)
{
	struct disk_entry *entry;
	error_t error;

	if (slot <= index_end(cursor->directory) ||
	    slot >= directory_slots(cursor->directory))
		return 0;
	error = cursor_get(cursor, slot, &entry);
	if (!error && entry->name[0] != NAME_END) {
		memset(entry, 0, sizeof *entry);
		cursor_dirty(cursor);
	}
	return error;
}

/* Free slots for a name; first: the first of them. */
static error_t room_find(struct cursor *cursor, unsigned count,
    uint32_t *first)
{
	struct node *directory = cursor->directory;
	struct volume *volume = node_volume(directory);
	struct disk_entry *entry;
	uint32_t slot = 0;
	error_t error;

	for (;;) {
		slot = index_room(directory, count, slot);
		if (slot == UINT32_MAX) {
			slot = 0;
			error = directory_grow(directory);
			if (error)
				return error;
			continue;
		}
		error = cursor_get(cursor, slot + count - 1, &entry);
		if (error)
			return error;
		if (!volume->strays.count || !map_find(&volume->strays,
		    cursor_place(cursor, slot + count - 1)))
			break;
		slot++;
	}
	*first = slot;
	return 0;
}

/* The index learns the name at slot as it is now. */
static error_t set_enter(struct cursor *cursor, uint32_t slot,
    struct found *made)
{
	error_t error = found_read(cursor, slot, made);

	if (error)
		return error;
	index_take(cursor->directory, slot + 1 - made->slots, made->slots);
	index_add(cursor->directory, made);
	return 0;
}

/* After an error the index may not be what the slots are: away with it. */
static error_t names_end(struct cursor *cursor, error_t error)
{
	cursor_end(cursor);
	if (error)
		index_drop(cursor->directory);
	return error;
}

error_t names_add(struct node *directory, const struct new_name *name,
    const struct disk_entry *entry, struct found *made)
{
	struct cursor cursor;
	uint32_t first, slot = 0;
	error_t error = index_need(directory);

	if (error)
		return error;
	cursor_start(&cursor, directory);
	error = room_find(&cursor, name->slots, &first);
	if (!error) {
		slot = first + name->slots - 1;
		error = end_write(&cursor, slot + 1);
	}
	if (!error)
		error = set_write(&cursor, slot, name, entry);
	if (!error)
		error = set_enter(&cursor, slot, made);
	return names_end(&cursor, error);
}

/* Slots [first, + count) are nobody's. */
static error_t slots_delete(struct cursor *cursor, uint32_t first,
    unsigned count)
{
	struct disk_entry *entry;
	error_t error;

	index_release(cursor->directory, first, count);
	for (; count; first++, count--) {
		error = cursor_get(cursor, first, &entry);
		if (error)
			return error;
		entry->name[0] = NAME_DELETED;
		cursor_dirty(cursor);
	}
	return 0;
}

error_t names_rewrite(struct node *directory, const struct found *found,
    const struct new_name *name)
{
	uint32_t first = found->slot + 1 - found->slots;
	struct cursor cursor;
	struct found made;
	error_t error = index_need(directory);

	if (error)
		return error;
	cursor_start(&cursor, directory);
	index_remove(directory, found);
	error = slots_delete(&cursor, first, found->slots - name->slots);
	if (!error)
		error = set_write(&cursor, found->slot, name, &found->entry);
	if (!error)
		error = set_enter(&cursor, found->slot, &made);
	return names_end(&cursor, error);
}

static error_t leaving_add(struct cursor *cursor, uint32_t slot)
{
	struct volume *volume = node_volume(cursor->directory);
	struct leaving *leaving = heap_alloc_zero(sizeof *leaving);
	struct disk_entry *entry;
	error_t error = leaving ? cursor_get(cursor, slot, &entry) : E_NOMEM;

	if (!error) {
		leaving->directory = cursor->directory->start;
		leaving->slot = slot;
		if (map_add(&volume->leaving, &leaving->entry,
		    cursor_place(cursor, slot)))
			error = E_NOMEM;
	}
	if (error)
		heap_free(leaving);
	else
		keep_leaving(volume, leaving);
	return error;
}

error_t names_remove(struct node *directory, const struct found *found,
    int later)
{
	uint32_t first = found->slot + 1 - found->slots, slot;
	struct cursor cursor;
	error_t error = index_need(directory);

	if (error)
		return error;
	cursor_start(&cursor, directory);
	index_remove(directory, found);
	if (!later)
		error = slots_delete(&cursor, first, found->slots);
	/* the entry first: that it is leaving is what counts */
	for (slot = found->slot; later && !error && slot + 1 > first; slot--)
		error = leaving_add(&cursor, slot);
	return names_end(&cursor, error);
}

error_t leaving_apply(struct volume *volume)
{
	struct map_entry *entry, *next;

	for (entry = map_first(&volume->leaving); entry; entry = next) {
		struct leaving *leaving = map_item(entry, struct leaving,
		    entry);
		struct node *directory;
		struct disk_entry *old;
		struct buffer *buffer;
		error_t error = place_get(volume, entry->key, &buffer, &old);

		if (error)
			return error;
		old->name[0] = NAME_DELETED;
		buffer_dirty_part(buffer, ORDER_MIDDLE,
		    (size_t)(old->name - buffer->data), 1);
		buffer_put(buffer);
		next = map_next(&volume->leaving, entry);
		map_remove(&volume->leaving, entry);
		note_drop(&volume->kept_leaving, &leaving->note);
		directory = directory_loaded(volume, leaving->directory);
		if (directory) {
			index_release(directory, leaving->slot, 1);
			fs_node_put(&directory->fs);
		}
		heap_free(leaving);
	}
	return 0;
}
