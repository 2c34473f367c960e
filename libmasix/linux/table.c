/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of calls, made of calls.inc: functions in one array, which the way
 * in reads at each call (linux.ld puts it beside entry.S), names in another.
 */
#include <acs.client.h>
#include <base/text.h>
#include <linux/linux.h>
#include <string.h>

static long call_missing(void);

#define CALL(number, name, function, words) \
	[number] = (long (*)())function,
#define MISSING(number, name) [number] = (long (*)())call_missing,
#define NOTHING(number) [number] = (long (*)())call_missing,

long (*const call_functions[])() = {
#include <linux/calls.inc>
};

#undef CALL
#undef MISSING
#undef NOTHING
#define CALL(number, name, function, words) [number] = #name,
#define MISSING(number, name) [number] = #name,
#define NOTHING(number) [number] = "?",

static const char *const call_names[] = {
#include <linux/calls.inc>
};

enum {
	CALLS = sizeof call_names / sizeof *call_names,
};
_Static_assert(sizeof call_functions == sizeof call_names, "one list");
const uint32_t call_count = CALLS;

/* How often each missing call was made. */
static uint16_t misses[CALLS];

static void report(uint32_t number, const char *name)
{
	text_line_t line;
	int length = text_format(line, sizeof line,
	    "libmasix: pid %d: no call %u (%s)", PAGE->pid, number, name);

	if (length > (int)sizeof line - 1)
		length = sizeof line - 1;
	acs_log(PORT_ACS, 0, line, (unsigned)length);
}

static long call_missing(void)
{
	uint32_t number = thread_frame(thread_current())->call;

	if (number < CALLS && ++misses[number] == 1)
		report(number, call_names[number]);
	return -ENOSYS;
}

/* A number beyond the table. */
long call_unknown(void)
{
	static int reported;

	if (!reported)
		report(thread_frame(thread_current())->call, "?");
	reported = 1;
	return -ENOSYS;
}

/*
 * The calls that are one word of the process page: 1 + the word's index, or
 * 0. entry.S looks here before anything else.
 */
#define WORD(member) (1 + offsetof(struct process_page, member) / 4)

const uint8_t page_words[256] = {
	[20] = WORD(pid),
	[64] = WORD(parent),
	[65] = WORD(group),
	[199] = WORD(uid),
	[200] = WORD(gid),
	[201] = WORD(euid),
	[202] = WORD(egid),
};
