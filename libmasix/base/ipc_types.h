/* SPDX-License-Identifier: BSD-2-Clause */
/* System V IPC between libmasix and the process server: numbers as Linux has
 * them, and the one structure in which all three kinds say what they are. */
#pragma once
#include <stdint.h>

enum ipc_kind {
	IPC_SEMAPHORES,
	IPC_MESSAGES,
	IPC_MEMORY,
	IPC_KINDS,
};

enum {
	IPC_INDICES = 32768, /* an id modulo that is an index */

	IPC_CREATE = 01000,
	IPC_EXCLUSIVE = 02000,
	IPC_NO_WAIT = 04000,

	/* commands of process_ipc_control */
	IPC_REMOVE = 0,
	IPC_CHANGE = 1, /* in: struct ipc_status, of which uid, gid, mode and
	                 * (messages) numbers[2] count */
	IPC_STATUS = 2, /* answer: struct ipc_status */
	IPC_INFORM = 3, /* answer: struct ipc_totals; result: the last index */
	IPC_STATUS_AT = 4, /* of an index; result: the id */
	IPC_STATUS_ANY = 5, /* the same without a look at permissions */
	IPC_LOCK = 6,
	SEMAPHORE_PID = 11,
	SEMAPHORE_VALUE = 12,
	SEMAPHORE_ALL = 13, /* answer: 16 bits each */
	SEMAPHORE_COUNT = 14,
	SEMAPHORE_ZERO_COUNT = 15,
	SEMAPHORE_SET = 16,
	SEMAPHORE_SET_ALL = 17,

	SEMAPHORE_UNDO = 010000,
	SEMAPHORES_MAX = 250, /* of a set */
	SEMAPHORE_TOP = 32767,
	SEMAPHORE_OPERATIONS = 64, /* of one call */

	MESSAGE_ANY_LENGTH = 010000, /* MSG_NOERROR */
	MESSAGE_EXCEPT = 020000,
	MESSAGE_MAX = 8192,
	MESSAGE_QUEUE_BYTES = 16384,

	MEMORY_READ_ONLY = 010000,
	MEMORY_DESTROYED = 01000, /* in mode: it goes with the last attach */
	MEMORY_MOST = 0x40000000, /* bytes of a segment */
};

struct ipc_status {
	/* semaphores: otime, ctime; messages: stime, rtime, ctime; memory:
	 * atime, dtime, ctime */
	int64_t times[3];
	int32_t key;
	uint32_t uid, gid, cuid, cgid, mode, sequence;
	/* semaphores: how many; messages: bytes, messages, most bytes; memory:
	 * bytes, attached */
	uint32_t numbers[3];
	int32_t pids[2]; /* messages: sender, receiver; memory: maker, last */
};

struct ipc_totals {
	uint32_t used;  /* objects */
	uint32_t parts; /* semaphores, messages, pages */
	uint32_t bytes; /* of messages */
	uint32_t most;  /* objects */
};

/* struct sembuf. */
struct semaphore_operation {
	uint16_t number;
	int16_t change;
	int16_t flags;
};
