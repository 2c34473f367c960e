/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of directories: see listing.h. */
#include "core/listing.h"
#include <base/heap.h>
#include <string.h>

static struct list order = LIST_EMPTY(order); /* used longest ago first */
static unsigned pieces;

static void piece_free(struct piece *piece)
{
	list_remove(&piece->of_node);
	list_remove(&piece->order);
	heap_free(piece);
	pieces--;
}

static void move_to_end(struct list *list, struct list *link)
{
	list_remove(link);
	list_append(list, link);
}

const struct piece *listing_find(struct node *node, int64_t position)
{
	list_each(link, &node->pieces)
	{
		struct piece *piece = list_item(link, struct piece, of_node);

		if (piece->position != position)
			continue;
		move_to_end(&node->pieces, &piece->of_node);
		move_to_end(&order, &piece->order);
		return piece;
	}
	return NULL;
}

void listing_keep(struct node *node, int64_t position, const char *data,
    unsigned size, int64_t next)
{
	struct piece *piece;

	if (listing_find(node, position))
		return;
	piece = heap_alloc(sizeof *piece + size);
	if (!piece)
		return;
	piece->position = position;
	piece->next = next;
	piece->size = size;
	memcpy(piece->data, data, size);
	list_append(&node->pieces, &piece->of_node);
	list_append(&order, &piece->order);
	if (++pieces > LISTING_PIECES)
		piece_free(list_item(order.next, struct piece, order));
}

void listing_forget(struct node *node)
{
	while (!list_empty(&node->pieces))
		piece_free(list_item(node->pieces.next, struct piece, of_node));
}
