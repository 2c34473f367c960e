/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mount options, as Linux's vfat has them: uid=, gid=, umask=, fmask=, dmask=,
 * shortname=lower|win95|winnt|mixed, nonumtail, tz=UTC, time_offset=MINUTES,
 * errors=continue|remount-ro, quiet, rodir, showexec. Others are ignored, as
 * what they say (utf8, codepage=437, check=n, ...) is so here anyway.
 */
#include "fat.h"
#include <base/text.h>

enum {
	MASK_DEFAULT = 022,
	MASK_ALL = 0777,
	DAY_MINUTES = 24 * 60,
};

static uint32_t octal(int argc, char *const *argv, const char *name,
    uint32_t otherwise)
{
	const char *text = text_option(argc, argv, name, "");
	uint64_t value;

	if (!text_number(&text, 8, &value) || *text)
		return otherwise;
	return (uint32_t)value & MASK_ALL;
}

static uint32_t identity(int argc, char *const *argv, const char *name)
{
	const char *text = text_option(argc, argv, name, "");
	uint64_t value;

	if (!text_number(&text, 10, &value) || *text || value > UINT32_MAX)
		return 0;
	return (uint32_t)value;
}

static int is_set(int argc, char *const *argv, const char *name)
{
	return text_option(argc, argv, name, 0) != 0;
}

/* Minutes that the disk's clock is ahead of UTC, with a sign. */
static int32_t offset_read(const char *text)
{
	int32_t sign = 1;
	uint64_t value;

	if (*text == '-' || *text == '+')
		sign = *text++ == '-' ? -1 : 1;
	if (!text_number(&text, 10, &value) || *text || value > DAY_MINUTES)
		return 0;
	return sign * (int32_t)value * 60;
}

void options_read(struct options *options, int argc, char *const *argv)
{
	const char *shown = text_option(argc, argv, "shortname", "mixed");
	const char *errors = text_option(argc, argv, "errors", "");
	uint32_t mask = octal(argc, argv, "umask", MASK_DEFAULT);

	options->uid = identity(argc, argv, "uid");
	options->gid = identity(argc, argv, "gid");
	options->file_mask = octal(argc, argv, "fmask", mask);
	options->directory_mask = octal(argc, argv, "dmask", mask);
	options->east = offset_read(text_option(argc, argv, "time_offset",
	    "0"));
	options->show_lower = text_equals("lower", 5, shown) != 0;
	options->show_upper = text_equals("win95", 5, shown) != 0;
	options->create_winnt = text_equals("winnt", 5, shown) != 0;
	options->no_tail = is_set(argc, argv, "nonumtail") != 0;
	options->quiet = is_set(argc, argv, "quiet") != 0;
	options->read_only_directories = is_set(argc, argv, "rodir") != 0;
	options->only_executables = is_set(argc, argv, "showexec") != 0;
	options->go_on = text_equals("continue", 8, errors) != 0;
}
