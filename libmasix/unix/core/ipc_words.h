/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's structures of System V IPC on i386 (those of IPC_64), in words. */
#pragma once
#include <base/ipc_types.h>

enum {
	IPC_WORDS = 22, /* the longest */
};

/* Bytes of semid64_ds, msqid64_ds, shmid64_ds. */
unsigned ipc_words_size(enum ipc_kind kind);

void ipc_words_status(uint32_t *words, enum ipc_kind kind,
    const struct ipc_status *status);

/* What of it IPC_SET changes. */
void ipc_words_change(struct ipc_status *status, enum ipc_kind kind,
    const uint32_t *words);

/* seminfo, msginfo, shminfo, or what there is (used; of memory shm_info). Its
 * size. */
unsigned ipc_words_totals(uint32_t *words, enum ipc_kind kind, int used,
    const struct ipc_totals *totals);
