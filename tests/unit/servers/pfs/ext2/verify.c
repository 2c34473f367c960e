/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker of images: see verify.h. */
#include "verify.h"
#include "core/bits.h"
#include "core/disk.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	KIND = 0170000,
	DIRECTORY = 0040000,
	REGULAR = 0100000,
	LINK = 0120000,
};

struct look {
	const uint8_t *image;
	const struct disk_super *super;
	const struct disk_group *groups;
	uint32_t block_size, pointers, group_count, inode_size;
	uint8_t *used;      /* a byte a block */
	uint32_t *links;    /* names found, for each inode */
	uint32_t *users;    /* of attribute blocks, for each block */
	uint8_t *reached;   /* directories, by their one name */
	char *fault;        /* of the first one */
};

static char words[200];

static void fault(struct look *look, const char *format, ...)
{
	va_list list;

	if (look->fault)
		return;
	va_start(list, format);
	vsnprintf(words, sizeof words, format, list);
	va_end(list);
	look->fault = words;
}

static const uint8_t *block_at(const struct look *look, uint32_t block)
{
	return look->image + (size_t)block * look->block_size;
}

static const struct disk_inode *inode_at(const struct look *look,
    uint32_t number)
{
	uint32_t group = (number - 1) / look->super->group_inodes;
	uint32_t index = (number - 1) % look->super->group_inodes;

	return (const void *)(block_at(look,
	    look->groups[group].inode_table) +
	    (size_t)index * look->inode_size);
}

static int block_use(struct look *look, uint32_t block, uint32_t by)
{
	if (block < look->super->first_block || block >= look->super->blocks) {
		fault(look, "inode %u: block %u is nowhere", by, block);
		return 0;
	}
	if (look->used[block]++) {
		fault(look, "inode %u: block %u is used twice", by, block);
		return 0;
	}
	return 1;
}

struct file_look {
	struct look *look;
	uint32_t number;
	uint64_t blocks; /* all */
	uint64_t end;    /* behind the last file block */
};

static void tree_look(struct file_look *file, uint32_t block, unsigned level,
    uint64_t first)
{
	const uint32_t *slots;
	uint64_t span = 1;
	unsigned i;

	if (!block || !block_use(file->look, block, file->number))
		return;
	file->blocks++;
	if (!level) {
		if (first + 1 > file->end)
			file->end = first + 1;
		return;
	}
	for (i = 1; i < level; i++)
		span *= file->look->pointers;
	slots = (const void *)block_at(file->look, block);
	for (i = 0; i < file->look->pointers; i++)
		tree_look(file, slots[i], level - 1, first + i * span);
}

static int is_fast_link(const struct disk_inode *inode, uint32_t block_size)
{
	return (inode->mode & KIND) == LINK && inode->sectors ==
	    (inode->attribute_block ? block_size / 512 : 0);
}

static void inode_look(struct look *look, uint32_t number)
{
	const struct disk_inode *inode = inode_at(look, number);
	uint32_t kind = inode->mode & KIND, i;
	struct file_look file = { .look = look, .number = number };
	uint64_t first = BLOCKS_DIRECT, span = look->pointers;
	uint64_t size = inode->size;

	if (inode->dtime && number >= 11)
		fault(look, "inode %u is in use with a dtime", number);
	if (kind == REGULAR)
		size |= (uint64_t)inode->size_high << 32;
	if (kind == REGULAR || kind == DIRECTORY ||
	    (kind == LINK && !is_fast_link(inode, look->block_size)) ||
	    number < look->super->first_inode) {
		for (i = 0; i < BLOCKS_DIRECT; i++)
			tree_look(&file, inode->block[i], 0, i);
		for (i = 1; i <= 3; i++) {
			tree_look(&file, inode->block[BLOCKS_DIRECT + i - 1], i,
			    first);
			first += span;
			span *= look->pointers;
		}
	}
	if (inode->attribute_block) {
		look->users[inode->attribute_block]++;
		file.blocks++;
	}
	if (file.blocks * (look->block_size / 512) != inode->sectors)
		fault(look, "inode %u: %u sectors, should be %u", number,
		    inode->sectors, (unsigned)file.blocks *
		    (look->block_size / 512));
	if (number >= look->super->first_inode &&
	    file.end > (size + look->block_size - 1) / look->block_size)
		fault(look, "inode %u: blocks beyond its size", number);
	if (kind == DIRECTORY && file.end * look->block_size != size)
		fault(look, "directory %u: a wrong size", number);
}

static uint32_t file_block(const struct look *look,
    const struct disk_inode *inode, uint32_t index)
{
	const uint32_t *slots;

	if (index < BLOCKS_DIRECT)
		return inode->block[index];
	index -= BLOCKS_DIRECT;
	if (index < look->pointers) {
		slots = (const void *)block_at(look, inode->block[12]);
		return inode->block[12] ? slots[index] : 0;
	}
	index -= look->pointers;
	slots = (const void *)block_at(look, inode->block[13]);
	if (!inode->block[13] || !slots[index / look->pointers])
		return 0;
	slots = (const void *)block_at(look, slots[index / look->pointers]);
	return slots[index % look->pointers];
}

static uint8_t type_of(uint32_t mode)
{
	static const uint8_t types[16] = { [8] = 1, [4] = 2, [2] = 3, [6] = 4,
		[1] = 5, [12] = 6, [10] = 7 };

	return types[mode >> 12 & 15];
}

static void entry_look(struct look *look, uint32_t directory,
    uint32_t *parent, const struct disk_entry *entry)
{
	int dot = entry->name_length == 1 && entry->name[0] == '.';
	int dots = entry->name_length == 2 && !memcmp(entry->name, "..", 2);
	const struct disk_inode *inode;

	if (entry->inode > look->super->inodes || !entry->name_length) {
		fault(look, "directory %u: a bad entry", directory);
		return;
	}
	inode = inode_at(look, entry->inode);
	if (!inode->links || !inode->mode)
		fault(look, "directory %u: inode %u is not in use", directory,
		    entry->inode);
	if (look->super->incompatible & INCOMPAT_FILE_TYPE &&
	    entry->type != type_of(inode->mode))
		fault(look, "directory %u: type of inode %u", directory,
		    entry->inode);
	look->links[entry->inode]++;
	if (dot && entry->inode != directory)
		fault(look, "directory %u: .", directory);
	if (dots)
		*parent = entry->inode;
	if (!dot && !dots && (inode->mode & KIND) == DIRECTORY) {
		if (look->reached[entry->inode]++)
			fault(look, "directory %u has two names", entry->inode);
	}
}

static void directory_look(struct look *look, uint32_t number,
    uint32_t *parents)
{
	const struct disk_inode *inode = inode_at(look, number);
	uint32_t count = inode->size / look->block_size, i, offset;

	for (i = 0; i < count && !look->fault; i++) {
		uint32_t block = file_block(look, inode, i);
		const uint8_t *data = block_at(look, block);

		if (!block) {
			fault(look, "directory %u has a hole", number);
			return;
		}
		for (offset = 0; offset < look->block_size;) {
			const struct disk_entry *entry =
			    (const void *)(data + offset);

			if (entry->length < 12 || entry->length % 4 ||
			    offset + entry->length > look->block_size ||
			    entry->name_length + 8u > entry->length) {
				fault(look, "directory %u: block %u is broken",
				    number, i);
				return;
			}
			if (entry->inode)
				entry_look(look, number, &parents[number],
				    entry);
			offset += entry->length;
		}
	}
}

static int inode_in_use(const struct look *look, uint32_t number)
{
	uint32_t group = (number - 1) / look->super->group_inodes;

	return bit_get(block_at(look, look->groups[group].inode_bitmap),
	    (number - 1) % look->super->group_inodes);
}

static void names_look(struct look *look)
{
	uint32_t *parents = calloc(look->super->inodes + 1, 4), i;

	for (i = 2; i <= look->super->inodes; i++)
		if ((i == 2 || i >= look->super->first_inode) &&
		    inode_in_use(look, i) &&
		    (inode_at(look, i)->mode & KIND) == DIRECTORY)
			directory_look(look, i, parents);
	look->reached[2]++;
	for (i = 2; i <= look->super->inodes && !look->fault; i++) {
		const struct disk_inode *inode = inode_at(look, i);

		if (i != 2 && i < look->super->first_inode)
			continue;
		if (!inode_in_use(look, i)) {
			if (inode->links || (inode->mode && !inode->dtime))
				fault(look, "inode %u is free and alive", i);
			continue;
		}
		if (look->links[i] != inode->links || !inode->links)
			fault(look, "inode %u: %u links, found %u", i,
			    inode->links, look->links[i]);
		if ((inode->mode & KIND) == DIRECTORY &&
		    (!look->reached[i] || !parents[i]))
			fault(look, "directory %u is not connected", i);
	}
	free(parents);
}

static int is_power(uint32_t number, uint32_t base)
{
	while (number > 1 && number % base == 0)
		number /= base;
	return number == 1;
}

static void group_use(struct look *look, uint32_t group)
{
	const struct disk_group *disk = &look->groups[group];
	uint32_t first = look->super->first_block +
	    group * look->super->group_blocks, i;
	uint32_t table = (look->super->group_inodes * look->inode_size +
	    look->block_size - 1) / look->block_size;
	uint32_t head = (look->group_count * 32 + look->block_size - 1) /
	    look->block_size + 1;

	if (look->super->compatible & COMPAT_RESIZE)
		head += look->super->reserved_descriptors;
	if (group > 1 && look->super->read_only_compatible & RO_SPARSE &&
	    !is_power(group, 3) && !is_power(group, 5) && !is_power(group, 7))
		head = 0;
	for (i = 0; i < head; i++)
		block_use(look, first + i, 0);
	block_use(look, disk->block_bitmap, 0);
	block_use(look, disk->inode_bitmap, 0);
	for (i = 0; i < table; i++)
		block_use(look, disk->inode_table + i, 0);
}

/* Bitmaps and counts of a group say what was found. */
static void group_look(struct look *look, uint32_t group, uint32_t *free_blocks,
    uint32_t *free_inodes)
{
	const struct disk_group *disk = &look->groups[group];
	const uint8_t *map = block_at(look, disk->block_bitmap);
	uint32_t first = look->super->first_block +
	    group * look->super->group_blocks;
	uint32_t free = 0, inodes = 0, directories = 0, i, number;

	for (i = 0; i < look->super->group_blocks &&
	     first + i < look->super->blocks; i++) {
		if (!look->used[first + i] != !bit_get(map, i))
			fault(look, "block %u: %s", first + i,
			    bit_get(map, i) ? "marked, but free" :
			    "in use, but not marked");
		free += !bit_get(map, i);
	}
	for (; i < look->block_size * 8; i++)
		if (!bit_get(map, i))
			fault(look, "group %u: padding of its bitmap", group);
	for (i = 0; i < look->super->group_inodes; i++) {
		number = group * look->super->group_inodes + i + 1;
		if (!inode_in_use(look, number))
			inodes++;
		else if ((inode_at(look, number)->mode & KIND) == DIRECTORY)
			directories++;
	}
	if (free != disk->free_blocks || inodes != disk->free_inodes ||
	    directories != disk->directories)
		fault(look, "group %u: counts %u %u %u, should be %u %u %u",
		    group, disk->free_blocks, disk->free_inodes,
		    disk->directories, free, inodes, directories);
	*free_blocks += free;
	*free_inodes += inodes;
}

static void attributes_look(struct look *look)
{
	uint32_t i;

	for (i = 0; i < look->super->blocks; i++) {
		const uint32_t *head = (const void *)block_at(look, i);

		if (!look->users[i] || !block_use(look, i, 0))
			continue;
		if (head[0] != ATTRIBUTES_MAGIC || head[1] != look->users[i])
			fault(look, "attributes in block %u: %u users, "
			    "should be %u", i, head[1], look->users[i]);
	}
}

static void volume_look(struct look *look)
{
	uint32_t free_blocks = 0, free_inodes = 0, i;

	for (i = 0; i < look->group_count; i++)
		group_use(look, i);
	for (i = 1; i <= look->super->inodes && !look->fault; i++)
		if (inode_in_use(look, i))
			inode_look(look, i);
	if (!look->fault)
		attributes_look(look);
	if (!look->fault)
		names_look(look);
	for (i = 0; i < look->group_count && !look->fault; i++)
		group_look(look, i, &free_blocks, &free_inodes);
	if (free_blocks != look->super->free_blocks ||
	    free_inodes != look->super->free_inodes)
		fault(look, "super block: %u and %u free, should be %u and %u",
		    look->super->free_blocks, look->super->free_inodes,
		    free_blocks, free_inodes);
}

const char *verify(const uint8_t *image, size_t size)
{
	struct look look = { .image = image,
		.super = (const void *)(image + 1024) };
	const struct disk_super *super = look.super;

	if (super->magic != SUPER_MAGIC ||
	    ((uint64_t)super->blocks << (10 + super->block_shift)) > size)
		return "no super block";
	if (super->incompatible & INCOMPAT_RECOVER)
		return "the journal is not empty";
	if (super->last_orphan)
		return "orphans are left";
	look.block_size = 1024u << super->block_shift;
	look.pointers = look.block_size / 4;
	look.group_count = (super->blocks - super->first_block +
	    super->group_blocks - 1) / super->group_blocks;
	look.inode_size = super->revision ? super->inode_size : 128;
	look.groups = (const void *)block_at(&look, super->first_block + 1);
	look.used = calloc(1, super->blocks);
	look.users = calloc(super->blocks, 4);
	look.links = calloc(super->inodes + 1, 4);
	look.reached = calloc(1, super->inodes + 1);
	volume_look(&look);
	free(look.used);
	free(look.users);
	free(look.links);
	free(look.reached);
	return look.fault;
}
