/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A screen of text: understands what programs write to TERM=linux (and so
 * most of a VT102) in UTF-8, and keeps a grid of cells as VGA text memory has
 * them: glyph in the low byte, colours in the high one. The shell copies the
 * rows in [dirty_first, dirty_last] to the card and moves its cursor.
 *
 * The parser's states:
 *
 *	GROUND --ESC--> ESCAPE --[--> CONTROL --letter--> GROUND
 *	                  |---( ) % #--> ONE_MORE ------> GROUND
 *	                  |---] P------> TEXT --BEL, ESC \--> GROUND
 *	                  |---letter----------------------> GROUND
 *	CAN and SUB lead to GROUND from everywhere, ESC to ESCAPE.
 *
 * Invariants: cursor_row < rows; cursor_column < columns (a character in the
 * last column leaves wrap_pending set instead of a column beyond);
 * top <= bottom < rows.
 */
#pragma once
#include <stdint.h>

enum {
	SCREEN_COLUMNS_MAX = 132,
	SCREEN_ROWS_MAX = 60,
	SCREEN_PARAMETERS = 16,
	SCREEN_ANSWER = 64,
};

/* How characters look; saved with the cursor. */
struct screen_pen {
	unsigned char foreground, background; /* ANSI numbers 0 to 15 */
	unsigned char bold, dim, underline, blink, reverse, invisible;
};

struct screen_cursor {
	unsigned row, column;
	struct screen_pen pen;
	unsigned char drawing[2]; /* G0, G1 are the line-drawing set */
	unsigned char shift;      /* which of the two is in use */
	unsigned char origin;     /* rows count from the top margin */
};

struct screen {
	unsigned rows, columns;
	uint16_t cells[SCREEN_ROWS_MAX * SCREEN_COLUMNS_MAX];
	unsigned dirty_first, dirty_last; /* none if first > last */

	struct screen_cursor now, saved;
	unsigned top, bottom; /* scrolling region */
	unsigned char tabs[(SCREEN_COLUMNS_MAX + 7) / 8];
	unsigned char wrap, wrap_pending, insert, new_line;
	unsigned char cursor_visible, reverse_video;
	unsigned char cursor_keys; /* application mode: arrows send ESC O */
	unsigned bells;            /* BEL counted; the shell may beep */

	/* parser */
	unsigned char state, prefix, intermediate;
	unsigned parameters[SCREEN_PARAMETERS];
	unsigned parameter_count;
	uint32_t character; /* UTF-8 under way */
	unsigned char more; /* bytes of it that are still to come */

	/* what the screen replies (cursor position, ...): goes to the input */
	char answer[SCREEN_ANSWER];
	unsigned answer_count;
};

void screen_init(struct screen *screen, unsigned rows, unsigned columns);
void screen_write(struct screen *screen, const void *bytes, unsigned count);
void screen_clean(struct screen *screen); /* all dirty rows are copied */

/* For the parts of the screen. */
void screen_reset(struct screen *screen);
void screen_control(struct screen *screen, unsigned char final);
void screen_put(struct screen *screen, uint32_t character);
void screen_move(struct screen *screen, int row, int column);
void screen_line_feed(struct screen *screen);
void screen_reverse_line_feed(struct screen *screen);
/* count rows of [top, bottom] move up (negative: down); blanks come in. */
void screen_scroll(
    struct screen *screen, unsigned top, unsigned bottom, int count);
/* Blanks from one cell to another (not included), in reading order. */
void screen_blank(struct screen *screen, unsigned from, unsigned to);
void screen_touch(struct screen *screen, unsigned first, unsigned last);
void screen_reply(struct screen *screen, const char *text);
uint16_t screen_cell(const struct screen *screen, unsigned char glyph);
