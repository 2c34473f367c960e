/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk in memory for tests. It can fail its n-th call, and it can remember
 * all writes, so that a test can build what the disk may hold after a loss of
 * power at any of them: each sector that was written after the last flush is
 * kept, dropped or torn (part new, part old).
 *
 *	ram_record(&ram);
 *	... what is tested ...
 *	for (n = 0; n <= ram.write_count; n++)
 *		for (i = 0; i < ram_cut_count(&ram, n, torn, most); i++) {
 *			ram_cut(&ram, n, torn, most, i);
 *			... repair, mount, look ...
 *		}
 *	ram_rewind(&ram);          as it was at ram_record, and recording
 *
 * Going back costs what was written, not what the disk holds.
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
	uint8_t *touched; /* owned: a flag a sector that may differ from it */
	struct ram_write *writes;
	unsigned write_count, write_room;
};

void ram_open(struct ram_device *ram, size_t size);
void ram_close(struct ram_device *ram);

/* Remembers all writes from now on. */
void ram_record(struct ram_device *ram);
/* Back to the last ram_record. */
void ram_rewind(struct ram_device *ram);

/* How many disks the loss of power before write n may leave: all of them if
 * these are at most `most`, else `most`. torn: sectors may be torn, too. */
unsigned ram_cut_count(const struct ram_device *ram, unsigned n, int torn,
    unsigned most);
/* ram becomes the which-th of them: 0 is the one that lost all that was not
 * flushed, 1 the one that kept all, the others are mixed. What follows is
 * not recorded; the record stays. */
void ram_cut(struct ram_device *ram, unsigned n, int torn, unsigned most,
    unsigned which);

/* The image from and to a file of the host. Load ends a recording; reload, for
 * a disk that a program has repaired, does not. */
int ram_load(struct ram_device *ram, const char *path);
int ram_reload(struct ram_device *ram, const char *path);
int ram_store(const struct ram_device *ram, const char *path);
