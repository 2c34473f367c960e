/* SPDX-License-Identifier: BSD-2-Clause */
/* Device numbers and lists: see devices.h. */
#include "core/devices.h"
#include "core/numbers.h"
#include <base/text.h>
#include <string.h>

static const struct {
	const char *prefix;
	unsigned major, first, step; /* disks from `first` on; minors of one */
	unsigned disks;
} families[] = {
	{ "hd", 3, 0, 64, 2 },
	{ "hd", 22, 2, 64, 2 },
	{ "sd", 8, 0, 16, 16 },
	{ "fd", 2, 0, 1, 4 },
	{ "rd", 1, 0, 1, 8 },
	{ "loop", MAJOR_LOOP, 0, 1, 64 },
};

enum {
	MAJOR_MEMORY = 1,
	MINOR_MEMORY = 1,
	MINOR_LOG = 11,
	FAMILIES = sizeof families / sizeof *families,
};

int device_allowed(const char *disks, char kind, uint32_t device)
{
	char name[16];

	if (kind == 'c')
		return device != device_number(MAJOR_MEMORY, MINOR_MEMORY) &&
		    device != device_number(MAJOR_MEMORY, MINOR_LOG);
	if (!device_kernel_name(device, name, sizeof name))
		return 0;
	while (*disks) {
		size_t length = strcspn(disks, ",");

		if (length && !strncmp(name, disks, length) &&
		    (!name[length] || name[length] == 's'))
			return 1;
		disks += length + (disks[length] == ',');
	}
	return 0;
}

int device_kernel_name(uint32_t device, char *name, unsigned size)
{
	unsigned minor = device_minor(device);

	for (unsigned i = 0; i < FAMILIES; i++) {
		unsigned disk = minor / families[i].step;
		unsigned part = minor % families[i].step;

		if (device_major(device) != families[i].major ||
		    disk >= families[i].disks)
			continue;
		text_format(name, size, "%s%u", families[i].prefix,
		    families[i].first + disk);
		if (part)
			text_append(name, size, "s%u", part);
		return 1;
	}
	return 0;
}

uint32_t device_of_kernel_name(const char *name)
{
	uint64_t disk, part;

	for (unsigned i = 0; i < FAMILIES; i++) {
		const char *at = text_after(name, families[i].prefix);

		part = 0;
		if (!at || !text_number(&at, 10, &disk))
			continue;
		if (*at == 's' && (at++, !text_number(&at, 10, &part)))
			continue;
		if (*at || disk < families[i].first ||
		    disk >= families[i].first + families[i].disks ||
		    part >= families[i].step)
			continue;
		return device_number(families[i].major,
		    (unsigned)((disk - families[i].first) * families[i].step +
			part));
	}
	return 0;
}

/* MODE_* of the word for a kind; 0: it makes no sense. */
static uint32_t kind_read(const char *word)
{
	switch (word[0]) {
	case 'c':
		return MODE_CHARACTER;
	case 'b':
	case '-':
		return MODE_BLOCK;
	}
	return 0;
}

static int line_read(char *text, struct device_line *line)
{
	char *words[6];
	int count = text_words(text, words, 6);
	uint32_t kind;
	const char *mode;
	uint64_t bits;

	if (count < 5)
		return 0;
	mode = words[4];
	kind = kind_read(words[1]);
	if (!text_number(&mode, 8, &bits) || *mode || !kind ||
	    !text_copy(
		line->name, sizeof line->name, words[0], strlen(words[0])))
		return 0;
	line->mode = ((uint32_t)bits & MODE_ALL) | kind;
	if (words[1][0] == '-')
		line->mode = 0;
	line->device = device_number(
	    text_unsigned(words[2], 0) & 0xfff, text_unsigned(words[3], 0));
	line->size = count > 5 ? (int64_t)text_unsigned(words[5], 0) : -1;
	return 1;
}

int device_line_next(
    const char **text, const char *end, struct device_line *line)
{
	char copy[128];

	while (*text < end) {
		const char *start = *text;
		const char *stop = memchr(start, '\n', (size_t)(end - start));

		if (!stop)
			stop = end;
		*text = stop < end ? stop + 1 : end;
		if (text_copy(
			copy, sizeof copy, start, (size_t)(stop - start)) &&
		    line_read(copy, line))
			return 1;
	}
	return 0;
}
