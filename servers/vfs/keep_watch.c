/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watches that survive. What happened while VFS was dead, or was happening when
 * it died, may not be in the queue: so each watcher hears of an overflow, and
 * who watches a file for changes that it may have changed.
 */
#include "watch.h"
#include "keep.h"

static uint32_t hint = 1; /* all below are used */

static uint32_t entry_new(void)
{
	while (hint < KEPT_WATCHES && kept()->watches[hint].used)
		hint++;
	return hint < KEPT_WATCHES ? hint++ : 0;
}

error_t watch_keep(struct watch *watch)
{
	uint32_t number = entry_new();
	struct kept_watch *entry = &kept()->watches[number];

	if (!number)
		return E_NOSPC;
	if (kept()->watch_end <= number)
		kept()->watch_end = number + 1;
	entry->channel = watch->watcher->channel->kept;
	entry->number = watch->number;
	entry->mask = watch->mask;
	kept_node_write(&entry->node, watch->node);
	kept_ordered();
	entry->used = 1;
	watch->kept = number;
	return 0;
}

void watch_kept_mask(const struct watch *watch)
{
	kept()->watches[watch->kept].mask = watch->mask;
}

void watch_unkeep(const struct watch *watch)
{
	if (!watch->kept)
		return;
	kept()->watches[watch->kept].used = 0;
	if (watch->kept < hint)
		hint = watch->kept;
}

void watcher_kept(const struct watcher *watcher)
{
	kept()->channels[watcher->channel->kept].watcher =
	    (uint32_t)watcher->last_number + 1;
}

/* ---- recovery ----------------------------------------------------------- */

static void watch_restore(uint32_t number)
{
	struct kept_watch *entry = &kept()->watches[number];
	struct channel *channel = channel_restored(entry->channel);
	struct node *node = NULL;
	struct watch *watch;

	if (channel && channel->watcher)
		node = kept_node_find(&entry->node);
	if (!node ||
	    watch_make(channel->watcher, node, entry->number, entry->mask,
		&watch)) {
		entry->used = 0;
		return;
	}
	watch->kept = number;
	if (watch->number > channel->watcher->last_number)
		channel->watcher->last_number = watch->number;
}

void watches_restore(void)
{
	uint32_t end = kept()->watch_end;

	for (uint32_t i = 1; i < end && i < KEPT_WATCHES; i++)
		if (kept()->watches[i].used)
			watch_restore(i);
}

/* Watches can't end meanwhile: nobody is served yet. */
void watches_again(void)
{
	list_each(of_all, &watchers)
	{
		struct watcher *watcher =
		    list_item(of_all, struct watcher, link);

		if (watch_put(&watcher->queue, -1, EVENT_OVERFLOW, 0, NULL, 0))
			stream_filled(watcher->channel,
			    &watcher->channel->streams[0], &watch_fired);
		list_each_safe(link, &watcher->watches)
		{
			struct watch *watch =
			    list_item(link, struct watch, of_watcher);

			mount_base(watch->node->mount)->watched = 1;
			watch_prepare(watch->node);
			if (!watch->node->attributes.links)
				event_gone(watch->node);
			else if (watch_node_wants(watch->node))
				event_of_self(watch->node, EVENT_MODIFY);
		}
	}
	watches_pull_all(); /* file servers may think that we know */
}
