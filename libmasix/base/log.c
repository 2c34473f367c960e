/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of this task; see log.h. */
#include <base/log.h>
#include <base/mach.h>
#include <base/text.h>

static void log_console(int loud, const char *line, size_t length);
static void (*log_sink)(int, const char *, size_t) = log_console;

static void log_console(int loud, const char *line, size_t length)
{
	char text[LOG_LINE_MAX + 2];

	(void)loud;
	text_format(text, sizeof text, "%.*s\n", (int)length, line);
	mach_print(text);
}

static void log_list(int loud, const char *format, va_list list)
{
	char line[LOG_LINE_MAX];
	size_t length;

	length = (size_t)text_format_list(line, sizeof line, format, list);
	if (length >= sizeof line)
		length = sizeof line - 1;
	log_sink(loud, line, length);
}

void log_line(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(0, format, list);
	va_end(list);
}

void log_loud(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(1, format, list);
	va_end(list);
}

void log_to(void (*sink)(int loud, const char *line, size_t length))
{
	log_sink = sink ? sink : log_console;
}
