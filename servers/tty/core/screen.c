/* SPDX-License-Identifier: BSD-2-Clause */
/* The grid: characters, scrolling, the cursor. */
#include "core/screen.h"
#include "core/charset.h"
#include <string.h>

/* ANSI's colours in the order of the VGA: red and blue change places. */
static const unsigned char vga_colours[16] = { 0, 4, 2, 6, 1, 5, 3, 7, 8, 12,
	10, 14, 9, 13, 11, 15 };

uint16_t screen_cell(const struct screen *screen, unsigned char glyph)
{
	const struct screen_pen *pen = &screen->now.pen;
	unsigned foreground = vga_colours[pen->foreground & 15];
	unsigned background = vga_colours[pen->background & 7];
	unsigned swap;

	if (pen->underline)
		foreground = 3;
	if (pen->dim)
		foreground = 8;
	if (pen->bold)
		foreground |= 8;
	if (pen->reverse != screen->reverse_video) {
		swap = foreground;
		foreground = background | (swap & 8);
		background = swap & 7;
	}
	if (pen->invisible)
		foreground = background;
	return glyph |
	    (foreground | background << 4 | (pen->blink ? 0x80 : 0)) << 8;
}

void screen_touch(struct screen *screen, unsigned first, unsigned last)
{
	if (first < screen->dirty_first)
		screen->dirty_first = first;
	if (last > screen->dirty_last)
		screen->dirty_last = last;
}

void screen_clean(struct screen *screen)
{
	screen->dirty_first = SCREEN_ROWS_MAX;
	screen->dirty_last = 0;
}

void screen_blank(struct screen *screen, unsigned from, unsigned to)
{
	uint16_t blank = screen_cell(screen, ' ');
	unsigned at;

	if (from >= to)
		return;
	for (at = from; at < to; at++)
		screen->cells[at] = blank;
	screen_touch(
	    screen, from / screen->columns, (to - 1) / screen->columns);
}

void screen_scroll(
    struct screen *screen, unsigned top, unsigned bottom, int count)
{
	unsigned columns = screen->columns, height = bottom - top + 1;
	unsigned distance = count < 0 ? -(unsigned)count : (unsigned)count;
	uint16_t *first = screen->cells + top * columns;
	unsigned kept;

	if (distance > height)
		distance = height;
	kept = (height - distance) * columns;
	if (count > 0) {
		memmove(first, first + distance * columns, kept * 2);
		screen_blank(
		    screen, top * columns + kept, (bottom + 1) * columns);
	} else {
		memmove(first + distance * columns, first, kept * 2);
		screen_blank(screen, top * columns, (top + distance) * columns);
	}
	screen_touch(screen, top, bottom);
}

void screen_line_feed(struct screen *screen)
{
	if (screen->now.row == screen->bottom)
		screen_scroll(screen, screen->top, screen->bottom, 1);
	else if (screen->now.row + 1 < screen->rows)
		screen->now.row++;
	screen->wrap_pending = 0;
}

void screen_reverse_line_feed(struct screen *screen)
{
	if (screen->now.row == screen->top)
		screen_scroll(screen, screen->top, screen->bottom, -1);
	else if (screen->now.row > 0)
		screen->now.row--;
	screen->wrap_pending = 0;
}

void screen_move(struct screen *screen, int row, int column)
{
	int low = 0, high = screen->rows - 1;

	if (screen->now.origin) {
		low = screen->top;
		high = screen->bottom;
	}
	row = row < low ? low : row > high ? high : row;
	column = column < 0 ? 0 : column;
	if (column >= (int)screen->columns)
		column = screen->columns - 1;
	screen->now.row = row;
	screen->now.column = column;
	screen->wrap_pending = 0;
}

static void screen_put_cell(struct screen *screen, unsigned char glyph)
{
	uint16_t *cell;
	unsigned right;

	if (screen->wrap_pending) {
		screen->now.column = 0;
		screen_line_feed(screen);
	}
	cell = screen->cells + screen->now.row * screen->columns +
	    screen->now.column;
	right = screen->columns - screen->now.column - 1;
	if (screen->insert)
		memmove(cell + 1, cell, right * 2);
	*cell = screen_cell(screen, glyph);
	screen_touch(screen, screen->now.row, screen->now.row);
	if (right > 0)
		screen->now.column++;
	else
		screen->wrap_pending = screen->wrap;
}

void screen_put(struct screen *screen, uint32_t character)
{
	unsigned char glyph;
	int width;

	if (screen->now.drawing[screen->now.shift])
		character = charset_drawing(character & 0x7f);
	glyph = charset_glyph(character);
	width = charset_width(character);
	if (width > 0)
		screen_put_cell(screen, glyph);
	if (width > 1)
		screen_put_cell(screen, ' ');
}

void screen_reply(struct screen *screen, const char *text)
{
	unsigned count = strlen(text);

	if (count > SCREEN_ANSWER - screen->answer_count)
		return;
	memcpy(screen->answer + screen->answer_count, text, count);
	screen->answer_count += count;
}

void screen_reset(struct screen *screen)
{
	unsigned index;

	memset(&screen->now, 0, sizeof screen->now);
	screen->now.pen.foreground = 7;
	screen->saved = screen->now;
	screen->top = 0;
	screen->bottom = screen->rows - 1;
	for (index = 0; index < sizeof screen->tabs; index++)
		screen->tabs[index] = 1;
	screen->wrap = screen->cursor_visible = 1;
	screen->wrap_pending = screen->insert = screen->new_line = 0;
	screen->reverse_video = screen->cursor_keys = 0;
	screen_blank(screen, 0, screen->rows * screen->columns);
}

void screen_init(struct screen *screen, unsigned rows, unsigned columns)
{
	memset(screen, 0, sizeof *screen);
	screen->rows = rows < SCREEN_ROWS_MAX ? rows : SCREEN_ROWS_MAX;
	screen->columns =
	    columns < SCREEN_COLUMNS_MAX ? columns : SCREEN_COLUMNS_MAX;
	screen_clean(screen);
	screen_reset(screen);
}
