/* SPDX-License-Identifier: BSD-2-Clause */
/* The ext2 server: see servers/lib/fs. */
#include "core/ext2.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&ext2_type, argc, argv);
}
