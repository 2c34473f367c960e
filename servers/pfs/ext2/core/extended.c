/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extended attributes. They lie in a block of their own, which files with equal
 * ones may share, and (in inodes of more than 128 bytes) behind the inode. Both
 * are read; a change writes all of them to the block, a new one if others share
 * it. Access control lists are shown in the form that programs know, and kept;
 * they are not obeyed, so they can't be set.
 *
 *	block:	head, entries sorted by (kind, length, name), 0, ... values
 *	inode:	magic, entries, 0, ... values
 */
#include "ext2.h"
#include <base/heap.h>
#include <string.h>

enum {
	HEAD = sizeof(struct disk_attributes),
	ITEMS_MAX = 512, /* more do not fit into block and inode */
	KIND_ACCESS = 2,
	KIND_DEFAULT = 3,
};

static const struct {
	uint8_t kind, whole; /* whole: nothing follows */
	const char *name;
} kinds[] = {
	{ 1, 0, "user." },
	{ KIND_ACCESS, 1, "system.posix_acl_access" },
	{ KIND_DEFAULT, 1, "system.posix_acl_default" },
	{ 4, 0, "trusted." },
	{ 6, 0, "security." },
};

struct item {
	uint8_t kind, length;
	const char *name;
	const uint8_t *value;
	uint32_t size;
};

/* What a node has, with the buffers that hold it. */
struct items {
	struct item *item; /* owned: ITEMS_MAX */
	unsigned count;
	struct buffer *block;       /* held, or null */
	struct buffer *inode;       /* held */
	uint8_t *inside, *end;      /* behind the inode; equal: no room there */
};

static unsigned round4(unsigned size)
{
	return (size + 3) & ~3u;
}

/* at: the first entry; base: what values count from. */
static error_t region_read(struct node *node, struct items *items,
    const uint8_t *base, const uint8_t *at, const uint8_t *end)
{
	while (at + 4 <= end && (at[0] | at[1] | at[2] | at[3])) {
		const struct disk_attribute *entry = (const void *)at;
		uint32_t room = (uint32_t)(end - base);
		struct item *item = &items->item[items->count];

		if (at + sizeof *entry > end || items->count == ITEMS_MAX ||
		    round4(sizeof *entry + entry->length) >
			(uint32_t)(end - at) || entry->block ||
		    entry->size > room || entry->offset > room - entry->size)
			return volume_damaged(node_volume(node),
			    "extended attributes of inode", node->fs.number);
		item->kind = entry->kind;
		item->length = entry->length;
		item->name = entry->name;
		item->value = base + entry->offset;
		item->size = entry->size;
		items->count++;
		at += round4(sizeof *entry + entry->length);
	}
	return 0;
}

static error_t inside_read(struct node *node, struct items *items)
{
	struct volume *volume = node_volume(node);
	struct disk_inode *disk;
	uint32_t magic, start;
	error_t error = inode_find(volume, (uint32_t)node->fs.number,
	    &items->inode, &disk);

	if (error || volume->inode_size <= INODE_SIZE_OLD)
		return error;
	start = INODE_SIZE_OLD + round4(disk->extra_size);
	if (disk->extra_size < 4 || start + 8 > volume->inode_size)
		return 0;
	items->inside = (uint8_t *)disk + start;
	items->end = (uint8_t *)disk + volume->inode_size;
	memcpy(&magic, items->inside, sizeof magic);
	return magic != ATTRIBUTES_MAGIC ? 0 :
	    region_read(node, items, items->inside + 4, items->inside + 4,
		items->end);
}

static error_t block_read(struct node *node, struct items *items)
{
	struct volume *volume = node_volume(node);
	const struct disk_attributes *head;
	error_t error;

	if (!node->attribute_block)
		return 0;
	if (!block_is_data(volume, node->attribute_block))
		return volume_damaged(volume, "attribute block of inode",
		    node->fs.number);
	error = block_get(volume, node->attribute_block, &items->block);
	if (error)
		return error;
	head = (const void *)items->block->data;
	if (head->magic != ATTRIBUTES_MAGIC || head->blocks != 1)
		return volume_damaged(volume, "attribute block of inode",
		    node->fs.number);
	return region_read(node, items, items->block->data,
	    items->block->data + HEAD,
	    items->block->data + volume->block_size);
}

static void items_put(struct items *items)
{
	if (items->block)
		buffer_put(items->block);
	if (items->inode)
		buffer_put(items->inode);
	heap_free(items->item);
}

/* items_put() whatever it returns. */
static error_t items_get(struct node *node, struct items *items)
{
	error_t error;

	memset(items, 0, sizeof *items);
	items->item = heap_alloc((ITEMS_MAX + 1) * sizeof *items->item);
	if (!items->item)
		return E_NOMEM;
	error = inside_read(node, items);
	return error ? error : block_read(node, items);
}

/* Splits a name; E_OPNOTSUPP: not one that is kept. */
static error_t name_split(const char *name, unsigned length, struct item *item)
{
	unsigned i, head;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		head = strlen(kinds[i].name);
		if (length < head || memcmp(name, kinds[i].name, head))
			continue;
		if (kinds[i].whole && length != head)
			break;
		if (!kinds[i].whole && length == head)
			return E_INVAL;
		item->kind = kinds[i].kind;
		item->name = name + head;
		item->length = (uint8_t)(length - head);
		return 0;
	}
	return E_OPNOTSUPP;
}

static int order(const struct item *one, const struct item *other)
{
	if (one->kind != other->kind)
		return one->kind - other->kind;
	if (one->length != other->length)
		return one->length - other->length;
	return memcmp(one->name, other->name, one->length);
}

static struct item *item_find(const struct items *items,
    const struct item *wanted)
{
	unsigned i;

	for (i = 0; i < items->count; i++)
		if (!order(&items->item[i], wanted))
			return &items->item[i];
	return 0;
}

/* The disk's list, without the ids that say nothing, as programs know it. */
static error_t list_show(const struct item *item, uint8_t *to, size_t *size)
{
	const uint8_t *at = item->value + 4, *end = item->value + item->size;
	size_t room = *size, used = 4;

	if (item->size < 4 || item->value[0] != 1 || room < 4)
		return E_INVAL;
	memcpy(to, "\2\0\0", 4);
	while (at + 4 <= end) {
		unsigned tag = at[0] | (unsigned)at[1] << 8;
		int has_id = tag == 2 || tag == 8; /* a user, a group */

		if (used + 8 > room || (has_id && at + 8 > end))
			return E_INVAL;
		memcpy(to + used, at, 4);
		memset(to + used + 4, 0xff, 4);
		if (has_id)
			memcpy(to + used + 4, at + 4, 4);
		used += 8;
		at += has_id ? 8 : 4;
	}
	*size = used;
	return at == end ? 0 : E_INVAL;
}

error_t ext2_get_extended(struct fs_node *fs, const char *name,
    unsigned length, void *value, size_t *size)
{
	struct item wanted, *item;
	struct items items;
	error_t error = name_split(name, length, &wanted);

	if (error)
		return error;
	error = items_get(node_of(fs), &items);
	item = error ? 0 : item_find(&items, &wanted);
	if (!error && !item) {
		error = E_NODATA;
	} else if (item && (item->kind == KIND_ACCESS ||
	    item->kind == KIND_DEFAULT)) {
		error = list_show(item, value, size);
	} else if (item && item->size > *size) {
		error = E_RANGE;
	} else if (item) {
		memcpy(value, item->value, item->size);
		*size = item->size;
	}
	items_put(&items);
	return error;
}

error_t ext2_list_extended(struct fs_node *fs, char *list, size_t *size)
{
	struct items items;
	size_t room = *size, used = 0;
	unsigned i, k, head;
	error_t error = items_get(node_of(fs), &items);

	for (i = 0; !error && i < items.count; i++) {
		const struct item *item = &items.item[i];

		for (k = 0; k < sizeof kinds / sizeof *kinds; k++)
			if (kinds[k].kind == item->kind)
				break;
		if (k == sizeof kinds / sizeof *kinds)
			continue;
		head = strlen(kinds[k].name);
		if (used + head + item->length + 1 > room) {
			error = E_RANGE;
			break;
		}
		memcpy(list + used, kinds[k].name, head);
		memcpy(list + used + head, item->name, item->length);
		used += head + item->length;
		list[used++] = 0;
	}
	items_put(&items);
	*size = used;
	return error;
}

/* ---- writing ------------------------------------------------------------ */

static uint32_t item_hash(const struct item *item)
{
	uint32_t hash = 0, word;
	unsigned i;

	for (i = 0; i < item->length; i++)
		hash = hash << 5 ^ hash >> 27 ^ (uint8_t)item->name[i];
	for (i = 0; i < item->size; i += 4) {
		word = 0;
		memcpy(&word, item->value + i,
		    item->size - i < 4 ? item->size - i : 4);
		hash = hash << 16 ^ hash >> 16 ^ word;
	}
	return hash;
}

static void items_sort(struct items *items)
{
	unsigned i, k;

	for (i = 1; i < items->count; i++) {
		struct item item = items->item[i];

		for (k = i; k && order(&items->item[k - 1], &item) > 0; k--)
			items->item[k] = items->item[k - 1];
		items->item[k] = item;
	}
}

/* image: a block of zeros. E_NOSPC: they do not fit. */
static error_t image_make(struct items *items, uint8_t *image, uint32_t size)
{
	struct disk_attributes *head = (void *)image;
	uint32_t at = HEAD, values = size;
	unsigned i;

	items_sort(items);
	head->magic = ATTRIBUTES_MAGIC;
	head->users = head->blocks = 1;
	for (i = 0; i < items->count; i++) {
		const struct item *item = &items->item[i];
		struct disk_attribute *entry = (void *)(image + at);
		uint32_t space = round4(sizeof *entry + item->length);

		if (round4(item->size) > values ||
		    at + space + 4 > values - round4(item->size))
			return E_NOSPC;
		values -= round4(item->size);
		entry->kind = item->kind;
		entry->length = item->length;
		entry->offset = item->size ? (uint16_t)values : 0;
		entry->size = item->size;
		memcpy(entry->name, item->name, item->length);
		memcpy(image + values, item->value, item->size);
		entry->hash = item_hash(item);
		head->hash = head->hash << 16 ^ head->hash >> 16 ^ entry->hash;
		at += space;
	}
	return 0;
}

static void block_drop(struct node *node)
{
	if (!node->attribute_block)
		return;
	attribute_block_drop(node);
	node->fs.attributes.blocks -= node_volume(node)->block_size / 512;
}

/* A block of the node's own for the image. */
static error_t block_new(struct node *node, const uint8_t *image)
{
	struct volume *volume = node_volume(node);
	uint32_t block, count;
	struct buffer *buffer;
	error_t error;

	if (!blocks_available(volume, node))
		return E_NOSPC;
	error = blocks_take(volume, node, group_first(volume,
	    (uint32_t)(node->fs.number - 1) / volume->super.group_inodes), 1,
	    &block, &count);
	if (error)
		return error;
	error = buffer_get_zero(volume->cache, block, &buffer);
	if (error) {
		blocks_free(volume, block, 1);
		return error;
	}
	memcpy(buffer->data, image, volume->block_size);
	buffer->mark = 0;
	buffer_dirty(buffer, ORDER_FIRST);
	buffer_put(buffer);
	block_drop(node);
	node->attribute_block = block;
	node->fs.attributes.blocks += volume->block_size / 512;
	return 0;
}

static error_t items_store(struct node *node, struct items *items)
{
	struct volume *volume = node_volume(node);
	struct disk_attributes *old = items->block ?
	    (void *)items->block->data : 0;
	uint8_t *image = heap_alloc_zero(volume->block_size);
	error_t error;

	if (!image)
		return E_NOMEM;
	error = image_make(items, image, volume->block_size);
	if (!error && !items->count) {
		block_drop(node);
	} else if (!error && old && old->users == 1) {
		memcpy(old, image, volume->block_size);
		buffer_dirty(items->block, ORDER_MIDDLE);
	} else if (!error) {
		error = block_new(node, image);
	}
	heap_free(image);
	if (error)
		return error;
	if (items->inside < items->end) {
		memset(items->inside, 0, (size_t)(items->end - items->inside));
		buffer_dirty(items->inode, ORDER_MIDDLE);
	}
	if (!(volume->super.compatible & COMPAT_ATTRIBUTES)) {
		volume->super.compatible |= COMPAT_ATTRIBUTES;
		volume->super_dirty |= SUPER_CHANGED;
	}
	node_stamp(node, 0);
	return 0;
}

static error_t items_change(struct items *items, const struct item *new,
    unsigned flags)
{
	struct item *item = item_find(items, new);

	if (item && (flags & FS_EXTENDED_CREATE))
		return E_EXIST;
	if (!item && (flags & (FS_EXTENDED_REPLACE | FS_EXTENDED_REMOVE)))
		return E_NODATA;
	if (!item) {
		if (items->count == ITEMS_MAX)
			return E_NOSPC;
		item = &items->item[items->count++];
	}
	if (flags & FS_EXTENDED_REMOVE)
		*item = items->item[--items->count];
	else
		*item = *new;
	return 0;
}

error_t ext2_set_extended(struct fs_node *fs, const char *name,
    unsigned length, const void *value, size_t size, unsigned flags)
{
	struct item new = { .value = value, .size = (uint32_t)size };
	struct items items;
	error_t error = name_split(name, length, &new);

	if (!error && (new.kind == KIND_ACCESS || new.kind == KIND_DEFAULT) &&
	    !(flags & FS_EXTENDED_REMOVE))
		error = E_OPNOTSUPP;
	if (!error)
		error = volume_relieve(volume_of(fs->volume), 4);
	if (error)
		return error;
	error = items_get(node_of(fs), &items);
	if (!error)
		error = items_change(&items, &new, flags);
	if (!error)
		error = items_store(node_of(fs), &items);
	items_put(&items);
	return error;
}
