/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories that survive: see keep.h. node->kept is a directory's number in
 * the table; node->kept_uses counts who needs it: views, directory rights,
 * mounts that cover it, and kept directories in it. An entry that nobody needs
 * when VFS dies is let go by its successor.
 */
#include "core/numbers.h"
#include "keep.h"
#include <base/heap.h>
#include <string.h>

static uint32_t hint = 1; /* all below are used */
static uint32_t used;

/* While VFS recovers: the nodes of entries, referenced. */
static struct node **restored;

static uint32_t number_new(void)
{
	struct kept_directory *table = kept()->directories;

	while (hint < KEPT_DIRECTORIES && table[hint].used)
		hint++;
	return hint < KEPT_DIRECTORIES ? hint++ : 0;
}

static void place_write(struct kept_directory *entry, const struct node *node)
{
	struct kept_place *place = &entry->places[!entry->turn];

	place->parent = node->parent ? node->parent->kept : 0;
	place->length = 0;
	if (node->name) {
		place->length = node->name->length;
		memcpy(place->name, node->name->text, place->length);
	}
	kept_ordered();
	entry->turn = !entry->turn;
}

static void entry_write(struct node *node)
{
	struct kept_directory *entry = &kept()->directories[node->kept];

	entry->mount = node->mount->id;
	entry->number = node->number;
	entry->removed = (node->flags & NODE_REMOVED) != 0;
	entry->turn = 0;
	if (kept()->directory_end <= node->kept)
		kept()->directory_end = node->kept + 1;
	place_write(entry, node);
	kept_ordered();
	entry->used = 1;
	used++;
}

/* Numbers for node and what is above it; nothing is written yet. */
static error_t numbers_take(struct node *node)
{
	struct node *at;
	unsigned more = 0;

	for (at = node; at && !at->kept; at = at->parent)
		more++;
	if (used + more >= KEPT_DIRECTORIES - 1)
		return E_NOMEM;
	for (at = node; at && !at->kept; at = at->parent)
		at->kept = number_new();
	return 0;
}

error_t directory_keep(struct node *node)
{
	error_t error;

	if (!node->kept) {
		error = numbers_take(node);
		if (error)
			return error;
	}
	for (; node && !node->kept_uses++; node = node->parent)
		if (!kept()->directories[node->kept].used)
			entry_write(node);
	return 0;
}

static void entry_free(struct node *node)
{
	kept()->directories[node->kept].used = 0;
	if (node->kept < hint)
		hint = node->kept;
	node->kept = 0;
	used--;
}

void directory_unkeep(struct node *node)
{
	for (; node && !--node->kept_uses; node = node->parent)
		entry_free(node);
}

void directory_moved(struct node *node, struct node *before)
{
	if (!node->kept_uses)
		return;
	/* If the table is full its path will be the old one. */
	if (before != node->parent) {
		if (node->parent && directory_keep(node->parent))
			return;
		place_write(&kept()->directories[node->kept], node);
		if (before)
			directory_unkeep(before);
		return;
	}
	place_write(&kept()->directories[node->kept], node);
}

void directory_gone(struct node *node)
{
	if (node->kept)
		kept()->directories[node->kept].removed = 1;
}

/* ---- recovery ----------------------------------------------------------- */

static uint32_t restored_end(void)
{
	uint32_t end = kept()->directory_end;

	return end < KEPT_DIRECTORIES ? end : KEPT_DIRECTORIES;
}

static int entry_is_whole(const struct kept_directory *entry)
{
	const struct kept_place *place = &entry->places[entry->turn & 1];

	return entry->turn <= 1 && place->parent < restored_end() &&
	    place->length < sizeof place->name;
}

static error_t entry_node(const struct kept_directory *entry,
    struct node *parent, struct node **node)
{
	const struct kept_place *place = &entry->places[entry->turn];
	struct mount *mount = kept_mount_find(entry->mount);
	error_t error;

	if (!mount)
		return E_NOENT;
	if (entry->number == mount->root->number) {
		*node = mount->root;
		return 0;
	}
	error = ask_known(mount, entry->number, node);
	if (error || (*node)->kept)
		return error ? error : E_UCLEAN;
	if (!node_is(*node, MODE_DIRECTORY) || !parent)
		return E_UCLEAN;
	if (!entry->removed)
		return name_enter(parent, place->name, place->length, *node);
	(*node)->parent = node_reference(parent);
	node_remove(*node);
	return 0;
}

/* Restores the entry if what is above it is; 0: not yet. */
static int entry_restore(uint32_t number)
{
	struct kept_directory *entry = &kept()->directories[number];
	uint32_t above = entry->places[entry->turn & 1].parent;
	struct node *parent = NULL, *node;

	if (!entry_is_whole(entry)) {
		entry->used = 0;
		return 1;
	}
	if (above) {
		parent = restored[above];
		if (!parent && kept()->directories[above].used)
			return 0;
	}
	if ((above && !parent) || entry_node(entry, parent, &node)) {
		entry->used = 0; /* who needed it gets the root */
		return 1;
	}
	restored[number] = node_reference(node);
	node->kept = number;
	used++;
	return 1;
}

void directories_restore(void)
{
	uint32_t end = restored_end();
	int more = 1;

	restored = heap_alloc_zero((end + 1) * sizeof *restored);
	if (!restored)
		return;
	while (more) {
		more = 0;
		for (uint32_t i = 1; i < end; i++)
			if (kept()->directories[i].used && !restored[i])
				more |= entry_restore(i);
	}
}

struct node *directory_restored(uint32_t number)
{
	return restored && number < restored_end() ? restored[number] : NULL;
}

void directories_settle(void)
{
	for (uint32_t i = 1; restored && i < restored_end(); i++) {
		if (!restored[i]) {
			kept()->directories[i].used = 0;
			continue;
		}
		if (!restored[i]->kept_uses)
			entry_free(restored[i]);
		node_drop(restored[i]);
	}
	heap_free(restored);
	restored = NULL;
	hint = 1;
}
