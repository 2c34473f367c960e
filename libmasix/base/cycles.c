/* SPDX-License-Identifier: BSD-2-Clause */
/* The cycle counter: found by cpuid, which itself is found by its flag. */
#include <base/cycles.h>

int cycles_exist(void)
{
	static int known; /* 1 no, 2 yes */
	uint32_t before, after, features = 0;

	if (known)
		return known == 2;
	__asm__ volatile("pushfl\n\tpushfl\n\t"
			 "xorl $0x200000,(%%esp)\n\tpopfl\n\t"
			 "pushfl\n\tpopl %0\n\tpopl %1\n\tpushl %1\n\tpopfl"
			 : "=r"(after), "=r"(before)
			 :
			 : "cc", "memory");
	if ((before ^ after) & 0x200000)
		__asm__ volatile("movl $1,%%eax\n\tcpuid"
				 : "=d"(features)
				 :
				 : "eax", "ebx", "ecx");
	known = features & 16 ? 2 : 1;
	return known == 2;
}

uint64_t cycles_now(void)
{
	uint64_t cycles = 0;

	if (cycles_exist())
		__asm__ volatile("rdtsc" : "=A"(cycles));
	return cycles;
}
