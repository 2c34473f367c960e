/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a pipe: a ring that begins small (most pipes carry a line) and
 * grows to hold 64 KB when a writer is faster than the reader.
 *
 * It lies in memory that outlives VFS. So the bytes are counted from the
 * beginning of the pipe: what a read takes or a write adds is one store to
 * `head` or `tail`, and before it nothing has happened. A ring has twice the
 * room that a pipe may fill: what was read last stays there for a while, for a
 * reader to whom VFS died before it could answer. When such bytes are about to
 * be overwritten pipe_rescue() is called.
 *
 * Packets (datagram sockets) are kept in the same ring, each behind a word
 * with its length.
 *
 * Who waits and who has hung up is the shell's business.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	PIPE_SIZE = 65536,
	PIPE_FIRST_SIZE = 4096,
	PIPE_ATOMIC = 4096,            /* PIPE_BUF */
	PIPE_TOTAL = 16 * 1024 * 1024, /* all pipes; above, none grows */
	PIPE_PAGE = 4096,
	PIPE_ARENA = 2 * PIPE_TOTAL + PIPE_TOTAL / 2, /* all rings */
	E_MSGSIZE = ERROR_UNIX(90),
};

struct pipe {
	uint32_t place; /* of the ring: its page << 8 | log2 of its size; 0:
			 * nothing was written yet */
	uint32_t head, tail; /* bytes that were taken, that were put in */
	uint32_t guard;      /* what was taken before has been given, or is
			      * rescued */
	uint32_t packets;
};

/* Where rings are: PIPE_ARENA bytes. All of it is free. */
void pipe_arena(void *memory);

/* A pipe of a server that died: its ring is in use. 0: it is damaged, and
 * is empty now. */
int pipe_claim(struct pipe *pipe);

void pipe_init(struct pipe *pipe, int packets);
void pipe_end(struct pipe *pipe);

/* Bytes that were taken before head may not be in the ring much longer. */
extern void (*pipe_rescue)(struct pipe *pipe);

/* Copies at most size bytes out, or one packet (what doesn't fit of it is
 * lost). How many; *moved: what pipe_take() is to take out then. */
unsigned pipe_look(
    const struct pipe *pipe, char *to, unsigned size, unsigned *moved);

static inline void pipe_take(struct pipe *pipe, unsigned moved)
{
	*(volatile uint32_t *)&pipe->head = pipe->head + moved;
}

/* Copies size bytes that were taken from position on. */
void pipe_taken(const struct pipe *pipe, uint32_t position, char *to,
    unsigned size);

/* pipe_look() and pipe_take(), unless peek. */
unsigned pipe_read(struct pipe *pipe, char *to, unsigned size, int peek);

/* Puts back in front what was read last, if there is still room. */
void pipe_unread(struct pipe *pipe, const char *from, unsigned size);

/*
 * Puts bytes behind the end: all, if there are at most PIPE_ATOMIC or it is a
 * packet, else as many as there is room for. *taken: how many; *moved: what
 * pipe_add() is to add then. E_AGAIN: no room; E_MSGSIZE: a packet that never
 * fits; E_NOMEM.
 */
error_t pipe_put(struct pipe *pipe, const char *from, unsigned size,
    unsigned *taken, unsigned *moved);

static inline void pipe_add(struct pipe *pipe, unsigned moved)
{
	*(volatile uint32_t *)&pipe->tail = pipe->tail + moved;
}

/* Both. */
error_t pipe_write(
    struct pipe *pipe, const char *from, unsigned size, unsigned *taken);

static inline unsigned pipe_count(const struct pipe *pipe)
{
	return pipe->tail - pipe->head;
}

/* Something can be read; bytes that one read may get (FIONREAD). */
static inline int pipe_readable(const struct pipe *pipe)
{
	return pipe->tail != pipe->head;
}
unsigned pipe_available(const struct pipe *pipe);

/* An atomic write finds room: what poll calls writable, and when it pays to
 * wake who waits. */
static inline int pipe_writable(const struct pipe *pipe)
{
	return pipe_count(pipe) + PIPE_ATOMIC + sizeof(uint32_t) <= PIPE_SIZE;
}
