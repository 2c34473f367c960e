/* SPDX-License-Identifier: BSD-2-Clause */
#include <base/memory.h>
#include <base/types.h>
#include <block/file_bytes.h>
#include <file.client.h>
#include <string.h>

enum {
	PIECE = 64 * 1024, /* bytes of one message */
};

static size_t piece_of(size_t count)
{
	return count < PIECE ? count : PIECE;
}

static error_t piece_read(
    mach_port_t file, uint64_t position, void *buffer, size_t count)
{
	mach_msg_type_number_t got = 0;
	large_data_t data;

	if (file_read_large(
		file, (offset_t)position, (int)count, 0, 0, &data, &got))
		return E_IO;
	if (got <= count)
		memcpy(buffer, data, got);
	memory_free((vm_address_t)data, got);
	return got == count ? 0 : E_IO;
}

error_t file_bytes_read(
    mach_port_t file, uint64_t position, void *buffer, size_t count)
{
	error_t error = 0;

	for (size_t at = 0; at < count && !error; at += piece_of(count - at))
		error = piece_read(file, position + at, (char *)buffer + at,
		    piece_of(count - at));
	return error;
}

error_t file_bytes_write(
    mach_port_t file, uint64_t position, const void *buffer, size_t count)
{
	const char *from = buffer;

	for (size_t at = 0; at < count;) {
		int done = 0;
		error_t error = file_write_large(file,
		    (offset_t)(position + at), 0, 0, (char *)from + at,
		    piece_of(count - at), &done);

		if (error || done <= 0)
			return error == E_NOSPC ? E_NOSPC : E_IO;
		at += (unsigned)done;
	}
	return 0;
}
