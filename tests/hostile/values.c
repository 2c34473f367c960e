/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments: half of them plausible, the rest at the edges or beyond. */
#include "hostile.h"
#include <base/layout.h>
#include <base/port.h>
#include <string.h>

enum {
	MEMORY_PAGES = 64,
	PAGE = 4096,
};

static uint32_t state = 1;

void value_seed(uint32_t seed)
{
	state = seed * 2654435761u + 1;
}

uint32_t value_random(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return below ? state % below : state;
}

int value_int(void)
{
	static const int edges[] = { 0, 1, -1, 2, 3, 7, 8, 15, 16, 31, 32, 63,
		64, 255, 256, 511, 512, 1023, 4095, 4096, 4097, 8192, 65535,
		65536, 0x7fffffff, (int)0x80000000, (int)0xfffff000, 0x8000,
		0x40000000, 0100644, 0040755, 0x5401, 0x5413, 0x5421, 02,
		0102, 01101, 02000, 04000, 0200000 };

	switch (value_random(5)) {
	case 0:
		return (int)value_random(0);
	case 1:
		return (int)value_random(16);
	case 2: /* flags */
		return (int)(1u << value_random(32) | 1u << value_random(32) |
		    value_random(4));
	default:
		return edges[value_random(sizeof edges / sizeof *edges)];
	}
}

offset_t value_offset(void)
{
	switch (value_random(4)) {
	case 0:
		return ((offset_t)value_int() << 32) | (uint32_t)value_int();
	case 1:
		return (offset_t)value_random(1 << 20);
	default:
		return value_int();
	}
}

/* Some of the last few buffers may still be on their way: take turns. */
static char *buffer_next(void)
{
	static char buffers[8][8192];
	static unsigned turn;

	return buffers[turn++ % 8];
}

char *value_bytes(mach_msg_type_number_t *count, unsigned limit)
{
	char *bytes = buffer_next();

	*count = value_random(8) ? value_random(limit + 1)
	                         : limit;
	value_fill(bytes, *count);
	return bytes;
}

char *value_path(mach_msg_type_number_t *count, unsigned limit)
{
	static const char *const paths[] = { "", "/", ".", "..", "/tmp/hostile",
		"/tmp/hostile/file", "/tmp/hostile/other", "/tmp/hostile/link",
		"/tmp/hostile/directory", "/tmp/hostile/directory/..", "/proc",
		"/proc/self", "/proc/1/stat", "/dev", "/dev/null", "/dev/tty",
		"/dev/ptmx", "/etc/passwd", "/bin/true", "file", "a/b/c",
		"//tmp//hostile/./file/", "/tmp/hostile/fifo", "/dev/zero",
		"vfs", "process", "tty", "devices", "pfs-ext2", "@1", "vfs@9" };
	char *path = buffer_next();
	const char *known = paths[value_random(sizeof paths / sizeof *paths)];

	switch (value_random(8)) {
	case 0: /* garbage */
		*count = value_random(limit + 1);
		value_fill(path, *count);
		break;
	case 1: /* as long as can be */
		*count = limit;
		for (unsigned i = 0; i < limit; i++)
			path[i] = i % 5 == 0 ? '/' : i % 5 < 3 ? '.' : 'a';
		break;
	default:
		*count = strlen(known);
		memcpy(path, known, *count);
	}
	return path;
}

char *value_memory(mach_msg_type_number_t *count)
{
	static vm_address_t memory;

	/* Messages may have taken pages of it away. */
	if (memory == 0 || value_random(64) == 0) {
		if (memory)
			syscall_vm_deallocate(mach_task_self(), memory,
			    MEMORY_PAGES * PAGE);
		if (syscall_vm_allocate(mach_task_self(), &memory,
		        MEMORY_PAGES * PAGE, TRUE))
			memory = 0;
	}
	*count = value_random(4) ? value_random(2 * PAGE)
	                         : value_random(MEMORY_PAGES * PAGE);
	return (char *)memory + (value_random(4) ? 0 : value_random(PAGE));
}

int *value_ints(mach_msg_type_number_t *count, unsigned limit)
{
	mach_msg_type_number_t bytes;
	int *numbers = limit > 1000 ? (int *)value_memory(&bytes)
	                            : (int *)buffer_next();

	if (limit > 1000)
		*count = bytes / sizeof(int);
	else
		*count = value_random(8) ? value_random(8)
		                         : value_random(limit + 1);
	for (unsigned i = 0; limit <= 1000 && i < *count; i++)
		numbers[i] = value_int();
	return numbers;
}

mach_port_t *value_ports(mach_msg_type_number_t *count, unsigned limit)
{
	mach_port_t *ports = (mach_port_t *)buffer_next();

	*count = value_random(8) ? value_random(8) : value_random(limit + 1);
	for (unsigned i = 0; i < *count; i++)
		ports[i] = value_port();
	return ports;
}

void value_fill(void *structure, size_t size)
{
	uint8_t *bytes = structure;
	int how = (int)value_random(3);

	for (size_t i = 0; i < size; i++)
		bytes[i] = how == 0 ? 0 : (uint8_t)value_random(256);
	for (size_t i = 0; how == 1 && i + 4 <= size; i += 4)
		*(int *)(void *)(bytes + i) = value_int();
}

mach_port_t value_port(void)
{
	static mach_port_t dead;
	mach_port_t receive;

	switch (value_random(8)) {
	case 0:
		return MACH_PORT_NULL;
	case 1: /* a name that stands for nothing, most of the time */
		return value_random(4) ? value_random(4096) : value_random(0);
	case 2:
		if (!dead && !port_new_with_send(&receive)) {
			port_end(receive);
			dead = receive;
		}
		return dead;
	case 3: /* a port of ours, with nobody who listens */
		return port_new_with_send(&receive) ? MACH_PORT_NULL : receive;
	default:
		return right_pick(RIGHTS_ANY);
	}
}
