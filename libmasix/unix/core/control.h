/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl: how many bytes a request reads and writes at its argument. New
 * request numbers say so themselves; the old ones are in a table. Pure.
 */
#pragma once
#include <stdint.h>

enum {
	TCGETS = 0x5401,
	TIOCSCTTY = 0x540e,
	TIOCGPGRP = 0x540f,
	TIOCSPGRP = 0x5410,
	FIONREAD = 0x541b,
	FIONBIO = 0x5421,
	TIOCNOTTY = 0x5422,
	FIONCLEX = 0x5450,
	FIOCLEX = 0x5451,
	FIOASYNC = 0x5452,
	FLAGS_GET = 0x80046601, /* FS_IOC_GETFLAGS of i386 … */
	FLAGS_SET = 0x40046602,
	GENERATION_GET = 0x80047601,
	CONTROL_BYTES_MAX = 512,
};

struct control_sizes {
	uint16_t in, out; /* bytes at the argument */
	uint8_t value;    /* not 0: the argument is a number itself */
};

/* -1: unknown, the argument is passed on as a number and nothing comes back. */
int control_sizes(uint32_t request, struct control_sizes *sizes);

/* The first four bytes of what it reads are a descriptor. */
int control_names_file(uint32_t request);
