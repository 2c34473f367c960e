/* SPDX-License-Identifier: BSD-2-Clause */
#include "once.h"
#include <string.h>

/* Each write must stand before the next: a kill may come in between. */
#define ordered() __asm__ volatile("" : : : "memory")

void once_write(struct once_slot *slot, const struct once_request *request,
    const void *answer, unsigned size)
{
	slot->request.number = 0;
	ordered();
	if (size > ONCE_ANSWER)
		size = ONCE_ANSWER;
	slot->request.object = request->object;
	slot->request.id = request->id;
	slot->size = size;
	if (size)
		memcpy(slot->answer, answer, size);
	ordered();
	slot->request.number = request->number;
}

static struct once_slot *place(
    struct once_memory *memory, uint32_t number, unsigned probe)
{
	return &memory->left[((number >> 16) + probe) % ONCE_LEFT];
}

/* Where number's slot goes: a free place, or one that is long over. */
static struct once_slot *place_free(struct once_memory *memory, uint32_t number)
{
	for (unsigned i = 0; i < ONCE_PROBES; i++) {
		struct once_slot *slot = place(memory, number, i);

		if (!slot->request.number ||
		    slot->request.number >> 16 == number >> 16)
			return slot;
	}
	return place(memory, number, 0);
}

unsigned once_inherit(struct once_memory *memory)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ONCE_THREADS; i++) {
		struct once_slot *slot = &memory->slots[i];

		if (slot->request.number)
			once_write(place_free(memory, slot->request.number),
			    &slot->request, slot->answer, slot->size);
		ordered();
		slot->request.number = 0;
	}
	for (unsigned i = 0; i < ONCE_LEFT; i++)
		count += memory->left[i].request.number != 0;
	return count;
}

static int same(const struct once_request *one, const struct once_request *two)
{
	return one->number == two->number && one->object == two->object &&
	    one->id == two->id;
}

int once_find(struct once_memory *memory, const struct once_request *request,
    struct once_slot *own, void *answer, unsigned size, unsigned *count)
{
	int found = 0;

	*count = 0;
	for (unsigned i = 0; i < ONCE_PROBES; i++) {
		struct once_slot *slot = place(memory, request->number, i);

		if (!slot->request.number ||
		    slot->request.number >> 16 != request->number >> 16)
			continue;
		if (same(&slot->request, request)) {
			if (size > slot->size)
				size = slot->size;
			if (size)
				memcpy(answer, slot->answer, size);
			once_write(own, request, slot->answer, slot->size);
			found = 1;
		}
		ordered();
		slot->request.number = 0;
		++*count;
	}
	return found;
}
