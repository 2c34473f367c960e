/* SPDX-License-Identifier: BSD-2-Clause */
#include <base/atomic.h>
#include <base/fault.h>

int fault_counts(enum fault_kind kind)
{
	return fault_switch.left[kind] &&
	    atomic_add(&fault_switch.left[kind], -1u) == 1;
}
