/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and swap are used up. Nobody was refused memory when he asked for it,
 * and what the data pager can't keep is lost, whose ever it is: a server's, or
 * all that a file system in memory holds. So when the last of it is being
 * filled the process that has most of it is killed, as Linux does it.
 *
 * Several process servers may do this at a time, one for each Unix: each kills
 * only what has a good part of the memory, then what has less, until some
 * process of somebody has gone.
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <kernel/mach_debug.client.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>
#include <mach/task_info.h>
#include <string.h>

enum {
	PART = 8,            /* of the machine's memory: so much is enough */
	LEAST = 512 * 1024,  /* bytes: less helps nobody */
	CALM = 2000,         /* milliseconds without a shortage */
	REST = 20,           /* milliseconds */
	ENDING = 250,        /* times REST: for a killed one to be gone, */
	FREEING = 200,       /* milliseconds: and for its memory */
	RETRY = 1000,        /* milliseconds: the data pager is not there */
};

extern error_t call_swap_wait_short(int *now);
extern error_t call_swap_usage(struct swap_use **use, unsigned *count);

static struct swap_use *uses;
static unsigned use_count;

/* Bytes of an object of the kernel's that are on swap. */
static uint64_t swapped(uint64_t object)
{
	for (unsigned i = 0; i < use_count; i++)
		if (uses[i].object == object)
			return (uint64_t)uses[i].pages * PAGE_SIZE;
	return 0;
}

/* Of the object that is mapped, and of the one that lies under all copies of
 * it that forks made. under: its name, CONSUMED, or null. */
static uint64_t region_swapped(const struct vm_region_info *region,
    mach_port_t under)
{
	uint64_t memory = swapped(region->vri_object);
	struct vm_object_info info;
	mach_port_t shadow, copy;

	if (!MACH_PORT_VALID(under))
		return memory;
	if (!mach_vm_object_info(under, &info, &shadow, &copy)) {
		port_drop(shadow);
		port_drop(copy);
		if (info.voi_object != region->vri_object)
			memory += swapped(info.voi_object);
	}
	port_drop(under);
	return memory;
}

/* Bytes that would be free without the process, roughly. */
static uint64_t task_memory(mach_port_t task)
{
	struct task_basic_info basic;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;
	struct vm_region_info region = { 0 };
	mach_port_t under;
	uint64_t memory;

	if (task_info(task, TASK_BASIC_INFO, (task_info_t)&basic, &count))
		return 0;
	memory = basic.resident_size;
	while (!mach_vm_region_info(task, region.vri_end, &region, &under))
		memory += region_swapped(&region, under);
	return memory;
}

/* Of all but the first the one with most memory, or null. Locked. */
static struct body *largest(uint64_t *most)
{
	struct body *found = 0;
	struct process *process;
	uint64_t memory;

	*most = 0;
	for (process = tree_next(&souls->tree, 0); process;
	     process = tree_next(&souls->tree, process)) {
		struct body *body = body_of_soul(process);

		if (process == souls->tree.first || !body->task ||
		    (process->life != LIFE_RUNNING &&
			process->life != LIFE_STOPPED))
			continue;
		memory = task_memory(body->task);
		if (memory > *most) {
			*most = memory;
			found = body;
		}
	}
	return found;
}

/* Until it has no task any more. */
static void await_end(struct body *body)
{
	mach_port_t task;

	for (int i = 0; i < ENDING; i++) {
		souls_lock();
		task = body->task;
		souls_unlock();
		if (!task)
			return;
		thread_sleep(REST);
	}
}

/* Kills the largest if it has at least so many bytes. */
static int relieve(uint64_t least)
{
	char name[sizeof souls->bodies->process.name];
	struct body *body;
	uint64_t memory;
	int pid = 0;

	if (call_swap_usage(&uses, &use_count))
		use_count = 0;
	souls_lock();
	body = largest(&memory);
	if (body && memory >= least) {
		object_reference(body);
		pid = body->process.pid;
		memcpy(name, body->process.name, sizeof name);
		signal_send(body, SIGNAL_KILL);
	} else {
		body = 0;
	}
	souls_unlock();
	memory_free((vm_address_t)uses, use_count * sizeof(*uses));
	if (!body)
		return 0;
	log_loud("out of memory: process %d (%.15s, %u MB) is killed",
	    pid, name, (unsigned)(memory >> 20));
	await_end(body);
	object_release(body);
	thread_sleep(FREEING);
	return 1;
}

static uint64_t good_part(void)
{
	struct host_basic_info basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	if (host_info(server_host, HOST_BASIC_INFO, (host_info_t)&basic,
	    &count))
		return LEAST;
	return basic.memory_size / PART;
}

static void shortage_run(void *argument)
{
	uint64_t most = good_part(), least = most, last = 0;
	int now;

	(void)argument;
	thread_name("shortage");
	server_thread_wire();
	for (;;) {
		if (call_swap_wait_short(&now)) {
			thread_sleep(RETRY);
			continue;
		}
		if (!now)
			continue;
		if (clock_uptime() - last > CALM * 1000)
			least = most;
		if (relieve(least))
			least = most;
		else if (least / 2 >= LEAST)
			least /= 2;
		last = clock_uptime();
	}
}

error_t shortage_watch_start(void)
{
	return server_host ? thread_start(shortage_run, 0) : 0;
}
