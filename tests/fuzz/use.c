/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations by the bytes of an input: see use.h. */
#include "use.h"
#include "volume.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NODES = 12, /* held at a time; the first is the root */
	NAMES = 8,  /* of the directory that was listed last */
	LOOKED_AT = 6,
	BUFFER = 9216,
};

struct name {
	char text[FS_NAME_MAX];
	unsigned length;
};

struct use {
	struct fs_volume *volume;
	const struct fs_ops *ops;
	struct fs_node *nodes[NODES]; /* with a reference, or null */
	unsigned next;
	struct name names[NAMES];
	unsigned name_count;
	struct arguments *arguments;
};

static uint8_t buffer[BUFFER];

static unsigned argument(struct use *use)
{
	if (!use->arguments->left)
		return 0;
	use->arguments->left--;
	return *use->arguments->data++;
}

static uint32_t kind_of(const struct fs_node *node)
{
	return node->attributes.mode & FS_KIND;
}

/* Takes the reference. The oldest one makes room. */
static void node_keep(struct use *use, struct fs_node *node)
{
	unsigned slot = use->next++ % (NODES - 1) + 1;

	if (use->nodes[slot])
		fs_node_put(use->nodes[slot]);
	use->nodes[slot] = node;
}

static struct fs_node *node_any(struct use *use)
{
	struct fs_node *node = use->nodes[argument(use) % NODES];

	return node ? node : use->nodes[0];
}

static struct fs_node *node_of_kind(struct use *use, uint32_t kind)
{
	unsigned start = argument(use);

	for (unsigned i = 0; i < NODES; i++) {
		struct fs_node *node = use->nodes[(start + i) % NODES];

		if (node && kind_of(node) == kind)
			return node;
	}
	return 0;
}

static int changeable(const struct fs_node *node)
{
	return !node->volume->read_only &&
	    !(node->attributes.flags & FS_FLAG_IMMUTABLE);
}

static const struct name *name_any(struct use *use)
{
	static struct name fixed[] = { { "new", 3 }, { "d", 1 },
		{ "Another File.txt", 16 }, { "other", 5 },
		{ .length = FS_NAME_MAX }, { .length = 100 },
		{ "FILE~1.TXT", 10 }, { "file1", 5 } };
	unsigned which = argument(use);

	if (!fixed[4].text[0]) {
		memset(fixed[4].text, 'n', FS_NAME_MAX);
		memset(fixed[5].text, 'w', 100);
	}
	if (which & 0x80 || !use->name_count)
		return &fixed[which % (sizeof fixed / sizeof *fixed)];
	return &use->names[which % use->name_count];
}

static int is_dots(const struct name *name)
{
	return name->text[0] == '.' && (name->length == 1 ||
	    (name->length == 2 && name->text[1] == '.'));
}

static int name_take(void *context, const struct fs_entry *entry)
{
	struct use *use = context;
	struct name *name = &use->names[use->name_count];

	if (use->name_count == NAMES)
		return 1;
	if (!entry->length || entry->length > FS_NAME_MAX)
		abort();
	/* Damage: the shell leaves it out. */
	if (memchr(entry->name, '/', entry->length) ||
	    memchr(entry->name, 0, entry->length))
		return 0;
	memcpy(name->text, entry->name, entry->length);
	name->length = entry->length;
	if (!is_dots(name))
		use->name_count++;
	return 0;
}

static void directory_list(struct use *use, struct fs_node *node,
    uint64_t position)
{
	use->name_count = 0;
	use->ops->read_directory(node, position, name_take, use);
}

static struct fs_node *name_find(struct use *use, struct fs_node *directory,
    const struct name *name)
{
	struct fs_node *node;
	uint64_t number;

	if (use->ops->lookup(directory, name->text, name->length, &number) ||
	    fs_node_get(use->volume, number, &node))
		return 0;
	return node;
}

/* What the shell does not let be removed. */
static int is_protected(struct use *use, struct fs_node *directory,
    const struct name *name)
{
	struct fs_node *node;
	uint32_t flags;

	if (directory->attributes.flags & FS_FLAG_APPEND)
		return 1;
	node = name_find(use, directory, name);
	if (!node)
		return 0;
	flags = node->attributes.flags;
	fs_node_put(node);
	return (flags & (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND)) != 0;
}

/* An offset where something may happen. */
static uint64_t offset_any(struct use *use, const struct fs_node *node)
{
	uint64_t size = node->attributes.size, most = use->volume->max_size;
	uint64_t block = use->volume->block_size, offset;
	unsigned which = argument(use);

	switch (which & 7) {
	case 0:
		offset = 0;
		break;
	case 1:
		offset = size;
		break;
	case 2:
		offset = size / 2;
		break;
	case 3:
		offset = size - 1;
		break;
	case 4:
		offset = (which >> 3) * block;
		break;
	case 5:
		offset = (which >> 3) * block * 1024 + 77;
		break;
	case 6:
		offset = size + (which >> 3) * 300;
		break;
	default:
		offset = most - (which >> 3) * block;
	}
	return offset < most ? offset : most;
}

static void do_lookup(struct use *use)
{
	struct fs_node *directory = node_of_kind(use, FS_DIRECTORY), *node;

	if (!directory)
		return;
	node = name_find(use, directory, name_any(use));
	if (node)
		node_keep(use, node);
}

static void do_list(struct use *use)
{
	struct fs_node *directory = node_of_kind(use, FS_DIRECTORY);
	static const struct name above = { "..", 2 };
	unsigned which = argument(use);
	uint64_t number;

	if (!directory)
		return;
	if (which & 1)
		use->ops->lookup(directory, above.text, above.length, &number);
	directory_list(use, directory, (which >> 1) * 4);
}

static void do_create(struct use *use)
{
	static const uint32_t modes[] = { FS_REGULAR | 0644,
		FS_DIRECTORY | 0755, FS_LINK | 0777, FS_FIFO | 0600,
		FS_REGULAR | 0444, FS_BLOCK | 0600, FS_DIRECTORY, FS_SOCKET };
	static char target[FS_TARGET_MAX];
	struct fs_node *directory = node_of_kind(use, FS_DIRECTORY), *node;
	const struct name *name = name_any(use);
	unsigned which = argument(use);
	struct fs_new what = { .mode = modes[which & 7], .special = which,
		.target = target, .target_length = (which >> 3) * 20 + 1 };

	if (!directory || !changeable(directory) || !use->ops->create)
		return;
	memset(target, 't', sizeof target);
	if (!use->ops->create(directory, name->text, name->length, &what,
	    &node))
		node_keep(use, node);
}

static void do_link(struct use *use)
{
	struct fs_node *directory = node_of_kind(use, FS_DIRECTORY);
	struct fs_node *node = node_any(use);
	const struct name *name = name_any(use);

	if (directory && node && use->ops->link && changeable(directory) &&
	    kind_of(node) != FS_DIRECTORY &&
	    !(node->attributes.flags & (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND)))
		use->ops->link(directory, name->text, name->length, node);
}

static void do_unlink(struct use *use)
{
	struct fs_node *directory = node_of_kind(use, FS_DIRECTORY), *node;
	const struct name *name = name_any(use);

	if (!directory || !changeable(directory) || !use->ops->unlink ||
	    is_protected(use, directory, name))
		return;
	if (!use->ops->unlink(directory, name->text, name->length, 0, &node) ||
	    !use->ops->unlink(directory, name->text, name->length, 1, &node))
		fs_node_put(node);
}

static void do_rename(struct use *use)
{
	struct fs_node *from = node_of_kind(use, FS_DIRECTORY);
	struct fs_node *to = node_of_kind(use, FS_DIRECTORY);
	const struct name *name = name_any(use), *to_name = name_any(use);
	struct fs_rename rename = { .from = from, .to = to,
		.from_name = name->text, .from_length = name->length,
		.to_name = to_name->text, .to_length = to_name->length,
		.flags = argument(use) % 3 };

	if (!from || !changeable(from) || !changeable(to) ||
	    !use->ops->rename || is_protected(use, from, name) ||
	    is_protected(use, to, to_name) || use->ops->rename(&rename))
		return;
	fs_node_put(rename.moved);
	if (rename.replaced)
		fs_node_put(rename.replaced);
}

static void do_write(struct use *use)
{
	struct fs_node *node = node_of_kind(use, FS_REGULAR);
	uint64_t offset;
	size_t count;

	if (!node || !changeable(node) || !use->ops->write)
		return;
	offset = offset_any(use, node);
	count = argument(use) * 32;
	if (offset + count > use->volume->max_size ||
	    use->ops->reserve(node, offset, count))
		return;
	if (offset + count > node->attributes.size) {
		node->attributes.size = offset + count;
		fs_node_dirty(node);
	}
	if (count & 32 && use->ops->take)
		use->ops->take(node, offset, count);
	else
		use->ops->write(node, offset, buffer, count);
}

static void do_read(struct use *use)
{
	struct fs_node *node = node_of_kind(use, FS_REGULAR);
	struct fs_extent extent;
	size_t count;
	uint64_t offset;

	if (!node)
		return;
	offset = offset_any(use, node);
	count = argument(use) * 32;
	use->ops->read(node, offset, buffer, &count);
	if (use->ops->extent && !use->ops->extent(node, offset, &extent) &&
	    !extent.count)
		abort();
	memset(buffer, 0, sizeof buffer);
}

static void do_truncate(struct use *use)
{
	struct fs_node *node = node_of_kind(use, FS_REGULAR);

	if (node && changeable(node) && use->ops->truncate)
		use->ops->truncate(node, offset_any(use, node));
}

static void do_punch(struct use *use)
{
	struct fs_node *node = node_of_kind(use, FS_REGULAR);
	uint64_t offset;

	if (!node || !changeable(node))
		return;
	offset = offset_any(use, node);
	if (use->ops->punch)
		use->ops->punch(node, offset, argument(use) * 512);
	if (use->ops->settle)
		use->ops->settle(node);
}

static void do_sync(struct use *use)
{
	struct fs_status status;

	if (use->ops->sync && !use->volume->read_only)
		use->ops->sync(use->volume);
	use->ops->status(use->volume, &status);
}

static void do_remount(struct use *use)
{
	int read_only = argument(use) & 1;

	if (!use->ops->remount || use->volume->read_only == read_only)
		return;
	if (read_only && fs_nodes_unnamed(use->volume))
		return;
	if (read_only)
		use->ops->sync(use->volume);
	if (!use->ops->remount(use->volume, read_only))
		use->volume->read_only = read_only;
}

static void do_change(struct use *use)
{
	struct fs_node *node = node_any(use);
	struct fs_attributes to = node->attributes;

	if (use->ops->refresh)
		use->ops->refresh(node);
	if (!changeable(node))
		return;
	to.mode = kind_of(node) | (argument(use) * 16 & 07777);
	to.uid = argument(use);
	if (use->ops->change && use->ops->change(node, &to))
		return;
	node->attributes.mode = to.mode;
	node->attributes.uid = to.uid;
	fs_node_dirty(node);
}

static void do_put(struct use *use)
{
	unsigned slot = argument(use) % (NODES - 1) + 1;

	if (use->nodes[slot])
		fs_node_put(use->nodes[slot]);
	use->nodes[slot] = 0;
}

/* A number that a client may have from elsewhere. */
static void do_number(struct use *use)
{
	uint64_t number = argument(use) | argument(use) << 8;
	struct fs_node *node;

	if (!fs_node_get(use->volume, number, &node))
		node_keep(use, node);
}

static void do_read_link(struct use *use)
{
	struct fs_node *node = node_of_kind(use, FS_LINK);
	static char target[FS_TARGET_MAX + 1];
	unsigned length;

	if (node && !use->ops->read_link(node, target, &length) &&
	    length > FS_TARGET_MAX)
		abort();
}

static const struct name *attribute_any(struct use *use)
{
	static struct name fixed[] = { { "user.a", 6 }, { "user.bb", 7 },
		{ "trusted.one", 11 }, { "security.label", 14 },
		{ "user.one", 8 }, { "other", 5 },
		{ "system.posix_acl_access", 23 }, { .length = 240 } };
	struct name *lengthy = &fixed[7];

	if (!lengthy->text[0]) {
		memset(lengthy->text, 'l', sizeof lengthy->text);
		memcpy(lengthy->text, "user.", 5);
	}
	return &fixed[argument(use) % (sizeof fixed / sizeof *fixed)];
}

static void do_set_extended(struct use *use)
{
	struct fs_node *node = node_any(use);
	const struct name *name = attribute_any(use);
	unsigned which = argument(use);

	if (changeable(node))
		use->ops->set_extended(node, name->text, name->length, buffer,
		    (which >> 3) * 40, which & 7);
}

static void do_get_extended(struct use *use)
{
	struct fs_node *node = node_any(use);
	const struct name *name = attribute_any(use);
	size_t size = argument(use) * 32;

	use->ops->get_extended(node, name->text, name->length, buffer, &size);
	memset(buffer, 0, sizeof buffer);
}

static void do_list_extended(struct use *use)
{
	struct fs_node *node = node_any(use);
	size_t size = argument(use) * 32;

	if (!use->ops->list_extended(node, (char *)buffer, &size) && size &&
	    buffer[size - 1])
		abort();
	memset(buffer, 0, sizeof buffer);
}

static void (*const operations[16])(struct use *) = { do_lookup, do_list,
	do_create, do_link, do_unlink, do_rename, do_write, do_read,
	do_truncate, do_punch, do_sync, do_remount, do_change, do_put,
	do_number, do_read_link };

static void (*const attribute_operations[4])(struct use *) = {
	do_set_extended, do_set_extended, do_get_extended, do_list_extended };

/* Those that were there first keep their numbers: seeds mean what they did. */
static void operation_do(struct use *use, unsigned number)
{
	if (!use->arguments->extended || !use->ops->set_extended)
		operations[number % 16](use);
	else if (number % 24 < 16)
		operations[number % 24](use);
	else
		attribute_operations[number % 4](use);
}

static void near_read(struct use *use, struct fs_node *node)
{
	struct fs_extent extent;
	unsigned length;
	size_t count = 1024;
	char target[FS_TARGET_MAX + 1];

	if (kind_of(node) == FS_REGULAR) {
		use->ops->read(node, 0, buffer, &count);
		if (use->ops->extent && !use->ops->extent(node,
		    node->attributes.size / 2, &extent) && !extent.count)
			abort();
	} else if (kind_of(node) == FS_LINK &&
	    !use->ops->read_link(node, target, &length) &&
	    length > FS_TARGET_MAX) {
		abort();
	}
}

/* The names of the root, and those of the first directory in it. */
static void near_look(struct use *use, struct fs_node *directory, int below)
{
	struct fs_node *inner = 0;

	directory_list(use, directory, 0);
	for (unsigned i = 0; i < use->name_count && i < LOOKED_AT; i++) {
		struct fs_node *node = name_find(use, directory,
		    &use->names[i]);

		if (!node)
			continue;
		if (kind_of(node) == FS_DIRECTORY && !inner)
			inner = node;
		else
			near_read(use, node);
		node_keep(use, node);
	}
	if (inner && below)
		near_look(use, fs_node_reference(inner), 0);
	if (inner && below)
		fs_node_put(inner);
}

/* For who looks at a finding. */
static void state_say(struct use *use, unsigned operation)
{
	printf("operation %u:", operation);
	for (unsigned i = 0; i < NODES; i++) {
		struct fs_node *node = use->nodes[i];

		if (node)
			printf(" %llu:%o,%u,%llu,%llu",
			    (unsigned long long)node->number,
			    node->attributes.mode, node->attributes.links,
			    (unsigned long long)node->attributes.size,
			    (unsigned long long)node->attributes.blocks);
	}
	printf("\n");
}

void use_volume(struct fs_volume *volume, struct arguments *arguments,
    unsigned most)
{
	struct use *use = malloc(sizeof *use);

	use->volume = volume;
	use->ops = volume->type->ops;
	use->arguments = arguments;
	use->next = use->name_count = 0;
	memset(use->nodes, 0, sizeof use->nodes);
	if (!fs_node_get(volume, volume->root, &use->nodes[0])) {
		if (kind_of(use->nodes[0]) == FS_DIRECTORY)
			near_look(use, use->nodes[0], 1);
		while (arguments->left && most--) {
			unsigned operation = argument(use);

			operation_do(use, operation);
			if (fuzz_loud())
				state_say(use, operation);
		}
	}
	for (unsigned i = 0; i < NODES; i++)
		if (use->nodes[i])
			fs_node_put(use->nodes[i]);
	free(use);
}
