/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: entries in pieces of 512 bytes, which is what a disk writes
 * whole. Every piece is checked once, when it comes from the disk, so that all
 * loops over entries end and stay inside. In a directory of more than a few
 * pieces the index says which to look at.
 *
 * A removed entry keeps its length until the next sync (late.c); an entry that
 * is added joins the free ones that lie in a row.
 */
#include "ffs.h"
#include <string.h>

enum {
	MARK_CHECKED = 1,    /* of buffer->mark, where late.c has others */
	PIECES_LINEAR = 8,   /* directories that need no index */
	BAD_MOST = 64, /* damaged pieces that a reader passes */
	TRIES = 8,           /* pieces that turn out to have no room yet */
	ENTRY_LEAST = ENTRY_NAME + 4,
};

unsigned entry_length(const struct volume *volume, const uint8_t *entry)
{
	return get16(volume, entry + ENTRY_LENGTH);
}

unsigned entry_name_length(const struct volume *volume, const uint8_t *entry)
{
	return volume->format == FORMAT_44 ? entry[ENTRY_NAME_LENGTH] :
					     get16(volume, entry + ENTRY_TYPE);
}

static uint32_t entry_inode(const struct volume *volume, const uint8_t *entry)
{
	return get32(volume, entry + ENTRY_INODE);
}

/* A name has a 0 behind it. */
static unsigned name_space(unsigned length)
{
	return (ENTRY_NAME + length + 1 + 3) & ~3u;
}

static unsigned entry_room(const struct volume *volume, const uint8_t *entry)
{
	unsigned length = entry_length(volume, entry), used;

	if (!entry_inode(volume, entry))
		return length;
	used = name_space(entry_name_length(volume, entry));
	return length > used ? length - used : 0;
}

static int piece_is_sane(const struct volume *volume, const uint8_t *piece)
{
	unsigned offset = 0, length, name;

	while (offset <= PIECE - ENTRY_LEAST) {
		const uint8_t *entry = piece + offset;

		length = entry_length(volume, entry);
		if (length < ENTRY_LEAST || length % 4 ||
		    length > PIECE - offset)
			return 0;
		offset += length;
		if (!entry_inode(volume, entry))
			continue;
		name = entry_name_length(volume, entry);
		if (!name || name > FS_NAME_MAX || ENTRY_NAME + name > length ||
		    !number_is_sane(volume, entry_inode(volume, entry)) ||
		    memchr(entry + ENTRY_NAME, 0, name) ||
		    memchr(entry + ENTRY_NAME, '/', name))
			return 0;
	}
	return offset == PIECE;
}

static uint32_t dir_pieces(const struct node *directory)
{
	return (uint32_t)(directory->fs.attributes.size / PIECE);
}

/* The fragment that holds a piece. */
static error_t piece_find(struct node *directory, uint32_t piece,
    uint32_t *frag)
{
	struct volume *volume = node_volume(directory);
	uint64_t offset = (uint64_t)piece * PIECE;
	uint32_t block = (uint32_t)(offset >> volume->block_shift);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
	uint32_t disk, length;
	error_t error = map_run(directory, block, 1, &disk, &length);

	if (error)
		return error;
	if (!disk || inside >> volume->frag_shift >= tail_has(directory, block))
		return volume_damaged(volume, "a hole in directory",
		    directory->fs.number);
	*frag = disk + (inside >> volume->frag_shift);
	return 0;
}

error_t dir_piece(struct node *directory, uint32_t piece,
    struct buffer **buffer, unsigned *at)
{
	struct volume *volume = node_volume(directory);
	uint32_t per_frag = volume->frag_size / PIECE, first, i, frag;
	error_t error = piece_find(directory, piece, &frag);

	if (!error)
		error = buffer_get(volume->cache, frag, buffer);
	if (error)
		return error;
	*at = piece % per_frag * PIECE;
	/* On a damaged volume it may be something else, too, that changes. */
	if ((*buffer)->mark & MARK_CHECKED &&
	    !(volume->super[OLD_FLAGS] & FLAG_NEEDS_CHECK))
		return 0;
	first = piece - piece % per_frag;
	for (i = 0; i < per_frag && first + i < dir_pieces(directory); i++)
		if (!piece_is_sane(volume, (*buffer)->data + i * PIECE)) {
			buffer_put(*buffer);
			return volume_damaged(volume, "names of directory",
			    directory->fs.number);
		}
	(*buffer)->mark |= MARK_CHECKED;
	return 0;
}

void place_put(struct place *place)
{
	buffer_put(place->buffer);
}

uint32_t place_inode(struct node *directory, const struct place *place)
{
	return entry_inode(node_volume(directory),
	    place->buffer->data + place->offset);
}

static int entry_is(const struct volume *volume, const uint8_t *entry,
    const struct name *name)
{
	return entry_inode(volume, entry) &&
	    entry_name_length(volume, entry) == name->length &&
	    !memcmp(entry + ENTRY_NAME, name->text, name->length);
}

/* Looks for a name in one piece. place->buffer is held if it is there. */
static error_t piece_lookup(struct node *directory, uint32_t piece,
    const struct name *name, struct place *place)
{
	struct volume *volume = node_volume(directory);
	struct buffer *buffer;
	unsigned at, offset;
	error_t error = dir_piece(directory, piece, &buffer, &at);

	if (error)
		return error;
	for (offset = at; offset < at + PIECE;
	     offset += entry_length(volume, buffer->data + offset)) {
		if (!entry_is(volume, buffer->data + offset, name))
			continue;
		place->buffer = buffer;
		place->offset = offset;
		place->piece = piece;
		return 0;
	}
	buffer_put(buffer);
	return E_NOENT;
}

/* The first run of room for need bytes in a piece: *start is the entry that it
 * begins in. 0: none. late: what was removed just now counts, too. */
static unsigned room_find(struct volume *volume, struct buffer *buffer,
    unsigned at, unsigned need, int late, unsigned *start)
{
	unsigned offset, run = 0, most = 0;
	const uint8_t *entry;

	for (offset = at; offset < at + PIECE;
	     offset += entry_length(volume, entry)) {
		entry = buffer->data + offset;
		if (entry_inode(volume, entry) || !run) {
			run = 0;
			*start = offset;
		}
		if (!late && !entry_inode(volume, entry) &&
		    late_removed(volume, buffer->block, offset)) {
			run = 0;
			continue;
		}
		run += entry_room(volume, entry);
		if (run > most)
			most = run;
		if (need && run >= need)
			return run;
	}
	return need ? 0 : most;
}

/* For the index: the most room that there will be. */
static unsigned piece_room(struct volume *volume, struct buffer *buffer,
    unsigned at)
{
	unsigned start;

	return room_find(volume, buffer, at, 0, 1, &start);
}

/* The names of a piece, for the index. */
static error_t piece_index(struct name_table *table, void *directory,
    uint32_t piece, unsigned *room)
{
	struct volume *volume = node_volume(directory);
	struct buffer *buffer;
	unsigned at, offset;
	error_t error = dir_piece(directory, piece, &buffer, &at);

	if (error)
		return error;
	for (offset = at; offset < at + PIECE && !error;
	     offset += entry_length(volume, buffer->data + offset)) {
		const uint8_t *entry = buffer->data + offset;

		if (entry_inode(volume, entry))
			error = name_table_put(table,
			    (const char *)entry + ENTRY_NAME,
			    entry_name_length(volume, entry), piece);
	}
	*room = piece_room(volume, buffer, at);
	buffer_put(buffer);
	return error;
}

static error_t index_need(struct node *directory)
{
	return name_index_need(&directory->index, dir_pieces(directory),
	    piece_index, directory);
}

error_t dir_find(struct node *directory, const struct name *name,
    struct place *place)
{
	uint32_t count = dir_pieces(directory), piece, cursor = 0;
	error_t error;

	if (count > PIECES_LINEAR && !index_need(directory)) {
		do {
			piece = name_index_next(&directory->index,
			    name->text, name->length, &cursor);
			if (piece == UINT32_MAX)
				return E_NOENT;
			error = piece_lookup(directory, piece, name, place);
		} while (error == E_NOENT);
		return error;
	}
	for (piece = 0; piece < count; piece++) {
		error = piece_lookup(directory, piece, name, place);
		if (error != E_NOENT)
			return error;
	}
	return E_NOENT;
}

static void entry_fill(const struct volume *volume, uint8_t *entry,
    const struct name *name, uint32_t inode, uint32_t mode)
{
	put32(volume, entry + ENTRY_INODE, inode);
	entry[ENTRY_TYPE] = fs_entry_type(mode);
	entry[ENTRY_NAME_LENGTH] = (uint8_t)name->length;
	memcpy(entry + ENTRY_NAME, name->text, name->length);
	memset(entry + ENTRY_NAME + name->length, 0,
	    name_space(name->length) - ENTRY_NAME - name->length);
}

/* Makes the run of room bytes from the entry at start one free entry. */
static uint8_t *room_take(const struct volume *volume, uint8_t *entry,
    unsigned room)
{
	unsigned used;

	if (entry_inode(volume, entry)) {
		used = name_space(entry_name_length(volume, entry));
		put16(volume, entry + ENTRY_LENGTH, used);
		entry += used;
	}
	put32(volume, entry + ENTRY_INODE, 0);
	put16(volume, entry + ENTRY_LENGTH, room);
	return entry;
}

static void pieces_empty(const struct volume *volume, struct buffer *buffer)
{
	unsigned at;

	for (at = 0; at < volume->frag_size; at += PIECE)
		put16(volume, buffer->data + at + ENTRY_LENGTH, PIECE);
}

/* The buffer of the piece behind the last, whose place is there. */
static error_t piece_start(struct node *directory, uint32_t piece,
    struct buffer **buffer, unsigned *at)
{
	struct volume *volume = node_volume(directory);
	uint32_t frag;
	error_t error = piece_find(directory, piece, &frag);

	*at = (unsigned)((uint64_t)piece * PIECE) & (volume->frag_size - 1);
	if (error)
		return error;
	if (!*at) {
		error = buffer_get_zero(volume->cache, frag, buffer);
		if (error)
			return error;
		(*buffer)->mark = MARK_CHECKED;
		pieces_empty(volume, *buffer);
		buffer_dirty(*buffer, ORDER_FIRST);
		return 0;
	}
	error = buffer_get(volume->cache, frag, buffer);
	if (error)
		return error;
	if (entry_length(volume, (*buffer)->data + *at) != PIECE ||
	    entry_inode(volume, (*buffer)->data + *at)) {
		memset((*buffer)->data + *at, 0, PIECE);
		put16(volume, (*buffer)->data + *at + ENTRY_LENGTH, PIECE);
		buffer_dirty(*buffer, ORDER_FIRST);
	}
	return 0;
}

/* A new piece at the end, one free entry. */
static error_t dir_grow(struct node *directory, struct buffer **buffer,
    unsigned *at)
{
	struct volume *volume = node_volume(directory);
	uint64_t size = directory->fs.attributes.size;
	uint32_t block = (uint32_t)(size >> volume->block_shift), disk, length;
	error_t error;

	if (size >= INT32_MAX - PIECE)
		return E_FBIG;
	error = tail_grow(directory, size + PIECE);
	if (error)
		return error;
	directory->fs.attributes.size = size + PIECE;
	if (!(size & (volume->block_size - 1)))
		error = map_fill(directory, block, 1, &disk, &length);
	if (!error)
		error = piece_start(directory, (uint32_t)(size / PIECE),
		    buffer, at);
	if (error) {
		directory->fs.attributes.size = size;
		if (!(size & (volume->block_size - 1)))
			map_cut(directory, block);
	}
	fs_node_dirty(&directory->fs);
	return error;
}

/* A piece from piece on that may have room for need bytes. A new search (0)
 * goes on where the last one found something, then from the start: the pieces
 * in front may have nothing but room that waits for the next sync. */
static uint32_t room_next(struct node *directory, unsigned need,
    uint32_t piece)
{
	struct name_index *index = &directory->index;
	uint32_t from = piece ? piece : index->last;

	piece = name_index_room(index, need, from);
	if (piece >= dir_pieces(directory) && from == index->last)
		piece = name_index_room(index, need, 0);
	return piece;
}

/* A piece with a run of room for need bytes, held. */
static error_t dir_find_room(struct node *directory, unsigned need,
    struct place *place, unsigned *at, unsigned *room)
{
	struct volume *volume = node_volume(directory);
	uint32_t count = dir_pieces(directory), piece;
	unsigned tries = TRIES;
	error_t error;

	for (piece = room_next(directory, need, 0); piece < count && tries;
	     piece = room_next(directory, need, piece + 1)) {
		error = dir_piece(directory, piece, &place->buffer, at);
		if (error)
			return error;
		*room = room_find(volume, place->buffer, *at, need, 0,
		    &place->offset);
		place->piece = piece;
		if (*room)
			return 0;
		buffer_put(place->buffer);
		tries -= directory->index.table != 0;
	}
	place->piece = count;
	error = dir_grow(directory, &place->buffer, at);
	*room = PIECE;
	if (!error)
		place->offset = *at;
	return error;
}

/* The name was there before the last sync: the disk must not have it twice. */
static error_t dir_add_again(struct node *directory, const struct name *name,
    uint32_t inode, uint32_t mode)
{
	struct volume *volume = node_volume(directory);
	struct place place;
	error_t error = late_reuse(directory, name, &place);

	if (error)
		return error;
	put32(volume, place.buffer->data + place.offset, inode);
	place.buffer->data[place.offset + ENTRY_TYPE] = fs_entry_type(mode);
	name_index_add(&directory->index, name->text, name->length,
	    place.piece, piece_room(volume, place.buffer,
	    place.offset & ~(PIECE - 1u)));
	buffer_put(place.buffer);
	node_stamp(directory, 1);
	return 0;
}

error_t dir_add(struct node *directory, const struct name *name,
    uint32_t inode, uint32_t mode)
{
	struct volume *volume = node_volume(directory);
	struct place place;
	unsigned at, room;
	error_t error;

	if (dir_pieces(directory) > PIECES_LINEAR)
		index_need(directory); /* without it, it is only slower */
	error = dir_add_again(directory, name, inode, mode);
	if (error != E_NOENT)
		return error;
	error = dir_find_room(directory, name_space(name->length), &place, &at,
	    &room);
	if (error)
		return error;
	error = late_directory(volume, place.buffer);
	if (!error) {
		entry_fill(volume, room_take(volume,
		    place.buffer->data + place.offset, room), name, inode,
		    mode);
		name_index_add(&directory->index, name->text, name->length,
		    place.piece, piece_room(volume, place.buffer, at));
		node_stamp(directory, 1);
	}
	buffer_put(place.buffer);
	return error;
}

error_t dir_remove(struct node *directory, struct place *place)
{
	struct volume *volume = node_volume(directory);
	uint8_t *entry = place->buffer->data + place->offset;
	struct name name = { (const char *)entry + ENTRY_NAME,
		entry_name_length(volume, entry) };
	error_t error = late_removal(directory, place, &name);

	if (!error) {
		name_index_remove(&directory->index, name.text, name.length,
		    place->piece);
		put32(volume, entry + ENTRY_INODE, 0);
		name_index_set_room(&directory->index, place->piece,
		    piece_room(volume, place->buffer,
		    place->offset & ~(PIECE - 1u)));
		node_stamp(directory, 1);
	}
	place_put(place);
	return error;
}

error_t dir_change(struct node *directory, struct place *place,
    uint32_t inode, uint32_t mode)
{
	struct volume *volume = node_volume(directory);
	uint8_t *entry = place->buffer->data + place->offset;
	error_t error = late_directory(volume, place->buffer);

	if (!error) {
		put32(volume, entry + ENTRY_INODE, inode);
		entry[ENTRY_TYPE] = fs_entry_type(mode);
		node_stamp(directory, 1);
	}
	place_put(place);
	return error;
}

static int entry_is_dots(const struct volume *volume, const uint8_t *entry)
{
	unsigned length = entry_name_length(volume, entry);

	return entry[ENTRY_NAME] == '.' && (length == 1 ||
	    (length == 2 && entry[ENTRY_NAME + 1] == '.'));
}

error_t dir_is_empty(struct node *directory, int *empty)
{
	struct volume *volume = node_volume(directory);
	unsigned at, offset;
	uint32_t piece;

	*empty = 0;
	for (piece = 0; piece < dir_pieces(directory); piece++) {
		struct buffer *buffer;
		const uint8_t *entry;
		error_t error = dir_piece(directory, piece, &buffer, &at);

		if (error)
			return error;
		for (offset = at; offset < at + PIECE;
		     offset += entry_length(volume, entry)) {
			entry = buffer->data + offset;
			if (entry_inode(volume, entry) &&
			    !entry_is_dots(volume, entry))
				break;
		}
		buffer_put(buffer);
		if (offset < at + PIECE)
			return 0;
	}
	*empty = 1;
	return 0;
}

error_t dir_start(struct node *directory, uint32_t parent)
{
	struct volume *volume = node_volume(directory);
	static const struct name dot = { ".", 1 }, dots = { "..", 2 };
	struct buffer *buffer;
	unsigned at;
	uint8_t *entry;
	error_t error = dir_grow(directory, &buffer, &at);

	if (error)
		return error;
	entry = buffer->data + at;
	put16(volume, entry + ENTRY_LENGTH, name_space(1));
	entry_fill(volume, entry, &dot, (uint32_t)directory->fs.number,
	    FS_DIRECTORY);
	entry += name_space(1);
	put16(volume, entry + ENTRY_LENGTH, PIECE - name_space(1));
	entry_fill(volume, entry, &dots, parent, FS_DIRECTORY);
	buffer_put(buffer);
	return 0;
}

/* Emits the entries of a piece from offset from on; *full: no more room. */
static void piece_emit(struct node *directory, uint32_t piece,
    const uint8_t *bytes, unsigned from, fs_emit_t emit, void *context,
    int *full)
{
	struct volume *volume = node_volume(directory);
	unsigned offset, length;

	for (offset = 0; offset < PIECE && !*full; offset += length) {
		const uint8_t *entry = bytes + offset;
		struct fs_entry out;

		length = entry_length(volume, entry);
		if (!entry_inode(volume, entry) || offset < from)
			continue;
		out.name = (const char *)entry + ENTRY_NAME;
		out.length = entry_name_length(volume, entry);
		out.node = entry_inode(volume, entry);
		out.type = volume->format == FORMAT_44 ? entry[ENTRY_TYPE] : 0;
		out.next = (uint64_t)piece * PIECE + offset + length;
		*full = emit(context, &out);
	}
}

error_t ffs_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct node *directory = node_of(fs);
	uint64_t piece = position / PIECE;
	unsigned from = (unsigned)position % PIECE, at, bad = 0;
	int full = 0;

	for (; piece < dir_pieces(directory) && !full; piece++, from = 0) {
		struct buffer *buffer;
		error_t error = dir_piece(directory, (uint32_t)piece, &buffer,
		    &at);

		/* A damaged size may say that there are millions more. */
		if (error == E_UCLEAN && bad++ < BAD_MOST)
			continue;
		if (error)
			return error == E_UCLEAN ? 0 : error;
		piece_emit(directory, (uint32_t)piece, buffer->data + at, from,
		    emit, context, &full);
		buffer_put(buffer);
	}
	return 0;
}
