/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Second pass of a check: every name leads to an inode that is in use, every
 * directory is below the root and knows its parent, links are as many as
 * names; what has no name goes.
 */
#include "check.h"
#include <base/heap.h>

/* Calls for each entry in use of all directories. */
struct visit {
	struct check *check;
	struct node *directory;
	uint32_t seen; /* entries before this one */
	int misplaced; /* "." and "..": not the first two, or elsewhere, too */
	/* Returns what the entry's inode number must be. */
	uint32_t (*entry)(struct visit *visit, const uint8_t *entry,
	    uint32_t inode);
};

static int is_name(const struct volume *volume, const uint8_t *entry,
    unsigned dots)
{
	return entry_name_length(volume, entry) == dots &&
	    entry[ENTRY_NAME] == '.' && entry[ENTRY_NAME + dots - 1] == '.';
}

static error_t piece_visit(struct visit *visit, uint32_t piece)
{
	struct volume *volume = visit->check->volume;
	struct buffer *buffer;
	unsigned at, offset;
	error_t error = dir_piece(visit->directory, piece, &buffer, &at);

	if (error)
		return error;
	for (offset = at; offset < at + PIECE;
	     offset += entry_length(volume, buffer->data + offset)) {
		uint8_t *entry = buffer->data + offset;
		uint32_t inode = get32(volume, entry), must;

		if (!inode)
			continue;
		must = visit->entry(visit, entry, inode);
		visit->seen++;
		if (must == inode)
			continue;
		put32(volume, entry, must);
		buffer_dirty(buffer, ORDER_MIDDLE);
	}
	buffer_put(buffer);
	return 0;
}

/* Up to the first damage: its size may be damaged, too, and say a terabyte. */
static error_t directory_visit(struct visit *visit, uint32_t number)
{
	uint32_t piece;
	error_t error = inode_load(visit->check->volume, number,
	    &visit->directory);

	if (error)
		return error;
	visit->seen = 0;
	visit->misplaced = 0;
	for (piece = 0; piece < visit->directory->fs.attributes.size / PIECE;
	     piece++) {
		error = piece_visit(visit, piece);
		if (error)
			break;
	}
	if (error == E_UCLEAN) {
		check_severe(visit->check, "names of directory", number);
		error = 0;
	}
	ffs_free(&visit->directory->fs);
	return error;
}

/* A directory is reached by the first name that is found, from the root down;
 * one that was being renamed may have another. */
static uint32_t entry_reach(struct visit *visit, const uint8_t *entry,
    uint32_t inode)
{
	struct check *check = visit->check;

	if (check->kind[inode] != FS_DIRECTORY >> 12 || check->reached[inode] ||
	    is_name(check->volume, entry, 1) ||
	    is_name(check->volume, entry, 2))
		return inode;
	check->reached[inode] = 1;
	check->parent[inode] = (uint32_t)visit->directory->fs.number;
	check->queue[check->queued++] = inode;
	return inode;
}

static error_t directories_reach(struct check *check)
{
	struct visit visit = { .check = check, .entry = entry_reach };
	uint32_t next;
	error_t error = 0;

	check->reached[ROOT] = 1;
	check->queue[check->queued++] = ROOT;
	for (next = 0; next < check->queued && !error; next++)
		error = directory_visit(&visit, check->queue[next]);
	return error;
}

/* 1: ".", 2: "..", 0: neither. */
static unsigned dots_of(const struct volume *volume, const uint8_t *entry)
{
	return is_name(volume, entry, 1) ? 1 : is_name(volume, entry, 2) ? 2 :
									   0;
}

/* What an entry of a directory that is below the root should say. */
static uint32_t entry_check(struct visit *visit, const uint8_t *entry,
    uint32_t inode)
{
	struct check *check = visit->check;
	const struct volume *volume = check->volume;
	uint32_t here = (uint32_t)visit->directory->fs.number;
	uint32_t parent = here == ROOT ? ROOT : check->parent[here];
	uint32_t must = inode;
	unsigned dots = dots_of(volume, entry);

	if (dots != (visit->seen < 2 ? visit->seen + 1 : 0))
		visit->misplaced = 1;
	if (dots == 1) {
		must = here;
	} else if (dots == 2) {
		must = parent;
	} else if (!check->kind[inode]) {
		must = 0;
	} else if (check->kind[inode] == FS_DIRECTORY >> 12 &&
	    (check->parent[inode] != here || inode == ROOT)) {
		must = 0; /* its other name counts */
	}
	if (must != inode)
		check_fault(check, "a name in directory", here);
	if (must)
		check->names[must]++;
	return must;
}

static error_t names_check(struct check *check)
{
	struct visit visit = { .check = check, .entry = entry_check };
	uint32_t number, count = check_inodes(check);
	error_t error = 0;

	for (number = ROOT; number < count && !error; number++) {
		if (!check->reached[number])
			continue;
		error = directory_visit(&visit, number);
		/* No loss of power does that: who knows what else is lost. */
		if (!error && (visit.misplaced || visit.seen < 2))
			check_severe(check, "\".\" and \"..\" of directory",
			    number);
	}
	return error;
}

/* Two names of one directory in one directory. */
static uint32_t twice_check(struct visit *visit, const uint8_t *entry,
    uint32_t inode)
{
	struct check *check = visit->check;

	if (is_name(check->volume, entry, 1) ||
	    is_name(check->volume, entry, 2) ||
	    check->kind[inode] != FS_DIRECTORY >> 12)
		return inode;
	if (check->parent[inode] != UINT32_MAX) {
		check->parent[inode] = UINT32_MAX;
		return inode;
	}
	check_fault(check, "a directory with two names, inode", inode);
	check->names[inode]--;
	return 0;
}

static error_t twice_remove(struct check *check)
{
	struct visit visit = { .check = check, .entry = twice_check };
	uint32_t number, count = check_inodes(check);
	error_t error = 0;

	for (number = ROOT; number < count && !error; number++)
		if (check->reached[number])
			error = directory_visit(&visit, number);
	return error;
}

static error_t links_check(struct check *check, uint32_t number)
{
	struct volume *volume = check->volume;
	struct buffer *buffer;
	uint8_t *bytes;
	error_t error = inode_find(volume, number, &buffer, &bytes);

	if (error)
		return error;
	if (get16(volume, bytes + INODE_LINKS) !=
	    (uint32_t)check->names[number]) {
		check_fault(check, "number of links of inode", number);
		put16(volume, bytes + INODE_LINKS,
		    (uint32_t)check->names[number]);
		buffer_dirty(buffer, ORDER_MIDDLE);
	}
	buffer_put(buffer);
	return 0;
}

error_t check_names(struct check *check)
{
	uint32_t number, count = check_inodes(check);
	error_t error = 0;

	if (check->kind[ROOT] != FS_DIRECTORY >> 12) {
		check_severe(check, "no directory: inode", ROOT);
		return 0;
	}
	error = directories_reach(check);
	if (!error)
		error = names_check(check);
	if (!error)
		error = twice_remove(check);
	for (number = ROOT; number < count && !error; number++) {
		if (!check->kind[number])
			continue;
		if (check->names[number] > 0)
			error = links_check(check, number);
		else if (check->result->severe)
			check_severe(check, "no name for inode", number);
		else {
			check_fault(check, "no name for inode", number);
			error = check_clear(check, number);
		}
	}
	return error;
}
