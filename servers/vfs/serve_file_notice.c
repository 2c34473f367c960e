/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What file servers have to tell of files that are watched: they say that there
 * is something, and are asked for it; also before VFS posts an event of its own
 * for such a file, and before it says that a watcher has nothing to read, so
 * that events are in order and none is missing.
 *
 * If VFS knows a file no more (it has died since, or has forgotten what nobody
 * asks for), its name is looked for in the directories that are watched.
 */
#include "core/numbers.h"
#include "keep.h"
#include "watch.h"
#include <file_notice.server.h>

enum {
	DIRECTORIES_MOST = 64,
	MOUNTS_MOST = 64,
};

static struct mount *mount_find(unsigned device)
{
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (mount->device == device)
			return mount->leaving ? NULL : mount;
	}
	return NULL;
}

/* The directories of mount that are watched for what file servers tell,
 * referenced. */
static unsigned directories_watched(
    const struct mount *mount, struct node *found[DIRECTORIES_MOST])
{
	unsigned count = 0;

	list_each(of_all, &watchers)
	{
		struct watcher *watcher =
		    list_item(of_all, struct watcher, link);

		list_each(link, &watcher->watches)
		{
			struct watch *watch =
			    list_item(link, struct watch, of_watcher);

			if (count < DIRECTORIES_MOST &&
			    mount_base(watch->node->mount) == mount &&
			    node_is(watch->node, MODE_DIRECTORY) &&
			    watch_wants(watch->mask))
				found[count++] = node_reference(watch->node);
		}
	}
	return count;
}

/* Looks for number in one message's records; its name is known then. */
static int records_look(struct node *directory, uint64_t number,
    const char *data, unsigned size)
{
	struct node *node;

	for (unsigned at = 0; at < size;) {
		const struct directory_record *record =
		    (const void *)(data + at);

		if (record->node == number &&
		    !ask_known(mount_base(directory->mount), number, &node)) {
			name_enter(directory, record->name,
			    record->name_length, node);
			return 1;
		}
		if (!record->length)
			break;
		at += record->length;
	}
	return 0;
}

static int directory_look(struct node *directory, uint64_t number)
{
	mach_msg_type_number_t size;
	offset_t position = 0;
	small_data_t data;

	do {
		if (ask_directory(directory, position, data, &size, &position))
			return 0;
		if (records_look(directory, number, data, size))
			return 1;
	} while (size);
	return 0;
}

static void name_look(struct mount *mount, uint64_t number)
{
	struct node *directories[DIRECTORIES_MOST];
	unsigned count = directories_watched(mount, directories);
	int found = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!found)
			found = directory_look(directories[i], number);
		node_drop(directories[i]);
	}
}

static void happened(struct node *node, unsigned what)
{
	static const unsigned order[] = { WATCH_READ, WATCH_WRITTEN,
		WATCH_CLOSED_READ, WATCH_CLOSED_WRITTEN };

	node_reference(node);
	for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
		if (what & order[i])
			event_of(node, watch_event(order[i]));
	if ((what & WATCH_GONE) && node->watches)
		event_gone(node);
	/* Nobody may want it any more. */
	node->reported |= (unsigned char)(what & ~(unsigned)WATCH_GONE);
	if (watch_node_wants(node) != node->reported)
		watch_prepare(node);
	node_drop(node);
}

static void one_happened(struct mount *mount, uint64_t number, unsigned what)
{
	struct node *node = node_find(mount, number);

	if ((!node || list_empty(&node->names)) && !(node && node->watches))
		name_look(mount, number);
	node = node_find(mount, number);
	if (node)
		happened(node, what);
}

static struct condition pulled;

void watches_pull(struct mount *mount)
{
	struct node *root = mount->root;
	mach_msg_type_number_t count;
	node_list_t list;

	if (!mount->watched || !watch_count)
		return;
	node_reference(root);
	while (mount->pulling)
		condition_wait(&pulled, &vfs_lock);
	mount->pulling = 1;
	do {
		count = RENEW_MOST;
		if (ask_happened(mount, list, &count))
			count = 0;
		for (unsigned i = 0; i + 1 < count; i += 2)
			one_happened(mount, (uint64_t)list[i],
			    (unsigned)list[i + 1]);
	} while (count == RENEW_MOST);
	mount->pulling = 0;
	condition_broadcast(&pulled);
	node_drop(root);
}

void watches_pull_all(void)
{
	struct mount *asked[MOUNTS_MOST];
	unsigned count = 0;

	if (!watch_count)
		return;
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (!mount->watched || mount->leaving || count == MOUNTS_MOST)
			continue;
		node_reference(mount->root); /* the mount stays with it */
		asked[count++] = mount;
	}
	for (unsigned i = 0; i < count; i++) {
		struct node *root = asked[i]->root;

		watches_pull(asked[i]);
		node_drop(root);
	}
}

error_t serve_file_notice_happened(object_t vfs, int device)
{
	struct mount *mount;

	(void)vfs;
	vfs_enter();
	mount = mount_find((unsigned)device);
	if (mount)
		watches_pull(mount);
	vfs_leave();
	return 0;
}
