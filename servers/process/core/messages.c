/* SPDX-License-Identifier: BSD-2-Clause */
/* Message queues: see ipc.h. A message lies in blocks of a common store. */
#include "core/ipc.h"
#include <string.h>

static unsigned blocks_of(unsigned size)
{
	return (size + IPC_BLOCK - 1) / IPC_BLOCK;
}

static void blocks_free(struct ipc *ipc, uint32_t block)
{
	while (block) {
		ipc->block_used[block - 1] = 0;
		block = ipc->next_block[block - 1];
	}
}

/* A chain of that many, from the last one on; 0 with *first 0: no room. */
static int blocks_take(struct ipc *ipc, unsigned count, uint32_t *first)
{
	*first = 0;
	for (unsigned i = 0; i < IPC_BLOCKS && count; i++) {
		if (ipc->block_used[i])
			continue;
		ipc->block_used[i] = 1;
		ipc->next_block[i] = (uint16_t)*first;
		*first = i + 1;
		count--;
	}
	if (!count)
		return 1;
	blocks_free(ipc, *first);
	return 0;
}

static void text_put(struct ipc *ipc, uint32_t block, const char *text,
    unsigned size)
{
	for (; size; block = ipc->next_block[block - 1]) {
		unsigned part = size < IPC_BLOCK ? size : IPC_BLOCK;

		memcpy(ipc->blocks[block - 1], text, part);
		text += part;
		size -= part;
	}
}

static void text_get(const struct ipc *ipc, uint32_t block, char *text,
    unsigned size)
{
	for (; size; block = ipc->next_block[block - 1]) {
		unsigned part = size < IPC_BLOCK ? size : IPC_BLOCK;

		memcpy(text, ipc->blocks[block - 1], part);
		text += part;
		size -= part;
	}
}

static void message_free(struct ipc *ipc, struct message *message)
{
	blocks_free(ipc, message->block);
	message->used = 0;
}

static struct message *message_take(struct ipc *ipc)
{
	for (unsigned i = 0; i < IPC_MESSAGES_MAX; i++)
		if (!ipc->messages[i].used)
			return &ipc->messages[i];
	return 0;
}

static struct message *message_at(struct ipc *ipc, uint32_t number)
{
	return number ? &ipc->messages[number - 1] : 0;
}

error_t message_send(struct ipc *ipc, struct message_queue *queue, int type,
    const char *text, unsigned size, const struct ipc_caller *caller)
{
	struct message *message, *last = message_at(ipc, queue->last);
	uint32_t block, number;

	if (type < 1 || size > MESSAGE_MAX)
		return E_INVAL;
	if (queue->bytes + size > queue->most || queue->count >= queue->most)
		return E_AGAIN;
	message = message_take(ipc);
	if (!message || !blocks_take(ipc, blocks_of(size), &block))
		return E_NOMEM;
	text_put(ipc, block, text, size);
	*message = (struct message){ 1, 0, type, size, block, 0, 0 };
	number = (uint32_t)(message - ipc->messages) + 1;
	if (last)
		last->next = number;
	else
		queue->first = number;
	queue->last = number;
	queue->bytes += size;
	queue->count++;
	queue->sender = caller->pid;
	queue->object.times[0] = caller->now;
	return 0;
}

static int is_wanted(const struct message *message, int wanted, unsigned flags)
{
	if (!wanted)
		return 1;
	if (wanted < 0)
		return message->type <= -(int64_t)wanted;
	return (message->type == wanted) == !(flags & MESSAGE_EXCEPT);
}

/* The number of what is wanted; before: what it comes after. */
static uint32_t message_find(struct ipc *ipc, const struct message_queue *queue,
    int wanted, unsigned flags, uint32_t *before)
{
	uint32_t last = 0, found = 0;

	for (uint32_t at = queue->first; at; at = ipc->messages[at - 1].next) {
		const struct message *message = message_at(ipc, at);

		if (is_wanted(message, wanted, flags) && (!found ||
		    message->type < ipc->messages[found - 1].type)) {
			found = at;
			*before = last;
			if (wanted >= 0)
				break;
		}
		last = at;
	}
	return found;
}

static void message_unlink(struct ipc *ipc, struct message_queue *queue,
    struct message *message, uint32_t before)
{
	if (before)
		ipc->messages[before - 1].next = message->next;
	else
		queue->first = message->next;
	if (!message->next)
		queue->last = before;
	queue->bytes -= message->size;
	queue->count--;
}

error_t message_receive(struct ipc *ipc, struct message_queue *queue,
    int wanted, unsigned flags, char *text, unsigned *size, int *type,
    const struct ipc_caller *caller)
{
	uint32_t before = 0;
	uint32_t number = message_find(ipc, queue, wanted, flags, &before);
	struct message *message = message_at(ipc, number);

	if (!message)
		return E_NOMSG;
	if (message->size > *size && !(flags & MESSAGE_ANY_LENGTH))
		return E_2BIG;
	message_unlink(ipc, queue, message, before);
	queue->receiver = caller->pid;
	queue->object.times[1] = caller->now;
	if (message->size < *size)
		*size = message->size;
	message->size = *size;
	*type = message->type;
	text_get(ipc, message->block, text, *size);
	message->pid = caller->pid;
	message->request = caller->request;
	if (!caller->request)
		message_free(ipc, message);
	return 0;
}

int message_given(struct ipc *ipc, const struct ipc_caller *caller, char *text,
    unsigned *size, int *type)
{
	for (unsigned i = 0; caller->request && i < IPC_MESSAGES_MAX; i++) {
		const struct message *message = &ipc->messages[i];

		if (!message->used || message->pid != caller->pid ||
		    message->request != caller->request)
			continue;
		*size = message->size;
		*type = message->type;
		text_get(ipc, message->block, text, *size);
		return 1;
	}
	return 0;
}

void messages_forget(struct ipc *ipc, int32_t pid)
{
	for (unsigned i = 0; i < IPC_MESSAGES_MAX; i++) {
		struct message *message = &ipc->messages[i];

		if (message->used && message->pid == pid)
			message_free(ipc, message);
	}
}

void messages_removed(struct ipc *ipc, struct message_queue *queue)
{
	uint32_t at = queue->first;

	while (at) {
		struct message *message = message_at(ipc, at);

		at = message->next;
		message_free(ipc, message);
	}
	queue->first = queue->last = 0;
}
