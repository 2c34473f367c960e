/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unix/core/ipc_words.h>

enum {
	WORD_BYTES = 4,
	AFTER_OWNERS = 9, /* struct ipc64_perm has so many */
	SEMAPHORE_WORDS = 16,
	MESSAGE_WORDS = 22,
	MEMORY_WORDS = 21,
	MESSAGE_NUMBERS = 15, /* cbytes, qnum, qbytes, lspid, lrpid */
	MEMORY_PIDS = 16,
	INFO_WORDS = 10,
};

unsigned ipc_words_size(enum ipc_kind kind)
{
	static const unsigned words[IPC_KINDS] = { SEMAPHORE_WORDS,
		MESSAGE_WORDS, MEMORY_WORDS };

	return words[kind] * WORD_BYTES;
}

static void times_put(uint32_t *words, const int64_t *times, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		words[2 * i] = (uint32_t)times[i];
		words[2 * i + 1] = (uint32_t)((uint64_t)times[i] >> 32);
	}
}

void ipc_words_status(uint32_t *words, enum ipc_kind kind,
    const struct ipc_status *status)
{
	uint32_t *rest = words + AFTER_OWNERS;

	memset(words, 0, IPC_WORDS * WORD_BYTES);
	words[0] = (uint32_t)status->key;
	memcpy(words + 1, &status->uid, 5 * WORD_BYTES);
	words[6] = status->sequence & 0xffff;
	switch (kind) {
	case IPC_SEMAPHORES:
		times_put(rest, status->times, 2);
		rest[4] = status->numbers[0];
		break;
	case IPC_MESSAGES:
		times_put(rest, status->times, 3);
		memcpy(words + MESSAGE_NUMBERS, status->numbers,
		    3 * WORD_BYTES);
		memcpy(words + MESSAGE_NUMBERS + 3, status->pids,
		    2 * WORD_BYTES);
		break;
	default:
		rest[0] = status->numbers[0];
		times_put(rest + 1, status->times, 3);
		memcpy(words + MEMORY_PIDS, status->pids, 2 * WORD_BYTES);
		words[MEMORY_PIDS + 2] = status->numbers[1];
	}
}

void ipc_words_change(struct ipc_status *status, enum ipc_kind kind,
    const uint32_t *words)
{
	memset(status, 0, sizeof *status);
	status->uid = words[1];
	status->gid = words[2];
	status->mode = words[5] & 0xffff;
	if (kind == IPC_MESSAGES)
		status->numbers[2] = words[MESSAGE_NUMBERS + 2];
}

static unsigned semaphores_totals(uint32_t *words, int used,
    const struct ipc_totals *totals)
{
	uint32_t parts = totals->most * SEMAPHORES_MAX;

	/* semmap, mni, mns, mnu, msl, opm, ume, usz, vmx, aem */
	words[0] = words[2] = words[3] = parts;
	words[1] = totals->most;
	words[4] = SEMAPHORES_MAX;
	words[5] = words[6] = SEMAPHORE_OPERATIONS;
	words[7] = used ? totals->used : 0;
	words[8] = SEMAPHORE_TOP;
	words[9] = used ? totals->parts : SEMAPHORE_TOP;
	return INFO_WORDS * WORD_BYTES;
}

static unsigned messages_totals(uint32_t *words, int used,
    const struct ipc_totals *totals)
{
	uint32_t bytes = totals->most * MESSAGE_QUEUE_BYTES;

	/* msgpool, map, max, mnb, mni, ssz, tql, and 16 bits seg */
	words[0] = used ? totals->used : bytes / 1024;
	words[1] = used ? totals->parts : MESSAGE_QUEUE_BYTES;
	words[2] = MESSAGE_MAX;
	words[3] = MESSAGE_QUEUE_BYTES;
	words[4] = totals->most;
	words[5] = 16;
	words[6] = used ? totals->bytes : MESSAGE_QUEUE_BYTES;
	words[7] = 0xffff;
	return 8 * WORD_BYTES;
}

static unsigned memory_totals(uint32_t *words, int used,
    const struct ipc_totals *totals)
{
	if (used) { /* used_ids, tot, rss, swp, and two attempts at swapping */
		words[0] = totals->used;
		words[1] = words[2] = totals->parts;
		return 6 * WORD_BYTES;
	}
	words[0] = MEMORY_MOST; /* shmmax, min, mni, seg, all */
	words[1] = 1;
	words[2] = words[3] = totals->most;
	words[4] = MEMORY_MOST / 4096;
	return 9 * WORD_BYTES;
}

unsigned ipc_words_totals(uint32_t *words, enum ipc_kind kind, int used,
    const struct ipc_totals *totals)
{
	memset(words, 0, IPC_WORDS * WORD_BYTES);
	switch (kind) {
	case IPC_SEMAPHORES:
		return semaphores_totals(words, used, totals);
	case IPC_MESSAGES:
		return messages_totals(words, used, totals);
	default:
		return memory_totals(words, used, totals);
	}
}
