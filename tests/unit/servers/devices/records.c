/* SPDX-License-Identifier: BSD-2-Clause */
/* The log as /dev/kmsg gives it. */
#include "core/records.h"
#include <string.h>
#include <test.h>

TEST(one_record_a_read)
{
	static const char log[] = "[   0.350] acs: up\n[ 12.5] x\nplain\n[9";
	static const char *const records[] = { "6,0,350000,-;acs: up\n",
		"6,1,12500000,-;x\n", "6,2,0,-;plain\n", "6,3,0,-;[9\n" };
	uint64_t offset = 0;
	char bytes[64];
	unsigned index;
	size_t count;

	for (index = 0; index < 4; index++) {
		count = records_read(
		    log, sizeof log - 1, offset, bytes, sizeof bytes);
		CHECK(count == strlen(records[index]));
		CHECK(memcmp(bytes, records[index], count) == 0);
		offset += count;
	}
	CHECK(records_read(log, sizeof log - 1, offset, bytes, 9) == 0);
	CHECK(records_read(log, sizeof log - 1, 4, bytes, 5) == 5);
	CHECK(memcmp(bytes, "35000", 5) == 0);
}
