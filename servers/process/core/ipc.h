/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System V IPC: semaphores, message queues, shared memory. Plain tables in
 * memory that survives; who waits, and what memory is, are the shell's affair.
 *
 * 1. An id is an index in its table and a number that no other object of that
 *    index has had lately; an object is named by no pointer outside.
 * 2. What a process would have undone at its end (SEM_UNDO) and what it has
 *    attached are in tables of their own, under its pid; both go with it.
 * 3. A message that was given is kept until who got it asks for something
 *    else: the answer may have been lost.
 */
#pragma once
#include "core/credentials.h"
#include <base/error.h>
#include <base/ipc_types.h>

enum {
	IPC_SETS = 128,
	IPC_UNDOS = 1024,
	IPC_WAITS = 512,
	IPC_QUEUES = 64,
	IPC_MESSAGES_MAX = 1024,
	IPC_BLOCK = 256,
	IPC_BLOCKS = 2048,
	IPC_SEGMENTS = 128,
	IPC_ATTACHES = 1024,
	E_NOMSG = ERROR_UNIX(42),
	E_IDRM = ERROR_UNIX(43),
};

/* What all three have; the first member of each. */
struct ipc_object {
	uint32_t used;
	int32_t key;
	uint32_t uid, gid, cuid, cgid, mode;
	uint32_t sequence;
	int64_t times[3]; /* as struct ipc_status */
};

struct semaphore {
	uint16_t value, unused;
	int32_t pid; /* who changed it last */
};

struct semaphore_set {
	struct ipc_object object;
	uint32_t count;
	struct semaphore semaphores[SEMAPHORES_MAX];
};

struct semaphore_undo {
	int32_t pid; /* 0: free */
	uint16_t set, number;
	int32_t change; /* to be added at its end */
};

/* Somebody waits for a semaphore: to be counted. */
struct semaphore_wait {
	int32_t pid, request; /* pid 0: free */
	uint16_t set, number;
	int32_t zero; /* for it to be 0 */
};

struct message {
	uint32_t used;
	uint32_t next; /* 1 + index of the next one in its queue; 0: none */
	int32_t type;
	uint32_t size;
	uint32_t block; /* 1 + index of the first */
	int32_t pid, request; /* whom it was given; in no queue any more */
};

struct message_queue {
	struct ipc_object object;
	uint32_t first, last; /* 1 + index; 0: none */
	uint32_t bytes, count, most;
	int32_t sender, receiver;
};

struct segment {
	struct ipc_object object;
	uint32_t size, attached;
	int32_t maker, last;
	/* names of rights to all of it, and to read it; the shell's */
	uint32_t memory, reading;
};

struct attach {
	int32_t pid; /* 0: free */
	uint32_t segment, count;
};

struct ipc {
	uint32_t sequence;
	struct semaphore_set sets[IPC_SETS];
	struct semaphore_undo undos[IPC_UNDOS];
	struct semaphore_wait waits[IPC_WAITS];
	struct message_queue queues[IPC_QUEUES];
	struct message messages[IPC_MESSAGES_MAX];
	uint16_t next_block[IPC_BLOCKS]; /* 1 + index; 0: the last */
	uint8_t block_used[IPC_BLOCKS];
	char blocks[IPC_BLOCKS][IPC_BLOCK];
	struct segment segments[IPC_SEGMENTS];
	struct attach attaches[IPC_ATTACHES];
};

/* Who asks, and when (seconds since 1970). */
struct ipc_caller {
	const struct credentials *who;
	int32_t pid;
	int32_t request; /* its number; 0: nobody will ask again */
	int64_t now;
};

/* ---- all kinds (ipc.c) ---- */

struct ipc_object *ipc_at(struct ipc *ipc, enum ipc_kind kind, unsigned index);
unsigned ipc_most(enum ipc_kind kind);
int ipc_id(
    struct ipc *ipc, enum ipc_kind kind, const struct ipc_object *object);

/* The object of an id; want: permissions as in a mode, 0: none. E_INVAL,
 * E_ACCES. */
error_t ipc_find(struct ipc *ipc, enum ipc_kind kind, int id, unsigned want,
    const struct ipc_caller *caller, struct ipc_object **object);

/*
 * semget and its like. size: semaphores, or bytes of memory. *made: it is
 * new; of memory the shell adds what it needs, or removes it again. E_NOENT,
 * E_EXIST, E_ACCES, E_INVAL, E_NOSPC.
 */
error_t ipc_get(struct ipc *ipc, enum ipc_kind kind, int key, unsigned size,
    unsigned flags, const struct ipc_caller *caller,
    struct ipc_object **object, int *made);

void ipc_status(const struct ipc_object *object, enum ipc_kind kind,
    struct ipc_status *status);
void ipc_totals(struct ipc *ipc, enum ipc_kind kind, struct ipc_totals *totals,
    int *last);

/* IPC_SET and IPC_RMID are for owner, maker and root: E_PERM. */
error_t ipc_own(const struct ipc_object *object,
    const struct ipc_caller *caller);
error_t ipc_change(struct ipc_object *object, enum ipc_kind kind,
    const struct ipc_status *status, const struct ipc_caller *caller);

/* It goes. Memory that is attached stays until it is not: then 0. */
int ipc_remove(struct ipc *ipc, enum ipc_kind kind, struct ipc_object *object);

/* The text of /proc/sysvipc; its whole length, writes what fits. */
unsigned ipc_text(struct ipc *ipc, enum ipc_kind kind, char *text,
    unsigned size);

/* ---- semaphores (semaphores.c) ---- */

/*
 * All operations or none. E_AGAIN: it would have to wait and must not;
 * E_PARKED: it has to wait: that is counted until semaphores_waited(). E_FBIG,
 * E_RANGE, E_NOSPC: no room to undo.
 */
error_t semaphores_change(struct ipc *ipc, struct semaphore_set *set,
    const struct semaphore_operation *operations, unsigned count,
    const struct ipc_caller *caller);
void semaphores_waited(struct ipc *ipc, const struct ipc_caller *caller);

/* GETVAL, GETPID, GETNCNT, GETZCNT, SETVAL of number; E_INVAL, E_RANGE. */
error_t semaphore_control(struct ipc *ipc, struct semaphore_set *set,
    int command, unsigned number, int value, const struct ipc_caller *caller,
    int *result);
error_t semaphores_set_all(struct ipc *ipc, struct semaphore_set *set,
    const uint16_t *values, const struct ipc_caller *caller);
void semaphores_removed(struct ipc *ipc, const struct semaphore_set *set);

/* pid has ended: what it wanted undone is; changed: sets whose waiters look
 * again, by index. */
void semaphores_end(struct ipc *ipc, int32_t pid, int64_t now,
    void (*changed)(unsigned set));

/* ---- messages (messages.c) ---- */

/* E_AGAIN: there is no room. E_INVAL, E_NOMEM. */
error_t message_send(struct ipc *ipc, struct message_queue *queue, int type,
    const char *text, unsigned size, const struct ipc_caller *caller);

/* E_NOMSG: there is none of that type (as msgrcv has it). E_2BIG. size: room,
 * then what there is. */
error_t message_receive(struct ipc *ipc, struct message_queue *queue,
    int wanted, unsigned flags, char *text, unsigned *size, int *type,
    const struct ipc_caller *caller);

/* What the request was given by an instance that could not say so; 0: nothing.
 * Numbers are the client's word: what others were given is not his. */
int message_given(struct ipc *ipc, const struct ipc_caller *caller, char *text,
    unsigned *size, int *type);
/* pid asks for something else, or has ended. */
void messages_forget(struct ipc *ipc, int32_t pid);
void messages_removed(struct ipc *ipc, struct message_queue *queue);

/* ---- memory (segments.c) ---- */

/* E_NOSPC. One more of pid's; one less: E_INVAL, and gone: it is to go. */
error_t segment_attach(struct ipc *ipc, struct segment *segment, int32_t pid);
error_t segment_detach(struct ipc *ipc, struct segment *segment, int32_t pid,
    int64_t now, int *gone);
/* A child has what its parent has. E_NOSPC: then it has nothing. */
error_t segments_fork(struct ipc *ipc, int32_t parent, int32_t child);
/* The next that pid has, and all of its attaches, go; null: none. */
struct segment *segment_leave(struct ipc *ipc, int32_t pid, int64_t now,
    int *gone);
