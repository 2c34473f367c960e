/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels that survive, and their ends: channel.h, keep.h. */
#include "channel.h"
#include "core/numbers.h"
#include "keep.h"
#include "watch.h"
#include <base/heap.h>
#include <string.h>

struct end_record {
	uint32_t channel;
	int32_t in, out, index;
};

static uint32_t hint = 1; /* all below are used */

/* While VFS recovers, and null afterwards. */
static struct channel *restored[KEPT_CHANNELS];

static struct kept_channel *entry_of(const struct channel *channel)
{
	return &kept()->channels[channel->kept];
}

static void streams_point(struct channel *channel)
{
	for (uint32_t i = 0; i < 2; i++) {
		channel->streams[i].pipe = &entry_of(channel)->pipes[i];
		channel->streams[i].kept = channel->kept;
		channel->streams[i].number = i;
	}
}

void channel_kept_attributes(const struct channel *channel)
{
	struct kept_channel *entry = entry_of(channel);

	entry->mode = channel->attributes.mode;
	entry->uid = channel->attributes.uid;
	entry->gid = channel->attributes.gid;
	entry->number = (uint32_t)channel->attributes.node;
}

error_t channel_keep(struct channel *channel, int packets)
{
	struct kept_channel *table = kept()->channels;

	while (hint < KEPT_CHANNELS && table[hint].used)
		hint++;
	if (hint == KEPT_CHANNELS)
		return E_NOMEM;
	channel->kept = hint++;
	if (kept()->channel_end <= channel->kept)
		kept()->channel_end = channel->kept + 1;
	streams_point(channel);
	for (int i = 0; i < 2; i++)
		pipe_init(channel->streams[i].pipe, packets);
	channel_kept_attributes(channel);
	memset(&entry_of(channel)->fifo, 0, sizeof entry_of(channel)->fifo);
	entry_of(channel)->watcher = 0;
	if (channel->node)
		kept_node_write(&entry_of(channel)->fifo, channel->node);
	kept_ordered();
	entry_of(channel)->used = 1;
	return 0;
}

static void entry_free(uint32_t number)
{
	struct kept_channel *entry = &kept()->channels[number];

	entry->used = 0;
	kept_ordered();
	pipe_end(&entry->pipes[0]);
	pipe_end(&entry->pipes[1]);
	if (number < hint)
		hint = number;
}

void channel_unkeep(struct channel *channel)
{
	entry_free(channel->kept);
	transfers_sweep();
}

/* ---- recovery ----------------------------------------------------------- */

static uint32_t channel_end(void)
{
	uint32_t end = kept()->channel_end;

	return end < KEPT_CHANNELS ? end : KEPT_CHANNELS;
}

void channels_claim(void)
{
	for (uint32_t i = 1; server_recovered && i < channel_end(); i++) {
		struct kept_channel *entry = &kept()->channels[i];

		if (!entry->used)
			continue;
		pipe_claim(&entry->pipes[0]);
		pipe_claim(&entry->pipes[1]);
	}
}

static struct channel *channel_restore(uint32_t number)
{
	const struct kept_channel *entry = &kept()->channels[number];
	struct channel *channel;

	if (restored[number])
		return restored[number];
	channel = channel_blank();
	if (!channel)
		return NULL;
	channel->kept = number;
	streams_point(channel);
	channel_fill(
	    channel, entry->mode, entry->uid, entry->gid, entry->number);
	if (entry->fifo.mount) {
		channel->node = kept_node_find(&entry->fifo);
		if (channel->node) {
			node_reference(channel->node);
			channel->node->channel = channel;
		}
	}
	if (entry->watcher)
		watcher_make(channel, entry->uid, (int)entry->watcher - 1);
	restored[number] = channel;
	return channel;
}

static int stream_is_good(int32_t stream)
{
	return stream >= STREAM_NONE && stream <= 1;
}

static void end_save(object_t object, void *to)
{
	const struct end *end = (const struct end *)object;
	struct end_record *record = to;

	record->channel = end->channel->kept;
	record->in = end->in;
	record->out = end->out;
	record->index = end->index;
}

static error_t end_make(const struct end_record *record, struct end **end)
{
	struct channel *channel = channel_restore(record->channel);
	int index = record->index;
	error_t error;

	if (!channel || (index >= 0 && channel->ends[index]))
		return E_UCLEAN;
	error = end_new(channel, record->in, record->out, end);
	if (error)
		return error;
	(*end)->index = index;
	if (index >= 0)
		channel->ends[index] = object_reference(*end);
	end_count(*end, 1);
	return 0;
}

static error_t end_restore(const void *from, object_t *object)
{
	const struct end_record *record = from;
	struct end *end;
	error_t error;

	keep_begin();
	if (record->channel >= KEPT_CHANNELS ||
	    !kept()->channels[record->channel].used ||
	    !stream_is_good(record->in) || !stream_is_good(record->out) ||
	    record->index >= ENDS_MAX)
		return E_UCLEAN;
	vfs_enter();
	error = end_make(record, &end);
	unlock(&vfs_lock);
	if (!error)
		*object = &end->object;
	return error;
}

const struct recovery end_recovery = {
	.class = &end_class,
	.save = end_save,
	.restore = end_restore,
};

struct channel *channel_restored(uint32_t number)
{
	return number < KEPT_CHANNELS ? restored[number] : NULL;
}

/* Channels whose ends did not come back. */
void channels_settle(void)
{
	for (uint32_t i = 1; i < channel_end(); i++) {
		if (kept()->channels[i].used && !restored[i])
			entry_free(i);
		restored[i] = NULL;
	}
}
