/* SPDX-License-Identifier: BSD-2-Clause */
/* How channels and their ends are made and end, and who is told what. */
#include "channel.h"
#include "core/devices.h"
#include "core/numbers.h"
#include "keep.h"
#include "watch.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>
#include <file.server.h>
#include <string.h>

enum {
	PIPE_DEVICE = 10, /* minor of major 0: st_dev of pipes */
	SOCKET_DEVICE = 8,
};

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

struct channel *channel_blank(void)
{
	struct channel *channel = heap_alloc_zero(sizeof *channel);

	if (!channel)
		return NULL;
	for (int i = 0; i < 2; i++) {
		wait_queue_init(&channel->streams[i].reading);
		wait_queue_init(&channel->streams[i].writing);
	}
	list_init(&channel->all_ends);
	list_init(&channel->openers);
	list_init(&channel->pollers);
	return channel;
}

void channel_fill(struct channel *channel, uint32_t mode, uint32_t uid,
    uint32_t gid, uint32_t number)
{
	struct file_attributes *attributes = &channel->attributes;

	attributes->mode = mode;
	attributes->links = 1;
	attributes->uid = uid;
	attributes->gid = gid;
	attributes->node = number;
	attributes->block_size = 4096;
	attributes->slot = ~0u;
	attributes->device = device_number(
	    0, (mode & MODE_TYPE) == MODE_SOCKET ? SOCKET_DEVICE : PIPE_DEVICE);
}

error_t channel_new(const struct view *view, uint32_t mode, int packets,
    struct node *node, struct channel **made)
{
	struct channel *channel = channel_blank();
	error_t error;

	if (!channel)
		return E_NOMEM;
	channel_fill(channel, mode, view->who.uid, view->who.gid,
	    ++kept()->last_channel);
	channel->node = node;
	error = channel_keep(channel, packets);
	if (error) {
		heap_free(channel);
		return error;
	}
	if (node) {
		node_reference(node);
		node->channel = channel;
	}
	*made = channel;
	return 0;
}

/* Frees the channel if nothing uses it. */
void channel_settle(struct channel *channel)
{
	if (!list_empty(&channel->all_ends) || !list_empty(&channel->openers))
		return;
	if (channel->watcher)
		watcher_end(channel);
	channel_unkeep(channel);
	if (channel->node) {
		channel->node->channel = NULL;
		node_drop(channel->node);
	}
	heap_free(channel);
}

error_t end_new(struct channel *channel, int in, int out, struct end **made)
{
	struct end *end = heap_alloc_zero(sizeof *end);

	if (!end)
		return E_NOMEM;
	object_init(&end->object, &end_class);
	end->channel = channel;
	end->in = in;
	end->out = out;
	end->index = -1;
	list_append(&channel->all_ends, &end->of_channel);
	*made = end;
	return 0;
}

void end_count(struct end *end, int open)
{
	struct channel *channel = end->channel;
	unsigned change = open ? 1 : ~0u;

	if (end->open == open)
		return;
	end->open = open;
	if (end->in != STREAM_NONE)
		channel->streams[end->in].readers += change;
	if (end->out != STREAM_NONE)
		channel->streams[end->out].writers += change;
}

/* The ends of that side that nobody has any more are counted so. */
static void ends_look(struct channel *channel, int in, int out)
{
	list_each(link, &channel->all_ends)
	{
		struct end *end = list_item(link, struct end, of_channel);

		if (end->open && (end->in == in || end->out == out) &&
		    object_is_left(end))
			end_count(end, 0);
	}
}

int stream_is_read(struct channel *channel, int stream)
{
	ends_look(channel, stream, ENDS_MAX);
	return channel->streams[stream].readers != 0;
}

int stream_is_written(struct channel *channel, int stream)
{
	ends_look(channel, ENDS_MAX, stream);
	return channel->streams[stream].writers != 0;
}

error_t end_answer(
    struct end *end, mach_port_t *right, mach_msg_type_name_t *type)
{
	error_t error = object_make_answer(end, &pool_files, right, type);

	if (!error)
		end_count(end, 1);
	return error;
}

/* The last right outside is gone: the other side notices. */
static void end_no_senders(object_t object)
{
	struct end *end = (struct end *)object;
	struct channel *channel = end->channel;
	struct list fired;
	int cached = 0;

	list_init(&fired);
	vfs_enter();
	/* A FIFO's end may have been given out again meanwhile. */
	if (!object->senders.exist) {
		end_count(end, 0);
		pollers_forget(channel, end, 0);
		cached = end->index >= 0 && channel->ends[end->index] == end;
		if (cached)
			channel->ends[end->index] = NULL;
		if (end->in != STREAM_NONE)
			stream_hung_up(
			    channel, &channel->streams[end->in], &fired);
		if (end->out != STREAM_NONE && end->out != end->in)
			stream_hung_up(
			    channel, &channel->streams[end->out], &fired);
	}
	vfs_leave();
	pollers_tell(&fired);
	if (cached)
		object_release(end);
}

static void end_destroy(object_t object)
{
	struct end *end = (struct end *)object;
	struct channel *channel = end->channel;

	vfs_enter();
	pollers_forget(channel, end, 0);
	end_count(end, 0);
	list_remove(&end->of_channel);
	channel_settle(channel);
	vfs_leave();
	heap_free(end);
}

const struct object_class end_class = {
	.name = "pipe end",
	.interfaces = (const interface_t[]){ file_interface, 0 },
	.destroy = end_destroy,
	.no_senders = end_no_senders,
	.reply_lost = end_reply_lost,
};

/* Both ends are given out; the rights hold them. */
static error_t ends_answer(struct end *first, struct end *second,
    mach_port_t rights[2], mach_msg_type_name_t types[2])
{
	error_t error = end_answer(first, &rights[0], &types[0]);

	if (error)
		return error;
	error = end_answer(second, &rights[1], &types[1]);
	/* The first right will not be sent, so never be given back. */
	if (error)
		object_close_port(first);
	return error;
}

static error_t channel_pair(struct view *view, uint32_t mode, int packets,
    mach_port_t rights[2], mach_msg_type_name_t types[2], int *number)
{
	int socket = (mode & MODE_TYPE) == MODE_SOCKET;
	struct end *first = NULL, *second = NULL;
	struct channel *channel;
	error_t error;

	vfs_enter();
	error = channel_new(view, mode, packets, NULL, &channel);
	if (!error) {
		*number = (int)channel->attributes.node;
		error = end_new(channel, 0, socket ? 1 : STREAM_NONE, &first);
		if (!error)
			error = end_new(
			    channel, socket ? 1 : STREAM_NONE, 0, &second);
		if (!error)
			error = ends_answer(first, second, rights, types);
		if (error && !first && !second)
			channel_settle(channel);
	}
	vfs_leave();
	/* The first references; from now on the rights' count. */
	if (first)
		object_release(first);
	if (second)
		object_release(second);
	return error;
}

error_t channel_pipe(
    struct view *view, mach_port_t rights[2], mach_msg_type_name_t types[2],
    int *number)
{
	return channel_pair(view, MODE_FIFO | 0600, 0, rights, types, number);
}

error_t channel_socket_pair(struct view *view, int packets,
    mach_port_t rights[2], mach_msg_type_name_t types[2])
{
	int number;

	return channel_pair(
	    view, MODE_SOCKET | 0777, packets, rights, types, &number);
}

error_t end_attributes(struct end *end, struct file_attributes *attributes)
{
	struct channel *channel = end->channel;

	if (channel->node)
		return node_current(channel->node, attributes);
	*attributes = channel->attributes;
	return 0;
}

error_t end_change(struct end *end, const struct view *view, unsigned mask,
    const struct file_attributes *wanted)
{
	struct file_attributes *attributes = &end->channel->attributes;
	struct file_attributes change = *wanted;
	error_t error;

	if (end->channel->node || (mask & ATTRIBUTE_FLAGS))
		return E_OPNOTSUPP;
	error = access_change(attributes, &view->who, &mask, &change);
	if (error)
		return error;
	if (mask & ATTRIBUTE_MODE)
		attributes->mode = change.mode;
	if (mask & ATTRIBUTE_UID)
		attributes->uid = change.uid;
	if (mask & ATTRIBUTE_GID)
		attributes->gid = change.gid;
	channel_kept_attributes(end->channel);
	return 0;
}
