/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where windows come from. Addresses from LAYOUT_FILES on:
 *
 *	4 MB	attribute slots: 64 KB of some server's area each
 *	4 MB	pages that fork shares (fork.c)
 *	8 MB	nothing
 *	128 MB	512 windows of files
 *
 * When all windows are in use, the one that was used longest ago goes. All
 * tables are guarded by files_lock.
 */
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <file.client.h>
#include <mach/vm_inherit.h>
#include <string.h>
#include <unix/area.h>
#include <unix/local/map.h>

enum {
	SLOT_WINDOWS = 64,
	SLOT_WINDOW_SHIFT = 16,
	SLOTS_EACH = 1 << (SLOT_WINDOW_SHIFT - 7),
	AREA_PAGES = 512, /* every second: neighbours would be joined */
	WINDOWS = 512,
	CHUNKS_MAX = 1 << (32 - WINDOW_SHIFT), /* vm_map has 32-bit offsets */
};

#define SLOTS_START LAYOUT_FILES
#define AREA_START (LAYOUT_FILES + 0x400000)
#define WINDOWS_START (LAYOUT_FILES + 0x1000000)

struct slot_window {
	mach_port_t area; /* send right, owned; null: free */
	uint32_t index;   /* which 64 KB of it */
	unsigned users;   /* maps */
};

static struct window windows[WINDOWS];
static unsigned windows_begun; /* those from it on were never used */
static uint32_t window_clock;
static uint32_t map_generation;
static struct slot_window slot_windows[SLOT_WINDOWS];
static uint32_t area_used[AREA_PAGES / 32];

static error_t map_at(vm_address_t address, vm_size_t size, mach_port_t object,
    vm_offset_t offset, vm_prot_t protection, vm_inherit_t inheritance)
{
	return syscall_vm_map(mach_task_self(), &address, size, 0, FALSE,
	    object, offset, FALSE, protection, protection, inheritance);
}

static void unmap(vm_address_t address, vm_size_t size)
{
	syscall_vm_deallocate(mach_task_self(), address, size);
}

/* ---- pages that fork shares ------------------------------------------- */

error_t files_area_allocate(vm_size_t size, vm_address_t *address)
{
	unsigned i = 0;
	error_t error;

	while (i < AREA_PAGES && (area_used[i / 32] >> (i % 32) & 1))
		i++;
	if (i == AREA_PAGES || size != PAGE_SIZE)
		return E_NOMEM;
	*address = AREA_START + i * 2 * PAGE_SIZE;
	error = map_at(*address, size, MACH_PORT_NULL, 0,
	    VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_SHARE);
	if (!error)
		area_used[i / 32] |= 1u << (i % 32);
	return error;
}

error_t files_area_adopt(vm_address_t address)
{
	unsigned i = (address - AREA_START) / (2 * PAGE_SIZE);
	vm_address_t start;
	vm_size_t size;

	if (i >= AREA_PAGES || (area_used[i / 32] >> (i % 32) & 1) ||
	    address != AREA_START + i * 2 * PAGE_SIZE ||
	    !region_after(address, &start, &size) || start != address ||
	    size != PAGE_SIZE)
		return E_INVAL;
	area_used[i / 32] |= 1u << (i % 32);
	return 0;
}

void files_area_free(vm_address_t address, vm_size_t size)
{
	unsigned i = (address - AREA_START) / (2 * PAGE_SIZE);

	unmap(address, size);
	area_used[i / 32] &= ~(1u << (i % 32));
}

/* ---- attribute slots -------------------------------------------------- */

static vm_address_t slot_window_start(const struct slot_window *window)
{
	return SLOTS_START +
	    ((vm_address_t)(window - slot_windows) << SLOT_WINDOW_SHIFT);
}

static void slot_window_end(struct slot_window *window)
{
	unmap(slot_window_start(window), 1 << SLOT_WINDOW_SHIFT);
	port_drop(window->area);
	window->area = MACH_PORT_NULL;
}

/* The mapped part of area, or one to map it at; null if all are in use. */
static struct slot_window *slot_window_find(mach_port_t area, uint32_t index)
{
	struct slot_window *free = NULL, *idle = NULL, *window;

	for (window = slot_windows; window < slot_windows + SLOT_WINDOWS;
	     window++) {
		if (window->area == area && window->index == index)
			return window;
		if (!window->area && !free)
			free = window;
		else if (window->area && !window->users && !idle)
			idle = window;
	}
	if (!free && idle) {
		slot_window_end(idle);
		free = idle;
	}
	return free;
}

/* Sets map's slot. area: CONSUMED in any case. The lock is held. */
static void slot_find(struct file_map *map, mach_port_t area, int slot)
{
	uint32_t index = (uint32_t)slot / SLOTS_EACH;
	struct slot_window *window;

	if (!area || slot < 0) {
		port_drop(area);
		return;
	}
	window = slot_window_find(area, index);
	if (window && window->area) {
		port_drop(area);
	} else if (!window ||
	    map_at(slot_window_start(window), 1 << SLOT_WINDOW_SHIFT, area,
		index << SLOT_WINDOW_SHIFT, VM_PROT_READ, VM_INHERIT_NONE)) {
		port_drop(area);
		return;
	} else {
		window->area = area;
		window->index = index;
		window->users = 0;
	}
	window->users++;
	map->slots = window;
	map->slot = (const struct attribute_slot *)slot_window_start(window) +
	    (uint32_t)slot % SLOTS_EACH;
}

/* Copies what the server publishes, all of one moment. A server that died in
 * the middle of a change is not waited for. */
static void slot_read(
    const struct attribute_slot *slot, struct attribute_slot *copy)
{
	uint32_t version;
	int tries = 0;

	do {
		version = slot->version;
		if (version & 1)
			thread_switch(MACH_PORT_NULL, SWITCH_DEPRESS, 1);
		atomic_barrier();
		*copy = *slot;
		atomic_barrier();
	} while (((version & 1) || slot->version != version) && ++tries < 100);
}

/* ---- maps ------------------------------------------------------------- */

static void map_free(struct file_map *map)
{
	port_drop(map->object);
	if (map->slots)
		map->slots->users--;
	heap_free(map);
}

/* A child of fork has its parent's maps, but not what they stand for. They are
 * thrown away when somebody comes to use them: until then not a page of them
 * is written. Generation: how many forks. */
static struct file_map *map_of(struct file_right *right)
{
	struct file_map *map = right->map;

	if (map && map->generation != map_generation) {
		right->map = NULL;
		heap_free(map);
	}
	return right->map;
}

/* Asks the server for right's memory, once. */
static error_t map_make(struct file_right *right)
{
	mach_port_t object, area;
	struct file_map *map;
	error_t error;
	int slot;

	if (right->unmappable || right->kind != S_IFREG)
		return E_NODEV;
	error = file_map(right->port, &object, &area, &slot);
	if (error) {
		right->unmappable = error == E_NODEV || error == E_OPNOTSUPP;
		return right->unmappable ? E_NODEV : error;
	}
	map = heap_alloc_zero(sizeof(*map));
	if (!map) {
		port_drop(object);
		port_drop(area);
		return E_NOMEM;
	}
	map->object = object;
	map->generation = map_generation;
	lock(&files_lock);
	slot_find(map, area, slot);
	if (right->map) /* another thread was quicker */
		map_free(map);
	else
		right->map = map;
	unlock(&files_lock);
	return 0;
}

error_t window_object(struct file_right *right, mach_port_t *object)
{
	error_t error = map_of(right) ? 0 : map_make(right);

	if (!error)
		*object = right->map->object;
	return error;
}

error_t window_attributes(struct file_right *right, struct file_attributes *to)
{
	error_t error = map_of(right) ? 0 : map_make(right);
	struct attribute_slot from;

	if (error)
		return error;
	if (!right->map->slot)
		return E_NODEV;
	slot_read(right->map->slot, &from);
	*to = right->attributes;
	to->mode = from.mode;
	to->links = from.links;
	to->uid = from.uid;
	to->gid = from.gid;
	to->node = from.node;
	to->size = from.size;
	to->blocks = from.blocks;
	to->block_size = from.block_size;
	to->device = from.device;
	to->special = from.special;
	to->atime = from.atime;
	to->mtime = from.mtime;
	to->ctime = from.ctime;
	to->atime_nsec = from.atime_nsec;
	to->mtime_nsec = from.mtime_nsec;
	to->ctime_nsec = from.ctime_nsec;
	return 0;
}

/* The slot is being written, or there is none. */
static __attribute__((noinline)) long size_ask(
    struct file_right *right, int64_t *size, int writing)
{
	struct file_attributes attributes;
	struct attribute_slot slot;
	error_t error;

	if (right->map->slot) {
		slot_read(right->map->slot, &slot);
		*size = (int64_t)(writing ? slot.end : slot.size);
		return 0;
	}
	error = file_stat(right->port, &attributes);
	if (!error)
		*size = (int64_t)attributes.size;
	return unix_error(error);
}

static inline __attribute__((always_inline)) long size_get(
    struct file_right *right, int64_t *size, int writing)
{
	const struct attribute_slot *slot;
	uint32_t version;
	error_t error;

	if (!map_of(right)) {
		error = map_make(right);
		if (error)
			return unix_error(error);
	}
	slot = right->map->slot;
	if (slot) {
		version = slot->version;
		atomic_barrier();
		*size = (int64_t)(writing ? slot->end : slot->size);
		atomic_barrier();
		if (!(version & 1) && slot->version == version)
			return 0;
	}
	return size_ask(right, size, writing);
}

long right_size(struct file_right *right, int64_t *size)
{
	return size_get(right, size, 0);
}

long right_end(struct file_right *right, int64_t *end)
{
	return size_get(right, end, 1);
}

/* ---- windows ---------------------------------------------------------- */

static void window_end(struct window *window)
{
	struct file_map *map = window->map;
	struct window **link = &map->windows;

	while (*link != window)
		link = &(*link)->next;
	*link = window->next;
	if (map->current == window)
		map->current = NULL;
	window->map = NULL;
	unmap((vm_address_t)window->start, WINDOW_SIZE);
}

/* A free window: an unused one, else that which was used longest ago. */
static struct window *window_new(void)
{
	struct window *oldest = NULL;

	for (unsigned i = 0; i < windows_begun; i++) {
		struct window *window = &windows[i];

		if (!window->map)
			return window;
		if (!window->pins &&
		    (!oldest || (int32_t)(window->used - oldest->used) < 0))
			oldest = window;
	}
	if (windows_begun < WINDOWS) {
		oldest = &windows[windows_begun++];
		memset(oldest, 0, sizeof(*oldest));
		return oldest;
	}
	if (oldest)
		window_end(oldest);
	return oldest;
}

static long window_map(
    struct file_right *right, uint32_t chunk, struct window **result)
{
	vm_prot_t protection = right->access & OPEN_WRITE
	    ? VM_PROT_READ | VM_PROT_WRITE
	    : VM_PROT_READ;
	struct window *window = window_new();

	if (!window)
		return -ENOMEM;
	window->start = (char *)WINDOWS_START +
	    ((vm_address_t)(window - windows) << WINDOW_SHIFT);
	if (map_at((vm_address_t)window->start, WINDOW_SIZE,
		right->map->object, chunk << WINDOW_SHIFT, protection,
		VM_INHERIT_NONE))
		return -ENOMEM;
	window->map = right->map;
	window->chunk = chunk;
	window->pins = 0;
	window->next = right->map->windows;
	right->map->windows = window;
	*result = window;
	return 0;
}

static __attribute__((noinline)) long window_find(
    struct file_right *right, uint32_t chunk, struct window **result)
{
	struct window *window = right->map->windows;

	while (window && window->chunk != chunk)
		window = window->next;
	*result = window;
	return window ? 0 : window_map(right, chunk, result);
}

long window_take(
    struct file_right *right, uint64_t chunk, struct window **result)
{
	struct window *window;
	long error = 0;

	if (chunk >= CHUNKS_MAX)
		return -EFBIG;
	lock(&files_lock);
	window = right->map->current;
	if (!window || window->chunk != (uint32_t)chunk)
		error = window_find(right, (uint32_t)chunk, &window);
	if (!error) {
		right->map->current = window;
		window->used = ++window_clock;
		window->pins++;
	}
	unlock(&files_lock);
	*result = window;
	return error;
}

void window_give(struct window *window)
{
	lock(&files_lock);
	window->pins--;
	unlock(&files_lock);
}

void window_drop(struct file_right *right)
{
	if (!map_of(right))
		return;
	while (right->map->windows)
		window_end(right->map->windows);
	map_free(right->map);
	right->map = NULL;
}

void windows_forget(void)
{
	map_generation++;
	windows_begun = 0;
	memset(slot_windows, 0, sizeof(slot_windows));
}
