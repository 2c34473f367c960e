/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data pager's parts. space.c keeps pages, on areas (areas.c) or in memory
 * (held.c), objects.c knows the kernel's memory objects, pages.c is the thread
 * that the kernel talks to. What outlives the task is in struct kept; kept.c
 * and resume.c say how a successor finds it whole.
 */
#pragma once
#include "core/slots.h"
#include <base/error.h>
#include <base/guard.h>
#include <base/lock.h>
#include <base/memory.h>
#include <mach/mach_types.h>
#include <stdint.h>

enum {
	OBJECTS_MAX = 8192, /* memory objects; number 0 is not used */
	AREAS_MAX = 4,
	HELD_MAX = 2048, /* pages kept in memory when there is no space */
	ROWS_MAX = 16,   /* of the framework */
	REQUESTS_MAX = 8, /* of instances that died */
	AREA_NAME_MAX = 32,
	LOCK_SPACE = 1,  /* rank of space_lock, the only one */
};

struct space_status {
	uint32_t total, used, held, paged_in, paged_out, failures;
};

struct kept_area {
	char name[AREA_NAME_MAX];
	uint32_t first, count; /* slots, in the pool */
};

/* A page that was asked for and, as far as we know, not supplied; object is
 * the last to be written. */
struct kept_request {
	uint32_t page;
	uint32_t object; /* 0: none */
};

/*
 * What outlives the task. Wired in the vault, so that it is there while nobody
 * pages. Each write leaves something that the next instance understands:
 *
 *	hand		the message in work: done again from the start
 *	objects		the port's name, from before it is protected to its end
 *	areas		whole before area_count counts them
 *	pool, held	core/slots.h
 */
struct kept {
	struct hand hand;
	struct kept_request requests[REQUESTS_MAX];
	uint32_t manager; /* name of the port where objects are created */
	uint32_t area_count;
	struct space_status counters;
	struct kept_area areas[AREAS_MAX];
	uint32_t objects[OBJECTS_MAX];
	struct slot_place held[HELD_MAX];
	struct slot_place pool[]; /* of all areas, to the end of the region */
};
enum {
	KEPT_SIZE = REGION_SIZE - 4 * PAGE_SIZE, /* the rest is the rows' */
	POOL_MAX = (KEPT_SIZE - sizeof(struct kept)) /
	    sizeof(struct slot_place),
};
extern struct kept *kept;

/* kept.c: after the framework knows server_memory. */
error_t kept_start(void);
/* Slots of the pool for an area: wired and zero. Null: none left. */
struct slot_place *kept_slots(uint32_t count, uint32_t *first);

/* space.c. The lock guards areas' slots and the counters; only the pages thread
 * calls the first four, so a slot stays what it is while the disk works. */
extern struct lock space_lock;

/* Stores one page of an object. data stays the caller's. E_NOSPC: it was not
 * stored and is lost. */
error_t space_store(uint32_t object, uint32_t page, vm_offset_t data);

/* One page: vm memory, GIVEN. only: it is to be space_drop()ped when the kernel
 * has it, because space is short. E_NOENT: never stored; E_IO. */
error_t space_fetch(uint32_t object, uint32_t page, vm_offset_t *data,
    int *only);
void space_drop(uint32_t object, uint32_t page);

/* Forgets all pages of an object. */
void space_forget(uint32_t object);
void space_status(struct space_status *status);
/* How many an object has. */
uint32_t space_pages(uint32_t object);

/* The first slot that holds the page, or SLOT_NONE; with the lock around. */
uint32_t slot_find(const struct slots *slots, uint32_t object, uint32_t page);
/* That, or one taken for it. */
uint32_t slot_for(struct slots *slots, uint32_t object, uint32_t page);
void slot_keep(struct slots *slots, uint32_t slot);
void slot_give(struct slots *slots, uint32_t slot);

/* areas.c */
struct area {
	mach_port_t device; /* send right, owned; null: it can't be opened */
	struct slots slots;
};
extern struct area areas[AREAS_MAX];
extern volatile unsigned area_count; /* grows only */
error_t area_write(struct area *area, uint32_t slot, vm_offset_t data);
error_t area_read(struct area *area, uint32_t slot, vm_offset_t *data);
void areas_resume(void);

/* Adds a partition; pages: how many. E_INVAL, E_BUSY (it is in use), E_NOMEM,
 * the kernel's errors of device_open. */
error_t area_add(const char *device, uint32_t *pages);

/* held.c */
extern struct slots held;
error_t held_start(void);
error_t held_store(uint32_t object, uint32_t page, vm_offset_t data);
error_t held_fetch(uint32_t slot, vm_offset_t *data);
void held_drop(uint32_t object, uint32_t page);
void held_end(uint32_t slot);

/* shortage.c: somebody is told when space runs short. */
error_t shortage_start(void);
/* A page has taken space. Neither waits nor sends. */
void shortage_look(void);
/* In a handler: answers at the next shortage, or when too many wait (then *now
 * is 0). */
error_t shortage_wait(int *now);

/* objects.c */
struct recovery_ports;
extern const struct recovery_ports objects_ports;
error_t objects_start(void);
error_t object_add(mach_port_t port, mach_port_t control, mach_port_t name,
    uint32_t *object);
void object_remove(uint32_t object);
int object_valid(uint32_t object);
mach_port_t object_port(uint32_t object);
uint32_t object_count(void);
/* The kernel's rights, out of the vault: null if it has none. GIVEN. */
mach_port_t object_control(uint32_t object);
mach_port_t object_name(uint32_t object);

/* pages.c: becomes the default memory manager. */
error_t pages_prepare(void);
error_t pages_start(void);
void pages_rest(void);
void page_in(uint32_t object, mach_port_t control, vm_offset_t offset);
void page_lost(mach_port_t control);
void hand_empty(void);
void hand_serve(void);
extern mach_port_t pages_set; /* where objects' ports belong */

/* resume.c: in the pages thread, before it serves. */
void hand_resume(void);
void requests_resume(void); /* before each message */
