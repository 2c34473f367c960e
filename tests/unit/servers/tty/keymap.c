/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys to bytes. */
#include "core/keymap.h"
#include <string.h>
#include <test.h>

static struct keymap keymap;

static const char *keys(const char *codes, unsigned count)
{
	static char text[128];
	unsigned char bytes[KEYMAP_BYTES];
	unsigned length = 0, index, given;

	for (index = 0; index < count; index++) {
		given = keymap_scan(&keymap, codes[index], bytes);
		memcpy(text + length, bytes, given);
		length += given;
	}
	text[length] = 0;
	return text;
}

#define KEYS(codes, text)                                                      \
	CHECK(strcmp(keys(codes, sizeof codes - 1), text) == 0)

TEST(letters_and_shift)
{
	keymap_init(&keymap);
	KEYS("\x1e\x9e\x30\xb0", "ab");
	KEYS("\x2a\x1e\x9e\x02\x82\xaa\x1e\x9e", "A!a");
	KEYS("\x3a\xba\x1e\x02\x2a\x1e\xaa\x3a\xba\x1e", "A1aa");
	KEYS("\x39\x1c\x0e\x0f\x01\x2b\x29\x28", " \r\x7f\t\033\\`'");
	KEYS("\x36\x35\x34\x33\x2b\xb6", "?><|");
}

TEST(control_and_alt)
{
	keymap_init(&keymap);
	KEYS("\x1d\x2e\x9d\x2e", "\003c");
	KEYS("\xe0\x1d\x2c\xe0\x9d\x2c", "\032z");
	KEYS("\x38\x30\xb8", "\033b");
	KEYS("\x1d\x2b\x1a\x0e\x9d", "\034\033\b");
}

TEST(arrows_and_functions)
{
	keymap_init(&keymap);
	KEYS("\xe0\x48\xe0\xc8\xe0\x50", "\033[A\033[B");
	KEYS(
	    "\xe0\x47\xe0\x4f\xe0\x53\xe0\x49", "\033[1~\033[4~\033[3~\033[5~");
	KEYS("\x3b\x3f\x40\x44\x57\x58",
	    "\033[[A\033[[E\033[17~\033[21~\033[23~\033[24~");
	keymap.cursor_keys = 1;
	KEYS("\xe0\x4b\xe0\x4d\xe0\x47", "\033OD\033OC\033[1~");
}

TEST(keypad)
{
	keymap_init(&keymap);
	KEYS("\x47\x4e\x4a", "\033[1~+-");
	KEYS("\x45\xc5\x47\x52\xe0\x35\xe0\x1c", "70/\r");
	CHECK(keymap.numbers);
	KEYS("\xe0\x2a\xe0\x48\xe0\xc8\xe0\xaa", "\033[A");
	CHECK(keymap.held == 0);
}

TEST(three_fingers_and_pause)
{
	keymap_init(&keymap);
	KEYS("\x1d\x38\xe0\x53", "");
	CHECK(keymap.reboot);
	keymap_init(&keymap);
	KEYS("\xe1\x1d\x45\xe1\x9d\xc5\x1e", "a");
	CHECK(!keymap.numbers && keymap.held == 0);
}

TEST(every_code_is_harmless)
{
	unsigned char bytes[KEYMAP_BYTES];
	unsigned seed = 7, round;

	keymap_init(&keymap);
	for (round = 0; round < 100000; round++) {
		seed = seed * 1103515245 + 12345;
		CHECK(keymap_scan(&keymap, seed >> 16, bytes) <= KEYMAP_BYTES);
	}
}
