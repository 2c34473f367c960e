/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen: what is to be seen after what programs write. */
#include "core/screen.h"
#include "core/charset.h"
#include <string.h>
#include <test.h>

static struct screen screen;

static void start(unsigned rows, unsigned columns)
{
	screen_init(&screen, rows, columns);
	screen_clean(&screen);
}

static void show(const char *text)
{
	screen_write(&screen, text, strlen(text));
}

/* The glyphs of row, without the blanks at its end. */
static const char *row(unsigned number)
{
	static char text[SCREEN_COLUMNS_MAX + 1];
	unsigned column, end = 0;

	for (column = 0; column < screen.columns; column++) {
		text[column] = screen.cells[number * screen.columns + column];
		if (text[column] != ' ')
			end = column + 1;
	}
	text[end] = 0;
	return text;
}

static unsigned colours(unsigned number, unsigned column)
{
	return screen.cells[number * screen.columns + column] >> 8;
}

#define ROW(number, text) CHECK(strcmp(row(number), text) == 0)
#define AT(r, c) CHECK(screen.now.row == (r) && screen.now.column == (c))

TEST(text_wraps_and_scrolls)
{
	start(3, 5);
	show("hello");
	AT(0, 4);
	show("wor\r\nx\ny");
	ROW(0, "wor");
	ROW(1, "x");
	ROW(2, " y");
	AT(2, 2);
	CHECK(screen.dirty_first == 0 && screen.dirty_last == 2);
	show("\033[?7l\r1234567");
	ROW(2, "12347");
}

TEST(cursor_moves_and_stops)
{
	start(10, 20);
	show("\033[5;7H");
	AT(4, 6);
	show("\033[2A\033[3C\033[1B\033[4D");
	AT(3, 5);
	show("\033[99;99H");
	AT(9, 19);
	show("\033[H\033[99D\033[99A");
	AT(0, 0);
	show("\033[7G\033[3d");
	AT(2, 6);
	show("\0337\033[H\0338");
	AT(2, 6);
	show("\t");
	AT(2, 8);
	show("\033[2E");
	AT(4, 0);
}

TEST(erasing)
{
	start(3, 6);
	show("abcdef\033[2;1Hghijkl\033[3;1Hmnopqr");
	show("\033[2;3H\033[K");
	ROW(1, "gh");
	show("\033[1K");
	ROW(1, "");
	show("\033[1;3H\033[1J");
	ROW(0, "   def");
	show("\033[J");
	ROW(0, "");
	ROW(2, "");
	show("\033[Habc\033[2J");
	ROW(0, "");
	AT(0, 3);
}

TEST(insert_and_delete)
{
	start(4, 6);
	show("abcdef\033[1;2H\033[2P");
	ROW(0, "adef");
	show("\033[@");
	ROW(0, "a def");
	show("\033[4hX\033[4l");
	ROW(0, "aX def");
	show("\033[2X");
	ROW(0, "aX  ef");
	show("\033[2;1Htwo\033[3;1Hthree\033[2;1H\033[L");
	ROW(2, "two");
	ROW(3, "three");
	show("\033[2M");
	ROW(1, "three");
}

TEST(scrolling_region)
{
	start(5, 4);
	show("1\r\n2\r\n3\r\n4\r\n5\033[2;4r");
	AT(0, 0);
	show("\033[4;1H\n");
	ROW(0, "1");
	ROW(1, "3");
	ROW(3, "");
	ROW(4, "5");
	show("\033[2;1H\033M");
	ROW(1, "");
	ROW(2, "3");
	show("\033[?6h");
	AT(1, 0);
	show("\033[9;1H");
	AT(3, 0);
	show("\033[?6l\033[r");
	AT(0, 0);
}

TEST(colours_and_attributes)
{
	start(2, 20);
	show("a\033[31mb\033[1mc\033[0;44md\033[7me\033[0mf\033[38;5;46mg");
	CHECK(colours(0, 0) == 0x07);
	CHECK(colours(0, 1) == 0x04);
	CHECK(colours(0, 2) == 0x0c);
	CHECK(colours(0, 3) == 0x17);
	CHECK(colours(0, 4) == 0x71);
	CHECK(colours(0, 5) == 0x07);
	CHECK(colours(0, 6) == 0x0a);
	show("\033[38;2;10;20;200mh\033[97;5mi\033[41m\033[K");
	CHECK(colours(0, 7) == 0x09);
	CHECK(colours(0, 8) == 0x8f);
	CHECK(colours(0, 12) == 0xcf);
	show("\033[m\033[H\033[2J\033[?5h");
	CHECK(colours(1, 1) == 0x70);
}

TEST(utf8_and_drawing)
{
	start(2, 20);
	show("\xc3\xa4\xe2\x94\x82\xff"
	     "a\xf0\x9f\x98\x80z");
	CHECK((screen.cells[0] & 255) == 0x84);
	CHECK((screen.cells[1] & 255) == 0xb3);
	CHECK((screen.cells[2] & 255) == 0xfe);
	CHECK((screen.cells[3] & 255) == 'a');
	CHECK((screen.cells[6] & 255) == 'z');
	show("\r\033(0qx\033(Bq");
	CHECK((screen.cells[0] & 255) == 0xc4);
	CHECK((screen.cells[1] & 255) == 0xb3);
	CHECK((screen.cells[2] & 255) == 'q');
	CHECK(charset_glyph(0x2588) == 0xdb && charset_glyph('~') == '~');
	CHECK(charset_width(0x301) == 0 && charset_width(0x4e00) == 2);
}

TEST(answers)
{
	start(24, 80);
	show("\033[6;12H\033[6n\033[c");
	CHECK(screen.answer_count == 12);
	CHECK(memcmp(screen.answer, "\033[6;12R\033[?6c", 12) == 0);
}

TEST(texts_are_skipped)
{
	start(2, 20);
	show("\033]0;title\a1\033]P0000000\033\\2\033[[A3\033[?25l\a");
	ROW(0, "123");
	CHECK(!screen.cursor_visible && screen.bells == 1);
	show("\033[?1h\033[5\030x");
	ROW(0, "123x");
	CHECK(screen.cursor_keys);
}

TEST(random_bytes)
{
	static const char starts[] = "\033[\033(\033]\033[?;;0123456789";
	unsigned seed = 3, round;
	char byte;

	start(25, 80);
	for (round = 0; round < 400000; round++) {
		seed = seed * 1103515245 + 12345;
		byte = seed >> 16;
		if (seed >> 30 == 0)
			byte = starts[(seed >> 8) % (sizeof starts - 1)];
		screen_write(&screen, &byte, 1);
		CHECK(screen.now.row < 25 && screen.now.column < 80);
		CHECK(screen.top <= screen.bottom && screen.bottom < 25);
	}
}
