/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line discipline: what lies between a terminal's two ends. Bytes from
 * the keyboard (or the serial line, or a pty's master) go through
 * line_input(): editing, echo, signals, flow control; a program gets them by
 * line_read(). What a program writes goes through line_write() into the output
 * ring, together with the echo, and leaves by line_take_output().
 *
 *   device --line_input--> [input] --line_read--> program
 *              | echo
 *   device <--line_take_output-- [output] <--line_write-- program
 *
 * Input is a ring with two marks: bytes before `canonical` are complete lines
 * (or raw input), bytes from there to `head` can still be edited. delimiters
 * has a bit for each byte that ends a line: a quoted newline does not. An end
 * of file is a delimiter whose byte is 0 and is never handed out.
 *
 * Invariants:
 *  1. tail <= canonical <= head <= tail + LINE_SIZE (as differences).
 *  2. No delimiter bit is set outside [tail, canonical).
 *  3. Raw mode (no ICANON): canonical is not looked at.
 *  4. Echo may use the last LINE_ECHO_RESERVE bytes of the output ring,
 *     line_write() may not; echo that does not fit even so is lost.
 *
 * The caller guards it with a lock of its own. Nothing here waits: what has
 * happened is found in raised (signals for the foreground group) afterwards.
 */
#pragma once
#include "core/modes.h"
#include "core/ring.h"
#include <base/error.h>

enum {
	LINE_SIZE = 4096,
	LINE_ECHO_RESERVE = 512,
	LINE_FLOW_HIGH = LINE_SIZE - 512, /* IXOFF: tell the sender to stop */
	LINE_FLOW_LOW = 512,              /* ... and to go on */
};

/* bits of raised: 1 << signal, signals by their Linux numbers */
enum {
	LINE_SIGINT = 2,
	LINE_SIGQUIT = 3,
	LINE_SIGTSTP = 20,
	LINE_SIGWINCH = 28,
};

struct line {
	struct modes modes;
	struct window_size size;

	/* input */
	unsigned tail, canonical, head;
	unsigned reading, read_from; /* line_read() is at it; its first byte */
	unsigned char input[LINE_SIZE];
	unsigned char delimiters[LINE_SIZE / 8];
	unsigned char quote_next;     /* VLNEXT came */
	unsigned char erasing;        /* between the \ and / of ECHOPRT */
	unsigned char sender_stopped; /* IXOFF: we sent VSTOP */
	unsigned edit_column;         /* where the line being edited began */
	/* As it was when this line_input() began: a signal takes the echo of
	 * what was typed together with it back, and the cursor with it. */
	struct {
		unsigned head, column, edit_column;
	} before;

	/* output */
	struct ring output;
	unsigned column;
	unsigned keep;         /* bytes that a flush can't take back any more */
	unsigned char stopped; /* by VSTOP or TCXONC */
	unsigned char urgent[2]; /* VSTOP, VSTART to send before all else */
	unsigned char urgent_count;

	unsigned raised; /* signals to send; the caller clears it */
	unsigned lost;   /* input bytes that found no room */
};

/* output: memory of a power of two, at least 4 * LINE_ECHO_RESERVE. */
void line_init(struct line *line, unsigned char *output, unsigned size);

/*
 * Bytes arrive; returns how many were taken. Fewer only if there is no room
 * and a reader can make some: the rest is to be offered again later.
 */
unsigned line_input(struct line *line, const void *bytes, unsigned count);

/* A break or a byte with a framing or parity error (code: 0 break). */
void line_input_break(struct line *line);

/* Bytes line_input() takes now without loss. */
unsigned line_room(const struct line *line);

/* Whether there is a complete line, or in raw mode at least count bytes. */
int line_ready(const struct line *line, unsigned count);

/* For FIONREAD: bytes that reads could return now. */
unsigned line_available(const struct line *line);

/*
 * Takes at most size bytes, at most one line in canonical mode: none for an
 * end of file. Call it only if line_ready().
 */
unsigned line_read(struct line *line, void *bytes, unsigned size);

/* A line in memory that survived: what line_read() was at when the server died
 * is not read yet. */
void line_read_undo(struct line *line);

/* A program writes; returns how many bytes were taken. */
unsigned line_write(struct line *line, const void *bytes, unsigned count);

/* Whether a write of count bytes would be taken whole (or as much of it as
 * ever can be in one piece). */
int line_writable(const struct line *line, unsigned count);

/* Output for the device; none while it is stopped. */
unsigned line_take_output(struct line *line, void *bytes, unsigned size);

/* Whether line_take_output() would give something. */
int line_has_output(const struct line *line);

void line_flush_input(struct line *line);
void line_flush_output(struct line *line);

/* New modes; what is in the input stays and is seen with the new eyes. */
void line_set_modes(struct line *line, const struct modes *modes);

/* TIOCSWINSZ; raises LINE_SIGWINCH if it is new. */
void line_set_size(struct line *line, const struct window_size *size);

/* TCXONC: 0 stop output, 1 resume, 2 send VSTOP, 3 send VSTART. */
error_t line_flow(struct line *line, int what);

/* For the parts of the discipline. */
static inline int line_is(const struct line *line, unsigned local)
{
	return (line->modes.local & local) != 0;
}

static inline unsigned char line_byte(const struct line *line, unsigned at)
{
	return line->input[at & (LINE_SIZE - 1)];
}

static inline unsigned line_inside(const struct line *line)
{
	return line->head - line->tail;
}

int line_is_delimiter(const struct line *line, unsigned at);
void line_mark(struct line *line, unsigned at, int delimiter);

/* Echo of byte as ECHOCTL says: ^X for a control character. */
void line_echo(struct line *line, unsigned char byte);
/* One byte to the terminal through OPOST, for echo: may use the reserve. */
void line_echo_raw(struct line *line, unsigned char byte);
/* The \ … / of ECHOPRT is closed. */
void line_echo_end_erase(struct line *line);
/* VERASE, VWERASE, VKILL: index of the control character. */
void line_erase(struct line *line, int kind);
/* VREPRINT */
void line_reprint(struct line *line);
/* VSTOP and VSTART of IXOFF, after the input has changed. */
void line_flow_sender(struct line *line);
/* Whether byte continues a UTF-8 sequence and IUTF8 is on. */
int line_continues(const struct line *line, unsigned char byte);

/* Letters of Latin-1: what Linux's terminals fold, whatever the program's
 * character set is. */
static inline int line_is_upper(unsigned char byte)
{
	return (byte >= 'A' && byte <= 'Z') ||
	    (byte >= 0xc0 && byte <= 0xde && byte != 0xd7);
}

static inline int line_is_lower(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 0xdf && byte != 0xf7);
}
