/* SPDX-License-Identifier: BSD-2-Clause */
/* Device numbers: disks by the kernel's names, and the lists of what /dev
 * holds that device servers give. */
#pragma once
#include <stdint.h>

enum {
	MAJOR_LOOP = 7, /* disks that are files */
};

static inline unsigned device_major(uint32_t device)
{
	return device >> 8 & 0xfff;
}

static inline unsigned device_minor(uint32_t device)
{
	return (device & 0xff) | (device >> 12 & 0xfff00);
}

static inline uint32_t device_number(unsigned major, unsigned minor)
{
	return major << 8 | (minor & 0xff) | (minor & 0xfff00) << 12;
}

/* The kernel's name ("hd0s1") of a disk or partition; 0: none. */
int device_kernel_name(uint32_t device, char *name, unsigned size);

/* The number of what the kernel calls name; 0: unknown. */
uint32_t device_of_kernel_name(const char *name);

/* Whether who may use the disks in that list ("hd1,hd2s1": a disk stands for
 * its partitions, too) and no others may open a device: kind 'c' or 'b'. The
 * machine's memory and its log are nobody's who may not use all. */
int device_allowed(const char *disks, char kind, uint32_t device);

/* One line of device_server_list. */
struct device_line {
	char name[64];
	uint32_t mode; /* with its type; 0: there should be no such node now */
	uint32_t device;
	int64_t size; /* in KB; -1: none is said */
};

/* Reads the line at *text and moves behind it; 0 at the end. Lines that make
 * no sense are skipped. */
int device_line_next(
    const char **text, const char *end, struct device_line *line);
