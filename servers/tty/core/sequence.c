/* SPDX-License-Identifier: BSD-2-Clause */
/* Control sequences (ESC [ ...) of the screen, one function for each kind. */
#include "core/screen.h"
#include <string.h>

/* Parameter index, or missing if it is absent or 0. */
static unsigned parameter(
    const struct screen *screen, unsigned index, unsigned missing)
{
	unsigned value = 0;

	if (index < screen->parameter_count)
		value = screen->parameters[index];
	return value ? value : missing;
}

static unsigned smaller(unsigned first, unsigned second)
{
	return first < second ? first : second;
}

static int screen_control_cursor(struct screen *screen, unsigned char final)
{
	int row = screen->now.row, column = screen->now.column;
	int count = parameter(screen, 0, 1);
	int base = screen->now.origin ? screen->top : 0;

	switch (final) {
	case 'A':
		row -= count;
		if (screen->now.row >= screen->top && row < (int)screen->top)
			row = screen->top;
		break;
	case 'B':
	case 'e':
		row += count;
		if (screen->now.row <= screen->bottom &&
		    row > (int)screen->bottom)
			row = screen->bottom;
		break;
	case 'C':
	case 'a':
		column += count;
		break;
	case 'D':
		column -= count;
		break;
	case 'E':
		row += count;
		column = 0;
		break;
	case 'F':
		row -= count;
		column = 0;
		break;
	case 'G':
	case '`':
		column = count - 1;
		break;
	case 'd':
		row = base + count - 1;
		break;
	case 'H':
	case 'f':
		row = base + count - 1;
		column = (int)parameter(screen, 1, 1) - 1;
		break;
	default:
		return 0;
	}
	screen_move(screen, row, column);
	return 1;
}

/* J and K: 0 from the cursor, 1 up to it (with it), 2 all. */
static void screen_control_erase(struct screen *screen, unsigned char final)
{
	unsigned start = 0, end = screen->rows * screen->columns;
	unsigned at = screen->now.row * screen->columns + screen->now.column;
	unsigned what = parameter(screen, 0, 0);

	if (final == 'K') {
		start = screen->now.row * screen->columns;
		end = start + screen->columns;
	}
	if (what == 0)
		screen_blank(screen, at, end);
	else if (what == 1)
		screen_blank(screen, start, at + 1);
	else if (what == 2 || what == 3)
		screen_blank(screen, start, end);
	screen->wrap_pending = 0;
}

/* @, P, X: characters of the cursor's row. */
static void screen_control_characters(
    struct screen *screen, unsigned char final)
{
	unsigned at = screen->now.row * screen->columns + screen->now.column;
	unsigned width = screen->columns - screen->now.column;
	unsigned count = smaller(parameter(screen, 0, 1), width);
	uint16_t *cell = screen->cells + at;

	screen->wrap_pending = 0;
	if (final == '@') {
		memmove(cell + count, cell, (width - count) * 2);
		screen_blank(screen, at, at + count);
	} else if (final == 'P') {
		memmove(cell, cell + count, (width - count) * 2);
		screen_blank(screen, at + width - count, at + width);
	} else {
		screen_blank(screen, at, at + count);
	}
	screen_touch(screen, screen->now.row, screen->now.row);
}

/* L, M: rows at the cursor; S, T: of the region. */
static void screen_control_rows(struct screen *screen, unsigned char final)
{
	int count = smaller(parameter(screen, 0, 1), screen->rows);
	unsigned top = screen->top;

	if (final == 'L' || final == 'M') {
		top = screen->now.row;
		if (top < screen->top || top > screen->bottom)
			return;
		screen->now.column = 0;
		screen->wrap_pending = 0;
	}
	if (final == 'L' || final == 'T')
		count = -count;
	screen_scroll(screen, top, screen->bottom, count);
}

static void screen_control_margins(struct screen *screen)
{
	unsigned top = parameter(screen, 0, 1) - 1;
	unsigned bottom = parameter(screen, 1, screen->rows) - 1;

	if (bottom >= screen->rows)
		bottom = screen->rows - 1;
	if (top >= bottom)
		return;
	screen->top = top;
	screen->bottom = bottom;
	screen_move(screen, screen->now.origin ? (int)top : 0, 0);
}

static void screen_private_mode(struct screen *screen, unsigned mode, int on)
{
	switch (mode) {
	case 1:
		screen->cursor_keys = on;
		break;
	case 5:
		if (screen->reverse_video != on) {
			unsigned at, end = screen->rows * screen->columns;

			for (at = 0; at < end; at++) {
				uint16_t cell = screen->cells[at];

				screen->cells[at] = (cell & 0x88ff) |
				    (cell & 0x7000) >> 4 | (cell & 0x0700) << 4;
			}
			screen_touch(screen, 0, screen->rows - 1);
		}
		screen->reverse_video = on;
		break;
	case 6:
		screen->now.origin = on;
		screen_move(screen, on ? (int)screen->top : 0, 0);
		break;
	case 7:
		screen->wrap = on;
		break;
	case 25:
		screen->cursor_visible = on;
		break;
	}
}

static void screen_control_modes(struct screen *screen, int on)
{
	unsigned index;

	for (index = 0; index < screen->parameter_count; index++) {
		unsigned mode = screen->parameters[index];

		if (screen->prefix == '?')
			screen_private_mode(screen, mode, on);
		else if (mode == 4)
			screen->insert = on;
		else if (mode == 20)
			screen->new_line = on;
	}
}

/* 256 colours and true colours become the nearest of 16. */
static unsigned colour_of_rgb(unsigned red, unsigned green, unsigned blue)
{
	unsigned most = red > green ? red : green;
	unsigned half, colour;

	most = most > blue ? most : blue;
	if (most < 48)
		return 0;
	half = most / 2;
	colour = (red > half) | (green > half) << 1 | (blue > half) << 2;
	return colour | (most > 192 ? 8 : 0);
}

static unsigned colour_of_index(unsigned index)
{
	unsigned level;

	if (index < 16)
		return index;
	if (index >= 232) {
		level = (index - 232) * 10 + 8;
		return level < 64 ? 0 : level < 128 ? 8 : level < 208 ? 7 : 15;
	}
	index -= 16;
	return colour_of_rgb(
	    index / 36 % 6 * 51, index / 6 % 6 * 51, index % 6 * 51);
}

/* 38;5;n and 38;2;r;g;b behind index; how many parameters belong to it. */
static unsigned screen_colour(
    const struct screen *screen, unsigned index, unsigned char *colour)
{
	const unsigned *next = screen->parameters + index;

	if (index + 2 < screen->parameter_count && next[1] == 5) {
		*colour = colour_of_index(next[2] & 255);
		return 2;
	}
	if (index + 4 < screen->parameter_count && next[1] == 2) {
		*colour = colour_of_rgb(next[2], next[3], next[4]);
		return 4;
	}
	return screen->parameter_count - index;
}

static void pen_change(struct screen_pen *pen, unsigned number)
{
	switch (number) {
	case 0:
		memset(pen, 0, sizeof *pen);
		pen->foreground = 7;
		break;
	case 1:
		pen->bold = 1;
		pen->dim = 0;
		break;
	case 2:
		pen->dim = 1;
		pen->bold = 0;
		break;
	case 4:
	case 21:
	case 24:
		pen->underline = number != 24;
		break;
	case 5:
	case 25:
		pen->blink = number == 5;
		break;
	case 7:
	case 27:
		pen->reverse = number == 7;
		break;
	case 8:
	case 28:
		pen->invisible = number == 8;
		break;
	case 22:
		pen->bold = pen->dim = 0;
		break;
	case 39:
		pen->foreground = 7;
		break;
	case 49:
		pen->background = 0;
		break;
	}
}

static void screen_control_pen(struct screen *screen)
{
	struct screen_pen *pen = &screen->now.pen;
	unsigned index;

	for (index = 0; index < screen->parameter_count; index++) {
		unsigned number = screen->parameters[index];

		if (number >= 30 && number <= 37)
			pen->foreground = number - 30;
		else if (number >= 40 && number <= 47)
			pen->background = number - 40;
		else if (number >= 90 && number <= 97)
			pen->foreground = number - 90 + 8;
		else if (number >= 100 && number <= 107)
			pen->background = number - 100;
		else if (number == 38)
			index += screen_colour(screen, index, &pen->foreground);
		else if (number == 48)
			index += screen_colour(screen, index, &pen->background);
		else
			pen_change(pen, number);
	}
}

/* n in decimal behind text; text ends in 0 and has room. */
static void append_number(char *text, unsigned number)
{
	char digits[12];
	unsigned count = 0, end = strlen(text);

	do
		digits[count++] = '0' + number % 10;
	while ((number /= 10) > 0);
	while (count > 0)
		text[end++] = digits[--count];
	text[end] = 0;
}

static void screen_control_report(struct screen *screen)
{
	unsigned row = screen->now.row;
	char text[32] = "\033[";

	if (screen->prefix)
		return;
	if (parameter(screen, 0, 0) == 5) {
		screen_reply(screen, "\033[0n");
	} else if (parameter(screen, 0, 0) == 6) {
		row -= screen->now.origin ? screen->top : 0;
		append_number(text, row + 1);
		strcat(text, ";");
		append_number(text, screen->now.column + 1);
		strcat(text, "R");
		screen_reply(screen, text);
	}
}

static void screen_control_tabs(struct screen *screen)
{
	unsigned what = parameter(screen, 0, 0), column = screen->now.column;

	if (what == 0)
		screen->tabs[column / 8] &= ~(1 << column % 8);
	else if (what == 3)
		memset(screen->tabs, 0, sizeof screen->tabs);
}

void screen_control(struct screen *screen, unsigned char final)
{
	if (screen->prefix && final != 'h' && final != 'l' && final != 'n')
		return;
	if (screen_control_cursor(screen, final))
		return;
	if (strchr("JK", final))
		screen_control_erase(screen, final);
	else if (strchr("@PX", final))
		screen_control_characters(screen, final);
	else if (strchr("LMST", final))
		screen_control_rows(screen, final);
	else if (strchr("hl", final))
		screen_control_modes(screen, final == 'h');
	else if (final == 'm')
		screen_control_pen(screen);
	else if (final == 'r')
		screen_control_margins(screen);
	else if (final == 'n')
		screen_control_report(screen);
	else if (final == 'c')
		screen_reply(screen, "\033[?6c");
	else if (final == 'g')
		screen_control_tabs(screen);
	else if (final == 's')
		screen->saved = screen->now;
	else if (final == 'u')
		screen->now = screen->saved;
}
