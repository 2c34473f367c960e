/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk in memory for tests. It can fail its n-th call, and it can remember
 * all writes, so that a test can build what the disk may hold after a loss of
 * power at any of them: each sector that was written after the last flush is
 * kept, dropped or garbled.
 */
#pragma once
#include <block/device.h>

struct ram_write {
	uint64_t position;
	size_t count;
	uint8_t *data; /* owned; null: a flush */
};

struct ram_device {
	struct block_device device;
	uint8_t *bytes;  /* owned */
	unsigned calls;  /* reads, writes and flushes so far */
	unsigned fail_at; /* this call fails with E_IO; 0 none */
	int fail_all;    /* and all after it */
	/* power */
	int recording;
	uint8_t *start;  /* owned: contents when recording began */
	struct ram_write *writes;
	unsigned write_count, write_room;
};

void ram_open(struct ram_device *ram, size_t size);
void ram_close(struct ram_device *ram);
void ram_record(struct ram_device *ram);
/* ram becomes what the disk may hold when power goes before write n. */
void ram_cut(struct ram_device *ram, unsigned n, unsigned seed);

/* The image from and to a file of the host. */
int ram_load(struct ram_device *ram, const char *path);
int ram_store(const struct ram_device *ram, const char *path);
