/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ChaCha of 20 rounds over a key that is drawn from /dev/urandom, mixed with
 * the cycle counter at each call; the key is replaced by output after every
 * use, so that what was given can't be computed later. A fork's child draws
 * a new key: the pid is part of the state.
 */
#include <base/lock.h>
#include <string.h>
#include <unix/cpu.h>

enum {
	RANDOM_FLAGS = 7,
};

static struct {
	struct lock lock;
	uint32_t key[12];
	uint32_t count;
	int pid; /* whose key it is */
} generator;

static uint32_t rotate(uint32_t word, unsigned by)
{
	return word << by | word >> (32 - by);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

static void block_make(uint32_t *out)
{
	static const uint32_t sigma[4] = { 0x61707865, 0x3320646e, 0x79622d32,
		0x6b206574 };
	uint32_t in[16], x[16];

	memcpy(in, sigma, 16);
	memcpy(in + 4, generator.key, 48);
	in[12] ^= ++generator.count;
	memcpy(x, in, sizeof x);
	for (int i = 0; i < 10; i++) {
		quarter(x, x + 4, x + 8, x + 12);
		quarter(x + 1, x + 5, x + 9, x + 13);
		quarter(x + 2, x + 6, x + 10, x + 14);
		quarter(x + 3, x + 7, x + 11, x + 15);
		quarter(x, x + 5, x + 10, x + 15);
		quarter(x + 1, x + 6, x + 11, x + 12);
		quarter(x + 2, x + 7, x + 8, x + 13);
		quarter(x + 3, x + 4, x + 9, x + 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] = x[i] + in[i];
}

static void seed_from_device(void)
{
	uint32_t seed[12];
	int fd = (int)unix_open("/dev/urandom", 0, 0);

	if (fd < 0)
		return;
	if (unix_read(fd, seed, sizeof seed) == sizeof seed)
		for (int i = 0; i < 12; i++)
			generator.key[i] ^= seed[i];
	unix_close(fd);
}

static void seed(void)
{
	uint64_t time = clock_monotonic();
	uint32_t low = 0, high = 0;

	if (cpu_has(CPU_TSC))
		__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	generator.key[8] += low;
	generator.key[9] ^= high ^ (uint32_t)time;
	generator.key[10] += (uint32_t)(time >> 32) ^ (uint32_t)PAGE->pid;
}

static void fill(unsigned char *to, size_t size)
{
	uint32_t block[16];
	size_t part;

	lock(&generator.lock);
	seed();
	while (size) {
		block_make(block);
		part = size < sizeof block ? size : sizeof block;
		memcpy(to, block, part);
		to += part;
		size -= part;
	}
	block_make(block);
	memcpy(generator.key, block, 32);
	memset(block, 0, sizeof block);
	unlock(&generator.lock);
}

void random_bytes(void *buffer, size_t size)
{
	if (generator.pid != PAGE->pid) {
		if (!generator.pid)
			seed_from_device();
		generator.pid = PAGE->pid;
	}
	fill(buffer, size);
}

long unix_getrandom(void *buffer, size_t size, unsigned flags)
{
	unsigned char own[256];
	size_t done = 0, part;

	if (flags & ~RANDOM_FLAGS || (flags & 6) == 6)
		return -EINVAL;
	if (size > 0x1ffffff)
		size = 0x1ffffff;
	while (done < size) {
		part = size - done < sizeof own ? size - done : sizeof own;
		random_bytes(own, part);
		if (user_copy((char *)buffer + done, own, part))
			return done ? (long)done : -EFAULT;
		done += part;
	}
	return (long)done;
}
