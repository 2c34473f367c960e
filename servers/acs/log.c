/* SPDX-License-Identifier: BSD-2-Clause */
/* The system log: every server's lines with time and name, in a ring; loud
 * ones, or all if the command line says `verbose`, on the console as well. */
#include "acs.h"
#include "core/ring.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <kernel/mach_host.client.h>
#include <string.h>

static struct ring *ring;
void (*log_forward)(const char *line, size_t length);
static struct lock log_lock; /* guards ring; a leaf: nothing is called */
static int log_all;
static time_value_t *log_began;

static void log_time(unsigned *seconds, unsigned *milliseconds)
{
	time_value_t now;

	if (host_get_time(mach_host_self(), &now)) {
		*seconds = *milliseconds = 0;
		return;
	}
	now.seconds -= log_began->seconds;
	now.microseconds -= log_began->microseconds;
	if (now.microseconds < 0) {
		now.seconds--;
		now.microseconds += 1000000;
	}
	*seconds = (unsigned)now.seconds;
	*milliseconds = (unsigned)now.microseconds / 1000;
}

unsigned uptime_seconds(void)
{
	unsigned seconds, milliseconds;

	log_time(&seconds, &milliseconds);
	return seconds;
}

unsigned uptime_milliseconds(void)
{
	unsigned seconds, milliseconds;

	log_time(&seconds, &milliseconds);
	return seconds * 1000 + milliseconds;
}

/* Bytes that would move a terminal's cursor become '?'. */
static void line_clean(char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)line[i] < 32 || line[i] == 127)
			line[i] = '?';
	}
}

void log_add(int loud, const char *who, const char *line, size_t length)
{
	char text[LOG_LINE_MAX + 100];
	unsigned seconds, milliseconds;
	size_t size;

	log_time(&seconds, &milliseconds);
	size = (size_t)text_format(text, sizeof(text), "[%4u.%03u] %s: %.*s",
	    seconds, milliseconds, who, (int)length, line);
	if (size > sizeof(text) - 2)
		size = sizeof(text) - 2;
	line_clean(text, size);
	text[size++] = '\n';
	text[size] = 0;
	lock(&log_lock);
	if (ring)
		ring_write(ring, text, size);
	unlock(&log_lock);
	if (log_forward)
		log_forward(line, length);
	if (loud || log_all)
		mach_print(text);
}

static void log_own(int loud, const char *line, size_t length)
{
	log_add(loud, "acs", line, length);
}

void log_start(int verbose, void *ring_memory, void *began)
{
	static time_value_t own;

	log_all = verbose;
	ring = ring_memory;
	log_began = began ? began : &own;
	if (log_began->seconds == 0)
		host_get_time(mach_host_self(), log_began);
	log_to(log_own);
}

error_t log_text(GIVEN char **text, size_t *size)
{
	vm_address_t copy;
	size_t space = page_round(RING_SIZE);
	error_t error = memory_allocate(space, &copy);

	if (error)
		return error;
	lock(&log_lock);
	*size = ring ? ring_used(ring) : 0;
	if (ring)
		ring_read(ring, (char *)copy);
	unlock(&log_lock);
	memory_free(copy + page_round(*size), space - page_round(*size));
	*text = (char *)copy;
	return 0;
}
