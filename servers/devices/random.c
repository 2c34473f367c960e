/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/random and /dev/urandom, which are the same here. The seed: the time,
 * the kernel's counters, and the jitter between the cycle counter (or, on old
 * processors, a counting loop) and the clock's interrupts. Afterwards the
 * times at which requests come are stirred in.
 */
#include "core/random.h"
#include "devices.h"
#include "kept.h"
#include <base/bytes.h>
#include <base/cycles.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>

enum {
	SEED_TICKS = 8,
	SEED_YIELDS = 256,
	ENTROPY_BITS = 256, /* what RNDGETENTCNT says */
	RNDGETENTCNT = (int)0x80045200,
	RNDADDTOENTCNT = 0x40045201,
	RNDADDENTROPY = 0x40085203,
};

static struct lock random_lock = LOCK_INIT(LOCK_RANDOM);
static struct random *random; /* guarded by random_lock; outlives the task */
static uint32_t turns;       /* the clock of processors without one */

static void stir(const void *bytes, size_t count)
{
	lock(&random_lock);
	random_stir(random, bytes, count);
	unlock(&random_lock);
}

static uint64_t moment(void)
{
	return cycles_exist() ? cycles_now() : ++turns;
}

void random_note_time(void)
{
	uint64_t now = moment();

	stir(&now, sizeof(uint32_t));
}

/* How far the counter gets in one tick of the clock differs each time. */
static void seed_tick(mach_port_t host)
{
	time_value_t first, now;
	uint64_t count = 0;

	host_get_time(host, &first);
	do {
		host_get_time(host, &now);
		count++;
	} while (now.microseconds == first.microseconds && count < 100000);
	count = count << 32 ^ moment();
	stir(&count, sizeof count);
	stir(&now, sizeof now);
}

void random_seed(void)
{
	mach_port_t host = mach_host_self();
	struct vm_statistics statistics;
	unsigned index;

	random = &kept()->random;
	if (server_recovered) {
		random_note_time();
		return;
	}
	lock(&random_lock);
	random_init(random);
	unlock(&random_lock);
	if (!vm_statistics(mach_task_self(), &statistics))
		stir(&statistics, sizeof statistics);
	for (index = 0; index < SEED_TICKS; index++)
		seed_tick(host);
	for (index = 0; index < SEED_YIELDS; index++) {
		thread_yield();
		random_note_time();
	}
	port_drop(host);
}

static error_t random_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	(void)device, (void)offset;
	random_note_time();
	lock(&random_lock);
	random_fill(random, bytes, *count);
	unlock(&random_lock);
	return 0;
}

static error_t random_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	(void)device, (void)offset;
	stir(bytes, *count);
	return 0;
}

/* Adding is what a write does; how much it is worth is not believed. */
static error_t random_control(struct device *device, struct control *control)
{
	(void)device;
	switch (control->request) {
	case RNDGETENTCNT:
		bytes_put32(control->out, ENTROPY_BITS);
		control->out_size = 4;
		return 0;
	case RNDADDTOENTCNT:
		return 0;
	case RNDADDENTROPY:
		stir(control->in, control->in_size);
		return 0;
	}
	return E_NOTTY;
}

const struct device_ops random_ops = {
	.read = random_read,
	.write = random_write,
	.control = random_control,
};
