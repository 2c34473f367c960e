/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for FAT volumes: the bytes are the start of a disk of zeros. It is
 * mounted, walked, changed and unmounted; then mounted again, as what was
 * written may be what the damage has made of it. Numbers in the last bytes say
 * what is done. Nothing may crash, hang, leak, or touch what is outside.
 *
 * seeds/fat has one volume of each width: boot sector, tables, directories.
 *
 *	clang -O1 -g -fsanitize=fuzzer,address,undefined -DMASIX_UNIT \
 *		-Ilibmasix -Iservers/lib -Iservers/pfs/fat tests/fuzz/fat.c \
 *		servers/pfs/fat/core/[a-z]*.c servers/lib/fs/core/nodes.c \
 *		servers/lib/block/core/[a-z]*.c \
 *		libmasix/base/{error,map,text}.c -o fat
 */
#include "core/fat.h"
#include <stdlib.h>
#include <string.h>

enum {
	DISK_BYTES = 2304 * 1024, /* a FAT16 volume of small clusters fits */
	STEPS = 24,
	NODES = 6,
	DEPTH = 5,
	LISTED = 24,
};

struct disk {
	struct block_device device;
	uint8_t bytes[DISK_BYTES];
	/* what may not be 0 */
	uint8_t touched[DISK_BYTES / BOOT_BYTES];
};

static struct disk disk;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static error_t fuzz_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	(void)device;
	memcpy(buffer, disk.bytes + position, count);
	return 0;
}

static error_t fuzz_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	(void)device;
	memcpy(disk.bytes + position, buffer, count);
	memset(disk.touched + position / BOOT_BYTES, 1, count / BOOT_BYTES);
	return 0;
}

static error_t fuzz_flush(struct block_device *device)
{
	(void)device;
	return 0;
}

static void fuzz_now(struct fs_time *time)
{
	time->seconds = 1700000001;
	time->nanoseconds = 500000000;
}

/* Directories' entries; names are checked as lib/fs's readers need them. */
struct listing {
	uint64_t numbers[LISTED];
	char names[LISTED][FS_NAME_MAX + 1];
	unsigned lengths[LISTED], count;
};

static int listing_take(void *context, const struct fs_entry *entry)
{
	struct listing *listing = context;

	if (!entry->length || entry->length > FS_NAME_MAX ||
	    memchr(entry->name, '/', entry->length) ||
	    memchr(entry->name, 0, entry->length))
		abort();
	if (entry->name[0] == '.' && (entry->length == 1 ||
	    (entry->length == 2 && entry->name[1] == '.')))
		return 0;
	if (listing->count == LISTED)
		return 1;
	memcpy(listing->names[listing->count], entry->name, entry->length);
	listing->lengths[listing->count] = entry->length;
	listing->numbers[listing->count++] = entry->node;
	return 0;
}

static void file_use(struct fs_node *node, uint8_t what)
{
	static uint8_t bytes[3 * 4096];
	uint64_t at = what % 3 ? node->attributes.size / 2 : 0;
	size_t count = sizeof bytes;
	struct fs_extent extent;

	if (!fat_ops.extent(node, at, &extent) && !extent.count)
		abort();
	fat_ops.read(node, at, bytes, &count);
	if (node->volume->read_only || what & 8)
		return;
	if (what & 16) {
		fat_ops.truncate(node, what * 77u);
	} else if (!fat_ops.reserve(node, at, 5000)) {
		if (at + 5000 > node->attributes.size)
			node->attributes.size = at + 5000;
		fs_node_dirty(node);
		fat_ops.write(node, at, bytes, 8192);
	}
}

static void name_use(struct fs_node *directory, const char *name,
    unsigned length, uint8_t what)
{
	struct fs_new new = { .mode = what & 1 ? FS_REGULAR : FS_DIRECTORY };
	struct fs_rename rename = { .from = directory, .to = directory,
		.from_name = name, .from_length = length, .to_name = "New Name",
		.to_length = 8, .flags = what & 32 ? FS_RENAME_EXCHANGE : 0 };
	struct fs_node *node;

	if (directory->volume->read_only)
		return;
	switch (what % 4) {
	case 0:
		if (!fat_ops.unlink(directory, name, length, what >> 2 & 1,
		    &node))
			fs_node_put(node);
		break;
	case 1:
		if (fat_ops.rename(&rename))
			break;
		fs_node_put(rename.moved);
		if (rename.replaced)
			fs_node_put(rename.replaced);
		break;
	default:
		if (!fat_ops.create(directory, "New Name", 8, &new, &node))
			fs_node_put(node);
	}
}

static void node_use(struct fs_volume *volume, uint64_t number,
    const uint8_t *what, unsigned depth)
{
	struct listing *listing;
	struct fs_node *node;
	uint64_t other;

	if (depth > DEPTH || fs_node_get(volume, number, &node))
		return;
	if ((node->attributes.mode & FS_KIND) != FS_DIRECTORY) {
		file_use(node, what[depth]);
		fs_node_put(node);
		return;
	}
	listing = calloc(1, sizeof *listing);
	fat_ops.read_directory(node, 0, listing_take, listing);
	fat_ops.lookup(node, "..", 2, &other);
	for (unsigned i = 0; i < listing->count; i++)
		if (!fat_ops.lookup(node, listing->names[i],
		    listing->lengths[i], &other))
			node_use(volume, other, what, depth + 1);
	for (unsigned i = 0; i < 2 && i < listing->count; i++)
		name_use(node, listing->names[i], listing->lengths[i],
		    what[(depth + i) % STEPS]);
	if (!listing->count)
		name_use(node, "x", 1, what[depth]);
	free(listing);
	fs_node_put(node);
}

static void disk_use(const uint8_t *what)
{
	char *words[] = { "errors=continue", "shortname=winnt" };
	struct fs_options options = { .now = fuzz_now, .argv = words,
		.argc = what[0] & 1 ? 2 : what[0] & 2 ? 1 : 0,
		.read_only = (what[0] & 12) == 12 };
	struct fs_volume *volume;
	struct fs_status status;

	disk.device.read_only = options.read_only;
	if (fat_ops.mount(&disk.device, &options, &volume))
		return;
	node_use(volume, volume->root, what + 1, 0);
	fat_ops.status(volume, &status);
	fat_ops.sync(volume);
	node_use(volume, volume->root, what + STEPS / 2, 0);
	if (fs_nodes_busy(volume))
		abort();
	fs_nodes_trim(volume, 0);
	fat_ops.unmount(volume);
}

/* Zeros again: only what was touched, or a run would be mostly this. */
static void disk_clear(size_t size)
{
	memset(disk.bytes, 0, size);
	for (unsigned i = 0; i < DISK_BYTES / BOOT_BYTES; i++)
		if (disk.touched[i])
			memset(disk.bytes + i * BOOT_BYTES, 0, BOOT_BYTES);
	memset(disk.touched, 0, sizeof disk.touched);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t what[2 * STEPS] = { 0 };

	if (size < BOOT_BYTES + sizeof what || size > DISK_BYTES)
		return 0;
	memcpy(what, data + size - sizeof what, sizeof what);
	size -= sizeof what;
	memcpy(disk.bytes, data, size);
	disk.device.size = DISK_BYTES;
	disk.device.sector_size = BOOT_BYTES;
	disk.device.read = fuzz_read;
	disk.device.write = fuzz_write;
	disk.device.flush = fuzz_flush;
	disk_use(what);
	disk_use(what + STEPS);
	disk_clear(size);
	return 0;
}
