/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen's parser: bytes to characters and sequences. */
#include "core/screen.h"
#include <string.h>

enum {
	GROUND,
	ESCAPE,
	CONTROL,
	ONE_MORE,    /* the byte behind ESC ( and the like */
	TEXT,        /* ESC ] … BEL: titles, palettes; skipped */
	TEXT_ESCAPE, /* ESC inside such a text: \ ends it */
};

static void screen_tab(struct screen *screen)
{
	unsigned column = screen->now.column;

	while (column + 1 < screen->columns) {
		column++;
		if (screen->tabs[column / 8] >> column % 8 & 1)
			break;
	}
	screen->now.column = column;
	screen->wrap_pending = 0;
}

/* Control characters work everywhere, even within sequences. */
static void screen_control_character(struct screen *screen, unsigned char byte)
{
	switch (byte) {
	case '\a':
		screen->bells++;
		break;
	case '\b':
		if (screen->now.column > 0 && !screen->wrap_pending)
			screen->now.column--;
		screen->wrap_pending = 0;
		break;
	case '\t':
		screen_tab(screen);
		break;
	case '\n':
	case '\v':
	case '\f':
		screen_line_feed(screen);
		if (screen->new_line)
			screen->now.column = 0;
		break;
	case '\r':
		screen->now.column = 0;
		screen->wrap_pending = 0;
		break;
	case 14:
	case 15:
		screen->now.shift = byte == 14;
		break;
	case 24:
	case 26:
		screen->state = GROUND;
		break;
	case 27:
		screen->state = ESCAPE;
		break;
	}
}

static void screen_save(struct screen *screen)
{
	screen->saved = screen->now;
}

static void screen_restore(struct screen *screen)
{
	screen->now = screen->saved;
	if (screen->now.row >= screen->rows)
		screen->now.row = screen->rows - 1;
	screen->wrap_pending = 0;
}

static void screen_escape(struct screen *screen, unsigned char byte)
{
	unsigned column = screen->now.column;

	screen->state = GROUND;
	switch (byte) {
	case '[':
		screen->state = CONTROL;
		screen->prefix = 0;
		screen->parameter_count = 0;
		memset(screen->parameters, 0, sizeof screen->parameters);
		break;
	case '(':
	case ')':
	case '%':
	case '#':
		screen->state = ONE_MORE;
		screen->intermediate = byte;
		break;
	case ']':
	case 'P':
	case '_':
	case '^':
		screen->state = TEXT;
		break;
	case 'D':
		screen_line_feed(screen);
		break;
	case 'E':
		screen->now.column = 0;
		screen_line_feed(screen);
		break;
	case 'H':
		screen->tabs[column / 8] |= 1 << column % 8;
		break;
	case 'M':
		screen_reverse_line_feed(screen);
		break;
	case 'Z':
		screen_reply(screen, "\033[?6c");
		break;
	case '7':
		screen_save(screen);
		break;
	case '8':
		screen_restore(screen);
		break;
	case 'c':
		screen_reset(screen);
		break;
	}
}

static void screen_align(struct screen *screen)
{
	unsigned at;

	for (at = 0; at < screen->rows * screen->columns; at++)
		screen->cells[at] = screen_cell(screen, 'E');
	screen_touch(screen, 0, screen->rows - 1);
}

static void screen_one_more(struct screen *screen, unsigned char byte)
{
	screen->state = GROUND;
	if (screen->intermediate == '(' || screen->intermediate == ')')
		screen->now.drawing[screen->intermediate == ')'] = byte == '0';
	else if (screen->intermediate == '#' && byte == '8')
		screen_align(screen);
}

/* ESC [ parameters letter */
static void screen_parameter(struct screen *screen, unsigned char byte)
{
	unsigned *parameter = screen->parameters + screen->parameter_count;

	if (byte >= '0' && byte <= '9') {
		if (screen->parameter_count < SCREEN_PARAMETERS &&
		    *parameter < 10000)
			*parameter = *parameter * 10 + byte - '0';
	} else if (byte == ';' || byte == ':') {
		if (screen->parameter_count < SCREEN_PARAMETERS)
			screen->parameter_count++;
	} else if (byte >= '<' && byte <= '?') {
		screen->prefix = byte;
	} else if (byte == '[') {
		screen->prefix = '['; /* a function key echoed: skip one */
	} else if (byte >= '@' && byte <= '~') {
		screen->state = GROUND;
		if (screen->parameter_count < SCREEN_PARAMETERS)
			screen->parameter_count++;
		if (screen->prefix != '[')
			screen_control(screen, byte);
	}
}

static void screen_character(struct screen *screen, unsigned char byte)
{
	if ((byte & 0xc0) == 0x80 && screen->more > 0) {
		screen->character = screen->character << 6 | (byte & 0x3f);
		if (--screen->more == 0)
			screen_put(screen, screen->character);
		return;
	}
	screen->more = 0;
	if (byte < 0x80) {
		screen_put(screen, byte);
	} else if (byte >= 0xc2 && byte < 0xe0) {
		screen->character = byte & 0x1f;
		screen->more = 1;
	} else if (byte >= 0xe0 && byte < 0xf0) {
		screen->character = byte & 0x0f;
		screen->more = 2;
	} else if (byte >= 0xf0 && byte < 0xf5) {
		screen->character = byte & 0x07;
		screen->more = 3;
	} else {
		screen_put(screen, 0xfffd);
	}
}

static void screen_byte(struct screen *screen, unsigned char byte)
{
	if (screen->state == TEXT || screen->state == TEXT_ESCAPE) {
		if (byte == '\a' || byte == 24 || byte == 26 ||
		    (screen->state == TEXT_ESCAPE && byte == '\\'))
			screen->state = GROUND;
		else
			screen->state = byte == 27 ? TEXT_ESCAPE : TEXT;
		return;
	}
	if (byte < 32) {
		screen->more = 0;
		screen_control_character(screen, byte);
		return;
	}
	switch (screen->state) {
	case GROUND:
		if (byte != 127)
			screen_character(screen, byte);
		break;
	case ESCAPE:
		screen_escape(screen, byte);
		break;
	case CONTROL:
		screen_parameter(screen, byte);
		break;
	case ONE_MORE:
		screen_one_more(screen, byte);
		break;
	}
}

void screen_write(struct screen *screen, const void *bytes, unsigned count)
{
	const unsigned char *next = bytes;

	for (; count > 0; count--)
		screen_byte(screen, *next++);
}
