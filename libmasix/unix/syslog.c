/* SPDX-License-Identifier: BSD-2-Clause */
/* syslog(2), what dmesg asks: the system log, which the ACS keeps. */
#include <acs.client.h>
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <unix/unix.h>

enum {
	LOG_CLOSE = 0,
	LOG_OPEN = 1,
	LOG_READ_ALL = 3,
	LOG_SIZE_UNREAD = 9,
	LOG_SIZE_BUFFER = 10,
};

/* The end of the log, as much as fits. */
static long read_all(char *buffer, int size)
{
	mach_msg_type_number_t length;
	large_data_t text;
	error_t error;
	long result;

	if (size < 0 || !buffer)
		return -EINVAL;
	error = acs_read_log(PORT_ACS, &text, &length);
	if (error)
		return unix_error(error);
	result = length < (unsigned)size ? (long)length : size;
	if (user_copy(buffer, text + (length - (unsigned)result),
		(size_t)result))
		result = -EFAULT;
	if (length)
		syscall_vm_deallocate(mach_task_self(), (vm_address_t)text,
		    page_round(length));
	return result;
}

static long log_size(void)
{
	mach_msg_type_number_t length;
	large_data_t text;
	error_t error = acs_read_log(PORT_ACS, &text, &length);

	if (error)
		return unix_error(error);
	if (length)
		syscall_vm_deallocate(mach_task_self(), (vm_address_t)text,
		    page_round(length));
	return (long)length + PAGE_SIZE;
}

/* There is no reading that waits, and nobody can clear the log. */
long unix_syslog(int type, char *buffer, int size)
{
	switch (type) {
	case LOG_CLOSE:
	case LOG_OPEN:
		return 0;
	case LOG_READ_ALL:
		return read_all(buffer, size);
	case LOG_SIZE_UNREAD:
	case LOG_SIZE_BUFFER:
		return log_size();
	default:
		return type < 0 || type > LOG_SIZE_BUFFER ? -EINVAL : -EPERM;
	}
}
