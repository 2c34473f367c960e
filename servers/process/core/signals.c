/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals. Records come from one fixed store for all processes: what a queue
 * may hold is bounded by it and by the receiver's limit, and a signal never
 * fails for lack of memory: a standard one without a record is delivered with
 * an empty siginfo, as on Linux.
 */
#include "core/signals.h"
#include <string.h>

static struct signal_store *store;

static const uint64_t synchronous = SIGNAL_BIT(SIGNAL_SEGV) |
    SIGNAL_BIT(SIGNAL_BUS) | SIGNAL_BIT(SIGNAL_ILL) |
    SIGNAL_BIT(SIGNAL_TRAP) | SIGNAL_BIT(SIGNAL_FPE) | SIGNAL_BIT(SIGNAL_SYS);
static const uint64_t unstoppable = SIGNAL_BIT(SIGNAL_KILL) |
    SIGNAL_BIT(SIGNAL_STOP);
static const uint64_t stops = SIGNAL_BIT(SIGNAL_STOP) |
    SIGNAL_BIT(SIGNAL_TSTP) | SIGNAL_BIT(SIGNAL_TTIN) |
    SIGNAL_BIT(SIGNAL_TTOU);

void signals_use(struct signal_store *own)
{
	store = own;
	if (!store->free.next)
		list_init(&store->free);
}

static struct signal_node *node_new(void)
{
	struct list *link = list_take(&store->free);

	if (link)
		return list_item(link, struct signal_node, link);
	return store->used < SIGNAL_QUEUE_MAX ? &store->nodes[store->used++] :
	    0;
}

static void node_free(struct signals *signals, struct signal_node *node)
{
	list_remove(&node->link);
	list_prepend(&store->free, &node->link);
	signals->queued--;
}

enum signal_effect signal_default(int signal)
{
	switch (signal) {
	case SIGNAL_CHILD:
	case SIGNAL_URGENT:
	case SIGNAL_WINDOW:
		return EFFECT_NONE;
	case SIGNAL_CONTINUE:
		return EFFECT_CONTINUE;
	case SIGNAL_STOP:
	case SIGNAL_TSTP:
	case SIGNAL_TTIN:
	case SIGNAL_TTOU:
		return EFFECT_STOP;
	case SIGNAL_QUIT:
	case SIGNAL_ILL:
	case SIGNAL_TRAP:
	case SIGNAL_ABORT:
	case SIGNAL_BUS:
	case SIGNAL_FPE:
	case SIGNAL_SEGV:
	case SIGNAL_CPU:
	case SIGNAL_FILE_SIZE:
	case SIGNAL_SYS:
		return EFFECT_CORE;
	default:
		return EFFECT_END;
	}
}

void signals_init(struct signals *signals)
{
	signals->pending = 0;
	signals->queued = 0;
	list_init(&signals->queue);
}

void signals_flush(struct signals *signals, uint64_t mask)
{
	struct signal_node *node;

	signals->pending &= ~mask;
	list_each_safe(link, &signals->queue) {
		node = list_item(link, struct signal_node, link);
		if (mask & SIGNAL_BIT(node->record.signal))
			node_free(signals, node);
	}
}

/* What the process does with a signal that is not blocked. */
static int is_ignored(int signal, const struct signal_masks *masks)
{
	uint64_t bit = SIGNAL_BIT(signal);
	enum signal_effect effect = signal_default(signal);

	if ((masks->caught & bit) && !(unstoppable & bit))
		return 0;
	if (masks->is_first)
		return 1;
	if (unstoppable & bit)
		return 0;
	return (masks->ignored & bit) || effect == EFFECT_NONE ||
	    effect == EFFECT_CONTINUE;
}

static int is_blocked(int signal, const struct signal_masks *masks)
{
	return (masks->blocked & ~unstoppable & SIGNAL_BIT(signal)) != 0;
}

error_t signals_post(struct signals *signals, const struct signal_record *what,
    const struct signal_masks *masks, unsigned limit, int *queued)
{
	int signal = what->signal;
	uint64_t bit = SIGNAL_BIT(signal);
	struct signal_node *node = 0;

	*queued = 0;
	if (stops & bit)
		signals_flush(signals, SIGNAL_BIT(SIGNAL_CONTINUE));
	if (signal == SIGNAL_CONTINUE)
		signals_flush(signals, stops);
	if (!is_blocked(signal, masks) && is_ignored(signal, masks))
		return 0;
	if (signal < SIGNAL_REALTIME && (signals->pending & bit))
		return 0;
	if (signals->queued < limit)
		node = node_new();
	/* kill(2) of a real-time signal may lose the record, sigqueue not */
	if (!node && signal >= SIGNAL_REALTIME && what->code < 0)
		return E_AGAIN;
	if (node) {
		node->record = *what;
		list_append(&signals->queue, &node->link);
		signals->queued++;
	}
	signals->pending |= bit;
	*queued = 1;
	return 0;
}

/* The signal that goes first: synchronous ones, then the lowest. */
static int first_of(uint64_t mask)
{
	int signal = 1;

	if (mask & synchronous)
		mask &= synchronous;
	if (!mask)
		return 0;
	while (!(mask & 1)) {
		mask >>= 1;
		signal++;
	}
	return signal;
}

/* Takes signal's oldest record, or makes an empty one. */
static void take_record(struct signals *signals, int signal,
    struct signal_record *what)
{
	struct signal_node *node, *found = 0;
	unsigned count = 0;

	list_each(link, &signals->queue) {
		node = list_item(link, struct signal_node, link);
		if (node->record.signal != signal)
			continue;
		if (!count++)
			found = node;
	}
	memset(what, 0, sizeof *what);
	what->signal = signal;
	if (found) {
		*what = found->record;
		node_free(signals, found);
	}
	if (count <= 1)
		signals->pending &= ~SIGNAL_BIT(signal);
}

int signals_take(struct signals *signals, uint64_t blocked,
    struct signal_record *what)
{
	int signal = first_of(signals->pending & ~(blocked & ~unstoppable));

	if (signal)
		take_record(signals, signal, what);
	return signal;
}

enum verdict signals_judge(struct signals *signals,
    const struct signal_masks *masks, int orphaned, int *signal)
{
	uint64_t ready = signals->pending & ~(masks->blocked & ~unstoppable);
	enum verdict verdict = VERDICT_NONE;
	struct signal_record record;

	for (int next = first_of(ready); next; next = first_of(ready)) {
		enum signal_effect effect = signal_default(next);
		uint64_t bit = SIGNAL_BIT(next);

		ready &= ~bit;
		if (is_ignored(next, masks)) {
			signals_flush(signals, bit);
			continue;
		}
		if ((masks->caught & bit) && !(unstoppable & bit)) {
			verdict = VERDICT_DELIVER;
			continue;
		}
		take_record(signals, next, &record);
		if (effect == EFFECT_STOP && orphaned && next != SIGNAL_STOP)
			continue;
		*signal = next;
		return effect == EFFECT_STOP ? VERDICT_STOP : VERDICT_END;
	}
	return verdict;
}
