/* SPDX-License-Identifier: BSD-2-Clause */
/* Asked once: cpuid is slow in a virtual machine. */
#include <unix/cpu.h>

/* A 386 or early 486 has no cpuid: then bit 21 of the flags is fixed. */
static uint32_t cpu_features(void)
{
	uint32_t before, after, a, b, c, d = 0;

	__asm__ volatile("pushfl; pushfl; popl %0; movl %0, %1\n\t"
			 "xorl $0x200000, %1; pushl %1; popfl\n\t"
			 "pushfl; popl %1; popfl"
			 : "=&r"(before), "=&r"(after));
	if (!((before ^ after) & 0x200000))
		return 0;
	__asm__ volatile("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "0"(1));
	return d;
}

int cpu_has(uint32_t feature)
{
	static uint32_t features;
	static int asked;

	if (!asked) {
		features = cpu_features();
		asked = 1;
	}
	return (features & feature) != 0;
}
