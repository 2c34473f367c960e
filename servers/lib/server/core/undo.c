/* SPDX-License-Identifier: BSD-2-Clause */
#include "undo.h"

/* Each write must stand before the next: a kill may come in between. */
#define ordered() __asm__ volatile("" : : : "memory")

void undo_keep(struct undo_log *log, const void *address, size_t size)
{
	const uint32_t *from = address;

	if (log->count + size / sizeof *from > UNDO_WORDS)
		__builtin_trap();
	for (; size >= sizeof *from; size -= sizeof *from, from++) {
		struct undo_word *word = &log->words[log->count];

		word->offset =
		    (uint32_t)((uintptr_t)from - (uintptr_t)log);
		word->value = *from;
		ordered();
		log->count++;
		ordered();
	}
}

unsigned undo_roll_back(struct undo_log *log, void *memory, size_t size)
{
	unsigned count = log->count;
	char *base = memory;
	uint32_t to_log = (uint32_t)((uintptr_t)log - (uintptr_t)base);

	if (count > UNDO_WORDS)
		count = 0;
	for (unsigned i = count; i-- > 0;) {
		uint32_t at = log->words[i].offset + to_log;

		if (at % sizeof at == 0 && size >= sizeof at &&
		    at <= size - sizeof at)
			*(uint32_t *)(void *)(base + at) = log->words[i].value;
	}
	undo_commit(log);
	return count;
}
