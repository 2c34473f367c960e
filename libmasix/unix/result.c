/* SPDX-License-Identifier: BSD-2-Clause */
/* From error_t to what a call answers. */
#include <mach/kern_return.h>
#include <mach/message.h>
#include <unix/unix.h>

long unix_error(error_t error)
{
	switch (error) {
	case 0:
		return 0;
	case E_INTR:
	case E_RESTART:
	case MACH_SEND_INTERRUPTED:
	case MACH_RCV_INTERRUPTED:
	case KERN_INTERRUPTED:
		return -UNIX_RESTART;
	default:
		return -error_errno(error);
	}
}
