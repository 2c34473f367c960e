/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a pipe: a ring that begins small (most pipes carry a line) and
 * grows to 64 KB when a writer is faster than the reader. An empty ring
 * starts at its beginning again, so that a ping-pong touches one page.
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
	PIPE_TOTAL = 16 * 1024 * 1024, /* all rings; above, none grows */
	E_MSGSIZE = ERROR_UNIX(90),
};

struct pipe {
	char *ring; /* owned; null: nothing was written yet */
	unsigned size;
	unsigned start, count; /* bytes in use */
	int packets;
};

void pipe_init(struct pipe *pipe, int packets);
void pipe_end(struct pipe *pipe);

/* Takes at most size bytes out, or one packet (what doesn't fit of it is
 * lost); peek: leaves them. How many. */
unsigned pipe_read(struct pipe *pipe, char *to, unsigned size, int peek);

/* Puts back in front what was read last, if there is still room. */
void pipe_unread(struct pipe *pipe, const char *from, unsigned size);

/*
 * Puts bytes in: all, if there are at most PIPE_ATOMIC or it is a packet,
 * else as many as there is room for. *taken: how many. E_AGAIN: no room;
 * E_MSGSIZE: a packet that never fits; E_NOMEM.
 */
error_t pipe_write(
    struct pipe *pipe, const char *from, unsigned size, unsigned *taken);

/* Something can be read; bytes that one read may get (FIONREAD). */
static inline int pipe_readable(const struct pipe *pipe)
{
	return pipe->count != 0;
}
unsigned pipe_available(const struct pipe *pipe);

/* An atomic write finds room: what poll calls writable, and when it pays to
 * wake who waits. */
static inline int pipe_writable(const struct pipe *pipe)
{
	return PIPE_SIZE - pipe->count >= PIPE_ATOMIC + sizeof(uint32_t);
}
