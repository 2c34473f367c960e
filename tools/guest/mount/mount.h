/* SPDX-License-Identifier: BSD-2-Clause */
/* What mount was asked for, and the types it can tell from a device. */
#pragma once

struct request {
	const char *source, *target;
	const char *type; /* null: look at the device */
	unsigned long flags;
	char data[256];
};

/* The type of the file system on device by its magic numbers, or null. */
const char *type_detect(const char *device);
