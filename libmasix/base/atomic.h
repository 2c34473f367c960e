/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an i386 can do in one instruction: exchange. The i386 has neither
 * compare-and-exchange nor exchange-and-add, so atomic_add() takes a short
 * spin lock of its own: not for hot paths.
 */
#pragma once
#include <stdint.h>

/* Puts value there and returns what was there. */
static inline uint32_t atomic_exchange(volatile uint32_t *at, uint32_t value)
{
	__asm__ volatile("xchgl %0,%1" : "+r"(value), "+m"(*at) : : "memory");
	return value;
}

/* Adds amount and returns what was there before. */
uint32_t atomic_add(volatile uint32_t *at, uint32_t amount);

/* The compiler may not move memory accesses across this. */
static inline void atomic_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}
