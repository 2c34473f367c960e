/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own look at an image: as fsck.fat's, but fast, and it knows what a loss
 * of power may leave. Nothing of servers/pfs/fat is used. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAMES_MOST = 4096,
	END = 0x0ffffff8,
	ANY = -1, /* clusters of a directory */
};

struct image {
	const uint8_t *bytes;
	unsigned bits, sector, cluster, tables;
	uint32_t clusters, root, root_slots;
	uint64_t table, table_bytes, fixed, data, info;
	uint32_t *owner; /* the first cluster of the file that has it */
	int crossed;     /* only look for what is crossed */
	unsigned faults;
};

static uint32_t get(const uint8_t *at, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void fault(struct image *image, const char *what, uint32_t number)
{
	if (image->faults++ < 8)
		printf("image: %s %u\n", what, number);
}

static uint32_t next(const struct image *image, uint32_t cluster)
{
	const uint8_t *table = image->bytes + image->table;
	uint32_t value;

	if (image->bits == 32)
		return get(table + cluster * 4, 4) & 0x0fffffff;
	if (image->bits == 16)
		value = get(table + cluster * 2, 2);
	else
		value = get(table + cluster * 3 / 2, 2) >>
		    (cluster & 1 ? 4 : 0) & 0xfff;
	return value >= (0xffff >> (16 - image->bits)) - 8u ?
	    value | 0x0ffff000 : value;
}

static int exists(const struct image *image, uint32_t cluster)
{
	return cluster >= 2 && cluster < image->clusters + 2;
}

static void geometry(struct image *image)
{
	const uint8_t *boot = image->bytes;
	uint32_t sectors = get(boot + 19, 2), each = get(boot + 22, 2);

	image->sector = get(boot + 11, 2);
	image->cluster = boot[13] * image->sector;
	image->tables = boot[16];
	image->root_slots = get(boot + 17, 2);
	if (!sectors)
		sectors = get(boot + 32, 4);
	if (!each) {
		each = get(boot + 36, 4);
		image->bits = 32;
		image->root = get(boot + 44, 4);
		image->info = (uint64_t)get(boot + 48, 2) * image->sector;
	}
	image->table = (uint64_t)get(boot + 14, 2) * image->sector;
	image->table_bytes = (uint64_t)each * image->sector;
	image->fixed = image->table + image->tables * image->table_bytes;
	image->data = image->fixed + image->root_slots * 32;
	image->clusters = (uint32_t)(((uint64_t)sectors * image->sector -
	    image->data) / image->cluster);
	if (!image->bits)
		image->bits = image->clusters > 0xff4 ? 16 : 12;
}

/* The chain of an entry. limit: clusters that the size allows. */
static void chain(struct image *image, uint32_t start, int64_t limit)
{
	uint32_t at = start;
	int64_t count = 0;

	for (; at < END; at = next(image, at), count++) {
		if (!exists(image, at)) {
			fault(image, "leads nowhere: chain", start);
			return;
		}
		if (image->owner[at]) {
			/* a name more of the same file is no fault yet */
			if (!image->crossed || image->owner[at] != start)
				fault(image, "in two chains: cluster", at);
			return;
		}
		if (!next(image, at)) {
			fault(image, "free, but in a chain: cluster", at);
			return;
		}
		image->owner[at] = start;
	}
	if (count < limit)
		fault(image, "too short: chain", start);
	if (count > limit && limit != ANY && !image->crossed)
		fault(image, "too long: chain", start);
}

static void directory(struct image *image, uint32_t start, uint32_t parent);

static void entry(struct image *image, const uint8_t *slot, uint32_t parent)
{
	uint32_t start = get(slot + 26, 2), size = get(slot + 28, 4);

	if (image->bits == 32)
		start |= get(slot + 20, 2) << 16;
	if (slot[11] & 0x10) {
		int again = image->crossed && exists(image, start) &&
		    image->owner[start] == start;

		chain(image, start, ANY);
		if (!image->faults && !again)
			directory(image, start, parent);
	} else if (start || size) {
		chain(image, start, (size + image->cluster - 1) /
		    image->cluster);
	}
}

static uint8_t sum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + name[i]);
	return sum;
}

/* One directory, slot by slot. */
struct look {
	const uint8_t *names[NAMES_MOST];
	unsigned count;
	int order; /* of the part of a long name before, 0 none */
	uint8_t sum;
};

static void slot_look(struct image *image, struct look *look,
    const uint8_t *slot, uint32_t parent)
{
	if (slot[0] == 0xe5) {
		if (look->order && !image->crossed)
			fault(image, "part of a long name alone", slot[0]);
		look->order = 0;
		return;
	}
	if (slot[11] == 0x0f) {
		if (!image->crossed && look->order && (slot[0] & 0x40 ||
		    slot[0] + 1 != look->order || slot[13] != look->sum))
			fault(image, "part of a long name", slot[0]);
		look->order = slot[0] & 0x1f;
		look->sum = slot[13];
		return;
	}
	if (look->order && !image->crossed && (look->order != 1 ||
	    look->sum != sum(slot)))
		fault(image, "long name of another", look->order);
	look->order = 0;
	if (slot[11] & 8)
		return;
	for (unsigned i = 0; i < look->count && !image->crossed; i++)
		if (!memcmp(look->names[i], slot, 11))
			fault(image, "two of the same name", i);
	if (look->count < NAMES_MOST)
		look->names[look->count++] = slot;
	if (slot[0] != '.')
		entry(image, slot, parent);
}

/* 0: the end. */
static int slots_look(struct image *image, struct look *look,
    const uint8_t *slots, unsigned count, uint32_t parent)
{
	for (; count; count--, slots += 32) {
		if (!slots[0])
			return 0;
		slot_look(image, look, slots, parent);
	}
	return 1;
}

static const uint8_t *cluster_bytes(const struct image *image,
    uint32_t cluster)
{
	return image->bytes + image->data +
	    (uint64_t)(cluster - 2) * image->cluster;
}

static void dots(struct image *image, uint32_t start, uint32_t parent)
{
	const uint8_t *slot = cluster_bytes(image, start);
	uint32_t own = get(slot + 26, 2), above = get(slot + 58, 2);

	if (image->bits == 32) {
		own |= get(slot + 20, 2) << 16;
		above |= get(slot + 52, 2) << 16;
	}
	if (memcmp(slot, ".          ", 11) || own != start)
		fault(image, "no . in directory", start);
	if (memcmp(slot + 32, "..         ", 11) ||
	    (!image->crossed && above != parent))
		fault(image, "wrong .. in directory", start);
}

static void directory(struct image *image, uint32_t start, uint32_t parent)
{
	struct look *look = calloc(1, sizeof *look);
	int is_root = !start || start == image->root;
	uint32_t at = start, own = is_root ? 0 : start;

	if (!is_root)
		dots(image, start, parent);
	if (!start)
		slots_look(image, look, image->bytes + image->fixed,
		    image->root_slots, 0);
	for (; start && at < END && !image->faults; at = next(image, at))
		if (!slots_look(image, look, cluster_bytes(image, at),
		    image->cluster / 32, own))
			break;
	free(look);
}

static void whole(struct image *image)
{
	uint32_t free = 0;

	for (uint32_t i = 2; i < image->clusters + 2; i++) {
		uint32_t value = next(image, i);

		free += !value;
		if (value && !image->owner[i] && value != 0x0ffffff7)
			fault(image, "lost: cluster", i);
	}
	for (unsigned i = 1; i < image->tables; i++)
		if (memcmp(image->bytes + image->table, image->bytes +
		    image->table + i * image->table_bytes,
		    image->table_bytes))
			fault(image, "differs: table", i);
	if (image->info && get(image->bytes + image->info + 488, 4) != free)
		fault(image, "free clusters are not", free);
	if (image->bytes[image->bits == 32 ? 65 : 37] & 1)
		fault(image, "marked as in use", 0);
}

static unsigned look(const struct ram_device *ram, int crossed)
{
	struct image image = { .bytes = ram->bytes, .crossed = crossed };

	geometry(&image);
	image.owner = calloc(image.clusters + 2, sizeof *image.owner);
	if (image.root)
		chain(&image, image.root, ANY);
	directory(&image, image.root, 0);
	if (!crossed)
		whole(&image);
	free(image.owner);
	return image.faults;
}

unsigned image_faults(const struct ram_device *ram)
{
	return look(ram, 0);
}

unsigned image_crossed(const struct ram_device *ram)
{
	return look(ram, 1);
}
