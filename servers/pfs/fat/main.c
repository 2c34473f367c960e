/* SPDX-License-Identifier: BSD-2-Clause */
/* The FAT server: see servers/lib/fs. */
#include "core/fat.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&fat_type, argc, argv);
}
