/* SPDX-License-Identifier: BSD-2-Clause */
/* /dev/pts as a folder. */
#include "core/folder.h"
#include <base/file_types.h>
#include <string.h>
#include <test.h>

TEST(numbers)
{
	CHECK(folder_number("0", 1) == 0 && folder_number("63", 2) == 63);
	CHECK(folder_number("00", 2) == -1 && folder_number("", 0) == -1);
	CHECK(folder_number("1x", 2) == -1 && folder_number("99999", 5) == -1);
}

TEST(records_in_pieces)
{
	unsigned char exists[8] = { [1] = 1, [7] = 1 };
	static const char *const names[] = { ".", "..", "1", "7" };
	uint64_t position = 0;
	unsigned seen = 0, used;
	char data[32];

	while (
	    (used = folder_records(data, sizeof data, &position, exists, 8))) {
		struct directory_record *record = (void *)data;

		CHECK(used == record->length && used % 8 == 0);
		CHECK(seen < 4 && !strcmp(record->name, names[seen]));
		CHECK(record->node == (seen < 2 ? 1u : seen == 2 ? 4u : 10u));
		seen++;
	}
	CHECK(seen == 4);
}
