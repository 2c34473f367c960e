/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data pager's parts. space.c keeps pages, objects.c knows the kernel's
 * memory objects, pages.c is the thread that the kernel talks to.
 */
#pragma once
#include <base/error.h>
#include <base/lock.h>
#include <mach/mach_types.h>
#include <stdint.h>

enum {
	OBJECTS_MAX = 8192, /* memory objects; number 0 is not used */
	AREAS_MAX = 4,
	HELD_MAX = 2048, /* pages kept in memory when there is no space */
	LOCK_SPACE = 1,  /* rank of space_lock, the only one */
};

/* space.c. The lock guards areas and counters; only the pages thread calls
 * the first four, so a slot stays what it is while the disk works. */
extern struct lock space_lock;
struct space_status {
	uint32_t total, used, held, paged_in, paged_out, failures;
};

/* Stores one page of an object. data: page-aligned vm memory, CONSUMED in any
 * case. E_NOSPC: it was not stored and is lost. */
error_t space_store(uint32_t object, uint32_t page, vm_offset_t data);

/* One page: vm memory, GIVEN. only: it is not kept here any more, because
 * space is short. E_NOENT: never stored; E_IO. */
error_t space_fetch(uint32_t object, uint32_t page, vm_offset_t *data,
    int *only);

/* Forgets all pages of an object. */
void space_forget(uint32_t object);

/* Adds a partition; pages: how many. E_INVAL, E_BUSY (it is in use), E_NOMEM,
 * the kernel's errors of device_open. */
error_t space_add(const char *device, uint32_t *pages);
error_t space_start(void);
void space_status(struct space_status *status);

/* objects.c */
error_t objects_start(void);
error_t object_add(mach_port_t port, mach_port_t control, mach_port_t name,
    uint32_t *object);
void object_remove(uint32_t object);
int object_valid(uint32_t object);
uint32_t object_count(void);

/* pages.c: becomes the default memory manager. */
error_t pages_start(void);
extern mach_port_t pages_set; /* where objects' ports belong */
