/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/tmp.h"
#include <base/mach.h>
#include <fs/fs.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>

int main(int argc, char **argv)
{
	struct host_basic_info basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	if (!host_info(mach_host_self(), HOST_BASIC_INFO, (host_info_t)&basic,
		&count))
		tmp_memory = basic.memory_size;
	return fs_main(&tmp_type, argc, argv);
}
