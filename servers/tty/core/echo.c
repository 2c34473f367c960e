/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the discipline writes to the terminal by itself: echo, and the marks
 * that erasing leaves on paper or on a screen. It knows the cursor's column,
 * since the width of an erased tab depends on it.
 */
#include "core/line.h"

static int is_control(unsigned char byte)
{
	return byte < 32 || byte == 127;
}

/* Letters (of Latin-1, as in Linux), digits and _ make words (VWERASE). */
static int is_word(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || byte == '_' ||
	    line_is_upper(byte) || line_is_lower(byte);
}

void line_echo(struct line *line, unsigned char byte)
{
	if (line_is(line, ECHOCTL) && is_control(byte) && byte != '\t') {
		line_echo_raw(line, '^');
		line_echo_raw(line, byte ^ 0100);
	} else {
		line_echo_raw(line, byte);
	}
}

void line_echo_end_erase(struct line *line)
{
	if (!line->erasing)
		return;
	line->erasing = 0;
	line_echo_raw(line, '/');
}

/* Where the cursor stood before the tab that ends at head: the tab's width
 * follows from the columns since the last tab or the start of the line. */
static void line_erase_tab(struct line *line)
{
	unsigned columns = 0, at = line->head;
	int after_tab = 0;

	while (at != line->canonical) {
		unsigned char byte = line_byte(line, --at);

		if (byte == '\t') {
			after_tab = 1;
			break;
		}
		if (is_control(byte))
			columns += line_is(line, ECHOCTL) ? 2 : 0;
		else if (!line_continues(line, byte))
			columns++;
	}
	if (!after_tab)
		columns += line->edit_column;
	for (columns = 8 - (columns & 7); columns > 0; columns--)
		line_echo_raw(line, '\b');
}

static void line_rub_out(struct line *line)
{
	line_echo_raw(line, '\b');
	line_echo_raw(line, ' ');
	line_echo_raw(line, '\b');
}

/* ECHOPRT: what is erased is printed between \ and /. */
static void line_print_erased(
    struct line *line, unsigned char byte, unsigned count)
{
	unsigned index;

	if (!line->erasing) {
		line_echo_raw(line, '\\');
		line->erasing = 1;
	}
	line_echo(line, byte);
	for (index = 1; index < count; index++)
		line_echo_raw(line, line_byte(line, line->head + index));
}

/* byte and count - 1 continuation bytes behind it have left the line. */
static void line_show_erased(
    struct line *line, int kind, unsigned char byte, unsigned count)
{
	if (!line_is(line, ECHO))
		return;
	if (line_is(line, ECHOPRT)) {
		line_print_erased(line, byte, count);
	} else if (kind == VERASE && !line_is(line, ECHOE)) {
		line_echo(line, line->modes.characters[VERASE]);
	} else if (byte == '\t') {
		line_erase_tab(line);
	} else {
		if (is_control(byte) && line_is(line, ECHOCTL))
			line_rub_out(line);
		if (!is_control(byte) || line_is(line, ECHOCTL))
			line_rub_out(line);
	}
}

/* VKILL where it does not rub out: forget the line; show the key. */
static void line_kill_plain(struct line *line)
{
	line->head = line->canonical;
	if (!line_is(line, ECHO))
		return;
	line_echo_end_erase(line);
	line_echo(line, line->modes.characters[VKILL]);
	if (line_is(line, ECHOK))
		line_echo_raw(line, '\n');
}

/* The start of the character that ends at head; canonical if its first byte
 * is not in the line any more. */
static unsigned line_last_character(const struct line *line)
{
	unsigned at = line->head;

	do
		at--;
	while (
	    at != line->canonical && line_continues(line, line_byte(line, at)));
	return at;
}

void line_erase(struct line *line, int kind)
{
	int seen_word = 0;

	if (line->head == line->canonical)
		return;
	if (kind == VKILL &&
	    !(line_is(line, ECHO) && line_is(line, ECHOK) &&
		line_is(line, ECHOKE) && line_is(line, ECHOE))) {
		line_kill_plain(line);
		return;
	}
	while (line->head != line->canonical) {
		unsigned at = line_last_character(line);
		unsigned count = line->head - at;
		unsigned char byte = line_byte(line, at);

		if (line_continues(line, byte))
			break;
		if (kind == VWERASE) {
			if (is_word(byte))
				seen_word = 1;
			else if (seen_word)
				break;
		}
		line->head = at;
		line_show_erased(line, kind, byte, count);
		if (kind == VERASE)
			break;
	}
	if (line->head == line->canonical)
		line_echo_end_erase(line);
}

void line_reprint(struct line *line)
{
	unsigned at;

	line_echo_end_erase(line);
	line_echo(line, line->modes.characters[VREPRINT]);
	line_echo_raw(line, '\n');
	for (at = line->canonical; at != line->head; at++)
		line_echo(line, line_byte(line, at));
}
