/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for FFS: the input is spread over a disk that makefs has made, as
 * records of a length (one byte), a place (three) and bytes. The first byte
 * says what is done: the disk is mounted, and everything that is found is asked
 * everything and changed; or it is checked and repaired first, and then must
 * have no fault, and none after it was used.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -DMASIX_UNIT \
 *		-Ilibmasix -Iservers/lib -Iservers/pfs/ffs tests/fuzz/ffs.c \
 *		servers/pfs/ffs/core/[a-z]*.c servers/lib/fs/core/n*.c \
 *		servers/lib/block/core/[a-z]*.c libmasix/base/{map,text}.c \
 *		-o ffs
 *	FFS_DISK=image ./ffs seeds
 */
#include "core/ffs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DISK_BYTES = 512 * 1024,
	DEPTH = 3,
	NODES = 16, /* looked at in one mount */
	NAMES = 10,
	RECORD_HEAD = 4,
	RECORD_BYTES = 32,
	STRUCTURE_BYTES = 48 * 1024,
};

struct disk {
	struct block_device device;
	uint8_t bytes[DISK_BYTES];
};

struct list_of_names {
	struct fs_entry entries[NAMES];
	char names[NAMES][FS_NAME_MAX];
	unsigned count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t good[DISK_BYTES];
static struct disk disk;
static unsigned nodes_left;

static error_t disk_bytes(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	(void)device;
	memcpy(buffer, disk.bytes + position, count);
	return 0;
}

static error_t disk_put(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	(void)device;
	memcpy(disk.bytes + position, buffer, count);
	return 0;
}

static error_t disk_nothing(struct block_device *device)
{
	(void)device;
	return 0;
}

static void clock_now(struct fs_time *time)
{
	time->seconds = 1700000000;
	time->nanoseconds = 0;
}

static void good_load(void)
{
	const char *path = getenv("FFS_DISK");
	FILE *file = path ? fopen(path, "rb") : 0;

	if (!file || fread(good, 1, DISK_BYTES, file) != DISK_BYTES) {
		fprintf(stderr, "FFS_DISK: no image of 512 KB\n");
		exit(1);
	}
	fclose(file);
	disk.device.size = DISK_BYTES;
	disk.device.sector_size = 512;
	disk.device.read = disk_bytes;
	disk.device.write = disk_put;
	disk.device.flush = disk_nothing;
}

static void disk_spoil(const uint8_t *data, size_t size)
{
	memcpy(disk.bytes, good, DISK_BYTES);
	while (size > RECORD_HEAD) {
		size_t length = data[0] % RECORD_BYTES + 1;
		uint32_t place = (uint32_t)(data[1] | data[2] << 8 |
		    data[3] << 16) % DISK_BYTES;

		if (data[0] & 0x80) /* where the structure is */
			place = place % STRUCTURE_BYTES + SUPER_POSITION;
		data += RECORD_HEAD;
		size -= RECORD_HEAD;
		if (length > size)
			length = size;
		if (length > DISK_BYTES - place)
			length = DISK_BYTES - place;
		memcpy(disk.bytes + place, data, length);
		data += length;
		size -= length;
	}
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

static void name_drop(struct fs_node *node, const char *name, unsigned length)
{
	struct fs_node *gone;

	if (!ffs_ops.unlink(node, name, length, 0, &gone) ||
	    !ffs_ops.unlink(node, name, length, 1, &gone))
		fs_node_put(gone);
}

static void directory_walk(struct fs_node *node, unsigned depth)
{
	struct list_of_names *names = calloc(1, sizeof *names);
	const struct fs_new what = { .mode = FS_DIRECTORY | 0755 };
	struct fs_node *made;
	uint64_t number;

	ffs_ops.read_directory(node, 0, name_take, names);
	for (unsigned i = 0; i < names->count; i++)
		if (!ffs_ops.lookup(node, names->names[i],
		    names->entries[i].length, &number))
			walk(node->volume, number, depth + 1);
	if (!node->volume->read_only) {
		struct fs_rename rename = { .from = node, .to = node,
			.from_name = "fuzz", .from_length = 4,
			.to_name = "other", .to_length = 5 };

		if (!ffs_ops.create(node, "fuzz", 4, &what, &made))
			fs_node_put(made);
		if (!ffs_ops.rename(&rename)) {
			fs_node_put(rename.moved);
			if (rename.replaced)
				fs_node_put(rename.replaced);
		}
		if (names->count > 3)
			name_drop(node, names->names[3],
			    names->entries[3].length);
	}
	free(names);
}

static void file_use(struct fs_node *node)
{
	uint64_t size = node->attributes.size;
	uint64_t offsets[] = { 0, 1000, size / 2, size - 1, size };
	static uint8_t bytes[9000];
	struct fs_extent extent;

	for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		size_t count = sizeof bytes;

		ffs_ops.read(node, offsets[i], bytes, &count);
		if (!ffs_ops.extent(node, offsets[i], &extent) &&
		    !extent.count)
			abort();
	}
	if (node->volume->read_only || size > 1 << 30)
		return;
	if (!ffs_ops.reserve(node, size, 5000)) {
		node->attributes.size = size + 5000;
		fs_node_dirty(node);
		ffs_ops.write(node, size, bytes, 5000);
	}
	ffs_ops.truncate(node, size / 3);
	ffs_ops.settle(node);
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
		ffs_ops.read_link(node, target, &length);
		if (length > FS_TARGET_MAX)
			abort();
		break;
	}
	fs_node_put(node);
}

static void volume_use(int read_only)
{
	struct fs_options options = { .read_only = read_only,
		.now = clock_now };
	struct fs_volume *volume;

	if (ffs_ops.mount(&disk.device, &options, &volume))
		return;
	nodes_left = NODES;
	walk(volume, volume->root, 0);
	fs_nodes_trim(volume, 0);
	ffs_ops.unmount(volume);
}

static void repair_use(void)
{
	struct check_result result;

	if (ffs_check(&disk.device, 1, 0, &result) || result.severe)
		return;
	if (ffs_check(&disk.device, 0, 0, &result) || result.faults)
		abort();
	volume_use(0);
	if (ffs_check(&disk.device, 0, 0, &result) || result.faults)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!disk.device.size)
		good_load();
	if (!size)
		return 0;
	disk_spoil(data + 1, size - 1);
	if (data[0] & 1)
		volume_use((data[0] & 2) != 0);
	else
		repair_use();
	return 0;
}
