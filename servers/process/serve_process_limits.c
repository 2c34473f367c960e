/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits and priorities of processes; the system's clock, name and end. */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>
#include <mach/vm_statistics.h>
#include <process.server.h>

enum {
	NICE_MIN = -20,
	NICE_MAX = 19,
	PRIORITY_PROCESS = 0,
	PRIORITY_GROUP = 1,
	PRIORITY_USER = 2,
	REBOOT_RESTART = 0x01234567,
	REBOOT_HALT = (int)0xcdef0123u,
	REBOOT_POWER_OFF = 0x4321fedc,
	REBOOT_CAD_ON = (int)0x89abcdefu,
	REBOOT_CAD_OFF = 0,
};

extern void call_swap_size(uint32_t *total, uint32_t *free);
extern error_t call_acs_client(int level, mach_port_t *right);

static int is_root(const struct body *body)
{
	return body->process.credentials.user.effective == 0;
}

static uint64_t wide(uint32_t value)
{
	return value == LIMIT_INFINITY ? ~0ULL : value;
}

static uint32_t narrow(uint64_t value)
{
	return value >= LIMIT_INFINITY ? LIMIT_INFINITY : (uint32_t)value;
}

error_t serve_process_limit(object_t object, int request, int pid, int which,
    int set, limit_t new, limit_t *old)
{
	struct body *body = body_of(object), *other;
	struct limit_pair {
		uint64_t soft, hard;
	} was;
	error_t error = 0;

	if (which < 0 || which >= LIMIT_COUNT)
		return E_INVAL;
	souls_lock();
	if (body_has_done(body, request, old, sizeof *old)) {
		souls_unlock();
		return 0;
	}
	other = pid ? body_find(pid) : body;
	if (!other)
		error = E_SRCH;
	else if (other != body && !credentials_may_control(
	    &body->process.credentials, &other->process.credentials))
		error = E_PERM;
	if (!error) {
		was.soft = wide(other->process.limits.of[which].soft);
		was.hard = wide(other->process.limits.of[which].hard);
	}
	if (!error && set)
		error = limits_set(&other->process.limits, (unsigned)which,
		    (struct limit_value){ narrow(new.current),
		    narrow(new.maximum) }, is_root(body));
	if (!error) {
		old->current = was.soft;
		old->maximum = was.hard;
		body_show(other);
		if (set)
			body_did(body, request, old, sizeof *old);
		if (which == LIMIT_CPU)
			clock_wake();
	}
	souls_unlock();
	return error;
}

static int is_meant(const struct body *caller, const struct process *process,
    int kind, int who)
{
	const struct process *own = &caller->process;

	switch (kind) {
	case PRIORITY_PROCESS:
		return process->pid == (who ? who : own->pid);
	case PRIORITY_GROUP:
		return process->group && (who || own->group) &&
		    process->group->id == (who ? who : own->group->id);
	default:
		return process->credentials.user.real ==
		    (who ? (uint32_t)who : own->credentials.user.real);
	}
}

/* Lower numbers are better in both worlds: 0..50 of the kernel. */
static error_t set_nice(struct body *caller, struct body *body, int nice)
{
	if (!credentials_may_control(&caller->process.credentials,
	    &body->process.credentials))
		return E_PERM;
	if (nice < body->process.nice && !is_root(caller))
		return E_ACCES;
	body->process.nice = nice;
	if (body->task)
		task_set_nice(body->task, nice);
	return 0;
}

error_t serve_process_priority(object_t object, int kind, int who, int set,
    int *priority)
{
	struct body *caller = body_of(object);
	struct process *process = 0;
	int best = NICE_MAX + 1, nice = *priority;
	error_t error = E_SRCH, one;

	if (kind < PRIORITY_PROCESS || kind > PRIORITY_USER)
		return E_INVAL;
	if (nice < NICE_MIN)
		nice = NICE_MIN;
	if (nice > NICE_MAX)
		nice = NICE_MAX;
	souls_lock();
	while ((process = tree_next(&souls->tree, process))) {
		if (!is_meant(caller, process, kind, who))
			continue;
		one = set ? set_nice(caller, body_of_soul(process), nice) : 0;
		if (error == E_SRCH || one)
			error = one;
		if (process->nice < best)
			best = process->nice;
	}
	souls_unlock();
	*priority = best;
	return error;
}

error_t serve_process_set_name(object_t object, const name_t name,
    mach_msg_type_number_t length)
{
	struct body *body = body_of(object);
	char *own = body->process.name;

	if (length > sizeof body->process.name - 1)
		length = sizeof body->process.name - 1;
	souls_lock();
	memset(own, 0, sizeof body->process.name);
	memcpy(own, name, length);
	souls_unlock();
	return 0;
}

error_t serve_process_set_time(object_t object, int seconds, int microseconds)
{
	time_value64_t time = {
		.seconds = seconds,
		.nanoseconds = (int64_t)microseconds * 1000,
	};
	struct process *process = 0;
	error_t error;

	if (!is_root(body_of(object)))
		return E_PERM;
	if (microseconds < 0 || microseconds >= 1000000)
		return E_INVAL;
	error = host_set_time64(server_host, time);
	if (error)
		return error;
	souls_lock();
	while ((process = tree_next(&souls->tree, process)))
		if (body_of_soul(process)->page)
			body_of_soul(process)->page->boot_seconds =
			    clock_boot_seconds();
	souls_unlock();
	return 0;
}

error_t serve_process_host_name(object_t object, int what, int set,
    const name_t new, mach_msg_type_number_t length, name_t old,
    mach_msg_type_number_t *old_length)
{
	struct body *body = body_of(object);
	char *name;
	error_t error = 0;

	if (what < 0 || what >= HOST_NAMES)
		return E_INVAL;
	name = souls->host_names[what];
	souls_lock();
	*old_length = strlen(name);
	memcpy(old, name, *old_length);
	if (set && !is_root(body))
		error = E_PERM;
	else if (set && length > HOST_NAME_MAX)
		error = E_INVAL;
	if (set && !error) {
		memcpy(name, new, length);
		name[length] = 0;
	}
	souls_unlock();
	return error;
}

error_t serve_process_reboot(object_t object, int command)
{
	if (!is_root(body_of(object)))
		return E_PERM;
	switch (command) {
	case REBOOT_RESTART:
	case REBOOT_HALT:
	case REBOOT_POWER_OFF:
		souls_lock();
		system_ends(command == REBOOT_RESTART);
		souls_unlock();
		return 0;
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF:
		return 0;
	}
	return E_INVAL;
}

error_t serve_process_acs(object_t object, mach_port_t *acs)
{
	return call_acs_client(is_root(body_of(object)), acs);
}

/* struct sysinfo: uptime, loads[3], totalram, freeram, sharedram, bufferram,
 * totalswap, freeswap, procs, totalhigh, freehigh, mem_unit. */
error_t serve_process_system_info(object_t object, process_usage_t *numbers)
{
	uint32_t *words = (uint32_t *)numbers;
	struct host_basic_info basic;
	struct vm_statistics memory;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	error_t error;

	(void)object;
	memset(numbers, 0, sizeof *numbers);
	call_swap_size(&words[8], &words[9]);
	error = host_info(server_host, HOST_BASIC_INFO, (host_info_t)&basic,
	    &count);
	if (!error)
		error = vm_statistics(mach_task_self(), &memory);
	if (error)
		return error;
	words[0] = (uint32_t)(clock_uptime() / 1000000);
	for (unsigned i = 0; i < 3; i++)
		words[1 + i] = clock_load(i);
	words[4] = basic.memory_size;
	words[5] = memory.free_count * PAGE_SIZE;
	words[7] = memory.inactive_count * PAGE_SIZE;
	words[13] = 1;
	souls_lock();
	words[10] = souls->tree.count;
	souls_unlock();
	return 0;
}
