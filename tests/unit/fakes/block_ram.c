/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk in memory: see block_ram.h. */
#include "fakes/block_ram.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECTOR = 512,
};

/* What becomes of a sector that was not flushed. */
enum fate {
	FATE_DROPPED,
	FATE_KEPT,
	FATE_TORN,
};

static struct ram_device *ram_of(struct block_device *device)
{
	return (struct ram_device *)device;
}

static error_t call_count(struct ram_device *ram)
{
	ram->calls++;
	if (ram->fail_at && (ram->calls == ram->fail_at ||
	    (ram->fail_all && ram->calls > ram->fail_at)))
		return E_IO;
	return 0;
}

static void note(struct ram_device *ram, uint64_t position, const void *data,
    size_t count)
{
	struct ram_write *write;

	if (!ram->recording)
		return;
	if (ram->write_count == ram->write_room) {
		ram->write_room = ram->write_room * 2 + 64;
		ram->writes = realloc(ram->writes,
		    ram->write_room * sizeof *ram->writes);
	}
	write = &ram->writes[ram->write_count++];
	write->position = position;
	write->count = count;
	write->data = 0;
	if (data) {
		write->data = malloc(count);
		memcpy(write->data, data, count);
	}
}

static void bytes_put(struct ram_device *ram, uint64_t position,
    const void *data, size_t count)
{
	memcpy(ram->bytes + position, data, count);
	if (ram->start)
		memset(ram->touched + position / SECTOR, 1,
		    (size_t)((position + count + SECTOR - 1) / SECTOR -
		    position / SECTOR));
}

static error_t ram_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	struct ram_device *ram = ram_of(device);
	error_t error = call_count(ram);

	if (!error)
		memcpy(buffer, ram->bytes + position, count);
	return error;
}

static error_t ram_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	struct ram_device *ram = ram_of(device);
	error_t error = call_count(ram);

	if (error)
		return error;
	note(ram, position, buffer, count);
	bytes_put(ram, position, buffer, count);
	return 0;
}

static error_t ram_flush(struct block_device *device)
{
	struct ram_device *ram = ram_of(device);
	error_t error = call_count(ram);

	if (!error)
		note(ram, 0, 0, 0);
	return error;
}

void ram_open(struct ram_device *ram, size_t size)
{
	memset(ram, 0, sizeof *ram);
	ram->device.size = size;
	ram->device.sector_size = SECTOR;
	ram->device.read = ram_read;
	ram->device.write = ram_write;
	ram->device.flush = ram_flush;
	ram->bytes = calloc(1, size);
}

static void writes_free(struct ram_device *ram)
{
	unsigned i;

	for (i = 0; i < ram->write_count; i++)
		free(ram->writes[i].data);
	free(ram->writes);
	ram->writes = 0;
	ram->write_count = ram->write_room = 0;
}

static void record_end(struct ram_device *ram)
{
	writes_free(ram);
	free(ram->start);
	free(ram->touched);
	ram->start = ram->touched = 0;
	ram->recording = 0;
}

void ram_close(struct ram_device *ram)
{
	record_end(ram);
	free(ram->bytes);
}

void ram_record(struct ram_device *ram)
{
	record_end(ram);
	ram->start = malloc(ram->device.size);
	memcpy(ram->start, ram->bytes, ram->device.size);
	ram->touched = calloc(1, ram->device.size / SECTOR);
	ram->recording = 1;
}

static void start_restore(struct ram_device *ram)
{
	size_t sectors = ram->device.size / SECTOR, i = 0;

	while (i < sectors) {
		uint8_t *next = memchr(ram->touched + i, 1, sectors - i);

		if (!next)
			return;
		i = (size_t)(next - ram->touched);
		memcpy(ram->bytes + i * SECTOR, ram->start + i * SECTOR,
		    SECTOR);
		ram->touched[i++] = 0;
	}
}

void ram_rewind(struct ram_device *ram)
{
	start_restore(ram);
	writes_free(ram);
	ram->recording = 1;
}

/* The writes before this one had been flushed when power went before n. */
static unsigned flushed_before(const struct ram_device *ram, unsigned n)
{
	while (n && ram->writes[n - 1].data)
		n--;
	return n;
}

unsigned ram_cut_count(const struct ram_device *ram, unsigned n, int torn,
    unsigned most)
{
	unsigned count = 1, i;
	size_t left;

	for (i = flushed_before(ram, n); i < n; i++)
		for (left = ram->writes[i].count; left; left -= SECTOR) {
			count *= torn ? 3 : 2;
			if (count > most)
				return most;
		}
	return count;
}

static unsigned noise(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

struct fates {
	int torn;
	unsigned which;  /* digits, one a sector: all combinations */
	int all;         /* else: which 0, which 1, or noise */
	unsigned seed;
};

static enum fate fate_next(struct fates *fates)
{
	unsigned base = fates->torn ? 3 : 2, digit;

	if (!fates->all)
		return fates->which < 2 ? fates->which :
					  noise(&fates->seed) % base;
	digit = fates->which % base;
	fates->which /= base;
	return digit;
}

/* One write that may not have reached the disk, sector by sector. */
static void apply_maybe(struct ram_device *ram, const struct ram_write *write,
    struct fates *fates)
{
	size_t at, part, from;

	for (at = 0; at < write->count; at += SECTOR) {
		enum fate fate = fate_next(fates);

		from = 0;
		part = fate == FATE_KEPT ? SECTOR : 0;
		if (fate == FATE_TORN) {
			part = 8 + noise(&fates->seed) % (SECTOR / 8 - 1) * 8;
			if (noise(&fates->seed) & 1)
				from = SECTOR - part;
		}
		bytes_put(ram, write->position + at + from,
		    write->data + at + from, part);
	}
}

void ram_cut(struct ram_device *ram, unsigned n, int torn, unsigned most,
    unsigned which)
{
	unsigned flushed = flushed_before(ram, n), i;
	struct fates fates = { .torn = torn, .which = which,
		.all = ram_cut_count(ram, n, torn, most) < most,
		.seed = n * 7919 + which };

	ram->recording = 0;
	start_restore(ram);
	for (i = 0; i < n; i++) {
		const struct ram_write *write = &ram->writes[i];

		if (write->data && i < flushed)
			bytes_put(ram, write->position, write->data,
			    write->count);
		else if (write->data)
			apply_maybe(ram, write, &fates);
	}
}

int ram_reload(struct ram_device *ram, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t count;

	if (!file)
		return -1;
	count = fread(ram->bytes, 1, ram->device.size, file);
	fclose(file);
	if (ram->start)
		memset(ram->touched, 1, ram->device.size / SECTOR);
	return count == ram->device.size ? 0 : -1;
}

int ram_load(struct ram_device *ram, const char *path)
{
	record_end(ram);
	return ram_reload(ram, path);
}

int ram_store(const struct ram_device *ram, const char *path)
{
	FILE *file = fopen(path, "wb");
	size_t count;

	if (!file)
		return -1;
	count = fwrite(ram->bytes, 1, ram->device.size, file);
	fclose(file);
	return count == ram->device.size ? 0 : -1;
}
