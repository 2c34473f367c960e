/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux device numbers and names, and the kernel's names for the same disks:
 *
 *	3:0  hda  hd0      3:1   hda1  hd0s1     3:64  hdb  hd1
 *	22:0 hdc  hd2      22:64 hdd   hd3       8:0   sda  sd0
 *	8:16 sdb  sd1      2:0   fd0   fd0       1:0   ram0 rd0
 */
#pragma once
#include <stddef.h>

enum {
	MAJOR_MEMORY = 1, /* characters: null, zero, ...; blocks: ram0 */
	MAJOR_MISC = 10,  /* characters: loop-control */
	MAJOR_LOOP = 7,
	MAJOR_FLOPPY = 2,
	MAJOR_IDE = 3,
	MAJOR_SCSI = 8,
	MAJOR_IDE_SECOND = 22,
};

/* minors of MAJOR_MEMORY's character devices */
enum {
	MINOR_MEM = 1,
	MINOR_KMEM = 2,
	MINOR_NULL = 3,
	MINOR_PORT = 4,
	MINOR_ZERO = 5,
	MINOR_FULL = 7,
	MINOR_RANDOM = 8,
	MINOR_URANDOM = 9,
	MINOR_KMSG = 11,
};

/* of MAJOR_MISC */
enum {
	MINOR_LOOP_CONTROL = 237,
};

enum {
	NAMES_LENGTH = 16,
	NAMES_PARTITIONS = 16, /* the most that a disk is asked for */
};

#define DEVICE_MAJOR(device) ((unsigned)(device) >> 8 & 0xfff)
#define DEVICE_MINOR(device)                                                   \
	(((unsigned)(device)&0xff) | ((unsigned)(device) >> 12 & 0xfff00))
#define DEVICE_NUMBER(major, minor)                                            \
	((major) << 8 | ((minor)&0xff) | ((minor)&0xfff00) << 12)

/* The kernel's name of a block device; 0 if there is none of that number. */
int names_kernel(unsigned major, unsigned minor, char name[NAMES_LENGTH]);

/* Linux's name of it ("hda1"); 0 if there is none of that number. */
int names_linux(unsigned major, unsigned minor, char name[NAMES_LENGTH]);

/* Which partition of its disk a block device is; 0: the whole disk. */
unsigned names_partition(unsigned major, unsigned minor);

/* A disk that may exist: index from 0 on; 0 when there are no more.
 * partitions: how many minors behind it are its partitions. */
int names_disk(
    unsigned index, unsigned *major, unsigned *minor, unsigned *partitions);

/* Appends the line of device_server_list for one node. */
size_t names_line(char *text, size_t size, const char *name, char kind,
    unsigned major, unsigned minor, unsigned mode);

/* The same of a block device, with its size in bytes. kind '-': it is gone. */
void names_sized_line(char *text, size_t size, const char *name, char kind,
    unsigned major, unsigned minor, unsigned mode, unsigned long long bytes);
