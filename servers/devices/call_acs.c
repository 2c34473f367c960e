/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/kmsg: the system's log, which the ACS keeps. A read gives one record, a
 * write is a line. The end of the log is an end of file, not a wait for more;
 * for who would not wait it is E_AGAIN, as on Linux.
 */
#include "core/records.h"
#include "devices.h"
#include <acs.client.h>
#include <base/memory.h>
#include <string.h>

static error_t log_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	mach_msg_type_number_t size = 0;
	large_data_t text = NULL;
	error_t error;

	(void)device;
	error = acs_read_log(server_acs, &text, &size);
	if (error)
		return error;
	*count = records_read(text, size, offset, bytes, *count);
	memory_free((vm_address_t)text, size);
	return 0;
}

/* One line of the log for each line of the text, without a "<6>" before. */
static error_t log_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	const char *next = bytes, *end = next + *count, *stop;
	size_t length;
	error_t error;

	(void)device, (void)offset;
	if (end - next > 2 && next[0] == '<' && (stop = memchr(next, '>', 5)))
		next = stop + 1;
	while (next < end) {
		stop = memchr(next, '\n', end - next);
		length = (stop ? stop : end) - next;
		if (length > sizeof(text_line_t))
			length = sizeof(text_line_t);
		error = acs_log(server_acs, 0, (char *)next, length);
		if (error)
			return error;
		next += length;
		if (next < end && *next == '\n')
			next++;
	}
	return 0;
}

const struct device_ops log_ops = {
	.read = log_read,
	.grows = 1,
	.write = log_write,
};
