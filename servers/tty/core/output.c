/* SPDX-License-Identifier: BSD-2-Clause */
/* Output processing (OPOST) and the way out of the output ring. */
#include "core/line.h"

enum {
	OUTPUT_WIDEST = 8, /* bytes that one byte can become: a tab */
};

static void line_tab(struct line *line)
{
	unsigned spaces = 8 - (line->column & 7);

	line->column += spaces;
	if ((line->modes.output & TABDLY) != XTABS) {
		ring_put(&line->output, '\t');
		return;
	}
	for (; spaces > 0; spaces--)
		ring_put(&line->output, ' ');
}

/*
 * Carriage return and newline with all their bits. The line being edited then
 * begins anew where the cursor is, as far as the width of tabs is concerned.
 */
static void line_new_line(struct line *line, unsigned char byte)
{
	unsigned output = line->modes.output;

	if (byte == '\r') {
		if ((output & ONOCR) && line->column == 0)
			return;
		if (output & OCRNL)
			byte = '\n';
		if (!(output & OCRNL) || (output & ONLRET))
			line->column = line->edit_column = 0;
	} else {
		if (output & (ONLRET | ONLCR))
			line->column = 0;
		line->edit_column = line->column;
		if (output & ONLCR)
			ring_put(&line->output, '\r');
	}
	ring_put(&line->output, byte);
}

/* There must be room for OUTPUT_WIDEST bytes. */
static void line_post(struct line *line, unsigned char byte)
{
	if (byte >= 32 && byte != 127) {
		if ((line->modes.output & OLCUC) && line_is_lower(byte))
			byte -= 'a' - 'A';
		if (!line_continues(line, byte))
			line->column++;
		ring_put(&line->output, byte);
		return;
	}
	switch (byte) {
	case '\n':
	case '\r':
		line_new_line(line, byte);
		return;
	case '\t':
		line_tab(line);
		return;
	case '\b':
		if (line->column > 0)
			line->column--;
		break;
	}
	ring_put(&line->output, byte);
}

void line_echo_raw(struct line *line, unsigned char byte)
{
	if (ring_room(&line->output) < OUTPUT_WIDEST)
		return;
	if (line->modes.output & OPOST)
		line_post(line, byte);
	else
		ring_put(&line->output, byte);
}

static unsigned line_write_room(const struct line *line)
{
	unsigned room = ring_room(&line->output);

	return room > LINE_ECHO_RESERVE ? room - LINE_ECHO_RESERVE : 0;
}

int line_writable(const struct line *line, unsigned count)
{
	unsigned most = line->output.size - LINE_ECHO_RESERVE;
	unsigned factor = 1;

	if (line->modes.output & OPOST)
		factor = (line->modes.output & TABDLY) == XTABS ? 8 : 2;
	if (count + OUTPUT_WIDEST > most / factor)
		return line_write_room(line) >= most / 2;
	return line_write_room(line) >= count * factor + OUTPUT_WIDEST;
}

unsigned line_write(struct line *line, const void *bytes, unsigned count)
{
	const unsigned char *next = bytes;
	unsigned taken, room = line_write_room(line);

	if (!(line->modes.output & OPOST))
		return ring_add(
		    &line->output, bytes, count < room ? count : room);
	for (taken = 0; taken < count; taken++) {
		if (line_write_room(line) < OUTPUT_WIDEST)
			break;
		line_post(line, next[taken]);
	}
	return taken;
}

int line_has_output(const struct line *line)
{
	return line->urgent_count > 0 ||
	    (!line->stopped && ring_count(&line->output) > 0);
}

unsigned line_take_output(struct line *line, void *bytes, unsigned size)
{
	unsigned char *to = bytes;
	unsigned count = 0;

	while (line->urgent_count > 0 && count < size) {
		to[count++] = line->urgent[0];
		line->urgent[0] = line->urgent[1];
		line->urgent_count--;
	}
	if (!line->stopped)
		count += ring_take(&line->output, to + count, size - count);
	return count;
}
