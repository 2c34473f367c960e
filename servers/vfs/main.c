/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VFS: the one tree of names. At start it mounts the root (root=hd0s1,
 * rootfstype=ext2, ro among its arguments; root=file:NAME: the file whose
 * right the ACS has under that name; root=none: no disk), then /dev, filled by
 * what the device servers name, and /proc; without these two the system still
 * lives.
 */
#include "channel.h"
#include "core/numbers.h"
#include "keep.h"
#include <base/log.h>
#include <base/text.h>
#include <device_notice.server.h>
#include <file_notice.server.h>
#include <string.h>
#include <vfs_control.server.h>

enum {
	THREADS_MAX = 32,
};

static routine_t control_interface(const mach_msg_header_t *request)
{
	return (routine_t)vfs_control_server_routine(request);
}

static routine_t notice_interface(const mach_msg_header_t *request)
{
	return (routine_t)device_notice_server_routine(request);
}

static routine_t file_notice_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_notice_server_routine(request);
}

/* What root= says. */
static void root_find(struct mount_order *order, const char *root,
    char *source, unsigned size)
{
	text_format(source, size, "%s", root);
	order->source = source;
	order->offered = text_after(root, "file:");
	if (order->offered || !strcmp(root, "none"))
		return;
	order->device = root;
	text_format(source, size, "/dev/%s", root);
}

/* A root that is born empty. */
static void folders_make(struct node *root)
{
	static const char *const names[] = { "dev", "proc", "tmp" };
	struct new_node plain = { .mode = MODE_DIRECTORY | 0755, .target = "" };
	struct node *node;

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		struct asked asked = { 0, 0, NULL };

		tell_create(root, names[i], (unsigned)strlen(names[i]), &plain,
		    &asked, &node);
	}
}

static error_t mount_first(int argc, char **argv)
{
	const char *root = text_option(argc, argv, "root", "hd0s1");
	struct mount_order order = { .target = "/",
		.type = text_option(argc, argv, "rootfstype", "ext2"),
		.options = "" };
	char source[64];
	error_t error;

	if (text_option(argc, argv, "ro", NULL))
		order.flags = MOUNT_READ_ONLY;
	root_find(&order, root, source, sizeof source);
	vfs_enter();
	error = mount_start(&order, NULL);
	if (!error && !order.device && !order.offered)
		folders_make(mount_root->root);
	vfs_leave();
	if (error)
		log_loud("no root file system: %s on %s: %s", order.type,
		    root, error_name(error));
	return error;
}

struct node *node_at(const char *path, unsigned flags)
{
	static const struct credentials root;
	struct walk walk;

	walk_start(&walk, mount_root->root, mount_root->root, &root, path,
	    (unsigned)strlen(path), flags);
	return vfs_walk(&walk) ? NULL : walk.found;
}

struct node *directory_at(const char *path)
{
	struct node *node = node_at(path, WALK_FOLLOW);

	return node && node_is(node, MODE_DIRECTORY) ? node : NULL;
}

static struct node *mount_more(const char *type, const char *target)
{
	struct mount_order order = {
		.type = type, .source = type, .target = target, .options = ""
	};
	struct node *directory, *top = NULL;
	error_t error = E_NOENT;

	vfs_enter();
	directory = directory_at(target);
	if (directory)
		error = mount_start(&order, node_reference(directory));
	if (directory) {
		top = mount_top(directory);
		node_drop(directory);
	}
	vfs_leave();
	if (error)
		log_line("%s is not mounted: %s", target, error_name(error));
	return error ? NULL : top;
}

static error_t vfs_start(int argc, char **argv)
{
	struct node *dev;
	error_t error;

	devices_allow(text_option(argc, argv, "disks", NULL));
	keep_begin();
	pool_files.threads_max = THREADS_MAX;
	if (server_recovered) {
		keep_finish();
		return mount_root ? 0 : E_NODEV;
	}
	locks_restore();
	error = mount_first(argc, argv);
	if (error)
		return error;
	dev = mount_more("tmpfs", "/dev"); /* its root is held by the mount */
	if (dev) {
		devices_fill(dev);
		mount_more("devpts", "/dev/pts"); /* of the tty server */
	}
	mount_more("proc", "/proc");
	return 0;
}

static void vfs_describe(char *text, unsigned size)
{
	unsigned removed = 0, used = 0, ports = 0;
	struct map_entry *entry;

	vfs_enter();
	entry = map_first(&cache.nodes);
	for (; entry; entry = map_next(&cache.nodes, entry)) {
		const struct node *node = map_item(entry, struct node, entry);

		removed += (node->flags & NODE_REMOVED) != 0;
		used += node->references != 0;
		for (int access = 1; access < 4; access++)
			ports += node->rights[access].port != MACH_PORT_NULL;
	}
	text_append(text, size,
	    "nodes %u of %u (%u used, %u removed), names %u (%u loose), "
	    "file rights %u, lookups asked %u\n",
	    cache.node_count, cache.node_limit, used, removed, cache.name_count,
	    cache.loose_count, ports, cache.misses);
	vfs_leave();
}

static const struct object_class public_class = { .name = "public" };
static struct object public;

error_t vfs_public_right(mach_port_t *right)
{
	return object_make_right(&public, &pool_files, right);
}

static error_t public_restore(const void *record, object_t *object)
{
	(void)record;
	keep_begin();
	*object = object_reference(&public);
	return 0;
}

static const struct recovery public_recovery = {
	.class = &public_class,
	.restore = public_restore,
};

static const struct recovery *const recovers[] = { &public_recovery,
	&view_recovery, &handle_recovery, &text_recovery, &end_recovery,
	NULL };

static error_t vfs_prepare(int argc, char **argv)
{
	(void)argc, (void)argv;
	object_init(&public, &public_class);
	return 0;
}

static struct server server = {
	.name = "vfs",
	.essential = 1,
	.interfaces =
	    (const interface_t[]){ control_interface, notice_interface,
		file_notice_interface, 0 },
	.public_object = &public,
	.recovers = recovers,
	.memory_size = sizeof(struct kept_memory),
	.prepare = vfs_prepare,
	.start = vfs_start,
	.flush = mounts_flush,
	.describe = vfs_describe,
};

int main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
