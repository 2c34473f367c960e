/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One transfer of a disk of the kernel. One that fails is tried twice more, as
 * disks now and then need it; what can't be right (a place behind the end, a
 * disk that is not written to) is not. This is where faults of disks are made
 * (base/fault.h). Waits for the disk; allocates nothing.
 */
#pragma once
#include <base/error.h>
#include <base/port.h>
#include <device/device_types.h>
#include <mach/mach_types.h>
#include <stddef.h>

/* memory: count bytes, new. record: in the device's own. E_IO. */
error_t transfer_read(mach_port_t device, recnum_t record, size_t count,
    GIVEN void **memory);

/* done: how many bytes, more than 0. E_IO. */
error_t transfer_write(mach_port_t device, recnum_t record, const void *from,
    size_t count, size_t *done);
