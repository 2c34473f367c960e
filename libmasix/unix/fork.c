/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors over fork.
 *
 * The child's memory is a copy, so it has the tables already. Three things
 * are not copied: rights (the process server puts them into the child under
 * the same names), windows (not inherited: mapped again when needed), and
 * position and flags, which parent and child share from now on. Those live in
 * the open file itself until the first fork, then in a page that fork shares.
 *
 * 1. A place in a shared page is used for one open file only, ever: another
 *    process may still use it when this one has closed.
 * 2. Only the process that made a page gives out places in it.
 * 3. A page goes when no open file here has a place in it; the current page
 *    of the process stays until it is full.
 *
 * Not chosen: all positions in shared pages from the start: a program that
 * never forks would pay for the page.
 */
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <unix/descriptor.h>
#include <unix/fork.h>
#include <unix/local/window.h>

enum {
	PLACES = PAGE_SIZE / sizeof(struct shared_state),
	NAMES_LEAST = 64,
};

struct shared_page {
	struct shared_state *places;
	unsigned used;  /* by open files of this process */
	unsigned given; /* how many ever */
};

static struct shared_page *current_page; /* made by this process, or null */
static mach_port_t first_names[NAMES_LEAST], *names = first_names;
static unsigned name_room = NAMES_LEAST, name_count;

static void page_free(struct shared_page *page)
{
	files_area_free((vm_address_t)page->places, PAGE_SIZE);
	heap_free(page);
}

/* The lock is held. */
static struct shared_page *page_new(void)
{
	struct shared_page *page = heap_alloc_zero(sizeof(*page));
	vm_address_t address;

	if (!page)
		return NULL;
	if (files_area_allocate(PAGE_SIZE, &address)) {
		heap_free(page);
		return NULL;
	}
	page->places = (struct shared_state *)address;
	return page;
}

void shared_state_leave(struct open_file *file)
{
	struct shared_page *page = file->page;

	if (page && --page->used == 0 && page != current_page)
		page_free(page);
}

error_t state_share(struct open_file *file)
{
	struct shared_page *page = current_page;

	if (file->page)
		return 0;
	if (page && page->given == PLACES) {
		current_page = NULL;
		if (page->used == 0)
			page_free(page);
		page = NULL;
	}
	if (!page) {
		page = page_new();
		if (!page)
			return E_NOMEM;
		current_page = page;
	}
	file->page = page;
	file->state = &page->places[page->given++];
	page->used++;
	*file->state = file->own;
	locks_name(file);
	return 0;
}

struct shared_page *shared_page_adopt(vm_address_t address)
{
	struct shared_page *page = heap_alloc_zero(sizeof(*page));

	if (!page)
		return NULL;
	if (files_area_adopt(address)) {
		heap_free(page);
		return NULL;
	}
	page->places = (struct shared_state *)address;
	page->given = PLACES;
	return page;
}

void state_adopt(struct open_file *file, struct shared_page *page, unsigned at)
{
	file->page = page;
	file->state = &page->places[at / sizeof *page->places % PLACES];
	page->used++;
}

void shared_page_settle(struct shared_page *page)
{
	if (page && page->used == 0)
		page_free(page);
}

static void name_count_one(struct file_right *right)
{
	if (right->port)
		name_count++;
}

static void name_add(struct file_right *right)
{
	if (right->port)
		names[name_count++] = right->port;
}

static error_t names_collect(void)
{
	name_count = 0;
	rights_for_each(name_count_one);
	if (name_count > name_room) {
		if (names != first_names)
			heap_free(names);
		name_room = name_count * 2;
		names = heap_alloc(name_room * sizeof(*names));
		if (!names) {
			names = first_names;
			name_room = NAMES_LEAST;
			return E_NOMEM;
		}
	}
	name_count = 0;
	rights_for_each(name_add);
	return 0;
}

/* Leaves with the lock held: no other thread changes a thing until the
 * child's memory is made. */
error_t descriptors_fork_begin(mach_port_t **list, unsigned *count)
{
	error_t error = 0;

	lock(&files_lock);
	for (unsigned fd = 0; fd < descriptors.end && !error; fd++)
		if (descriptors.slots[fd].file)
			error = state_share(descriptors.slots[fd].file);
	if (!error)
		error = names_collect();
	if (error) {
		unlock(&files_lock);
		return error;
	}
	*list = names;
	*count = name_count;
	return 0;
}

void descriptors_fork_end(int failed)
{
	(void)failed;
	unlock(&files_lock);
}

void descriptors_fork_child(void)
{
	struct unix_thread *thread = thread_current();

	current_page = NULL;
	thread->held[0] = thread->held[1] = NULL;
	thread->poll_port = MACH_PORT_NULL;
	windows_forget();
	locks_forget();
	lock_init(&files_lock, FILES_RANK);
}
