/* SPDX-License-Identifier: BSD-2-Clause */
/* Partition tables. */
#include "core/partition.h"
#include <base/bytes.h>
#include <string.h>

enum {
	TABLE = 446,
	ENTRY = 16,
	ENTRY_TYPE = 4,
	ENTRY_START = 8,
	ENTRY_COUNT = 12,
	SIGNATURE = 510,
	SIGNATURE_VALUE = 0xaa55,
	TYPE_EXTENDED = 0x05,
	TYPE_EXTENDED_LBA = 0x0f,
	TYPE_EXTENDED_LINUX = 0x85,
	TYPE_GUID = 0xee,

	GUID_HEADER = 1, /* sector */
	GUID_TABLE = 72,
	GUID_COUNT = 80,
	GUID_SIZE = 84,
	GUID_ENTRY_MIN = 128,
	GUID_ENTRY_MAX = 512,
	GUID_FIRST = 32,
	GUID_LAST = 40,
};

struct reading {
	struct partition_disk *disk;
	struct partition *found;
	uint8_t sector[PARTITION_SECTOR];
};

static void found_put(
    struct reading *reading, unsigned number, uint64_t start, uint64_t count)
{
	uint64_t sectors = reading->disk->sectors;

	if (!count || !start || start >= sectors || number > PARTITION_MAX)
		return;
	if (count > sectors - start)
		count = sectors - start;
	reading->found[number - 1] = (struct partition){ start, count };
}

static int is_extended(unsigned type)
{
	return type == TYPE_EXTENDED || type == TYPE_EXTENDED_LBA ||
	    type == TYPE_EXTENDED_LINUX;
}

static int has_table(const uint8_t *sector)
{
	return bytes_get16(sector + SIGNATURE) == SIGNATURE_VALUE;
}

/* Each link of the chain has one logical partition, whose start counts from
 * the link, and the next link, whose start counts from the first. */
static error_t logical_read(struct reading *reading, uint64_t first)
{
	uint64_t link = first;
	unsigned number = PARTITION_PRIMARY + 1;

	for (unsigned links = 0; links < PARTITION_MAX; links++) {
		const uint8_t *entry = reading->sector + TABLE;
		uint64_t next = 0;

		if (link >= reading->disk->sectors)
			return 0;
		if (reading->disk->read(reading->disk, link, reading->sector))
			return E_IO;
		if (!has_table(reading->sector))
			return 0;
		for (int i = 0; i < PARTITION_PRIMARY; i++, entry += ENTRY) {
			uint32_t start = bytes_get32(entry + ENTRY_START);
			uint32_t count = bytes_get32(entry + ENTRY_COUNT);

			if (is_extended(entry[ENTRY_TYPE]))
				next = next || !count ? next : first + start;
			else if (entry[ENTRY_TYPE] && count)
				found_put(
				    reading, number++, link + start, count);
		}
		if (!next)
			return 0;
		link = next;
	}
	return 0;
}

static error_t guid_read(struct reading *reading)
{
	uint64_t table, at;
	uint32_t count, size;

	if (reading->disk->read(reading->disk, GUID_HEADER, reading->sector))
		return E_IO;
	if (memcmp(reading->sector, "EFI PART", 8) != 0)
		return 0;
	table = bytes_get64(reading->sector + GUID_TABLE);
	count = bytes_get32(reading->sector + GUID_COUNT);
	size = bytes_get32(reading->sector + GUID_SIZE);
	if (size < GUID_ENTRY_MIN || size > GUID_ENTRY_MAX ||
	    (size & (size - 1)) || table >= reading->disk->sectors)
		return 0;
	for (unsigned i = 0; i < count && i < PARTITION_MAX; i++) {
		static const uint8_t none[16];
		const uint8_t *entry =
		    reading->sector + i * size % PARTITION_SECTOR;
		uint64_t first, last;

		at = table + i * size / PARTITION_SECTOR;
		if (at >= reading->disk->sectors)
			return 0;
		if (reading->disk->read(reading->disk, at, reading->sector))
			return E_IO;
		first = bytes_get64(entry + GUID_FIRST);
		last = bytes_get64(entry + GUID_LAST);
		if (memcmp(entry, none, sizeof none) != 0 && last >= first)
			found_put(reading, i + 1, first, last - first + 1);
	}
	return 0;
}

static error_t table_read(struct reading *reading)
{
	uint8_t table[PARTITION_PRIMARY * ENTRY];
	error_t error;

	if (reading->disk->read(reading->disk, 0, reading->sector))
		return E_IO;
	if (!has_table(reading->sector))
		return 0;
	memcpy(table, reading->sector + TABLE, sizeof table);
	for (int i = 0; i < PARTITION_PRIMARY; i++)
		if (table[i * ENTRY + ENTRY_TYPE] == TYPE_GUID)
			return guid_read(reading);
	for (int i = 0; i < PARTITION_PRIMARY; i++) {
		const uint8_t *entry = table + i * ENTRY;
		uint32_t start = bytes_get32(entry + ENTRY_START);
		uint32_t count = bytes_get32(entry + ENTRY_COUNT);

		if (!entry[ENTRY_TYPE] || !count)
			continue;
		/* Of an extended one only the loader's two sectors are seen,
		 * as on Linux. */
		if (is_extended(entry[ENTRY_TYPE])) {
			found_put(reading, i + 1, start, count < 2 ? count : 2);
			error = logical_read(reading, start);
			if (error)
				return error;
		} else {
			found_put(reading, i + 1, start, count);
		}
	}
	return 0;
}

error_t partitions_read(struct partition_disk *disk,
    struct partition partitions[PARTITION_MAX])
{
	struct partition found[PARTITION_MAX] = { { 0, 0 } };
	struct reading reading = { .disk = disk, .found = found };
	error_t error = table_read(&reading);

	if (!error)
		memcpy(partitions, found, sizeof found);
	return error;
}
