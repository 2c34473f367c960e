/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of errors, and the Linux errno for each. One table for all four
 * families; numbers instead of the kernel's headers, so that host tests link
 * it too.
 */
#include <base/error.h>
#include <base/text.h>
#include <stddef.h>

struct error_entry {
	int error;
	int number; /* errno */
	const char *name;
};

static const struct error_entry errors[] = {
	{ 0, 0, "success" },
	{ E_PERM, 1, "E_PERM" },
	{ E_NOENT, 2, "E_NOENT" },
	{ E_SRCH, 3, "E_SRCH" },
	{ E_INTR, 4, "E_INTR" },
	{ E_IO, 5, "E_IO" },
	{ E_NXIO, 6, "E_NXIO" },
	{ E_2BIG, 7, "E_2BIG" },
	{ E_NOEXEC, 8, "E_NOEXEC" },
	{ E_BADF, 9, "E_BADF" },
	{ E_CHILD, 10, "E_CHILD" },
	{ E_AGAIN, 11, "E_AGAIN" },
	{ E_NOMEM, 12, "E_NOMEM" },
	{ E_ACCES, 13, "E_ACCES" },
	{ E_FAULT, 14, "E_FAULT" },
	{ E_NOTBLK, 15, "E_NOTBLK" },
	{ E_BUSY, 16, "E_BUSY" },
	{ E_EXIST, 17, "E_EXIST" },
	{ E_XDEV, 18, "E_XDEV" },
	{ E_NODEV, 19, "E_NODEV" },
	{ E_NOTDIR, 20, "E_NOTDIR" },
	{ E_ISDIR, 21, "E_ISDIR" },
	{ E_INVAL, 22, "E_INVAL" },
	{ E_NFILE, 23, "E_NFILE" },
	{ E_MFILE, 24, "E_MFILE" },
	{ E_NOTTY, 25, "E_NOTTY" },
	{ E_TXTBSY, 26, "E_TXTBSY" },
	{ E_FBIG, 27, "E_FBIG" },
	{ E_NOSPC, 28, "E_NOSPC" },
	{ E_SPIPE, 29, "E_SPIPE" },
	{ E_ROFS, 30, "E_ROFS" },
	{ E_MLINK, 31, "E_MLINK" },
	{ E_PIPE, 32, "E_PIPE" },
	{ E_DOM, 33, "E_DOM" },
	{ E_RANGE, 34, "E_RANGE" },
	{ E_DEADLK, 35, "E_DEADLK" },
	{ E_NAMETOOLONG, 36, "E_NAMETOOLONG" },
	{ E_NOLCK, 37, "E_NOLCK" },
	{ E_NOSYS, 38, "E_NOSYS" },
	{ E_NOTEMPTY, 39, "E_NOTEMPTY" },
	{ E_LOOP, 40, "E_LOOP" },
	{ E_OVERFLOW, 75, "E_OVERFLOW" },
	{ E_LIBBAD, 80, "E_LIBBAD" },
	{ E_ILSEQ, 84, "E_ILSEQ" },
	{ E_RESTART, 85, "E_RESTART" },
	{ E_OPNOTSUPP, 95, "E_OPNOTSUPP" },
	{ E_CONNRESET, 104, "E_CONNRESET" },
	{ E_NOTCONN, 107, "E_NOTCONN" },
	{ E_TIMEDOUT, 110, "E_TIMEDOUT" },
	{ E_STALE, 116, "E_STALE" },
	{ E_UCLEAN, 117, "E_UCLEAN" },
	{ 1, 14, "KERN_INVALID_ADDRESS" },
	{ 2, 14, "KERN_PROTECTION_FAILURE" },
	{ 3, 12, "KERN_NO_SPACE" },
	{ 4, 22, "KERN_INVALID_ARGUMENT" },
	{ 5, 5, "KERN_FAILURE" },
	{ 6, 12, "KERN_RESOURCE_SHORTAGE" },
	{ 7, 22, "KERN_NOT_RECEIVER" },
	{ 8, 13, "KERN_NO_ACCESS" },
	{ 9, 5, "KERN_MEMORY_FAILURE" },
	{ 10, 5, "KERN_MEMORY_ERROR" },
	{ 12, 22, "KERN_NOT_IN_SET" },
	{ 13, 17, "KERN_NAME_EXISTS" },
	{ 14, 4, "KERN_ABORTED" },
	{ 15, 22, "KERN_INVALID_NAME" },
	{ 16, 3, "KERN_INVALID_TASK" },
	{ 17, 22, "KERN_INVALID_RIGHT" },
	{ 18, 22, "KERN_INVALID_VALUE" },
	{ 19, 75, "KERN_UREFS_OVERFLOW" },
	{ 20, 1, "KERN_INVALID_CAPABILITY" },
	{ 21, 17, "KERN_RIGHT_EXISTS" },
	{ 22, 1, "KERN_INVALID_HOST" },
	{ 23, 17, "KERN_MEMORY_PRESENT" },
	{ 24, 13, "KERN_WRITE_PROTECTION_FAILURE" },
	{ 26, 3, "KERN_TERMINATED" },
	{ 27, 110, "KERN_TIMEDOUT" },
	{ 28, 4, "KERN_INTERRUPTED" },
	{ -300, 71, "MIG_TYPE_ERROR" },
	{ -301, 71, "MIG_REPLY_MISMATCH" },
	{ -302, 5, "MIG_REMOTE_ERROR" },
	{ -303, 95, "MIG_BAD_ID" },
	{ -304, 22, "MIG_BAD_ARGUMENTS" },
	{ -305, 5, "MIG_NO_REPLY" },
	{ -306, 5, "MIG_EXCEPTION" },
	{ -307, 75, "MIG_ARRAY_TOO_LARGE" },
	{ -308, 5, "MIG_SERVER_DIED" },
	{ -309, 5, "MIG_DESTROY_REQUEST" },
	{ 0x10000002, 14, "MACH_SEND_INVALID_DATA" },
	{ 0x10000003, 32, "MACH_SEND_INVALID_DEST" },
	{ 0x10000004, 11, "MACH_SEND_TIMED_OUT" },
	{ 0x10000007, 4, "MACH_SEND_INTERRUPTED" },
	{ 0x10000008, 22, "MACH_SEND_MSG_TOO_SMALL" },
	{ 0x10000009, 22, "MACH_SEND_INVALID_REPLY" },
	{ 0x1000000a, 22, "MACH_SEND_INVALID_RIGHT" },
	{ 0x1000000c, 14, "MACH_SEND_INVALID_MEMORY" },
	{ 0x1000000d, 12, "MACH_SEND_NO_BUFFER" },
	{ 0x1000000f, 22, "MACH_SEND_INVALID_TYPE" },
	{ 0x10000010, 22, "MACH_SEND_INVALID_HEADER" },
	{ 0x10004002, 22, "MACH_RCV_INVALID_NAME" },
	{ 0x10004003, 110, "MACH_RCV_TIMED_OUT" },
	{ 0x10004004, 90, "MACH_RCV_TOO_LARGE" },
	{ 0x10004005, 4, "MACH_RCV_INTERRUPTED" },
	{ 0x10004006, 5, "MACH_RCV_PORT_CHANGED" },
	{ 0x10004008, 14, "MACH_RCV_INVALID_DATA" },
	{ 0x10004009, 5, "MACH_RCV_PORT_DIED" },
	{ 0x1000400a, 22, "MACH_RCV_IN_SET" },
	{ 0x1000400b, 12, "MACH_RCV_HEADER_ERROR" },
	{ 0x1000400c, 12, "MACH_RCV_BODY_ERROR" },
	{ 2500, 5, "D_IO_ERROR" },
	{ 2501, 11, "D_WOULD_BLOCK" },
	{ 2502, 19, "D_NO_SUCH_DEVICE" },
	{ 2503, 16, "D_ALREADY_OPEN" },
	{ 2504, 5, "D_DEVICE_DOWN" },
	{ 2505, 22, "D_INVALID_OPERATION" },
	{ 2506, 22, "D_INVALID_RECNUM" },
	{ 2507, 22, "D_INVALID_SIZE" },
	{ 2508, 12, "D_NO_MEMORY" },
	{ 2509, 30, "D_READ_ONLY" },
	{ E_PARKED, 11, "E_PARKED" },
};

static const struct error_entry *error_find(error_t error)
{
	/* The message system sets bits 10 to 13 to tell what ran out. */
	if ((error & ~0x7fff) == 0x10000000)
		error &= ~0x3c00;
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].error == error)
			return &errors[i];
	return NULL;
}

const char *error_name(error_t error)
{
	static char unknown[4][24];
	static unsigned turn;
	const struct error_entry *entry = error_find(error);
	char *text;

	if (entry)
		return entry->name;
	text = unknown[turn++ % 4];
	text_format(text, sizeof unknown[0], "error 0x%x", (unsigned)error);
	return text;
}

int error_errno(error_t error)
{
	const struct error_entry *entry;

	if (ERROR_IS_UNIX(error) && ERROR_NUMBER(error) < 0xf00)
		return ERROR_NUMBER(error);
	entry = error_find(error);
	return entry ? entry->number : 5;
}
