/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a file to execute, beyond its first bytes; how long memory is. */
#include <base/port.h>
#include <file.client.h>
#include <server/server.h>
#include <string.h>

/* size: at most IO_INLINE_MAX. E_NOEXEC: the file ends before. */
error_t call_file_read(mach_port_t file, uint64_t offset, char *bytes,
    uint32_t size)
{
	small_data_t data;
	mach_msg_type_number_t count = sizeof data;
	error_t error;

	error = file_read(file, (int64_t)offset, (int)size, 0, 0, data,
	    &count);
	if (error)
		return error;
	if (count < size)
		return E_NOEXEC;
	memcpy(bytes, data, size);
	return 0;
}

error_t call_file_set_size(mach_port_t file, uint64_t size)
{
	return file_set_size(file, (int64_t)size);
}
