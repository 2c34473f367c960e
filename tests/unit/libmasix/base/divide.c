/* SPDX-License-Identifier: BSD-2-Clause */
/* libmasix/base/divide.c, against the host's own division; i386 code, so
 * only the 32-bit build runs it. */
#include <test.h>

#ifdef __i386__
#define __udivmoddi4 ours_udivmoddi4
#define __udivdi3 ours_udivdi3
#define __umoddi3 ours_umoddi3
#define __divmoddi4 ours_divmoddi4
#define __divdi3 ours_divdi3
#define __moddi3 ours_moddi3
#define __popcountsi2 ours_popcountsi2
#define __popcountdi2 ours_popcountdi2
#define __ffsdi2 ours_ffsdi2
#define __clzdi2 ours_clzdi2
#define __ctzdi2 ours_ctzdi2
#include <base/divide.c>

static uint64_t state = 88172645463325252ull;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> (state & 63);
}

TEST(divides_like_the_host)
{
	uint64_t rest;

	for (int i = 0; i < 200000; i++) {
		uint64_t a = any(), b = any() | 1;

		CHECK(ours_udivmoddi4(a, b, &rest) == a / b);
		CHECK(rest == a % b);
		CHECK(ours_popcountdi2(a) == __builtin_popcountll(a));
	}
	CHECK(ours_udivdi3(UINT64_MAX, UINT64_MAX) == 1);
	CHECK(ours_udivdi3(UINT64_MAX, 1ull << 63) == 1);
	CHECK(ours_udivdi3(UINT64_MAX, 1ull << 32) == UINT32_MAX);
	CHECK(ours_divdi3(-7, 2) == -3 && ours_moddi3(-7, 2) == -1);
	CHECK(ours_divdi3(7, -2) == -3 && ours_moddi3(7, -2) == 1);
}
#endif
