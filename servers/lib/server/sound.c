/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the image is sound: what never changes in it (text, constants) must
 * have the sum that it had when the server began. If not, the task ends, and
 * the next instance gets the requests. That is looked at
 *
 *	before an error is answered    a hurt instance says none
 *	where server_sound() is said   before something is written that stays
 *	                               (of both SUMS_MOST between two pings)
 *	at each ping                   a hurt one does not stay
 */
#include "internal.h"
#include <base/log.h>

enum {
	PARTS_MAX = 4,
	SUMS_MOST = 4,
	ELF_LOAD = 1,
	ELF_WRITABLE = 2,
};

/* Where the image's first segment is mapped: the heads of the file. */
struct elf_head {
	uint8_t mark[28];
	uint32_t programs; /* offset */
	uint8_t between[12];
	uint16_t program_count;
	uint16_t others[3];
};
_Static_assert(sizeof(struct elf_head) == 52, "ELF");

struct elf_program {
	uint32_t type, offset, address, physical, file_size, size, flags, align;
};

extern const char __executable_start[];

static struct part {
	const uint32_t *start;
	uint32_t words, sum;
} parts[PARTS_MAX];
static unsigned part_count, sums_left;

static uint32_t part_sum(const struct part *part)
{
	const uint32_t *at = part->start, *end = at + part->words;
	uint32_t sum = 0;

	for (; at < end; at++)
		sum += *at;
	return sum;
}

void sound_begin(void)
{
	const struct elf_head *head = (const void *)__executable_start;
	const struct elf_program *program =
	    (const void *)(__executable_start + head->programs);

	for (unsigned i = 0; i < head->program_count; i++, program++) {
		struct part *part = &parts[part_count];

		if (program->type != ELF_LOAD ||
		    program->flags & ELF_WRITABLE || part_count == PARTS_MAX)
			continue;
		part->start = (const uint32_t *)program->address;
		part->words = program->file_size / sizeof(uint32_t);
		part->sum = part_sum(part);
		part_count++;
	}
	sums_left = SUMS_MOST;
}

static void image_look(void)
{
	for (unsigned i = 0; i < part_count; i++)
		if (__builtin_expect(part_sum(&parts[i]) != parts[i].sum, 0)) {
			log_line("the image is hurt at %x",
			    (unsigned)(uintptr_t)parts[i].start);
			__builtin_trap();
		}
}

void sound_ping(void)
{
	image_look();
	sums_left = SUMS_MOST;
}

void server_sound(void)
{
	if (!sums_left)
		return;
	sums_left--;
	image_look();
}
