/* SPDX-License-Identifier: BSD-2-Clause */
#include <base/fault.h>
#include <base/memory.h>
#include <block/transfer.h>
#include <device/device_types.h>
#include <kernel/device.client.h>

enum {
	TRIES = 3,
};

/* A disk of the kernel does not end: if its port is none, the name has been
 * hurt. The next instance has the name from the ACS. */
static int may_pass(error_t error)
{
	if (error == MACH_SEND_INVALID_DEST)
		__builtin_trap();
	return error != D_INVALID_RECNUM && error != D_INVALID_SIZE &&
	    error != D_READ_ONLY && error != D_NO_SUCH_DEVICE;
}

static error_t read_once(mach_port_t device, recnum_t record, size_t count,
    void **memory)
{
	mach_msg_type_number_t got = 0;
	io_buf_ptr_t data;
	error_t error;

	if (fault_due(FAULT_DEVICE))
		return D_IO_ERROR;
	error = device_read(device, 0, record, (int)count, &data, &got);
	if (error)
		return error;
	if (got != count) {
		memory_free((vm_address_t)data, got);
		return D_INVALID_SIZE;
	}
	*memory = data;
	return 0;
}

error_t transfer_read(mach_port_t device, recnum_t record, size_t count,
    GIVEN void **memory)
{
	error_t error = D_IO_ERROR;

	for (int i = 0; i < TRIES && error && may_pass(error); i++)
		error = read_once(device, record, count, memory);
	return error ? E_IO : 0;
}

error_t transfer_write(mach_port_t device, recnum_t record, const void *from,
    size_t count, size_t *done)
{
	error_t error = D_IO_ERROR;

	for (int i = 0; i < TRIES && error && may_pass(error); i++) {
		int written = 0;

		if (!fault_due(FAULT_DEVICE))
			error = device_write(device, 0, record,
			    (io_buf_ptr_t)from, count, &written);
		if (!error && written <= 0)
			error = D_IO_ERROR;
		*done = (size_t)written;
	}
	return error ? E_IO : 0;
}
