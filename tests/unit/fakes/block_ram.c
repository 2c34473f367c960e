/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk in memory: see block_ram.h. */
#include "fakes/block_ram.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	memcpy(ram->bytes + position, buffer, count);
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
	ram->device.sector_size = 512;
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
	free(ram->start);
	ram->start = 0;
}

void ram_close(struct ram_device *ram)
{
	writes_free(ram);
	free(ram->bytes);
}

void ram_record(struct ram_device *ram)
{
	writes_free(ram);
	ram->start = malloc(ram->device.size);
	memcpy(ram->start, ram->bytes, ram->device.size);
	ram->recording = 1;
}

/* One write that may not have reached the disk, sector by sector. */
static void apply_maybe(struct ram_device *ram, const struct ram_write *write,
    unsigned *seed)
{
	size_t at;

	for (at = 0; at < write->count; at += 512) {
		unsigned dice = rand_r(seed) % 8;

		if (dice < 4)
			memcpy(ram->bytes + write->position + at,
			    write->data + at, 512);
	}
}

void ram_cut(struct ram_device *ram, unsigned n, unsigned seed)
{
	unsigned flushed = 0, i;

	ram->recording = 0;
	for (i = 0; i < n && i < ram->write_count; i++)
		if (!ram->writes[i].data)
			flushed = i;
	memcpy(ram->bytes, ram->start, ram->device.size);
	for (i = 0; i < n && i < ram->write_count; i++) {
		const struct ram_write *write = &ram->writes[i];

		if (!write->data)
			continue;
		if (i < flushed)
			memcpy(ram->bytes + write->position, write->data,
			    write->count);
		else
			apply_maybe(ram, write, &seed);
	}
}

int ram_load(struct ram_device *ram, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t count;

	if (!file)
		return -1;
	count = fread(ram->bytes, 1, ram->device.size, file);
	fclose(file);
	return count == ram->device.size ? 0 : -1;
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
