/* SPDX-License-Identifier: BSD-2-Clause */
/* The volume and the life of its nodes. Options: size=BYTES, mode=OCTAL. */
#include "keep.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

enum {
	SIZE_DEFAULT_MB = 64,
	NODES_MAX = 100000,
};

uint64_t tmp_memory = UINT64_MAX;

void tmp_stamp(struct tmp_node *node, int data)
{
	node->fs.volume->now(&node->fs.attributes.ctime);
	if (data)
		node->fs.attributes.mtime = node->fs.attributes.ctime;
	fs_node_dirty(&node->fs);
}

void tmp_node_init(struct tmp_node *node, struct tmp_volume *volume,
    uint64_t number)
{
	fs_node_init(&node->fs, &volume->fs, number);
	list_init(&node->entries);
	map_init(&node->names);
	node->next_position = TMP_POSITION_FIRST;
}

static error_t target_set(struct tmp_node *node, const struct fs_new *what)
{
	error_t error = 0;

	node->target = heap_text(what->target, what->target_length);
	if (!node->target)
		return E_NOMEM;
	/* where it survives; Linux says of such a link that it has no blocks */
	if (tmp_volume_of(node)->keeper)
		error = tmp_write(&node->fs, 0, what->target,
		    what->target_length);
	node->fs.attributes.blocks = 0;
	node->fs.attributes.size = what->target_length;
	return error;
}

static void tmp_free(struct fs_node *fs)
{
	struct tmp_node *node = tmp_node_of(fs);

	tmp_volume_of(node)->nodes_used--;
	tmp_pages_free(node, 0);
	keep_node_drop(node);
	map_free(&node->names);
	heap_free(node->pages);
	heap_free(node->target);
	heap_free(node);
}

error_t tmp_node_new(struct tmp_volume *volume, const struct fs_new *what,
    struct tmp_node **result)
{
	struct tmp_node *node;
	error_t error = 0;

	if (volume->nodes_used >= volume->nodes_max)
		return E_NOSPC;
	node = heap_alloc_zero(sizeof(*node));
	if (!node)
		return E_NOMEM;
	tmp_node_init(node, volume, volume->next_number);
	node->fs.attributes.mode = what->mode;
	node->fs.attributes.uid = what->uid;
	node->fs.attributes.gid = what->gid;
	node->fs.attributes.special = what->special;
	node->fs.attributes.generation = (uint32_t)volume->next_number;
	tmp_stamp(node, 1);
	node->fs.attributes.atime = node->fs.attributes.mtime;
	error = keep_node_take(node);
	if (error) {
		list_remove(&node->fs.dirty);
		heap_free(node);
		return error;
	}
	volume->nodes_used++;
	if ((what->mode & FS_KIND) == FS_LINK)
		error = target_set(node, what);
	if (!error)
		error = fs_node_add(&node->fs);
	if (error) {
		list_remove(&node->fs.dirty);
		tmp_free(&node->fs);
		return error;
	}
	volume->next_number++;
	*result = node;
	return 0;
}

static error_t tmp_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node)
{
	(void)volume;
	(void)number;
	(void)node;
	return E_STALE; /* what exists is loaded */
}

static error_t tmp_save(struct fs_node *node)
{
	keep_node_save(tmp_node_of(node));
	return 0;
}

static error_t tmp_remove(struct fs_node *node)
{
	(void)node;
	return 0; /* free does it all */
}

/* size=: bytes, with k, m or g behind, or so much of the memory with %. If it
 * is not given: half of it, which leaves the other half to work with, but no
 * more than what survives the server (keep.h). */
static uint64_t size_read(const char *size)
{
	uint64_t standard = (uint64_t)SIZE_DEFAULT_MB << 20, value;

	if (standard > tmp_memory / 2)
		standard = tmp_memory / 2;
	if (!text_number(&size, 10, &value))
		return standard;
	if (!value) /* no limit */
		return tmp_memory;
	switch (*size | 0x20) {
	case 'k':
		return value << 10;
	case 'm':
		return value << 20;
	case 'g':
		return value << 30;
	default:
		return *size == '%' ? tmp_memory / 100 * value : value;
	}
}

static void options_read(struct tmp_volume *volume,
    const struct fs_options *options, struct fs_new *root)
{
	const char *size = text_option(options->argc, options->argv, "size",
	    "");
	const char *mode = text_option(options->argc, options->argv, "mode",
	    "");
	uint64_t value;

	volume->blocks_max = size_read(size) / TMP_BLOCK;
	if (text_number(&mode, 8, &value))
		root->mode = FS_DIRECTORY | (value & 07777);
}

/* Nobody holds a node any more, but for the references of their existence. */
static error_t tmp_unmount(struct fs_volume *fs)
{
	struct map_entry *entry;

	while ((entry = map_first(&fs->nodes))) {
		struct tmp_node *node = tmp_node_of(
		    map_item(entry, struct fs_node, entry));

		list_each_safe(link, &node->entries)
			heap_free(list_item(link, struct tmp_entry, link));
		map_remove(&fs->nodes, entry);
		tmp_free(&node->fs);
	}
	map_free(&fs->nodes);
	keep_end((struct tmp_volume *)fs);
	heap_free(fs);
	return 0;
}

static error_t root_make(struct tmp_volume *volume, const struct fs_new *what)
{
	struct tmp_node *root;
	error_t error = tmp_node_new(volume, what, &root);

	if (error)
		return error;
	root->parent = root;
	root->fs.attributes.links = 2;
	volume->fs.root = root->fs.number;
	return 0;
}

static error_t tmp_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct tmp_volume *volume = heap_alloc_zero(sizeof(*volume));
	struct fs_new what = { .mode = FS_DIRECTORY | 0755 };
	error_t error = 0;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &tmp_type, device, options);
	volume->fs.block_size = TMP_BLOCK;
	volume->fs.max_size = 0x7ffff000; /* what one mapping could hold */
	volume->nodes_max = NODES_MAX;
	volume->next_number = 1;
	options_read(volume, options, &what);
	if (options->store)
		error = keep_start(volume, options->store, volume->blocks_max);
	if (volume->keeper)
		volume->nodes_max = KEPT_NODES;
	if (!error && volume->keeper && options->store->recovered) {
		volume->fs.root = 1;
		error = keep_load(volume);
	} else if (!error) {
		error = root_make(volume, &what);
		if (!error && volume->keeper)
			keep_numbers(volume);
	}
	if (error) {
		tmp_unmount(&volume->fs);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

static error_t tmp_sync(struct fs_volume *volume)
{
	return fs_nodes_save(volume);
}

static error_t tmp_keep(struct fs_volume *volume)
{
	error_t error = fs_nodes_save(volume);

	keep_commit((struct tmp_volume *)volume);
	return error;
}

static error_t tmp_remount(struct fs_volume *volume, int read_only)
{
	(void)volume;
	(void)read_only;
	return 0;
}

/* size= only, as Linux: not below what is used. */
static error_t tmp_change_options(struct fs_volume *fs, int argc,
    char *const *argv)
{
	struct tmp_volume *volume = (struct tmp_volume *)fs;
	const char *size = text_option(argc, argv, "size", 0);
	uint64_t blocks;
	error_t error;

	if (!size)
		return 0;
	if (*size < '0' || *size > '9')
		return E_INVAL;
	blocks = size_read(size) / TMP_BLOCK;
	if (blocks < volume->blocks_used)
		return E_INVAL;
	error = keep_size(volume, blocks);
	if (error)
		fs_complain(fs, "not larger than %u KB while it is in use",
		    volume->keeper->page_count * (TMP_BLOCK / 1024));
	else
		volume->blocks_max = blocks;
	return error;
}

static error_t tmp_status(struct fs_volume *fs, struct fs_status *status)
{
	struct tmp_volume *volume = (struct tmp_volume *)fs;

	status->magic = TMP_MAGIC;
	status->block_size = TMP_BLOCK;
	status->blocks = volume->blocks_max;
	status->blocks_free = volume->blocks_max - volume->blocks_used;
	status->blocks_available = status->blocks_free;
	status->nodes = volume->nodes_max;
	status->nodes_free = volume->nodes_max - volume->nodes_used;
	status->id[0] = status->id[1] = 0;
	status->name_max = FS_NAME_MAX;
	return 0;
}

static const struct fs_ops tmp_ops = {
	.mount = tmp_mount,
	.unmount = tmp_unmount,
	.sync = tmp_sync,
	.keep = tmp_keep,
	.remount = tmp_remount,
	.change_options = tmp_change_options,
	.status = tmp_status,
	.load = tmp_load,
	.free = tmp_free,
	.save = tmp_save,
	.remove = tmp_remove,
	.lookup = tmp_lookup,
	.create = tmp_create,
	.link = tmp_link,
	.unlink = tmp_unlink,
	.rename = tmp_rename,
	.read_link = tmp_read_link,
	.read_directory = tmp_read_directory,
	.read = tmp_read,
	.write = tmp_write,
	.reserve = tmp_reserve,
	.extent = tmp_extent,
	.punch = tmp_punch,
	.truncate = tmp_truncate,
};

const struct fs_type tmp_type = {
	.name = "tmp",
	.flags = FS_TYPE_NO_DEVICE,
	.settable = FS_FLAG_IMMUTABLE | FS_FLAG_APPEND | FS_FLAG_NODUMP |
	    FS_FLAG_NOATIME,
	.ops = &tmp_ops,
};
