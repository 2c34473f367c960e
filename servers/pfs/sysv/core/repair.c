/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker's passes. Each mounts the volume read-only and looks at all of
 * it (check.c); with repair it also puts right what it finds, in this order:
 * maps, then entries and links in place, then (mounted for writing) what needs
 * a name or another "..". As one repair may uncover the next, passes follow
 * until one finds nothing. A mount for writing and its end make new lists.
 */
#include "check.h"
#include <string.h>

enum {
	PASSES_MAX = 5,
};

/* The checker that runs now: a volume's complaint has no other way to it. */
static struct check *current;

static void complaint_take(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (current->say)
		current->say(current, text);
}

static error_t volume_open(struct block_device *device, struct check *check,
    int read_only, struct volume **volume)
{
	struct fs_options options = { .read_only = read_only,
		.now = check->now, .complain = complaint_take };
	struct fs_volume *opened;
	error_t error;

	current = check;
	error = sysv_mount(device, &options, &opened);
	if (!error)
		*volume = volume_of(opened);
	return error;
}

static error_t volume_close(struct volume *volume)
{
	fs_nodes_trim(&volume->fs, 0);
	return sysv_unmount(&volume->fs);
}

/* volume->used is full already: freed says what was seen in this walk. */
static int block_fix(struct walk *walk, uint32_t *block, unsigned level)
{
	struct volume *volume = walk->volume;
	uint8_t mask = (uint8_t)(1 << *block % 8);

	(void)level;
	if (block_is_data(volume, *block) &&
	    !(volume->freed[*block / 8] & mask)) {
		volume->freed[*block / 8] |= mask;
		return WALK_INTO;
	}
	*block = 0;
	return WALK_CHANGED;
}

/* Numbers that are wrong or doubled become holes: the first owner keeps a
 * block. */
static error_t maps_fix(struct volume *volume)
{
	struct walk walk = { volume, block_fix };
	uint32_t block[BLOCKS_INODE];
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = 0;

	for (uint32_t i = 1; i <= volume->inodes && !error; i++) {
		error = inode_get(volume, i, &buffer, &disk);
		if (error)
			break;
		for (int j = 0; j < BLOCKS_INODE; j++)
			block[j] = get24(volume->bytes, disk->block[j]);
		if (mode_has_map(get16(volume->bytes, disk->mode)) &&
		    map_walk(&walk, block)) {
			for (int j = 0; j < BLOCKS_INODE; j++)
				disk->block[j] = put24(volume->bytes,
				    block[j]);
			buffer_dirty(buffer, ORDER_MIDDLE);
		}
		buffer_put(buffer);
	}
	memset(volume->freed, 0, volume->blocks / 8 + 1);
	return error;
}

/* "lost+found" in the root, made if need be. */
static error_t lost_get(struct volume *volume, struct fs_node **lost)
{
	static const char name[] = "lost+found";
	struct fs_new what = { .mode = FS_DIRECTORY | 0700 };
	struct fs_node *root;
	uint64_t number;
	error_t error = fs_node_get(&volume->fs, INODE_ROOT, &root);

	if (error)
		return error;
	error = sysv_lookup(root, name, sizeof name - 1, &number);
	if (!error)
		error = fs_node_get(&volume->fs, number, lost);
	else if (error == E_NOENT)
		error = sysv_ops.create(root, name, sizeof name - 1, &what,
		    lost);
	fs_node_put(root);
	return error;
}

static error_t dots_fix(struct node *node, uint32_t parent)
{
	struct place place;
	error_t error = dir_find(node, "..", 2, &place);

	if (error)
		return error == E_NOENT ? 0 : error;
	place_set(node, &place, parent);
	place_put(&place);
	return 0;
}

/* A file without a name gets its number as one. */
static error_t lost_name(struct tree *tree, struct volume *volume,
    struct node *node)
{
	uint32_t number = (uint32_t)node->fs.number, left = number;
	char name[NAME_MAX_SYSV];
	unsigned length = sizeof name;
	struct fs_node *lost;
	error_t error = lost_get(volume, &lost);

	if (error)
		return error;
	for (; left; left /= 10)
		name[--length] = (char)('0' + left % 10);
	name[--length] = '#';
	error = dir_add(node_of(lost), name + length,
	    (unsigned)sizeof name - length, number);
	if (!error) {
		node->fs.attributes.links = tree->names[number] + 1u;
		if (node_is(node, FS_DIRECTORY)) {
			error = dots_fix(node, (uint32_t)lost->number);
			lost->attributes.links++;
		}
		node_store(node);
		node_store(node_of(lost));
	}
	fs_node_put(lost);
	return error;
}

/* What check.c found to have no name, or a wrong "..". */
static error_t names_fix(struct tree *tree, struct volume *volume)
{
	struct fs_node *node;
	error_t error = 0;

	for (uint32_t i = INODE_FIRST; i <= volume->inodes && !error; i++) {
		int lost = tree->lost[i] && !tree->parent[i];

		if (!lost && !tree->moved[i])
			continue;
		error = fs_node_get(&volume->fs, i, &node);
		if (error == E_STALE) {
			error = 0;
			continue;
		}
		if (error)
			break;
		error = lost ? lost_name(tree, volume, node_of(node)) :
			       dots_fix(node_of(node), tree->parent[i]);
		fs_node_put(node);
	}
	return error;
}

static error_t lists_look(struct tree *tree)
{
	struct volume *volume = tree->volume;
	struct buffer *buffer;
	uint8_t *super;
	error_t error = super_get(volume, &buffer, &super);

	if (error)
		return error;
	tree->clean = super_is_clean(volume, super);
	error = lists_check(tree, super);
	buffer_put(buffer);
	return error;
}

/* With repair: a volume that can be mounted for writing, and its lists. */
static error_t repair_end(struct block_device *device, struct check *check,
    struct tree *tree)
{
	struct volume *volume;
	error_t error, other;

	error = volume_open(device, check, 0, &volume);
	if (error)
		return error;
	error = names_fix(tree, volume);
	other = volume_close(volume);
	return error ? error : other;
}

static error_t pass(struct block_device *device, struct check *check)
{
	struct volume *volume;
	struct tree tree;
	error_t error = volume_open(device, check, 1, &volume);

	if (error)
		return error;
	check->files = check->directories = 0;
	check->blocks = volume->blocks - volume->first_data;
	check->blocks_free = volume->free_count;
	check->problems += volume->damage;
	error = tree_alloc(&tree, volume, check);
	if (!error && volume->damage && check->repair)
		error = maps_fix(volume);
	if (!error)
		error = lists_look(&tree);
	if (!error)
		error = tree_check(&tree);
	if (!error && check->repair && check->problems)
		error = cache_sync(volume->cache);
	volume_close(volume);
	if (!error && check->repair && check->problems)
		error = repair_end(device, check, &tree);
	tree_free(&tree);
	return error;
}

error_t check_volume(struct block_device *device, struct check *check)
{
	unsigned found = 0;
	error_t error = 0;
	int i;

	for (i = 0; i < PASSES_MAX && !error; i++) {
		check->problems = 0;
		error = pass(device, check);
		if (!i)
			found = check->problems;
		if (!check->repair || !check->problems)
			break;
	}
	check->left = check->problems;
	check->problems = found;
	return error;
}
