/* SPDX-License-Identifier: BSD-2-Clause */
/* The ISO 9660 server: see servers/lib/fs. */
#include "core/iso.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&iso_type, argc, argv);
}
