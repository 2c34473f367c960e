/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACS: servers by name. */
#include "vfs.h"
#include <acs.client.h>
#include <base/port.h>
#include <mach/mig_errors.h>
#include <string.h>

error_t server_find(const char *name, mach_port_t *right)
{
	return acs_lookup(server_acs, name, strlen(name), 0, right);
}

error_t server_start(const char *image, const char *name, const char *arguments,
    mach_port_t *right)
{
	error_t error;
	int died = 0;

	for (;;) {
		error = acs_start(server_acs, image, strlen(image), name,
		    strlen(name), arguments, strlen(arguments), right);
		if (error != MIG_SERVER_DIED)
			break;
		died = 1; /* the ACS, perhaps after it had started it */
	}
	if (error == E_EXIST && died)
		error = acs_lookup(server_acs, name, strlen(name), 1, right);
	return error;
}

error_t right_publish(const char *name, CONSUMED mach_port_t right)
{
	return acs_register(server_acs, name, strlen(name), 0, 1, right);
}

void right_withdraw(const char *name)
{
	acs_unregister(server_acs, name, strlen(name));
}

error_t image_give(const char *name, const char *content, unsigned size)
{
	return acs_add_image(
	    server_acs, name, strlen(name), (char *)content, size);
}
