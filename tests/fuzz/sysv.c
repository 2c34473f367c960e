/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for the System V family: the input is a disk, in one of two
 * forms. As it is; or (first byte below 64) patches to a volume that is made
 * here: its shape, then a position of 3 bytes and a byte each. Everything on
 * it is asked everything, and it is written to if that is allowed. Unless bit
 * 5 of the first byte is set (for speed) it is checked and repaired; then it
 * must be mountable for writing, and without fault.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -DMASIX_UNIT \
 *		-Ilibmasix -Iservers/lib -Iservers/pfs/sysv tests/fuzz/sysv.c \
 *		servers/pfs/sysv/core/[a-z]*.c servers/lib/fs/core/nodes.c \
 *		servers/lib/block/core/[a-z]*.c \
 *		libmasix/base/{map,text}.c -o sysv
 */
#include "core/make.h"
#include <stdlib.h>
#include <string.h>

enum {
	DISK = 128 * 1024,
	DEPTH = 4,
	NODES = 60, /* looked at in one mount */
	NAMES = 40,
	SHAPES = 10,
	FIRST_PATCHES = 64,
	NO_REPAIR = 32,
};

struct disk {
	struct block_device device;
	uint8_t *bytes;
};

struct name {
	char text[FS_NAME_MAX];
	unsigned length;
};

struct names {
	struct name all[NAMES];
	unsigned count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned nodes_left;

static void now(struct fs_time *time)
{
	*time = (struct fs_time){ 1700000000, 0 };
}

static error_t disk_get(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	memcpy(buffer, ((struct disk *)device)->bytes + position, count);
	return 0;
}

static error_t disk_put(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	memcpy(((struct disk *)device)->bytes + position, buffer, count);
	return 0;
}

static error_t disk_end(struct block_device *device)
{
	(void)device;
	return 0;
}

static int name_take(void *context, const struct fs_entry *entry)
{
	struct names *names = context;
	struct name *name = &names->all[names->count];

	if (names->count == NAMES)
		return 1;
	if (!entry->length || entry->length > NAME_MAX_SYSV)
		abort();
	memcpy(name->text, entry->name, entry->length);
	name->length = entry->length;
	names->count++;
	return 0;
}

static void walk(struct fs_volume *volume, uint64_t number, unsigned depth);

static void directory_walk(struct fs_node *node, unsigned depth)
{
	struct names *names = calloc(1, sizeof *names);
	uint64_t number;

	sysv_ops.read_directory(node, 0, name_take, names);
	for (unsigned i = 0; i < names->count; i++)
		if (!sysv_ops.lookup(node, names->all[i].text,
		    names->all[i].length, &number))
			walk(node->volume, number, depth + 1);
	free(names);
}

static void file_use(struct fs_node *node)
{
	uint64_t size = node->attributes.size;
	uint64_t offsets[] = { 0, 1000, size / 2, size - 1, size };
	struct fs_extent extent;
	uint8_t bytes[3000] = { 0 };

	for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		size_t count = sizeof bytes;

		sysv_ops.read(node, offsets[i], bytes, &count);
		if (!sysv_ops.extent(node, offsets[i], &extent) &&
		    !extent.count)
			abort();
		if (!node->volume->read_only)
			sysv_ops.write(node, offsets[i], bytes, count);
	}
	if (!node->volume->read_only)
		sysv_ops.truncate(node, size / 2);
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
		file_use(node);
		break;
	case FS_LINK:
		sysv_ops.read_link(node, target, &length);
		if (length > FS_TARGET_MAX)
			abort();
		break;
	}
	fs_node_put(node);
}

/* New names, a removal and a rename in the root. */
static void names_use(struct fs_volume *volume)
{
	struct fs_new what = { .mode = FS_DIRECTORY | 0755 };
	struct fs_node *root, *node;
	struct names *names = calloc(1, sizeof *names);

	if (!fs_node_get(volume, volume->root, &root)) {
		sysv_ops.read_directory(root, 0, name_take, names);
		for (unsigned i = 2; i < names->count; i++)
			for (int kind = 0; kind < 2; kind++)
				if (!sysv_ops.unlink(root, names->all[i].text,
				    names->all[i].length, kind, &node))
					fs_node_put(node);
		if (!sysv_ops.create(root, "new", 3, &what, &node))
			fs_node_put(node);
		fs_node_put(root);
	}
	free(names);
	sysv_ops.sync(volume);
}

static int volume_use(struct disk *disk, int read_only)
{
	struct fs_options options = { .now = now, .read_only = read_only };
	struct fs_volume *volume;

	if (sysv_ops.mount(&disk->device, &options, &volume))
		return 0;
	nodes_left = NODES;
	walk(volume, volume->root, 0);
	if (!read_only)
		names_use(volume);
	fs_nodes_trim(volume, 0);
	sysv_ops.unmount(volume);
	return 1;
}

static void repair(struct disk *disk)
{
	struct check check = { .now = now, .repair = 1 };

	if (check_volume(&disk->device, &check) || check.left)
		return;
	check.repair = 0;
	if (check_volume(&disk->device, &check) || check.problems)
		abort();
	if (!volume_use(disk, 0))
		abort();
	if (check_volume(&disk->device, &check) || check.problems)
		abort();
}

/* A file in a directory, with a branch of its map, and a link. */
static void tree_make(struct disk *disk)
{
	struct fs_options options = { .now = now };
	struct fs_new what = { .mode = FS_DIRECTORY | 0755 };
	struct fs_volume *volume;
	struct fs_node *root, *folder, *file;
	static const uint8_t data[30000] = { 1 };

	if (sysv_ops.mount(&disk->device, &options, &volume) ||
	    fs_node_get(volume, volume->root, &root) ||
	    sysv_ops.create(root, "folder", 6, &what, &folder))
		abort();
	what.mode = FS_REGULAR | 0644;
	if (sysv_ops.create(folder, "file", 4, &what, &file))
		abort();
	file->attributes.size = sizeof data;
	sysv_ops.write(file, 0, data, sizeof data);
	fs_node_put(file);
	what = (struct fs_new){ .mode = FS_LINK, .target = "folder/file",
		.target_length = 11 };
	if (sysv_ops.create(root, "link", 4, &what, &file))
		abort();
	fs_node_put(file);
	fs_node_put(folder);
	fs_node_put(root);
	fs_nodes_trim(volume, 0);
	sysv_ops.unmount(volume);
}

static const uint8_t *base_make(int shape)
{
	static uint8_t *bases[SHAPES];
	static const struct make makes[SHAPES] = {
		{ VARIANT_R4, BYTES_LITTLE, 1024, 0, 0, 32, now },
		{ VARIANT_R4, BYTES_BIG, 512, 0, 0, 32, now },
		{ VARIANT_R4, BYTES_LITTLE, 2048, 0, 0, 32, now },
		{ VARIANT_R2, BYTES_BIG, 1024, 0, 0, 32, now },
		{ VARIANT_R2, BYTES_LITTLE, 1024, 9, 0, 32, now },
		{ VARIANT_XENIX, BYTES_LITTLE, 1024, 0, 0, 32, now },
		{ VARIANT_XENIX, BYTES_BIG, 1024, 0, 0, 32, now },
		{ VARIANT_COHERENT, BYTES_PDP, 512, 0, 0, 32, now },
		{ VARIANT_V7, BYTES_PDP, 512, 0, 0, 32, now },
		{ VARIANT_V7, BYTES_LITTLE, 512, 0, 0, 32, now },
	};
	struct disk disk = { { .size = DISK, .sector_size = 512,
	    .read = disk_get, .write = disk_put, .flush = disk_end }, 0 };
	struct make make = makes[shape];
	const char *reason;

	if (bases[shape])
		return bases[shape];
	bases[shape] = disk.bytes = calloc(1, DISK);
	if (make_check(&make, &disk.device, &reason) ||
	    make_volume(&disk.device, &make))
		abort();
	tree_make(&disk);
	return bases[shape];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk disk = { { .size = DISK, .sector_size = 512,
	    .read = disk_get, .write = disk_put, .flush = disk_end },
		malloc(DISK) };
	int repairs = !size || !(data[0] & NO_REPAIR);

	if (size && data[0] < FIRST_PATCHES) {
		memcpy(disk.bytes, base_make(data[0] % NO_REPAIR % SHAPES),
		    DISK);
		for (data++, size--; size >= 4; data += 4, size -= 4)
			disk.bytes[(data[0] | data[1] << 8 |
			    data[2] << 16) % DISK] = data[3];
	} else {
		memset(disk.bytes, 0, DISK);
		memcpy(disk.bytes, data, size < DISK ? size : DISK);
	}
	volume_use(&disk, 1);
	if (repairs)
		repair(&disk);
	volume_use(&disk, 0);
	free(disk.bytes);
	return 0;
}
