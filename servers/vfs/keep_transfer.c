/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads and writes of pipes are done once, though VFS may die between doing
 * them and answering, and the caller then asks again.
 *
 * Before a read takes or a write adds its bytes the thread's slot (server/
 * once.h) says which bytes they will be. A successor looks whether it was done:
 * the pipe's head or tail is behind them, or is not. If it was, a write is
 * answered; a read gets its bytes again.
 *
 * These bytes stay in the ring (pipe.h) until they are about to be overwritten.
 * Then those of readers who may not have their answer are rescued: copied to a
 * place that survives. Whose request is followed by another one of the same
 * process has it, which is the case nearly always. A successor rescues all
 * before anything else happens.
 */
#include "channel.h"
#include "keep.h"
#include <string.h>

enum {
	ID_READ = 51400,
	ID_READ_LARGE = 51401,
};

uint32_t transfer_seen[TRANSFER_PROCESSES];
static int rescued; /* some place may be in use */

static const struct transfer *slot_transfer(const struct once_slot *slot)
{
	return (const struct transfer *)(const void *)slot->answer;
}

static int slot_is_read(const struct once_slot *slot)
{
	return slot->request.number &&
	    (slot->request.id == ID_READ ||
		slot->request.id == ID_READ_LARGE) &&
	    slot->size == sizeof(struct transfer);
}

static struct kept_rescue *rescue_find(uint32_t number)
{
	for (unsigned i = 0; i < KEPT_RESCUES; i++)
		if (kept()->rescues[i].number == number)
			return &kept()->rescues[i];
	return NULL;
}

static char *rescue_bytes(const struct kept_rescue *rescue)
{
	return kept()->rescued[rescue - kept()->rescues];
}

/* A free place, or one of a request that is over. */
static struct kept_rescue *rescue_new(void)
{
	struct kept_rescue *rescue = rescue_find(0);

	for (unsigned i = 0; !rescue && i < KEPT_RESCUES; i++) {
		uint32_t number = kept()->rescues[i].number;

		uint32_t last = *transfer_seen_of(number);

		if (last && last != number)
			rescue = &kept()->rescues[i];
	}
	return rescue;
}

/* Places of requests that are over (their process has sent another one) are
 * free again: else each death would take others, and their memory, until all
 * are used. */
void transfers_sweep(void)
{
	int more = 0;

	for (unsigned i = 0; rescued && i < KEPT_RESCUES; i++) {
		uint32_t number = kept()->rescues[i].number;
		uint32_t last = number ? *transfer_seen_of(number) : 0;

		if (last && last != number && last >> 16 == number >> 16)
			kept()->rescues[i].number = 0;
		else if (number)
			more = 1;
	}
	rescued = more;
}

static void slot_rescue(const struct once_slot *slot)
{
	const struct transfer *transfer = slot_transfer(slot);
	const struct pipe *pipe =
	    &kept()->channels[transfer->channel].pipes[transfer->stream];
	struct kept_rescue *rescue;

	/* Not done, or done and rescued. */
	if ((int32_t)(pipe->head - transfer->position - transfer->moved) < 0 ||
	    transfer->size > PIPE_SIZE || !pipe->place ||
	    rescue_find(slot->request.number))
		return;
	rescue = rescue_new();
	if (!rescue)
		return;
	rescue->number = 0;
	rescue->size = transfer->size;
	pipe_taken(
	    pipe, transfer->position, rescue_bytes(rescue), transfer->size);
	kept_ordered();
	rescue->number = slot->request.number;
	rescued = 1;
}

static int slot_is_valid(const struct once_slot *slot)
{
	return slot_is_read(slot) &&
	    slot_transfer(slot)->channel < KEPT_CHANNELS &&
	    slot_transfer(slot)->stream < 2 &&
	    kept()->channels[slot_transfer(slot)->channel].used;
}

/* What was taken from pipe and may not have been given. */
static void transfers_rescue(struct pipe *pipe)
{
	for (unsigned i = 0; i < once_threads(); i++) {
		const struct once_slot *slot = &kept()->once.slots[i];

		/* What this thread did before is answered. */
		if (i == once_thread() || !slot_is_valid(slot) ||
		    *transfer_seen_of(slot->request.number) !=
			slot->request.number)
			continue;
		if (pipe == &kept()->channels[slot_transfer(slot)->channel]
				 .pipes[slot_transfer(slot)->stream])
			slot_rescue(slot);
	}
}

void transfers_begin(void)
{
	pipe_rescue = transfers_rescue;
	rescued = server_recovered;
	for (unsigned i = 0; server_recovered && i < ONCE_THREADS; i++)
		if (slot_is_valid(&kept()->once.slots[i]))
			slot_rescue(&kept()->once.slots[i]);
}

int read_is_known(struct end *end, int ticket, char *data, unsigned *size)
{
	const struct pipe *pipe = end->channel->streams[end->in].pipe;
	const struct kept_rescue *rescue;
	struct transfer transfer;

	if (!once_known(ticket, &transfer, sizeof transfer) ||
	    (int32_t)(pipe->head - transfer.position - transfer.moved) < 0)
		return 0;
	rescue = rescue_find((uint32_t)ticket);
	if (!rescue || rescue->size > *size)
		return 0;
	*size = rescue->size;
	memcpy(data, rescue_bytes(rescue), rescue->size);
	return 1;
}

int write_is_known(struct end *end, int ticket, unsigned *size)
{
	const struct pipe *pipe = end->channel->streams[end->out].pipe;
	struct transfer transfer;

	if (!once_known(ticket, &transfer, sizeof transfer) ||
	    (int32_t)(pipe->tail - transfer.position - transfer.moved) < 0)
		return 0;
	*size = transfer.size;
	return 1;
}
