/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for ISO 9660: the input is a disk from its first descriptor on,
 * filled up to whole sectors; it is mounted in each of the three ways, and
 * everything that is found is asked everything.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -DMASIX_UNIT \
 *		-Ilibmasix -Iservers/lib -Iservers/pfs/iso tests/fuzz/iso.c \
 *		servers/pfs/iso/core/[a-z]*.c servers/lib/fs/core/nodes.c \
 *		servers/lib/block/core/[a-z]*.c \
 *		libmasix/base/{map,text}.c -o iso
 */
#include "core/iso.h"
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH = 5,
	NODES = 200, /* looked at in one mount */
	NAMES = 100,
	SKIPPED = DESCRIPTOR_FIRST * SECTOR_SIZE,
};

struct disk {
	struct block_device device;
	const uint8_t *bytes;
	size_t size;
};

struct list_of_names {
	struct fs_entry entries[NAMES];
	char names[NAMES][FS_NAME_MAX];
	unsigned count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned nodes_left;

static error_t disk_bytes(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	struct disk *disk = (struct disk *)device;
	size_t there;

	/* The first sectors are nobody's: the input has none of them. */
	position -= position < SKIPPED ? position : SKIPPED;
	there = position < disk->size ? (size_t)(disk->size - position) : 0;
	if (there > count)
		there = count;
	memcpy(buffer, disk->bytes + position, there);
	memset((char *)buffer + there, 0, count - there);
	return 0;
}

static int name_take(void *context, const struct fs_entry *entry)
{
	struct list_of_names *names = context;

	if (names->count == NAMES)
		return 1;
	if (!entry->length || entry->length > FS_NAME_MAX)
		abort();
	memcpy(names->names[names->count], entry->name, entry->length);
	names->entries[names->count++] = *entry;
	return 0;
}

static void walk(struct fs_volume *volume, uint64_t number, unsigned depth);

static void directory_walk(struct fs_node *node, unsigned depth)
{
	struct list_of_names *names = calloc(1, sizeof *names);
	uint64_t number;

	iso_ops.read_directory(node, 0, name_take, names);
	for (unsigned i = 0; i < names->count; i++) {
		struct fs_entry *entry = &names->entries[i];

		if (!iso_ops.lookup(node, names->names[i], entry->length,
		    &number))
			walk(node->volume, number, depth + 1);
	}
	free(names);
}

static void file_read(struct fs_node *node)
{
	uint64_t size = node->attributes.size;
	uint64_t offsets[] = { 0, 1000, size / 2, size - 1, size };
	struct fs_extent extent;
	uint8_t bytes[5000];

	for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		size_t count = sizeof bytes;

		iso_ops.read(node, offsets[i], bytes, &count);
		if (!iso_ops.extent(node, offsets[i], &extent) &&
		    !extent.count)
			abort();
	}
}

static void walk(struct fs_volume *volume, uint64_t number, unsigned depth)
{
	char target[FS_TARGET_MAX];
	struct fs_node *node;
	unsigned length;

	if (depth > DEPTH || !nodes_left || fs_node_get(volume, number, &node))
		return;
	nodes_left--;
	switch (node->attributes.mode & FS_KIND) {
	case FS_DIRECTORY:
		directory_walk(node, depth);
		break;
	case FS_REGULAR:
		file_read(node);
		break;
	case FS_LINK:
		iso_ops.read_link(node, target, &length);
		if (length > FS_TARGET_MAX)
			abort();
		break;
	}
	fs_node_put(node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *words[] = { "norock", "nojoliet" };
	struct disk disk = { .bytes = data, .size = size };
	struct fs_volume *volume;

	disk.device.size = SKIPPED +
	    (size + SECTOR_SIZE - 1) / SECTOR_SIZE * SECTOR_SIZE;
	disk.device.sector_size = 512;
	disk.device.read_only = 1;
	disk.device.read = disk_bytes;
	for (int count = 0; count <= 2; count++) {
		struct fs_options options = { .argc = count, .argv = words };

		if (iso_ops.mount(&disk.device, &options, &volume))
			continue;
		nodes_left = NODES;
		walk(volume, volume->root, 0);
		fs_nodes_trim(volume, 0);
		iso_ops.unmount(volume);
	}
	return 0;
}
