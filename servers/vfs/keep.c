/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of a recovery; keep.h. */
#include "channel.h"
#include "core/numbers.h"
#include "keep.h"
#include "watch.h"

enum {
	CACHED_NODES = 4096, /* about 500 bytes each, with names */
};

static int begun;

void kept_node_write(struct kept_node *to, const struct node *node)
{
	to->mount = node->mount->id;
	to->directory = node->kept;
	to->number = node->number;
}

struct node *kept_node_find(const struct kept_node *from)
{
	struct mount *mount = kept_mount_find(from->mount);
	struct node *node = directory_restored(from->directory);

	if (!from->mount || !mount)
		return NULL;
	if (from->directory)
		return node && node->mount == mount &&
			node->number == from->number
		    ? node
		    : NULL;
	return ask_known(mount, from->number, &node) ? NULL : node;
}

void keep_begin(void)
{
	if (begun)
		return;
	begun = 1;
	cache_init(CACHED_NODES);
	pipe_arena(kept()->rings);
	channels_claim();
	transfers_begin();
	once_start(&kept()->once, NULL);
	if (!server_recovered)
		return;
	vfs_enter();
	pollers_take();
	mounts_restore();
	directories_restore();
	mounts_cover();
	unlock(&vfs_lock);
}

void keep_finish(void)
{
	vfs_enter();
	locks_restore();
	watches_restore();
	directories_settle();
	channels_settle();
	mounts_renew();
	watches_again();
	changes_again();
	pollers_again();
	vfs_leave();
}
