/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading executables from their file systems. */
#include <base/memory.h>
#include <base/port.h>
#include <file.client.h>
#include <server/server.h>
#include <string.h>

/* Up to size (at most IO_INLINE_MAX) bytes; *count: how many. */
error_t call_file_read(mach_port_t file, uint64_t offset, char *bytes,
    uint32_t size, uint32_t *count)
{
	small_data_t data;
	mach_msg_type_number_t got = sizeof data;
	error_t error;

	error = file_read(file, (int64_t)offset, (int)size, 0, 0, data, &got);
	if (error)
		return error;
	if (got > size)
		got = size;
	memcpy(bytes, data, got);
	*count = got;
	return 0;
}

/* The same pages a page at a time. */
static error_t read_small(mach_port_t file, uint64_t offset, uint32_t size,
    vm_address_t *data)
{
	vm_address_t pages;
	uint32_t at, count;
	error_t error;

	error = memory_allocate(size, &pages);
	for (at = 0; !error && at < size; at += IO_INLINE_MAX) {
		error = call_file_read(file, offset + at, (char *)pages + at,
		    IO_INLINE_MAX, &count);
		if (error)
			memory_free(pages, size);
		else if (count < IO_INLINE_MAX)
			break;
	}
	if (!error)
		*data = pages;
	return error;
}

/*
 * size bytes (whole pages) from offset in pages of their own, with zeros
 * behind the end of the file. data: GIVEN.
 */
error_t call_file_pages(mach_port_t file, uint64_t offset, uint32_t size,
    vm_address_t *data)
{
	mach_msg_type_number_t count;
	char *bytes;
	error_t error;

	error = file_read_large(file, (int64_t)offset, (int)size, 0, 0, &bytes,
	    &count);
	if (error == E_OPNOTSUPP)
		return read_small(file, offset, size, data);
	if (error)
		return error;
	if (page_round(count) == size && !((vm_address_t)bytes % PAGE_SIZE)) {
		memset(bytes + count, 0, size - count);
		*data = (vm_address_t)bytes;
		return 0;
	}
	/* the file is shorter than we were told: make up whole pages */
	error = memory_allocate(size, data);
	if (!error)
		memcpy((char *)*data, bytes, count < size ? count : size);
	memory_free((vm_address_t)bytes, count);
	return error;
}

/* Whether a file still has a name; on an error it is as good as gone. */
int call_file_is_gone(mach_port_t file)
{
	file_attributes_t attributes;

	return file_stat(file, &attributes) || !attributes.links;
}
