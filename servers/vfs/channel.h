/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels: what flows between file rights inside VFS.
 *
 *	pipe         ends: read, write          one stream
 *	FIFO         ends: read, write, both    one stream, of a node
 *	socket pair  ends: first, second        two streams, crosswise
 *
 * An end is an object with a port; one end serves all who have it open, since
 * flags and positions are the clients' matter. It counts as a reader or writer
 * of its streams while it has senders outside (`open`). The channel lives
 * while it has ends or openers.
 *
 * Opening a FIFO waits for the other side. Who waits counts already, so that
 * the other side's open finds it; and what it waits for is that somebody of
 * the other side has come since, even if he has gone again: that is what
 * `opened` counts.
 *
 * All under VFS's lock.
 */
#pragma once
#include "vfs.h"
#include <server/once.h>

enum {
	STREAM_NONE = -1,
	ENDS_MAX = 3,
	POLLERS_MAX = 1024, /* of one channel */
};

struct stream {
	struct pipe *pipe;     /* in what survives: channel kept's … */
	uint32_t kept, number; /* … with that number */
	unsigned readers, writers;
	uint32_t reader; /* the process that read last, as tickets name it */
	struct wait_queue reading, writing;
};

struct watcher;

struct channel {
	struct stream streams[2];
	struct end *ends[ENDS_MAX]; /* of a FIFO by access - 1; weak */
	struct list all_ends;       /* struct end.of_channel */
	struct list openers; /* struct opener.of_channel */
	unsigned opened[2];  /* how often for reading, for writing */
	struct list pollers;
	unsigned poller_count;
	struct node *node;                 /* of a FIFO: reference */
	struct file_attributes attributes; /* else */
	uint32_t kept; /* its number in what survives */
	struct watcher *watcher; /* owned: VFS itself writes to it; or null */
};

struct end {
	struct object object;
	struct channel *channel;
	struct list of_channel;
	int in, out; /* numbers of streams, or STREAM_NONE */
	int open;    /* counts in its streams */
	int index;   /* in channel->ends, or -1 */
};

/* A request that waits for the other side of a FIFO. */
struct opener {
	struct list of_channel, of_view;
	struct view *view;
	struct channel *channel;
	int ticket;
	unsigned access;
	unsigned seen; /* opened of the other side when it came */
};

struct poller {
	struct list link;
	struct end *end;    /* not counted: removed with it */
	mach_port_t notify; /* send right, owned */
	unsigned events;
	int cookie, ticket;
	int kept; /* its place in what survives, or -1 */
};

/* A channel that outlives VFS (keep_channel.c): writes its entry. E_NOMEM. */
error_t channel_keep(struct channel *channel, int packets);
void channel_unkeep(struct channel *channel);
/* Its attributes have changed. */
void channel_kept_attributes(const struct channel *channel);
void channels_claim(void);
/* While VFS recovers: the one with that number there, or null. */
struct channel *channel_restored(uint32_t number);
void channels_settle(void);
extern const struct recovery end_recovery;

/*
 * Reads and writes that are done once (keep_transfer.c). known: the request of
 * this ticket was done by a VFS that has died: *size bytes. note: it will be
 * done by the next store to the pipe's head or tail.
 */
enum {
	TRANSFER_PROCESSES = 32768,
};

/* The last request of each process. */
extern uint32_t transfer_seen[TRANSFER_PROCESSES];

static inline uint32_t *transfer_seen_of(uint32_t number)
{
	return &transfer_seen[(number >> 16) % TRANSFER_PROCESSES];
}

/* ticket's request has come; whether one may be known. */
static inline int transfer_begin(int ticket)
{
	*transfer_seen_of((uint32_t)ticket) = (uint32_t)ticket;
	return once_left != 0;
}

struct transfer { /* in a slot */
	uint32_t channel, stream;
	uint32_t position, moved, size;
};

_Static_assert(sizeof(struct transfer) <= ONCE_ANSWER, "fits");

static inline void transfer_note(const struct stream *stream, int ticket,
    uint32_t position, unsigned moved, unsigned size)
{
	struct once_slot *slot = once_begin();
	struct transfer *transfer = (struct transfer *)(void *)slot->answer;

	transfer->channel = stream->kept;
	transfer->stream = stream->number;
	transfer->position = position;
	transfer->moved = moved;
	transfer->size = size;
	slot->size = sizeof *transfer;
	once_end(slot, ticket);
}

int read_is_known(struct end *end, int ticket, char *data, unsigned *size);
int write_is_known(struct end *end, int ticket, unsigned *size);
void transfers_begin(void);
/* Now and then: places of what is over are free again. */
void transfers_sweep(void);

error_t end_new(struct channel *channel, int in, int out, struct end **made);
/* node: of a FIFO, else null. */
error_t channel_new(const struct view *view, uint32_t mode, int packets,
    struct node *node, struct channel **made);
struct channel *channel_blank(void);
void channel_fill(struct channel *channel, uint32_t mode, uint32_t uid,
    uint32_t gid, uint32_t number);
void channel_settle(struct channel *channel);

/* It has senders, or none any more. */
void end_count(struct end *end, int open);

/*
 * Whether an end with the stream as its in (out) still has senders: asks the
 * kernel, whose word that the last one is gone may be in the hands of a thread
 * that has not come to it yet. (Who closes a pipe's last reader and then writes
 * is to get EPIPE.) If not, it is counted as what it is.
 */
int stream_is_read(struct channel *channel, int stream);
int stream_is_written(struct channel *channel, int stream);

/* Gives out a right to end and counts it. Lock held. */
error_t end_answer(
    struct end *end, mach_port_t *right, mach_msg_type_name_t *type);

/* Something changed in stream: wakes who can go on; pollers that are to be
 * told are moved to fired, for pollers_tell without the lock. */
void stream_filled(
    struct channel *channel, struct stream *stream, struct list *fired);
void stream_drained(
    struct channel *channel, struct stream *stream, struct list *fired);
void stream_hung_up(
    struct channel *channel, struct stream *stream, struct list *fired);
void pollers_tell(struct list *fired);

/* keep_poll.c: VFS has died: all who waited look again. */
void poller_keep(struct poller *poller);
void poller_unkeep(struct poller *poller);
void pollers_take(void);
void pollers_again(void);
void poll_notice_send(mach_port_t notify, int cookie);
void pollers_forget(struct channel *channel, const struct end *end, int ticket);
unsigned end_events(const struct end *end);
error_t poller_add(struct end *end, unsigned events, int cookie, int ticket,
    mach_port_t notify);

/* serve_file.c: a reader died before its answer came. */
void end_reply_lost(object_t end, const mach_msg_header_t *request,
    const mach_msg_header_t *answer);
