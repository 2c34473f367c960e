/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC keyboard: scan codes of set 1 (what the controller gives by default)
 * to what the keys mean for a terminal of type "linux". US layout.
 */
#pragma once

enum {
	KEYMAP_BYTES = 8, /* the most that one key gives */
};

enum {
	KEYMAP_SHIFT = 1,
	KEYMAP_RIGHT_SHIFT = 2,
	KEYMAP_CONTROL = 4,
	KEYMAP_RIGHT_CONTROL = 8,
	KEYMAP_ALT = 16,
	KEYMAP_RIGHT_ALT = 32,
};

struct keymap {
	unsigned char held;          /* KEYMAP_* */
	unsigned char caps, numbers; /* locks */
	unsigned char prefix;        /* 0xe0 came; or bytes of 0xe1 to skip */
	unsigned char skip;
	unsigned char cursor_keys; /* application mode, set by the screen */
	unsigned char reboot; /* Ctrl-Alt-Del was pressed; the user clears */
};

void keymap_init(struct keymap *keymap);

/* One scan code; how many bytes it gave. bytes: KEYMAP_BYTES. */
unsigned keymap_scan(
    struct keymap *keymap, unsigned char code, unsigned char *bytes);
