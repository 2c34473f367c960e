/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a task that found itself wrong: text, addresses, exception. */
#include <base/assert.h>
#include <base/mach.h>
#include <base/text.h>
#include <base/thread.h>

enum {
	FRAMES_MAX = 16,
};

static void print_frames(void)
{
	uintptr_t *frame = __builtin_frame_address(0);
	uintptr_t top = (uintptr_t)thread_self();
	char line[FRAMES_MAX * 12 + 32] = "  called from";

	for (int i = 0; i < FRAMES_MAX; i++) {
		if ((uintptr_t)frame >= top - 8 || (uintptr_t)frame & 3 ||
		    top - (uintptr_t)frame > THREAD_STACK_SIZE || !frame[1])
			break;
		text_append(line, sizeof line, " %08x", (unsigned)frame[1]);
		frame = (uintptr_t *)frame[0];
	}
	text_append(line, sizeof line, "\n");
	mach_print(line);
}

static void fail(const char *text) __attribute__((noreturn));
static void fail(const char *text)
{
	mach_print(text);
	print_frames();
	for (;;)
		__asm__ volatile("int3");
}

void assert_failed(const char *condition, const char *file, int line)
{
	char text[256];

	text_format(text, sizeof text, "%s:%d: assertion failed: %s\n", file,
	    line, condition);
	fail(text);
}

void panic(const char *format, ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	text_format_list(text, sizeof text - 1, format, list);
	va_end(list);
	text_append(text, sizeof text, "\n");
	fail(text);
}
