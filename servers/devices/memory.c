/* SPDX-License-Identifier: BSD-2-Clause */
/* /dev/null, /dev/zero, /dev/full, and the two that are refused. */
#include "devices.h"
#include <string.h>

static error_t null_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	(void)device, (void)offset, (void)bytes;
	*count = 0;
	return 0;
}

static error_t null_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	(void)device, (void)offset, (void)bytes, (void)count;
	return 0;
}

static error_t zero_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	(void)device, (void)offset;
	memset(bytes, 0, *count);
	return 0;
}

static error_t full_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	(void)device, (void)offset, (void)bytes, (void)count;
	return E_NOSPC;
}

static const struct device_ops null_ops = {
	.read = null_read,
	.write = null_write,
	.writes_nothing = 1,
};

static const struct device_ops zero_ops = {
	.read = zero_read,
	.write = null_write,
	.reads_zeros = 1,
	.writes_nothing = 1,
};

static const struct device_ops full_ops = {
	.read = zero_read,
	.write = full_write,
	.reads_zeros = 1,
};

error_t memory_device(unsigned minor, const struct device_ops **ops)
{
	switch (minor) {
	case MINOR_NULL:
		*ops = &null_ops;
		return 0;
	case MINOR_ZERO:
		*ops = &zero_ops;
		return 0;
	case MINOR_FULL:
		*ops = &full_ops;
		return 0;
	case MINOR_RANDOM:
	case MINOR_URANDOM:
		*ops = &random_ops;
		return 0;
	case MINOR_KMSG:
		*ops = &log_ops;
		return 0;
	case MINOR_MEM: /* whole-memory access would end all protection */
	case MINOR_KMEM:
	case MINOR_PORT:
		return E_PERM;
	}
	return E_NXIO;
}
