/* SPDX-License-Identifier: BSD-2-Clause */
/* Partition tables: the PC's, logical partitions, GUID tables, damage. */
#include "core/partition.h"
#include <string.h>
#include <test.h>

enum {
	SECTORS = 4096, /* of the disk; the first 64 have contents */
	KEPT = 64,
};

static uint8_t image[KEPT][PARTITION_SECTOR];
static uint64_t broken = UINT64_MAX; /* a sector that can't be read */
static unsigned reads;

static error_t image_read(struct partition_disk *disk, uint64_t sector,
    uint8_t bytes[PARTITION_SECTOR])
{
	(void)disk;
	CHECK(sector < SECTORS);
	reads++;
	if (sector == broken)
		return E_IO;
	memset(bytes, 0, PARTITION_SECTOR);
	if (sector < KEPT)
		memcpy(bytes, image[sector], PARTITION_SECTOR);
	return 0;
}

static struct partition_disk disk = { SECTORS, image_read };

static void put32(uint8_t *bytes, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
}

static void entry_put(unsigned sector, unsigned index, uint8_t type,
    uint32_t start, uint32_t count)
{
	uint8_t *entry = image[sector] + 446 + index * 16;

	entry[4] = type;
	put32(entry + 8, start);
	put32(entry + 12, count);
	image[sector][510] = 0x55;
	image[sector][511] = 0xaa;
}

static int is(const struct partition *one, uint64_t start, uint64_t count)
{
	return one->start == start && one->count == count;
}

TEST(no_table)
{
	struct partition found[PARTITION_MAX] = { { 3, 4 } };

	memset(image, 0, sizeof image);
	CHECK(partitions_read(&disk, found) == 0 && is(&found[0], 0, 0));
	found[0] = (struct partition){ 3, 4 };
	broken = 0;
	CHECK(partitions_read(&disk, found) == E_IO && is(&found[0], 3, 4));
	broken = UINT64_MAX;
}

TEST(primary_and_logical_partitions)
{
	struct partition found[PARTITION_MAX];

	memset(image, 0, sizeof image);
	entry_put(0, 0, 0x83, 2048, 100);
	entry_put(0, 1, 0x06, 4000, 5000); /* beyond the end */
	entry_put(0, 2, 0x83, 5000, 5);    /* behind it */
	entry_put(0, 3, 0x0f, 10, 500);
	entry_put(10, 0, 0x83, 4, 6);
	entry_put(10, 1, 0x05, 20, 10); /* at 10 + 20 */
	entry_put(30, 0, 0x82, 5, 7);
	CHECK(partitions_read(&disk, found) == 0);
	CHECK(is(&found[0], 2048, 100) && is(&found[1], 4000, 96));
	CHECK(is(&found[2], 0, 0) && is(&found[3], 10, 2));
	CHECK(is(&found[4], 14, 6) && is(&found[5], 35, 7));
	CHECK(is(&found[6], 0, 0));
	broken = 30;
	CHECK(partitions_read(&disk, found) == E_IO && is(&found[4], 14, 6));
	broken = UINT64_MAX;
}

TEST(a_circle_of_logical_partitions_ends)
{
	struct partition found[PARTITION_MAX];

	memset(image, 0, sizeof image);
	entry_put(0, 0, 0x05, 10, 500);
	entry_put(10, 0, 0x83, 4, 6);
	entry_put(10, 1, 0x05, 20, 10);
	entry_put(30, 0, 0x83, 4, 6);
	entry_put(30, 1, 0x05, 20, 10);
	reads = 0;
	CHECK(partitions_read(&disk, found) == 0 && reads < 20);
	CHECK(is(&found[PARTITION_MAX - 1], 34, 6));
}

TEST(guid_table)
{
	struct partition found[PARTITION_MAX];

	memset(image, 0, sizeof image);
	entry_put(0, 0, 0xee, 1, SECTORS - 1);
	CHECK(partitions_read(&disk, found) == 0 && is(&found[0], 0, 0));
	memcpy(image[1], "EFI PART", 8);
	image[1][72] = 2;
	image[1][80] = 128;
	image[1][84] = 128;
	for (int i = 0; i < 2; i++) { /* numbers 1 and 6 */
		uint8_t *entry = image[2 + i] + i * 128;

		entry[0] = 1;
		put32(entry + 32, 40 + 100 * i);
		put32(entry + 40, 49 + 100 * i);
	}
	CHECK(partitions_read(&disk, found) == 0);
	CHECK(is(&found[0], 40, 10) && is(&found[1], 0, 0));
	CHECK(is(&found[5], 140, 10));
	image[1][84] = 100; /* no size of an entry */
	CHECK(partitions_read(&disk, found) == 0 && is(&found[0], 0, 0));
}
