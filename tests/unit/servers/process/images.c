/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF headers, scripts, stacks. */
#include "core/elf.h"
#include "core/script.h"
#include "core/stack.h"
#include <base/bytes.h>
#include <stdlib.h>
#include <string.h>
#include <test.h>

enum {
	LIMIT = 0xb0000000,
	FILE_SIZE = 0x3000,
};

static uint8_t file[4096];

static void segment(unsigned index, uint32_t kind, uint32_t offset,
    uint32_t address, uint32_t size, uint32_t memory, uint32_t flags)
{
	uint8_t *at = file + 52 + index * 32;

	bytes_put32(at, kind);
	bytes_put32(at + 4, offset);
	bytes_put32(at + 8, address);
	bytes_put32(at + 12, address);
	bytes_put32(at + 16, size);
	bytes_put32(at + 20, memory);
	bytes_put32(at + 24, flags);
	bytes_put32(at + 28, 4096);
}

/* A small good executable: text, data with bss, an interpreter. */
static void make(void)
{
	memset(file, 0, sizeof file);
	memcpy(file, "\177ELF\1\1\1", 7);
	bytes_put16(file + 16, 2);
	bytes_put16(file + 18, 3);
	bytes_put32(file + 24, 0x08048100);
	bytes_put32(file + 28, 52);
	bytes_put16(file + 42, 32);
	bytes_put16(file + 44, 3);
	segment(0, 3, 0x200, 0x08048200, 20, 20, 4);
	segment(1, 1, 0, 0x08048000, 0x1800, 0x1800, 5);
	segment(2, 1, 0x1f00, 0x0804af00, 0x200, 0x3000, 6);
}

static error_t parse(struct elf_image *image)
{
	return elf_parse(file, sizeof file, FILE_SIZE, LIMIT, image);
}

TEST(a_good_executable)
{
	struct elf_image image;

	make();
	CHECK(!parse(&image));
	CHECK(image.segment_count == 2 && image.header_count == 3);
	CHECK(image.entry == 0x08048100 && image.headers == 0x08048034);
	CHECK(image.low == 0x08048000 && image.high == 0x0804e000);
	CHECK(image.interpreter_offset == 0x200);
	CHECK(image.interpreter_size == 20);
	CHECK(image.segments[1].protection == (ELF_READ | ELF_WRITE));
	CHECK(!image.is_relocatable);
}

TEST(native_executables)
{
	struct elf_image image;

	make();
	CHECK(!parse(&image) && !image.is_native);
	bytes_put16(file + 44, 4);
	segment(3, 4, 0x300, 0x08048300, 24 + 20, 44, 4);
	bytes_put32(file + 0x300, 4);
	bytes_put32(file + 0x304, 3);
	memcpy(file + 0x30c, "GNU", 4);
	bytes_put32(file + 0x314, 6);
	memcpy(file + 0x320, "Masix", 6);
	CHECK(!parse(&image) && image.is_native);
	file[0x320] = 'm';
	CHECK(!parse(&image) && !image.is_native);
	file[0x320] = 'M';
	bytes_put32(file + 0x304, 0xfffffffd); /* the first one is too long */
	CHECK(!parse(&image) && !image.is_native);
	bytes_put32(file + 0x304, 3);
	for (uint32_t size = 0x300; size < 0x300 + 44; size++) {
		CHECK(!elf_parse(file, size, FILE_SIZE, LIMIT, &image));
		CHECK(!image.is_native);
	}
}

TEST(bad_executables)
{
	static const struct {
		unsigned at;
		uint32_t value;
	} damage[] = {
		{ 0, 0x464c457e }, { 4, 0x00010102 }, { 16, 0x00030001 },
		{ 18, 0x0000003e }, { 28, 0xffffffff }, { 28, 4090 },
		{ 42, 0x00030038 }, { 44, 0 }, { 44, 0xffff },
		/* text: beyond the file, not congruent, wraps, too high */
		{ 52 + 32 + 4, 0xfffff000 }, { 52 + 32 + 8, 0x08048010 },
		{ 52 + 32 + 8, 0xfffff000 }, { 52 + 32 + 20, 0xffffff00 },
		{ 52 + 32 + 20, 0x100 },
		/* data below the text, interpreter too long and outside */
		{ 52 + 64 + 8, 0x08047f00 }, { 52 + 16, 5000 },
		{ 52 + 16, 1 }, { 52 + 4, 0xfffffff0 },
	};
	struct elf_image image;

	for (unsigned i = 0; i < sizeof damage / sizeof *damage; i++) {
		make();
		bytes_put32(file + damage[i].at, damage[i].value);
		CHECK(parse(&image) == E_NOEXEC);
	}
	make();
	for (uint32_t size = 0; size < 52 + 96; size++)
		CHECK(elf_parse(file, size, FILE_SIZE, LIMIT, &image) ==
		    E_NOEXEC);
}

/* What was accepted must hold what elf.h promises. */
static void examine(const struct elf_image *image)
{
	uint64_t end = image->low;

	for (unsigned i = 0; i < image->segment_count; i++) {
		const struct elf_segment *each = &image->segments[i];

		CHECK((each->address & ~4095u) >= end);
		end = ((uint64_t)each->address + each->memory_size + 4095) &
		    ~4095ull;
		CHECK(end <= image->high && end <= LIMIT);
		CHECK((uint64_t)each->offset + each->file_size <= FILE_SIZE);
		CHECK(each->file_size <= each->memory_size);
	}
}

TEST(damaged_headers_never_lie)
{
	struct elf_image image;
	unsigned accepted = 0;

	srand(4711);
	for (int round = 0; round < 200000; round++) {
		make();
		for (int i = rand() % 4 + 1; i; i--)
			file[rand() % (52 + 96)] = (uint8_t)rand();
		if (!parse(&image)) {
			accepted++;
			examine(&image);
		}
	}
	CHECK(accepted > 0);
}

static error_t script(const char *text, struct script *result)
{
	return script_parse(text, strlen(text), result);
}

TEST(script_lines)
{
	struct script line;
	char long_name[300];

	CHECK(!script("#!/bin/sh\necho", &line));
	CHECK(!strcmp(line.interpreter, "/bin/sh") && !line.has_argument);
	CHECK(!script("#! \t/bin/sh  -e x \t\nfoo", &line));
	CHECK(!strcmp(line.interpreter, "/bin/sh"));
	CHECK(line.has_argument && !strcmp(line.argument, "-e x"));
	CHECK(!script("#!/bin/sh", &line)); /* the file ends here */
	CHECK(script("#!\n", &line) == E_NOEXEC);
	CHECK(script("#!   \nx", &line) == E_NOEXEC);
	CHECK(script("#", &line) == E_NOEXEC);
	CHECK(script("echo", &line) == E_NOEXEC);
	memset(long_name, 'a', sizeof long_name);
	memcpy(long_name, "#!", 2);
	CHECK(script_parse(long_name, 300, &line) == E_NOEXEC);
	long_name[200] = ' ';
	CHECK(!script_parse(long_name, 300, &line) && line.has_argument);
}

TEST(script_arguments_are_put_before)
{
	static const char strings[] = "old\0one\0A=b";
	static const char expected[] = "/bin/sh\0-x\0./run\0one\0A=b";
	struct script line;
	char result[256];
	int count = 2;
	size_t size;

	CHECK(!script("#!/bin/sh -x\n", &line));
	CHECK(script_size(&line, "./run", sizeof strings) <= sizeof result);
	size = script_arguments(&line, "./run", strings, sizeof strings,
	    &count, result);
	CHECK(size == sizeof expected && !memcmp(result, expected, size));
	CHECK(count == 4);
	count = 0;
	size = script_arguments(&line, "./run", "A=b", 4, &count, result);
	CHECK(count == 3 && !memcmp(result, "/bin/sh\0-x\0./run\0A=b", 21));
}

static uint32_t word(const uint8_t *stack, uint32_t size, uint32_t top,
    uint32_t address)
{
	return bytes_get32(stack + size - (top - address));
}

TEST(a_stack_as_linux_makes_it)
{
	static uint8_t stack[4096];
	static const char strings[] = "prog\0arg\0HOME=/";
	struct stack_request request;
	uint32_t top = 0xbfffe000, esp, at;

	memset(&request, 0, sizeof request);
	request.top = top;
	request.strings = strings;
	request.size = sizeof strings;
	request.arguments = 2;
	request.environment = 1;
	request.path = "/bin/prog";
	stack_add(&request, AUX_PAGE_SIZE, 4096);
	stack_add(&request, AUX_ENTRY, 0x1234);
	CHECK(!stack_check(&request, 1000));
	esp = stack_build(&request, stack, sizeof stack);
	CHECK(esp % 16 == 0 && top - esp == stack_size(&request));
#define WORD(address) word(stack, sizeof stack, top, address)
#define TEXT(address) \
	((char *)stack + sizeof stack - (top - (address)))
	CHECK(WORD(esp) == 2);
	CHECK(!strcmp(TEXT(WORD(esp + 4)), "prog"));
	CHECK(!strcmp(TEXT(WORD(esp + 8)), "arg"));
	CHECK(WORD(esp + 12) == 0);
	CHECK(!strcmp(TEXT(WORD(esp + 16)), "HOME=/"));
	CHECK(WORD(esp + 20) == 0);
	CHECK(WORD(esp + 24) == AUX_PAGE_SIZE && WORD(esp + 28) == 4096);
	for (at = esp + 24; WORD(at) != AUX_PATH; at += 8)
		CHECK(WORD(at) != AUX_NULL);
	CHECK(!strcmp(TEXT(WORD(at + 4)), "/bin/prog"));
	for (at = esp + 24; WORD(at) != AUX_PLATFORM; at += 8)
		CHECK(WORD(at) != AUX_NULL);
	CHECK(!strcmp(TEXT(WORD(at + 4)), "i686"));
	CHECK(WORD(top - 4) == 0);
}

TEST(stacks_that_are_refused)
{
	struct stack_request request;
	char *big = malloc(STACK_STRING_MAX + 1);

	memset(&request, 0, sizeof request);
	memset(big, 'x', STACK_STRING_MAX + 1);
	request.path = "p";
	request.strings = "one\0two";
	request.size = 8;
	request.arguments = 3;
	CHECK(stack_check(&request, 1000) == E_FAULT);
	request.arguments = 1;
	CHECK(stack_check(&request, 1000) == E_FAULT);
	request.arguments = 2;
	CHECK(!stack_check(&request, 16));
	CHECK(stack_check(&request, 15) == E_2BIG);
	request.size = 7;
	CHECK(stack_check(&request, 1000) == E_FAULT);
	request.arguments = 0x7fffffff;
	CHECK(stack_check(&request, 1000) == E_2BIG);
	request.arguments = -1;
	CHECK(stack_check(&request, 1000) == E_INVAL);
	big[STACK_STRING_MAX] = 0;
	request.strings = big;
	request.size = STACK_STRING_MAX + 1;
	request.arguments = 1;
	CHECK(stack_check(&request, 1 << 20) == E_2BIG);
	request.strings = big + 1;
	request.size--;
	CHECK(!stack_check(&request, 1 << 20));
	free(big);
}
