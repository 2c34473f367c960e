/* SPDX-License-Identifier: BSD-2-Clause */
/* The line discipline: its state, reading, changes of modes, flow control. */
#include "core/line.h"
#include <string.h>

void line_init(struct line *line, unsigned char *output, unsigned size)
{
	memset(line, 0, sizeof *line);
	modes_defaults(&line->modes);
	line->output.bytes = output;
	line->output.size = size;
}

int line_is_delimiter(const struct line *line, unsigned at)
{
	at &= LINE_SIZE - 1;
	return line->delimiters[at / 8] >> at % 8 & 1;
}

void line_mark(struct line *line, unsigned at, int delimiter)
{
	unsigned char bit;

	at &= LINE_SIZE - 1;
	bit = 1 << at % 8;
	if (delimiter)
		line->delimiters[at / 8] |= bit;
	else
		line->delimiters[at / 8] &= ~bit;
}

int line_continues(const struct line *line, unsigned char byte)
{
	return (line->modes.input & IUTF8) && (byte & 0xc0) == 0x80;
}

int line_ready(const struct line *line, unsigned count)
{
	if (line_is(line, ICANON))
		return line->canonical != line->tail;
	return line_inside(line) >= count;
}

unsigned line_available(const struct line *line)
{
	unsigned count, at;

	if (!line_is(line, ICANON))
		return line_inside(line);
	count = line->canonical - line->tail;
	for (at = line->tail; at != line->canonical; at++)
		if (line_is_delimiter(line, at) && !line_byte(line, at))
			count--;
	return count;
}

/* Until line_read_end() a successor can take it all back: the marks of what
 * is read stay. */
static void line_read_begin(struct line *line)
{
	line->read_from = line->tail;
	*(volatile unsigned *)&line->reading = 1;
}

static void line_read_end(struct line *line)
{
	*(volatile unsigned *)&line->reading = 0;
	for (unsigned at = line->read_from; at != line->tail; at++)
		line_mark(line, at, 0);
}

void line_read_undo(struct line *line)
{
	if (line->reading)
		line->tail = line->read_from;
	line->reading = 0;
}

static void line_take(struct line *line, unsigned char *bytes, unsigned count)
{
	for (unsigned index = 0; index < count; index++)
		bytes[index] = line_byte(line, line->tail++);
}

/*
 * One line or a part of it. An end of file right behind a part that fills the
 * caller's buffer goes with it, else the next read would see an end that the
 * user did not mean.
 */
static unsigned line_read_canonical(
    struct line *line, unsigned char *bytes, unsigned size)
{
	unsigned count = 0, inside = line->canonical - line->tail;
	int ended;

	while (count < inside && !line_is_delimiter(line, line->tail + count))
		count++;
	if (count < inside && line_byte(line, line->tail + count))
		count++;
	if (count > size)
		count = size;
	ended = count > 0 && line_is_delimiter(line, line->tail + count - 1);
	line_take(line, bytes, count);
	if (!ended && line->tail != line->canonical &&
	    line_is_delimiter(line, line->tail) && !line_byte(line, line->tail))
		line->tail++;
	return count;
}

unsigned line_read(struct line *line, void *bytes, unsigned size)
{
	unsigned count = line_inside(line);

	line_read_begin(line);
	if (!line_is(line, ICANON)) {
		count = count < size ? count : size;
		line_take(line, bytes, count);
		if ((int)(line->canonical - line->tail) < 0)
			line->canonical = line->tail;
	} else {
		count = line_read_canonical(line, bytes, size);
	}
	line_flow_sender(line);
	line_read_end(line);
	return count;
}

void line_flush_input(struct line *line)
{
	line->tail = line->canonical = line->head;
	memset(line->delimiters, 0, sizeof line->delimiters);
	line->quote_next = line->erasing = 0;
	line_flow_sender(line);
}

void line_flush_output(struct line *line)
{
	if (ring_count(&line->output) > line->keep)
		line->output.head = line->output.tail + line->keep;
}

void line_set_modes(struct line *line, const struct modes *modes)
{
	unsigned changed = line->modes.local ^ modes->local;

	line->modes = *modes;
	if (changed & ICANON) {
		memset(line->delimiters, 0, sizeof line->delimiters);
		line->canonical = line->tail;
		line->quote_next = line->erasing = 0;
		if (line_is(line, ICANON) && line_inside(line)) {
			line->canonical = line->head;
			line_mark(line, line->head - 1, 1);
		}
	}
	if (!(modes->input & IXON) && line->stopped)
		line->stopped = 0;
	line_flow_sender(line);
}

void line_set_size(struct line *line, const struct window_size *size)
{
	if (memcmp(&line->size, size, sizeof *size) == 0)
		return;
	line->size = *size;
	line->raised |= 1u << LINE_SIGWINCH;
}

static void line_send_urgent(struct line *line, int index)
{
	unsigned char byte = line->modes.characters[index];

	if (byte != MODES_DISABLED && line->urgent_count < sizeof line->urgent)
		line->urgent[line->urgent_count++] = byte;
}

error_t line_flow(struct line *line, int what)
{
	switch (what) {
	case 0:
	case 1:
		line->stopped = what == 0;
		return 0;
	case 2:
		line_send_urgent(line, VSTOP);
		return 0;
	case 3:
		line_send_urgent(line, VSTART);
		return 0;
	}
	return E_INVAL;
}

void line_flow_sender(struct line *line)
{
	unsigned inside = line_inside(line);
	int on = (line->modes.input & IXOFF) != 0;

	if (!line->sender_stopped && on && inside > LINE_FLOW_HIGH) {
		line->sender_stopped = 1;
		line_send_urgent(line, VSTOP);
	} else if (line->sender_stopped && (!on || inside < LINE_FLOW_LOW)) {
		line->sender_stopped = 0;
		line_send_urgent(line, VSTART);
	}
}
