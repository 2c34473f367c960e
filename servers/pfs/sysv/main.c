/* SPDX-License-Identifier: BSD-2-Clause */
/* The server of the System V family: see servers/lib/fs. */
#include "core/sysv.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&sysv_type, argc, argv);
}
