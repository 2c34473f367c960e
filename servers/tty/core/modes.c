/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes: defaults and the three structures that programs know. */
#include "core/modes.h"
#include <string.h>

/* struct termio: what System V programs know; 8 control characters. */
struct termio {
	uint16_t input, output, control, local;
	uint8_t discipline;
	uint8_t characters[8];
	uint8_t spare;
};
_Static_assert(sizeof(struct termio) == MODES_TERMIO_SIZE, "as Linux");

static const uint32_t speeds[] = { 0, 50, 75, 110, 134, 150, 200, 300, 600,
	1200, 1800, 2400, 4800, 9600, 19200, 38400 };
static const uint32_t fast_speeds[] = { 0, 57600, 115200, 230400, 460800,
	500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000,
	3000000, 3500000, 4000000 };

enum {
	BOTHER = 010000, /* the speed is in the number, not in CBAUD */
};

static const uint8_t default_characters[MODES_CHARACTERS] = {
	[VINTR] = 'C' - 64,
	[VQUIT] = '\\' - 64,
	[VERASE] = 0x7f,
	[VKILL] = 'U' - 64,
	[VEOF] = 'D' - 64,
	[VMIN] = 1,
	[VSTART] = 'Q' - 64,
	[VSTOP] = 'S' - 64,
	[VSUSP] = 'Z' - 64,
	[VREPRINT] = 'R' - 64,
	[VDISCARD] = 'O' - 64,
	[VWERASE] = 'W' - 64,
	[VLNEXT] = 'V' - 64,
};

void modes_defaults(struct modes *modes)
{
	memset(modes, 0, sizeof *modes);
	modes->input = ICRNL | IXON | IUTF8;
	modes->output = OPOST | ONLCR;
	modes->control = B38400 | CS8 | CREAD | HUPCL;
	modes->local =
	    ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
	memcpy(
	    modes->characters, default_characters, sizeof default_characters);
	modes->input_speed = modes->output_speed = 38400;
}

static uint32_t speed_of(uint32_t control)
{
	unsigned index = control & 017;

	return control & BOTHER ? fast_speeds[index] : speeds[index];
}

void modes_from_bytes(struct modes *modes, const void *bytes, unsigned size)
{
	struct termio old;

	if (size == MODES_TERMIO_SIZE) {
		memcpy(&old, bytes, sizeof old);
		modes->input = (modes->input & ~0xffffu) | old.input;
		modes->output = (modes->output & ~0xffffu) | old.output;
		modes->control = (modes->control & ~0xffffu) | old.control;
		modes->local = (modes->local & ~0xffffu) | old.local;
		modes->discipline = old.discipline;
		memcpy(
		    modes->characters, old.characters, sizeof old.characters);
	} else {
		memcpy(modes, bytes, size);
	}
	if (size == MODES_TERMIOS2_SIZE && (modes->control & CBAUD) == BOTHER)
		return;
	modes->output_speed = speed_of(modes->control);
	modes->input_speed = modes->output_speed;
}

void modes_to_bytes(const struct modes *modes, void *bytes, unsigned size)
{
	struct termio old;

	if (size != MODES_TERMIO_SIZE) {
		memcpy(bytes, modes, size);
		return;
	}
	memset(&old, 0, sizeof old);
	old.input = modes->input;
	old.output = modes->output;
	old.control = modes->control;
	old.local = modes->local;
	old.discipline = modes->discipline;
	memcpy(old.characters, modes->characters, sizeof old.characters);
	memcpy(bytes, &old, sizeof old);
}
