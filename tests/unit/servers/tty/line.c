/* SPDX-License-Identifier: BSD-2-Clause */
/* The line discipline: what a program reads and what the screen shows. */
#include "core/line.h"
#include "core/control.h"
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <test.h>

static struct line line;
static unsigned char memory[16384];
static char seen[16384];

static void start(void)
{
	line_init(&line, memory, sizeof memory);
}

static void type(const char *text)
{
	CHECK(line_input(&line, text, strlen(text)) == strlen(text));
}

/* What has reached the screen since the last time. */
static const char *screen(void)
{
	unsigned count = line_take_output(&line, seen, sizeof seen - 1);

	seen[count] = 0;
	return seen;
}

static const char *got(unsigned size)
{
	static char text[8192];
	unsigned count = line_read(&line, text, size);

	text[count] = 0;
	return text;
}

static void raw(unsigned local, unsigned input)
{
	struct modes modes = line.modes;

	modes.local = local;
	modes.input = input;
	line_set_modes(&line, &modes);
}

#define SHOWS(text) CHECK(strcmp(screen(), text) == 0)
#define GETS(text) CHECK(strcmp(got(4096), text) == 0)

TEST(a_line_is_echoed_and_read)
{
	start();
	type("ls");
	CHECK(!line_ready(&line, 1));
	type("\r");
	CHECK(line_ready(&line, 1));
	CHECK(line_available(&line) == 3);
	SHOWS("ls\r\n");
	GETS("ls\n");
	CHECK(!line_ready(&line, 1));
}

TEST(one_line_at_a_time_and_in_parts)
{
	start();
	type("one\rtwo\r");
	CHECK(strcmp(got(2), "on") == 0);
	GETS("e\n");
	GETS("two\n");
}

static sigjmp_buf death;

static void die(int signal)
{
	siglongjmp(death, signal);
}

/* The place for the third byte is none. */
static void read_and_die(void)
{
	unsigned char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sigaction old, action = { .sa_handler = die };

	CHECK(pages != MAP_FAILED && !mprotect(pages + 4096, 4096, PROT_NONE));
	sigaction(SIGSEGV, &action, &old);
	if (!sigsetjmp(death, 1)) {
		line_read(&line, pages + 4094, 100);
		CHECK(!"alive");
	}
	sigaction(SIGSEGV, &old, NULL);
	munmap(pages, 8192);
}

TEST(who_dies_at_a_read_has_not_read)
{
	start();
	type("first\rsecond\r");
	read_and_die();
	line_read_undo(&line);
	GETS("first\n");
	line_read_undo(&line);
	GETS("second\n");
	CHECK(!line_ready(&line, 1));
	raw(0, 0);
	type("abcdef");
	read_and_die();
	line_read_undo(&line);
	GETS("abcdef");
}

TEST(erase_word_and_kill)
{
	start();
	type("abc\x7f");
	SHOWS("abc\b \b");
	type(" de fg\x17");
	SHOWS(" de fg\b \b\b \b");
	type("\x15");
	SHOWS("\b \b\b \b\b \b\b \b\b \b\b \b");
	type("x\r");
	GETS("x\n");
	type("\x7f\x7f\x15");
	SHOWS("x\r\n");
}

TEST(erase_of_control_and_tab)
{
	start();
	type("\x01\x7f");
	SHOWS("^A\b \b\b \b");
	type("ab\t\x7f");
	SHOWS("ab\t\b\b\b\b\b\b");
	CHECK(line.column == 2);
	type("\tq\t\x7f\x7f\x7f");
	SHOWS("\tq\t\b\b\b\b\b\b\b\b \b\b\b\b\b\b\b");
}

TEST(erase_of_utf8)
{
	start();
	type("a\xc3\xa4\xe2\x82\xac\x7f");
	SHOWS("a\xc3\xa4\xe2\x82\xac\b \b");
	CHECK(line.column == 2);
	type("\x7f\r");
	GETS("a\n");
	raw(line.modes.local, line.modes.input & ~IUTF8);
	type("\xc3\xa4\x7f\r");
	GETS("\xc3\n");
}

TEST(end_of_file)
{
	start();
	type("\x04");
	CHECK(line_ready(&line, 1) && line_available(&line) == 0);
	GETS("");
	CHECK(!line_ready(&line, 1));
	type("ab\x04");
	SHOWS("ab");
	GETS("ab");
	CHECK(!line_ready(&line, 1));
	type("cd\x04");
	CHECK(strcmp(got(2), "cd") == 0);
	CHECK(!line_ready(&line, 1));
	type("ef\r\x04");
	GETS("ef\n");
	CHECK(line_ready(&line, 1));
	GETS("");
}

TEST(quoted_characters)
{
	start();
	type("\x16\x03\x16\x04\x16\r\r");
	CHECK(line.raised == 0);
	SHOWS("^\b^C^\b^D^\b^M\r\n");
	GETS("\x03\x04\r\n");
}

TEST(signals_flush)
{
	start();
	type("typed\x03");
	CHECK(line.raised == 1u << LINE_SIGINT);
	SHOWS("^C");
	type("\x1c\x1a\r");
	CHECK(line.raised ==
	    (1u << LINE_SIGINT | 1u << LINE_SIGQUIT | 1u << LINE_SIGTSTP));
	SHOWS("^Z\r\n");
	GETS("\n");
	raw(line.modes.local | NOFLSH, line.modes.input);
	type("ab\x03\r");
	SHOWS("ab^C\r\n");
	GETS("ab\n");
}

TEST(flow_control_by_keys)
{
	start();
	CHECK(line_write(&line, "abc", 3) == 3);
	type("\x13");
	CHECK(!line_has_output(&line));
	SHOWS("");
	type("\x11");
	SHOWS("abc");
	type("\x13");
	CHECK(line_write(&line, "d", 1) == 1);
	raw(line.modes.local, line.modes.input | IXANY);
	type("q");
	SHOWS("dq");
}

TEST(raw_mode)
{
	start();
	raw(0, 0);
	type("a\r\x03\x04\x7f");
	CHECK(line.raised == 0);
	CHECK(line_ready(&line, 5) && !line_ready(&line, 6));
	SHOWS("");
	CHECK(strcmp(got(3), "a\r\x03") == 0);
	GETS("\x04\x7f");
}

TEST(change_of_modes_keeps_what_was_typed)
{
	start();
	type("abc");
	raw(0, 0);
	CHECK(line_ready(&line, 3));
	raw(ICANON, 0);
	CHECK(line_ready(&line, 1));
	GETS("abc");
}

TEST(input_maps)
{
	start();
	raw(0, INLCR | ISTRIP);
	type("\n\xe1");
	GETS("\ra");
	raw(IEXTEN, IGNCR | IUCLC);
	type("A\rB");
	GETS("ab");
	raw(0, PARMRK);
	CHECK(line_input(&line, "\xff", 1) == 1);
	line_input_break(&line);
	CHECK(line_read(&line, seen, 9) == 5);
	CHECK(memcmp(seen, "\xff\xff\xff\0\0", 5) == 0);
}

TEST(output_processing)
{
	start();
	CHECK(line_write(&line, "a\tb\n", 4) == 4);
	SHOWS("a\tb\r\n");
	line.modes.output = OPOST | XTABS | OLCUC;
	CHECK(line_write(&line, "\ra\tb\bc", 6) == 6);
	SHOWS("\rA       B\bC");
	line.modes.output = OPOST | OCRNL | ONLRET;
	CHECK(line_write(&line, "x\ry", 3) == 3);
	SHOWS("x\ny");
	line.modes.output = OPOST | ONOCR;
	line.column = 0;
	CHECK(line_write(&line, "\rq\r", 3) == 3);
	SHOWS("q\r");
	line.modes.output = 0;
	CHECK(line_write(&line, "\n", 1) == 1);
	SHOWS("\n");
}

TEST(output_is_bounded)
{
	static char lines[8192];

	start();
	memset(lines, '\n', sizeof lines);
	CHECK(line_writable(&line, 4096));
	CHECK(line_write(&line, lines, 8192) < 8192);
	CHECK(!line_writable(&line, 1));
	CHECK(line_write(&line, lines, 8192) == 0);
	type("echo");
	CHECK(line_take_output(&line, seen, sizeof seen) <= 16384);
	CHECK(line_writable(&line, 100000));
}

TEST(a_full_line_still_ends)
{
	int index;

	start();
	for (index = 0; index < 5000; index++)
		CHECK(line_input(&line, "x", 1) == 1);
	CHECK(line_input(&line, "\r", 1) == 1);
	CHECK(line.lost == 5000 - (LINE_SIZE - 1));
	CHECK(strlen(got(8000)) == LINE_SIZE);
	line_flush_output(&line);
	raw(0, 0);
	while (line_input(&line, "y", 1))
		index++;
	CHECK(line_room(&line) == 0);
	GETS(got(1));
}

TEST(sender_is_stopped)
{
	char text[LINE_FLOW_HIGH + 1];

	start();
	raw(0, IXOFF);
	memset(text, 'x', sizeof text);
	CHECK(line_input(&line, text, sizeof text) == sizeof text);
	SHOWS("\x13");
	line_read(&line, text, sizeof text);
	SHOWS("\x11");
}

/* As Linux: a return that means a newline is one on the screen, a newline
 * that was typed as such is ^J where it has no meaning. */
TEST(newlines_in_raw_mode)
{
	start();
	raw(ECHO | ECHOCTL, ICRNL);
	type("a\rb\nc");
	SHOWS("a\r\nb^Jc");
	GETS("a\nb\nc");
}

TEST(pushed_input_is_a_line)
{
	start();
	raw(0, 0);
	type("ab");
	raw(ICANON, ICRNL);
	type("cd\r");
	GETS("ab");
	GETS("cd\n");
}

TEST(tabs_after_a_reprint)
{
	start();
	type("ab\x12\t\x7f");
	SHOWS("ab^R\r\nab\t\b\b\b\b\b\b");
}

TEST(what_has_arrived_is_not_flushed)
{
	start();
	line.keep = 4;
	type("ab");
	type("cd\x03");
	SHOWS("ab^C");
	CHECK(line_write(&line, "abcdefgh", 8) == 8);
	type("\x03");
	SHOWS("abcd^C");
}

TEST(reprint)
{
	start();
	type("ab\x12");
	SHOWS("ab^R\r\nab");
}

static error_t control(int request, const void *in, unsigned size, void *out)
{
	struct control call = { request, in, size, out, 0, 0 };

	return line_control(&line, &call);
}

TEST(control_of_modes)
{
	unsigned char bytes[64], old[64];
	struct window_size size = { 25, 80, 0, 0 };
	int number = 1;

	start();
	CHECK(control(TCGETS, 0, 0, bytes) == 0);
	CHECK(bytes[17 + VEOF] == 4);
	bytes[17 + VEOF] = 'e';
	CHECK(control(TCSETS, bytes, 35, bytes) == E_INVAL);
	CHECK(control(TCSETSW, bytes, 36, bytes) == 0);
	CHECK(line.modes.characters[VEOF] == 'e');
	CHECK(control(TCGETA, 0, 0, old) == 0 && old[9 + VEOF] == 'e');
	CHECK(control(TCGETS2, 0, 0, bytes) == 0);
	CHECK(line.modes.output_speed == 38400);
	CHECK(control(TIOCSWINSZ, &size, 8, bytes) == 0);
	CHECK(line.raised == 1u << LINE_SIGWINCH);
	line.raised = 0;
	CHECK(control(TIOCSWINSZ, &size, 8, bytes) == 0 && line.raised == 0);
	CHECK(control(TIOCGWINSZ, 0, 0, bytes) == 0 && bytes[2] == 80);
	type("abc");
	CHECK(control(TCFLSH, &number, 4, bytes) == 0);
	SHOWS("");
	CHECK(control(TIOCGPGRP, 0, 0, bytes) == E_NOTTY);
	CHECK(control_drains(TCSETSF) && !control_drains(TCSETS));
}

/* Any bytes in any modes: the rings stay inside their bounds. */
TEST(random_input)
{
	unsigned seed = 1, round, index;
	unsigned char text[64];

	start();
	for (round = 0; round < 20000; round++) {
		struct modes modes = line.modes;

		for (index = 0; index < sizeof text; index++) {
			seed = seed * 1103515245 + 12345;
			text[index] = seed >> 16;
		}
		if (text[0] % 16 == 0) {
			memcpy(&modes, text, 16);
			line_set_modes(&line, &modes);
		}
		line_input(&line, text, text[1] % 64);
		line_write(&line, text, text[2] % 64);
		if (line_ready(&line, text[3] % 8))
			line_read(&line, seen, text[4] % 64);
		if (text[5] % 4 == 0)
			line_take_output(&line, seen, text[6] * 8);
		CHECK(line_inside(&line) <= LINE_SIZE);
		CHECK(ring_count(&line.output) <= sizeof memory);
		if (line_is(&line, ICANON))
			CHECK(line.canonical - line.tail <= line_inside(&line));
	}
}
