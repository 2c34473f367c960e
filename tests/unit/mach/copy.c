/* SPDX-License-Identifier: BSD-2-Clause */
/* The code that is put into the kernel, run here; it is i386 code. */
#include "test.h"

#ifdef __i386__
#include <string.h>

__asm__(".include \"mach/fixups/copy.S\"\n.text");

void *copy_memcpy(void *to, const void *from, size_t count);
void *copy_memmove(void *to, const void *from, size_t count);
void *copy_memset(void *to, int value, size_t count);

enum { ROOM = 80 };

static unsigned char got[ROOM], want[ROOM];

static void fill(void)
{
	for (int i = 0; i < ROOM; i++)
		got[i] = want[i] = (unsigned char)(i * 7 + 1);
}

TEST(kernel_memcpy_and_memmove)
{
	for (unsigned to = 0; to < 8; to++)
		for (unsigned from = 0; from < 8; from++)
			for (unsigned count = 0; count < 30; count++) {
				fill();
				memmove(want + to, want + from, count);
				CHECK(copy_memmove(got + to, got + from,
				    count) == got + to);
				CHECK(!memcmp(got, want, ROOM));
				memcpy(want + 40 + to, want + from, count);
				CHECK(copy_memcpy(got + 40 + to, got + from,
				    count) == got + 40 + to);
				CHECK(!memcmp(got, want, ROOM));
			}
}

TEST(kernel_memset)
{
	for (unsigned to = 0; to < 8; to++)
		for (unsigned count = 0; count < 40; count++) {
			fill();
			memset(want + to, (int)(0x1c0 + count), count);
			CHECK(copy_memset(got + to, (int)(0x1c0 + count),
			    count) == got + to);
			CHECK(!memcmp(got, want, ROOM));
		}
}
#else
TEST(kernel_copy_is_for_i386)
{
	CHECK(sizeof(void *) == 8);
}
#endif
