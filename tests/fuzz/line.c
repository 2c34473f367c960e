/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for the line discipline and the screen: the first bytes are
 * modes, the rest goes in at the keyboard and out to the screen.
 */
#include "core/line.h"
#include "core/screen.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const char fuzz_format[];
const char fuzz_format[] = "line";

static void drain(struct line *line, struct screen *screen)
{
	char bytes[256];
	unsigned count = line_take_output(line, bytes, sizeof bytes);

	screen_write(screen, bytes, count);
	line_input(line, screen->answer, screen->answer_count);
	screen->answer_count = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct line line;
	static struct screen screen;
	static unsigned char memory[4096];
	char bytes[512];
	struct modes modes;
	unsigned piece;

	if (size < sizeof modes)
		return 0;
	line_init(&line, memory, sizeof memory);
	screen_init(&screen, 25, 80);
	memcpy(&modes, data, sizeof modes);
	line_set_modes(&line, &modes);
	for (data += sizeof modes, size -= sizeof modes; size > 0;
	     data += piece, size -= piece) {
		piece = size < 16 ? size : 16;
		line_input(&line, data, piece);
		line_write(&line, data, piece);
		drain(&line, &screen);
		if (line_ready(&line, data[0] % 4))
			line_read(&line, bytes, data[0] * 2);
		if (line_inside(&line) > LINE_SIZE ||
		    ring_count(&line.output) > sizeof memory)
			abort();
	}
	return 0;
}
