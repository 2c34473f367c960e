/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/tmp.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&tmp_type, argc, argv);
}
