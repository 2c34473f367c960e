/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for ext2. An input is damage: which of a few good images (made by
 * mke2fs and by us when the fuzzer starts: plain, with a journal that is to be
 * replayed, with an indexed directory and shared attributes), then bytes that
 * are written over blocks that hold something. What is mounted then is walked
 * over and used, with all operations there are; nothing may crash, hang or
 * reach outside of the device.
 *
 *	clang -O1 -g -fsanitize=fuzzer,address,undefined -DMASIX_UNIT \
 *		-Ilibmasix -Iservers/lib -Itests/unit -Iservers/pfs/ext2 \
 *		tests/fuzz/ext2.c tests/unit/fakes/block_ram.c \
 *		servers/pfs/ext2/core/[!f]*.c servers/lib/{fs,block}/core/?*.c \
 *		libmasix/base/{error,list,map,text,bytes}.c -o ext2
 *	./ext2 tests/fuzz/seeds/ext2
 */
#include "core/ext2.h"
#include "fakes/block_ram.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BASES = 4,
	BLOCK = 1024,
	DEPTH = 3,
	NAMES = 24, /* of a directory that are followed */
};

struct base {
	struct ram_device ram;
	uint32_t *blocks; /* that hold something */
	uint32_t count;
};

static struct base bases[BASES];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void now(struct fs_time *time)
{
	time->seconds = 1700000000;
	time->nanoseconds = 0;
}

static struct fs_volume *volume_mount(struct base *base, int read_only)
{
	struct fs_options options = { .now = now, .read_only = read_only };
	struct fs_volume *volume;

	return ext2_ops.mount(&base->ram.device, &options, &volume) ? 0 :
								      volume;
}

static void volume_end(struct fs_volume *volume)
{
	fs_nodes_trim(volume, 0);
	ext2_ops.unmount(volume);
}

static void write_some(struct fs_node *node, uint64_t offset, size_t count)
{
	static uint8_t bytes[30000];

	if (offset + count > node->volume->max_size ||
	    ext2_ops.reserve(node, offset, count))
		return;
	if (offset + count > node->attributes.size)
		node->attributes.size = offset + count;
	fs_node_dirty(node);
	ext2_ops.write(node, offset, bytes, count);
}

static struct fs_node *make(struct fs_node *directory, const char *name,
    uint32_t mode, unsigned target)
{
	static char text[2000];
	struct fs_new what = { .mode = mode, .target = text,
		.target_length = target };
	struct fs_node *node;

	memset(text, 'x', sizeof text);
	return ext2_ops.create(directory, name, (unsigned)strlen(name), &what,
	    &node) ? 0 : node;
}

static void put(struct fs_node *node)
{
	if (node)
		fs_node_put(node);
}

static void drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;

	if (!ext2_ops.unlink(directory, name, (unsigned)strlen(name), kind,
	    &node))
		fs_node_put(node);
}

struct names {
	char names[NAMES][FS_NAME_MAX + 1];
	unsigned count;
};

static int name_note(void *context, const struct fs_entry *entry)
{
	struct names *names = context;

	if (names->count == NAMES)
		return 1;
	if (entry->name[0] == '.' && entry->length < 3)
		return 0;
	memcpy(names->names[names->count], entry->name, entry->length);
	names->names[names->count++][entry->length] = 0;
	return 0;
}

static void rename_some(struct fs_node *from, const char *name,
    struct fs_node *to, const char *to_name, unsigned flags)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = name,
		.to_name = to_name, .from_length = (unsigned)strlen(name),
		.to_length = (unsigned)strlen(to_name), .flags = flags };

	if (!*name || !*to_name || ext2_ops.rename(&rename))
		return;
	fs_node_put(rename.moved);
	put(rename.replaced);
}

static void directory_use(struct fs_node *directory, struct names *names)
{
	struct fs_node *file = make(directory, "a-new-file", FS_REGULAR, 0);
	struct fs_node *under = make(directory, "d", FS_DIRECTORY, 0);

	put(make(directory, "link", FS_LINK, 10));
	put(make(directory, "long-link", FS_LINK, 500));
	if (file) {
		write_some(file, 3000, 20000);
		ext2_ops.link(directory, "other", 5, file);
		put(file);
	}
	if (under && names->count > 1) {
		rename_some(directory, names->names[0], under, "moved", 0);
		rename_some(directory, names->names[1], directory,
		    "a-new-file", 0);
		rename_some(directory, names->names[names->count - 1],
		    directory, "link", FS_RENAME_EXCHANGE);
		drop(directory, names->names[names->count / 2], 0);
	}
	put(under);
	drop(directory, "d", 1);
}

static void node_use(struct fs_node *node)
{
	static uint8_t bytes[16384];
	struct fs_extent extent;
	size_t count = sizeof bytes;
	unsigned length;
	char target[FS_TARGET_MAX + 1];

	switch (node->attributes.mode & FS_KIND) {
	case FS_REGULAR:
		ext2_ops.read(node, node->attributes.size / 3, bytes, &count);
		ext2_ops.extent(node, node->attributes.size / 2, &extent);
		if (node->volume->read_only)
			break;
		write_some(node, node->attributes.size / 2, 5000);
		ext2_ops.truncate(node, node->attributes.size / 4 + 1);
		break;
	case FS_LINK:
		ext2_ops.read_link(node, target, &length);
		break;
	}
}

static void walk(struct fs_volume *volume, struct fs_node *node, int depth)
{
	struct names *names;
	uint64_t number;
	unsigned i;

	if ((node->attributes.mode & FS_KIND) != FS_DIRECTORY) {
		node_use(node);
		return;
	}
	if (depth > DEPTH)
		return;
	names = calloc(1, sizeof *names);
	ext2_ops.read_directory(node, 0, name_note, names);
	for (i = 0; i < names->count; i++) {
		struct fs_node *next;

		if (ext2_ops.lookup(node, names->names[i],
		    (unsigned)strlen(names->names[i]), &number) ||
		    fs_node_get(volume, number, &next))
			continue;
		walk(volume, next, depth + 1);
		fs_node_put(next);
	}
	if (!volume->read_only)
		directory_use(node, names);
	free(names);
}

static void volume_use(struct base *base, int read_only)
{
	struct fs_volume *volume = volume_mount(base, read_only);
	struct fs_status status;
	struct fs_node *root;

	if (!volume)
		return;
	ext2_ops.status(volume, &status);
	if (!fs_node_get(volume, volume->root, &root)) {
		walk(volume, root, 0);
		ext2_ops.sync(volume);
		fs_node_put(root);
	}
	volume_end(volume);
}

/* Three bytes say where, one how many, then come the bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct base *base;
	size_t at = 1;

	if (size < 6)
		return 0;
	base = &bases[data[0] % BASES];
	ram_rewind(&base->ram);
	base->ram.recording = 0;
	while (at + 5 <= size) {
		uint32_t block = base->blocks[data[at] % base->count];
		uint32_t inside = (data[at + 1] | data[at + 2] << 8) % BLOCK;
		size_t count = data[at + 3] % 8 + 1u;

		at += 4;
		if (count > size - at)
			count = size - at;
		if (count > BLOCK - inside)
			count = BLOCK - inside;
		memcpy(base->ram.bytes + (size_t)block * BLOCK + inside,
		    data + at, count);
		base->ram.touched[(block * BLOCK + inside) / 512] = 1;
		base->ram.touched[(block * BLOCK + inside + count - 1) / 512] =
		    1;
		at += count;
	}
	volume_use(base, data[0] & 0x80);
	return 0;
}

/* ---- the good images ---- */

static void image_fill(struct fs_volume *volume, unsigned names)
{
	struct fs_node *root, *directory, *file;
	char name[32];
	unsigned i;

	if (fs_node_get(volume, volume->root, &root))
		abort();
	directory = make(root, "many", FS_DIRECTORY | 0755, 0);
	for (i = 0; i < names; i++) {
		snprintf(name, sizeof name, "a-file-%u", i);
		put(make(i % 8 ? directory : root, name, FS_REGULAR | 0644, 0));
	}
	file = make(directory, "large", FS_REGULAR, 0);
	write_some(file, 0, 30000);
	write_some(file, 400000, 100);
	put(file);
	put(make(root, "short", FS_LINK | 0777, 20));
	put(make(root, "long", FS_LINK | 0777, 300));
	put(make(root, "fifo", FS_FIFO | 0600, 0));
	put(directory);
	put(root);
}

static void command_run(const char *format, const char *path)
{
	char line[512];

	snprintf(line, sizeof line, format, path, path, path);
	if (system(line)) {
		fprintf(stderr, "failed: %s\n", line);
		abort();
	}
}

/* More names and a file with attributes, as debugfs and e2fsck make them. */
static const char INDEX_COMMANDS[] =
    "(echo ea_set many/a-file-1 user.one 1; echo ea_set many/a-file-2 "
    "user.one 1) | debugfs -w %s >/dev/null 2>&1; e2fsck -fyD %s >/dev/null "
    "2>&1; [ $? -lt 4 ]";

static void blocks_find(struct base *base, size_t size)
{
	static const uint8_t none[BLOCK];
	uint32_t block;

	base->blocks = calloc(size / BLOCK, sizeof *base->blocks);
	for (block = 1; block < size / BLOCK; block++)
		if (memcmp(base->ram.bytes + (size_t)block * BLOCK, none,
		    BLOCK) && base->count < 256)
			base->blocks[base->count++] = block;
}

static void base_make(struct base *base, const char *options, unsigned kb,
    int index, int dirty)
{
	char path[] = "/tmp/masix-fuzz-XXXXXX", line[256];
	struct fs_volume *volume;

	close(mkstemp(path));
	snprintf(line, sizeof line, "mke2fs -q -F -t ext2 -N 96 %s %%s %uk "
	    ">/dev/null 2>&1", options, kb);
	command_run(line, path);
	ram_open(&base->ram, kb * 1024);
	if (ram_load(&base->ram, path))
		abort();
	volume = volume_mount(base, 0);
	if (!volume)
		abort();
	image_fill(volume, 50);
	if (ext2_ops.sync(volume))
		abort();
	if (dirty && !ram_store(&base->ram, path)) {
		volume_end(volume); /* the image has its journal full */
		ram_load(&base->ram, path);
	} else {
		volume_end(volume);
	}
	if (index && !ram_store(&base->ram, path)) {
		command_run(INDEX_COMMANDS, path);
		ram_load(&base->ram, path);
	}
	unlink(path);
	blocks_find(base, kb * 1024);
	ram_record(&base->ram);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	base_make(&bases[0], "-b 1024 -I 128 -O none,filetype,sparse_super",
	    600, 0, 0);
	base_make(&bases[1], "-b 1024 -I 128 -J size=1 -O none,filetype,"
	    "sparse_super,has_journal", 2200, 0, 1);
	base_make(&bases[2], "-b 1024 -I 256 -O none,filetype,sparse_super,"
	    "dir_index,ext_attr,large_file", 600, 1, 0);
	base_make(&bases[3], "-b 4096 -I 256 -O none,filetype", 2048, 0, 0);
	return 0;
}
