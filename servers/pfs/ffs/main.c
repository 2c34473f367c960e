/* SPDX-License-Identifier: BSD-2-Clause */
/* The server of the BSD Fast File System: see servers/lib/fs. */
#include "core/ffs.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&ffs_type, argc, argv);
}
