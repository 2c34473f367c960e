/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process server asks of the ACS. */
#include <acs.client.h>
#include <base/port.h>
#include <server/server.h>
#include <string.h>

static mach_port_t process_right; /* for ordinary processes: all share it */

error_t call_acs_file(const char *name, char **data, uint32_t *size)
{
	mach_msg_type_number_t count;
	error_t error;

	error = acs_archive_file(server_acs, name, strlen(name), data, &count);
	if (!error)
		*size = count;
	return error;
}

error_t call_acs_find(const char *name, int wait, mach_port_t *port)
{
	return acs_lookup(server_acs, name, strlen(name), wait, port);
}

/* right: CONSUMED */
error_t call_acs_announce(const char *name, mach_port_t right)
{
	return acs_register(server_acs, name, strlen(name), 0, 1, right);
}

error_t call_acs_prepare(void)
{
	return acs_make_client(server_acs, 0, &process_right);
}

mach_port_t call_acs_process_right(void)
{
	return process_right;
}

error_t call_acs_client(int level, mach_port_t *right)
{
	return acs_make_client(server_acs, level, right);
}

error_t call_acs_shutdown(int how)
{
	return acs_shutdown(server_acs, how);
}
