/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc.h"
#include <fs/fs.h>

int main(int argc, char **argv)
{
	return fs_main(&proc_type, argc, argv);
}
