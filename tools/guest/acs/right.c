/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands and masix-login share. */
#include "acs.h"
#include <env.client.h>
#include <stdio.h>
#include <string.h>

int failed(const char *what, error_t error)
{
	fprintf(stderr, "acs: %s: %s\n", what, error_name(error));
	return 1;
}

mach_port_t env_right(mach_port_t acs, const char *name)
{
	mach_port_t client;
	error_t error = env_enter(acs, name, strlen(name), &client);

	if (!error)
		return client;
	failed(name, error);
	return MACH_PORT_NULL;
}
