/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot archive, boot.conf, server images and the log ring, with all that
 * damaged input can do to them. */
#include "core/archive.h"
#include "core/conf.h"
#include "core/elf.h"
#include "core/ring.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t member_put(char *to, const char *name, const char *data,
    unsigned size)
{
	unsigned name_size = (unsigned)strlen(name) + 1;
	size_t at = (size_t)sprintf(to,
	    "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 1, 0,
	    0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0);

	memcpy(to + at, name, name_size);
	at = (at + name_size + 3) & ~(size_t)3;
	memcpy(to + at, data, size);
	return (at + size + 3) & ~(size_t)3;
}

static size_t archive_make(char *to)
{
	size_t size = member_put(to, "boot.conf", "a a\n", 4);

	size += member_put(to + size, "empty", "", 0);
	size += member_put(to + size, "server", "\x7f" "ELF", 4);
	return size + member_put(to + size, "TRAILER!!!", "", 0);
}

TEST(archive)
{
	char text[1024] = "";
	size_t size = archive_make(text), at = 0;
	struct archive_member member;

	CHECK(archive_next(text, size, &at, &member));
	CHECK(!strcmp(member.name, "boot.conf") && member.size == 4);
	CHECK(!memcmp(member.data, "a a\n", 4));
	CHECK(archive_next(text, size, &at, &member) && member.size == 0);
	CHECK(archive_next(text, size, &at, &member));
	CHECK(!strcmp(member.name, "server") && member.data[0] == 0x7f);
	CHECK(!archive_next(text, size, &at, &member));
}

TEST(archive_damaged)
{
	char good[1024] = "";
	size_t size = archive_make(good);
	struct archive_member member;

	for (size_t cut = 0; cut < size; cut++) {
		char *copy = malloc(cut + 1); /* the sanitizer guards its end */
		size_t at = 0;

		memcpy(copy, good, cut);
		while (archive_next(copy, cut, &at, &member))
			CHECK(member.data + member.size <= copy + cut);
		free(copy);
	}
	for (size_t i = 0; i < size; i++) {
		char copy[1024];
		size_t at = 0;

		memcpy(copy, good, size);
		copy[i] = 'F';
		while (archive_next(copy, size, &at, &member))
			CHECK(member.data + member.size <= copy + size);
	}
}

TEST(conf)
{
	static const char text[] = "# more\n\nvfs vfs-image essential cmdline "
	    "root=hd0s1  x # more\nlonely\n- pfs device host\n";
	struct conf_line line;
	size_t at = 0;

	CHECK(conf_next(text, sizeof(text) - 1, &at, &line) == 1);
	CHECK(!strcmp(line.name, "vfs") && !strcmp(line.image, "vfs-image"));
	CHECK(line.flags == (CONF_ESSENTIAL | CONF_CMDLINE));
	CHECK(line.argument_count == 2 && !strcmp(line.arguments[1], "x"));
	CHECK(conf_next(text, sizeof(text) - 1, &at, &line) == -1);
	CHECK(conf_next(text, sizeof(text) - 1, &at, &line) == 1);
	CHECK(!strcmp(line.name, "-") &&
	    line.flags == (CONF_DEVICE | CONF_HOST));
	CHECK(conf_next(text, sizeof(text) - 1, &at, &line) == 0);
}

TEST(conf_too_long)
{
	char text[2 * CONF_TEXT];
	struct conf_line line;
	size_t at = 0;

	memset(text, 'x', sizeof(text));
	CHECK(conf_next(text, sizeof(text), &at, &line) == -1);
	CHECK(conf_next(text, sizeof(text), &at, &line) == 0);
}

TEST(elf)
{
	static const unsigned char head[52] = { 0x7f, 'E', 'L', 'F', 1, 1, 1,
		[16] = 2, [18] = 3, [24] = 0x10, [27] = 0x10, [28] = 52,
		[42] = 32, [44] = 1 };
	char image[200] = "";
	uint32_t program[8] = { 1, 84, 0x10000010, 0, 16, 8192, 6, 4096 };
	struct elf_segment segment;
	unsigned count;
	uint32_t entry;

	memcpy(image, head, sizeof(head));
	memcpy(image + 52, program, sizeof(program));
	CHECK(elf_check(image, sizeof(image), &count, &entry) && count == 1);
	CHECK(entry == 0x10000010);
	CHECK(elf_segment(image, sizeof(image), 0, &segment));
	CHECK(segment.address == 0x10000000 && segment.size == 12288);
	CHECK(segment.data_offset == 16 && segment.data_size == 16 &&
	    segment.writable);
	CHECK(!elf_check(image, 80, &count, &entry));
	CHECK(!elf_segment(image, 99, 0, &segment)); /* data is cut off */
	program[5] = 0xffffff00;
	memcpy(image + 52, program, sizeof(program));
	CHECK(!elf_segment(image, sizeof(image), 0, &segment));
	program[5] = 8; /* less memory than file */
	memcpy(image + 52, program, sizeof(program));
	CHECK(!elf_segment(image, sizeof(image), 0, &segment));
}

TEST(ring)
{
	static struct ring ring;
	char *text = malloc(RING_SIZE), line[64];
	size_t used;

	for (int i = 0; i < 10000; i++) {
		int length = sprintf(line, "line %d\n", i);

		ring_write(&ring, line, (size_t)length);
	}
	used = ring_used(&ring);
	CHECK(used > RING_SIZE - 64 && used <= RING_SIZE);
	ring_read(&ring, text);
	CHECK(!memcmp(text, "line ", 5));
	CHECK(!memcmp(text + used - 10, "line 9999\n", 10));
	free(text);
}
