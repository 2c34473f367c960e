/* SPDX-License-Identifier: BSD-2-Clause */
/* servers/acs/core/symbols.c */
#include "core/symbols.h"
#include <string.h>
#include <test.h>

static const char table[] = "10000000 _start\n10000020 main\n"
			    "11000000 pager_main\n11000800 last\n";

static int is(uint32_t address, const char *name)
{
	char text[64];

	symbol_format(table, sizeof table - 1, address, text, sizeof text);
	return strcmp(text, name) == 0;
}

TEST(addresses_have_names)
{
	CHECK(is(0x10000000, "_start+0x0"));
	CHECK(is(0x1000001f, "_start+0x1f"));
	CHECK(is(0x10000020, "main+0x0"));
	CHECK(is(0x11000004, "pager_main+0x4"));
	CHECK(is(0x11000801, "last+0x1"));
}

TEST(others_are_left_as_they_are)
{
	char text[64];

	CHECK(is(0x0fffffff, "0fffffff"));
	CHECK(is(0x10ffffff, "10ffffff"));
	CHECK(is(0xb0000000, "b0000000"));
	symbol_format("", 0, 0x1234, text, sizeof text);
	CHECK(strcmp(text, "00001234") == 0);
}
