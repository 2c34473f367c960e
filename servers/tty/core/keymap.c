/* SPDX-License-Identifier: BSD-2-Clause */
/* Scan codes to bytes, as Linux's console has them. */
#include "core/keymap.h"
#include <string.h>

enum {
	CODE_RELEASED = 0x80,
	CODE_CONTROL = 0x1d,
	CODE_SHIFT = 0x2a,
	CODE_RIGHT_SHIFT = 0x36,
	CODE_ALT = 0x38,
	CODE_CAPS = 0x3a,
	CODE_NUMBERS = 0x45,
	CODE_SLASH = 0x35,
	CODE_ENTER = 0x1c,
	CODE_KEYPAD = 0x47,
	CODE_KEYPAD_END = 0x53,
	CODE_DELETE = 0x53,
};

/* Codes 0x00 to 0x39: the main block. */
static const char plain[] = "\0\033"
			    "1234567890-=\177\tqwertyuiop[]\r\0"
			    "asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033"
			      "!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0"
			      "ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/* Codes 0x3b to 0x44, 0x57 and 0x58. */
static const char *const functions[12] = { "\033[[A", "\033[[B", "\033[[C",
	"\033[[D", "\033[[E", "\033[17~", "\033[18~", "\033[19~", "\033[20~",
	"\033[21~", "\033[23~", "\033[24~" };

/* Codes 0x47 to 0x53, with and without the number lock. */
static const char keypad[] = "789-456+1230.";
static const char *const motions[13] = { "\033[1~", "\033[A", "\033[5~", "-",
	"\033[D", "\033[G", "\033[C", "+", "\033[4~", "\033[B", "\033[6~",
	"\033[2~", "\033[3~" };

void keymap_init(struct keymap *keymap)
{
	memset(keymap, 0, sizeof *keymap);
}

static int holds(const struct keymap *keymap, unsigned keys)
{
	return (keymap->held & keys) != 0;
}

/* Shift, control, alt: whether code is one of them. */
static int keymap_modifier(
    struct keymap *keymap, unsigned code, int extended, int released)
{
	unsigned key;

	switch (code) {
	case CODE_CONTROL:
		key = extended ? KEYMAP_RIGHT_CONTROL : KEYMAP_CONTROL;
		break;
	case CODE_ALT:
		key = extended ? KEYMAP_RIGHT_ALT : KEYMAP_ALT;
		break;
	case CODE_SHIFT:
	case CODE_RIGHT_SHIFT:
		key = code == CODE_SHIFT ? KEYMAP_SHIFT : KEYMAP_RIGHT_SHIFT;
		if (extended) /* the keyboard's own shift around the arrows */
			return 1;
		break;
	default:
		return 0;
	}
	if (released)
		keymap->held &= ~key;
	else
		keymap->held |= key;
	return 1;
}

static unsigned keymap_text(
    const struct keymap *keymap, const char *text, unsigned char *bytes)
{
	unsigned count = strlen(text);

	memcpy(bytes, text, count);
	if (keymap->cursor_keys && count == 3 && bytes[1] == '[' &&
	    bytes[2] >= 'A' && bytes[2] <= 'D')
		bytes[1] = 'O';
	return count;
}

/* What Ctrl makes of a character. */
static unsigned char control_of(unsigned char byte)
{
	switch (byte) {
	case ' ':
	case '2':
	case '@':
	case '`':
		return 0;
	case '/':
	case '-':
	case '7':
	case '?':
		return byte == '?' ? 127 : 31;
	case '3':
	case '4':
	case '5':
	case '6':
		return byte - '3' + 27;
	case '8':
		return 127;
	case 127:
		return '\b';
	case '\r':
		return '\r';
	}
	if ((byte >= 'a' && byte <= 'z') || (byte >= '@' && byte <= '_'))
		return byte & 31;
	return byte;
}

/* A key of the main block: Alt puts an escape before it. */
static unsigned keymap_character(
    const struct keymap *keymap, unsigned code, unsigned char *bytes)
{
	int shift = holds(keymap, KEYMAP_SHIFT | KEYMAP_RIGHT_SHIFT);
	unsigned char byte = plain[code];
	unsigned count = 0;

	if (byte == 0)
		return 0;
	if (keymap->caps && byte >= 'a' && byte <= 'z')
		shift = !shift;
	if (shift)
		byte = shifted[code];
	if (holds(keymap, KEYMAP_CONTROL | KEYMAP_RIGHT_CONTROL))
		byte = control_of(byte);
	if (holds(keymap, KEYMAP_ALT | KEYMAP_RIGHT_ALT))
		bytes[count++] = 033;
	bytes[count++] = byte;
	return count;
}

static unsigned keymap_keypad(
    struct keymap *keymap, unsigned code, int extended, unsigned char *bytes)
{
	unsigned index = code - CODE_KEYPAD;

	if (code == CODE_DELETE &&
	    holds(keymap, KEYMAP_CONTROL | KEYMAP_RIGHT_CONTROL) &&
	    holds(keymap, KEYMAP_ALT | KEYMAP_RIGHT_ALT)) {
		keymap->reboot = 1;
		return 0;
	}
	if (keymap->numbers && !extended) {
		bytes[0] = keypad[index];
		return 1;
	}
	return keymap_text(keymap, motions[index], bytes);
}

static unsigned keymap_press(
    struct keymap *keymap, unsigned code, int extended, unsigned char *bytes)
{
	if (code == CODE_CAPS) {
		keymap->caps = !keymap->caps;
		return 0;
	}
	if (code == CODE_NUMBERS) {
		keymap->numbers = !keymap->numbers;
		return 0;
	}
	if (code >= CODE_KEYPAD && code <= CODE_KEYPAD_END)
		return keymap_keypad(keymap, code, extended, bytes);
	if (extended && code != CODE_SLASH && code != CODE_ENTER)
		return 0;
	if (code >= 0x3b && code <= 0x44)
		return keymap_text(keymap, functions[code - 0x3b], bytes);
	if (code == 0x57 || code == 0x58)
		return keymap_text(keymap, functions[code - 0x57 + 10], bytes);
	if (code == 0x56) { /* the key beside the left shift */
		bytes[0] = holds(keymap, KEYMAP_SHIFT) ? '>' : '<';
		return 1;
	}
	if (code < sizeof plain - 1)
		return keymap_character(keymap, code, bytes);
	return 0;
}

unsigned keymap_scan(
    struct keymap *keymap, unsigned char code, unsigned char *bytes)
{
	int extended = keymap->prefix;
	int released = (code & CODE_RELEASED) != 0;

	if (keymap->skip > 0) {
		keymap->skip--;
		return 0;
	}
	if (code == 0xe0) {
		keymap->prefix = 1;
		return 0;
	}
	keymap->prefix = 0;
	if (code == 0xe1) { /* Pause: five more bytes, twice three */
		keymap->skip = 2;
		return 0;
	}
	code &= ~CODE_RELEASED;
	if (keymap_modifier(keymap, code, extended, released) || released)
		return 0;
	return keymap_press(keymap, code, extended, bytes);
}
