/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process server asks of the code pager. */
#include <base/port.h>
#include <server/server.h>
#include <string.h>
#include <text.client.h>

extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);

static mach_port_t text; /* send right, owned */

error_t call_text_prepare(void)
{
	return call_acs_find("codepager", 1, &text);
}

/* object: GIVEN; header: room for small_data_t. */
error_t call_text_map(mach_port_t file,
    const struct file_attributes *attributes, mach_port_t *object,
    char *header, uint32_t *size)
{
	mach_msg_type_number_t count = sizeof(small_data_t);
	error_t error;

	error = text_map(text, file, *attributes, object, header, &count);
	if (!error)
		*size = count;
	return error;
}
