/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64-bit division and bit counts: what gcc calls instead of emitting code.
 * The distribution's libgcc is compiled for newer processors than ours, so it
 * is not linked. All weak, for programs that bring their own.
 */
#include <stdint.h>

#define WEAK __attribute__((weak))

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *rest);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);
int __popcountsi2(unsigned value);
int __popcountdi2(uint64_t value);
int __ffsdi2(uint64_t value);
int __clzdi2(uint64_t value);
int __ctzdi2(uint64_t value);

/* high:low / divisor, high < divisor. */
static inline uint32_t divide(uint32_t high, uint32_t low, uint32_t divisor,
    uint32_t *rest)
{
	uint32_t quotient;

	__asm__("divl %4"
		: "=a"(quotient), "=d"(*rest)
		: "0"(low), "1"(high), "rm"(divisor)
		: "cc");
	return quotient;
}

static uint64_t divide_short(uint64_t dividend, uint32_t divisor,
    uint64_t *rest)
{
	uint32_t high = (uint32_t)(dividend >> 32), quotient, left;

	quotient = high / divisor;
	high %= divisor;
	*rest = 0;
	dividend = divide(high, (uint32_t)dividend, divisor, &left);
	*rest = left;
	return (uint64_t)quotient << 32 | dividend;
}

/* The divisor has more than 32 bits, so the quotient has at most 32. With
 * the divisor shifted until its top bit is set, dividing by its upper word
 * gives the quotient or one more. */
static uint64_t divide_long(uint64_t dividend, uint64_t divisor,
    uint64_t *rest)
{
	int shift = __builtin_clz((uint32_t)(divisor >> 32));
	uint32_t top = (uint32_t)(divisor << shift >> 32), unused, quotient;
	uint64_t half = dividend >> 1, product;

	quotient = divide((uint32_t)(half >> 32), (uint32_t)half, top,
	    &unused);
	quotient = shift ? quotient >> (31 - shift) : quotient >> 31;
	if (quotient)
		quotient--;
	product = divisor * quotient;
	if (dividend - product >= divisor) {
		quotient++;
		product += divisor;
	}
	*rest = dividend - product;
	return quotient;
}

WEAK uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest)
{
	uint64_t left, quotient;

	if (divisor >> 32)
		quotient = divide_long(dividend, divisor, &left);
	else
		quotient = divide_short(dividend, (uint32_t)divisor, &left);
	if (rest)
		*rest = left;
	return quotient;
}

WEAK uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
	return __udivmoddi4(dividend, divisor, 0);
}

WEAK uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;

	__udivmoddi4(dividend, divisor, &rest);
	return rest;
}

WEAK int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *rest)
{
	uint64_t top = dividend < 0 ? -(uint64_t)dividend : (uint64_t)dividend;
	uint64_t by = divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor;
	uint64_t left, quotient = __udivmoddi4(top, by, &left);

	if (rest)
		*rest = (int64_t)(dividend < 0 ? -left : left);
	return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient
							  : quotient);
}

WEAK int64_t __divdi3(int64_t dividend, int64_t divisor)
{
	return __divmoddi4(dividend, divisor, 0);
}

WEAK int64_t __moddi3(int64_t dividend, int64_t divisor)
{
	int64_t rest;

	__divmoddi4(dividend, divisor, &rest);
	return rest;
}

WEAK int __popcountsi2(unsigned value)
{
	value -= value >> 1 & 0x55555555;
	value = (value & 0x33333333) + (value >> 2 & 0x33333333);
	value = (value + (value >> 4)) & 0x0f0f0f0f;
	return (int)(value * 0x01010101 >> 24);
}

WEAK int __popcountdi2(uint64_t value)
{
	return __popcountsi2((unsigned)value) +
	    __popcountsi2((unsigned)(value >> 32));
}

WEAK int __ctzdi2(uint64_t value)
{
	if ((uint32_t)value)
		return __builtin_ctz((uint32_t)value);
	return 32 + __builtin_ctz((uint32_t)(value >> 32));
}

WEAK int __clzdi2(uint64_t value)
{
	if (value >> 32)
		return __builtin_clz((uint32_t)(value >> 32));
	return 32 + __builtin_clz((uint32_t)value);
}

WEAK int __ffsdi2(uint64_t value)
{
	return value ? __ctzdi2(value) + 1 : 0;
}
