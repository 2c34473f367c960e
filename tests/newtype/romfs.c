/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file system type that the system does not have: Linux's romfs, read-only.
 * It is compiled against servers/lib only, and brought into a running system
 * (tests/boot/newtype.conf). A node's number is the position of its header:
 *
 *	0 next header | type (4 bits)	8 size		16 name, 0, padding
 *	4 what the type says		12 checksum	.. contents
 *
 * All numbers are big-endian, all headers at multiples of 16.
 */
#include <base/heap.h>
#include <fs/fs.h>
#include <string.h>

enum {
	SECTOR = 512,
	HEADER = 16,
	NAME_END = HEADER + FS_NAME_MAX + 1,
	TYPE = 7,
	EXECUTABLE = 8,
	OFFSET = ~15,
	HARD_LINK = 0,
	ROMFS_MAGIC = 0x7275,
};

struct header {
	uint32_t next, type, info, size;
	uint64_t contents;
	char name[FS_NAME_MAX + 1];
};

struct romfs_node {
	struct fs_node fs;
	struct header header;
};

static const uint32_t modes[] = { 0, FS_DIRECTORY | 0555, FS_REGULAR | 0444,
	FS_LINK | 0777, FS_BLOCK | 0600, FS_CHARACTER | 0600, FS_SOCKET | 0600,
	FS_FIFO | 0600 };

static uint32_t big(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static error_t bytes_read(
    struct fs_volume *volume, uint64_t position, void *buffer, size_t count)
{
	uint8_t sector[SECTOR];
	uint8_t *to = buffer;

	while (count) {
		size_t skip = position % SECTOR, part = SECTOR - skip;
		error_t error = disk_read(
		    volume->device, position - skip, sector, SECTOR);

		if (error)
			return error;
		part = part < count ? part : count;
		memcpy(to, sector + skip, part);
		to += part;
		position += part;
		count -= part;
	}
	return 0;
}

static error_t header_read(
    struct fs_volume *volume, uint64_t position, struct header *header)
{
	uint64_t left = volume->device->size - position;
	uint8_t bytes[NAME_END];
	uint32_t first;
	error_t error;

	if (position % HEADER || position >= volume->device->size)
		return E_IO;
	memset(bytes, 0, sizeof bytes);
	error = bytes_read(volume, position, bytes,
	    left < sizeof bytes ? left : sizeof bytes);
	if (error)
		return error;
	bytes[sizeof bytes - 1] = 0;
	first = big(bytes);
	header->next = first & OFFSET;
	header->type = first & ~OFFSET;
	header->info = big(bytes + 4);
	header->size = big(bytes + 8);
	strcpy(header->name, (char *)bytes + HEADER);
	header->contents = position + HEADER +
	    (strlen(header->name) + HEADER) / HEADER * HEADER;
	return 0;
}

static error_t romfs_load(
    struct fs_volume *volume, uint64_t number, struct fs_node **result)
{
	struct romfs_node *node;
	struct header header;
	error_t error = header_read(volume, number, &header);

	if (error)
		return error;
	if ((header.type & TYPE) == HARD_LINK)
		return E_IO;
	node = heap_alloc_zero(sizeof *node);
	if (!node)
		return E_NOMEM;
	fs_node_init(&node->fs, volume, number);
	node->header = header;
	node->fs.attributes.mode = modes[header.type & TYPE];
	if (header.type & EXECUTABLE)
		node->fs.attributes.mode |= 0111;
	node->fs.attributes.links = 1;
	node->fs.attributes.size = header.size;
	node->fs.attributes.blocks = (header.size + SECTOR - 1) / SECTOR;
	if (modes[header.type & TYPE] & FS_CHARACTER && header.info)
		node->fs.attributes.special =
		    (header.info >> 16) << 8 | (header.info & 0xff);
	*result = &node->fs;
	return 0;
}

static void romfs_free(struct fs_node *node)
{
	heap_free((struct romfs_node *)node);
}

/* The node that an entry leads to. */
static uint64_t target(const struct header *header, uint64_t position)
{
	return (header->type & TYPE) == HARD_LINK ? header->info : position;
}

/* Walks a chain of headers, which a damaged disk may have made a circle. */
static uint64_t steps_max(const struct fs_volume *volume)
{
	return volume->device->size / HEADER / 2;
}

static error_t romfs_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	uint64_t at = ((struct romfs_node *)directory)->header.info & OFFSET;
	uint64_t steps = steps_max(directory->volume);
	struct header header;

	for (; at && steps; steps--, at = header.next) {
		error_t error = header_read(directory->volume, at, &header);

		if (error)
			return error;
		if (strlen(header.name) == length &&
		    memcmp(header.name, name, length) == 0) {
			*number = target(&header, at);
			return 0;
		}
	}
	return steps ? E_NOENT : E_IO;
}

static error_t romfs_read_directory(struct fs_node *directory,
    uint64_t position, fs_emit_t emit, void *context)
{
	uint64_t at = position
	    ? position
	    : ((struct romfs_node *)directory)->header.info & OFFSET;
	uint64_t steps = steps_max(directory->volume);
	struct header header;

	for (; at && at != UINT64_MAX >> 1 && steps; steps--) {
		struct fs_entry entry = { .name = header.name };
		error_t error = header_read(directory->volume, at, &header);

		if (error)
			return error;
		entry.length = strlen(header.name);
		entry.node = target(&header, at);
		entry.type = fs_entry_type(modes[header.type & TYPE]);
		entry.next = header.next ? header.next : UINT64_MAX >> 1;
		if (emit(context, &entry))
			return 0;
		at = entry.next;
	}
	return steps ? 0 : E_IO;
}

static error_t romfs_read(
    struct fs_node *fs, uint64_t offset, void *buffer, size_t *count)
{
	struct romfs_node *node = (struct romfs_node *)fs;
	uint64_t size = node->header.size;
	size_t there = offset >= size ? 0
	    : size - offset < *count ? (size_t)(size - offset)
				     : *count;

	memset((char *)buffer + there, 0, *count - there);
	return bytes_read(
	    fs->volume, node->header.contents + offset, buffer, there);
}

static error_t romfs_read_link(
    struct fs_node *fs, char *text, unsigned *length)
{
	struct romfs_node *node = (struct romfs_node *)fs;

	if (node->header.size > FS_TARGET_MAX)
		return E_IO;
	*length = node->header.size;
	return bytes_read(fs->volume, node->header.contents, text, *length);
}

static error_t romfs_status(struct fs_volume *volume, struct fs_status *status)
{
	status->magic = ROMFS_MAGIC;
	status->block_size = SECTOR;
	status->blocks = volume->device->size / SECTOR;
	status->name_max = FS_NAME_MAX;
	return 0;
}

static error_t romfs_unmount(struct fs_volume *volume)
{
	heap_free(volume);
	return 0;
}

static const struct fs_type romfs;

static error_t romfs_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct fs_volume *volume = heap_alloc_zero(sizeof *volume);
	uint8_t start[SECTOR];
	unsigned length;
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(volume, &romfs, device, options);
	error = disk_read(device, 0, start, SECTOR);
	if (!error && memcmp(start, "-rom1fs-", 8) != 0)
		error = E_INVAL;
	if (error) {
		heap_free(volume);
		return error;
	}
	start[SECTOR - 1] = 0;
	length = strlen((char *)start + HEADER);
	volume->root = HEADER + (length + HEADER) / HEADER * HEADER;
	volume->block_size = SECTOR;
	volume->max_size = UINT32_MAX;
	volume->read_only = 1;
	*result = volume;
	return 0;
}

static const struct fs_ops romfs_ops = {
	.mount = romfs_mount,
	.unmount = romfs_unmount,
	.status = romfs_status,
	.load = romfs_load,
	.free = romfs_free,
	.lookup = romfs_lookup,
	.read_directory = romfs_read_directory,
	.read = romfs_read,
	.read_link = romfs_read_link,
};

static const struct fs_type romfs = {
	.name = "romfs",
	.flags = FS_TYPE_STATELESS,
	.ops = &romfs_ops,
};

int main(int argc, char **argv)
{
	return fs_main(&romfs, argc, argv);
}
