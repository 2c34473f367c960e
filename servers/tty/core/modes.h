/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modes of a terminal: Linux i386 structures and bits (termios), the older
 * struct termio, and the defaults of a fresh terminal.
 */
#pragma once
#include <stdint.h>

enum {
	MODES_CHARACTERS = 19,
	MODES_DISABLED = 0, /* a control character that is switched off */
};

/* indices of characters[] */
enum {
	VINTR,
	VQUIT,
	VERASE,
	VKILL,
	VEOF,
	VTIME,
	VMIN,
	VSWTC,
	VSTART,
	VSTOP,
	VSUSP,
	VEOL,
	VREPRINT,
	VDISCARD,
	VWERASE,
	VLNEXT,
	VEOL2,
};

/* input bits */
enum {
	IGNBRK = 01,
	BRKINT = 02,
	IGNPAR = 04,
	PARMRK = 010,
	INPCK = 020,
	ISTRIP = 040,
	INLCR = 0100,
	IGNCR = 0200,
	ICRNL = 0400,
	IUCLC = 01000,
	IXON = 02000,
	IXANY = 04000,
	IXOFF = 010000,
	IMAXBEL = 020000,
	IUTF8 = 040000,
};

/* output bits */
enum {
	OPOST = 01,
	OLCUC = 02,
	ONLCR = 04,
	OCRNL = 010,
	ONOCR = 020,
	ONLRET = 040,
	TABDLY = 014000,
	XTABS = 014000,
};

/* control bits */
enum {
	CBAUD = 010017,
	B0 = 0,
	B9600 = 015,
	B38400 = 017,
	B115200 = 010002,
	CSIZE = 060,
	CS8 = 060,
	CREAD = 0200,
	HUPCL = 02000,
	CLOCAL = 04000,
};

/* local bits */
enum {
	ISIG = 01,
	ICANON = 02,
	XCASE = 04,
	ECHO = 010,
	ECHOE = 020,
	ECHOK = 040,
	ECHONL = 0100,
	NOFLSH = 0200,
	TOSTOP = 0400,
	ECHOCTL = 01000,
	ECHOPRT = 02000,
	ECHOKE = 04000,
	IEXTEN = 0100000,
	EXTPROC = 0200000,
};

/* struct termios2 of the kernel; struct termios is all but the speeds. */
struct modes {
	uint32_t input, output, control, local;
	uint8_t discipline;
	uint8_t characters[MODES_CHARACTERS];
	uint32_t input_speed, output_speed;
};
_Static_assert(sizeof(struct modes) == 44, "struct termios2");

enum {
	MODES_TERMIOS_SIZE = 36,
	MODES_TERMIOS2_SIZE = 44,
	MODES_TERMIO_SIZE = 18,
};

struct window_size {
	uint16_t rows, columns, width, height;
};
_Static_assert(sizeof(struct window_size) == 8, "struct winsize");

/* What a terminal has when it is opened for the first time. */
void modes_defaults(struct modes *modes);

/* bytes: one of the three structures above, by its size; the rest of modes
 * stays. Speeds follow CBAUD where the structure has none. */
void modes_from_bytes(struct modes *modes, const void *bytes, unsigned size);
void modes_to_bytes(const struct modes *modes, void *bytes, unsigned size);
