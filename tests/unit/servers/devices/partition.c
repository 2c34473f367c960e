/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition table. */
#include "core/partition.h"
#include <test.h>

TEST(primary_partitions)
{
	uint8_t sector[512] = { 0 };
	uint32_t start = 7;

	CHECK(partition_start(sector, 1, &start) == E_INVAL);
	sector[510] = 0x55;
	sector[511] = 0xaa;
	CHECK(partition_start(sector, 2, &start) == E_INVAL && start == 7);
	sector[446 + 16 + 4] = 0x83;
	sector[446 + 16 + 9] = 8;
	CHECK(partition_start(sector, 2, &start) == 0 && start == 2048);
	CHECK(partition_start(sector, 0, &start) == E_INVAL);
	CHECK(partition_start(sector, 5, &start) == E_INVAL);
}
