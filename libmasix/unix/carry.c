/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors over an exec in a new task (process_exec_anew). The old libmasix
 * writes down what it knows of them; the process server puts the block and the
 * rights it speaks of into the new task; the new libmasix makes of it what it
 * can. It trusts nothing: sizes are checked (core/carried.c), each right must
 * be a plain send right whose server says that it is a file, and what kind of
 * file it is that server says, too. Positions stay shared with others: the
 * pages they lie in come along.
 *
 * Left behind are descriptors that are close-on-exec, and epolls.
 */
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <file.client.h>
#include <kernel/mach4.client.h>
#include <kernel/mach_port.client.h>
#include <mach/vm_prot.h>
#include <string.h>
#include <unix/carry.h>
#include <unix/descriptor.h>
#include <unix/fork.h>

enum {
	NUMBERS_MAX = 65536, /* descriptors */
};

/* ---- in the old image ---------------------------------------------------- */

/* What is found before the block's size is known. Arrays in the heap. */
struct survey {
	struct open_file **files;
	vm_address_t *pages;
	struct carried counts;
	size_t paths;
};

static unsigned file_index(const struct survey *survey,
    const struct open_file *file)
{
	unsigned i = 0;

	while (i < survey->counts.file_count && survey->files[i] != file)
		i++;
	return i;
}

static void note_page(struct survey *survey, const struct open_file *file)
{
	vm_address_t page = page_trunc((vm_address_t)file->state);
	unsigned i = 0;

	while (i < survey->counts.page_count && survey->pages[i] != page)
		i++;
	if (i == survey->counts.page_count)
		survey->pages[survey->counts.page_count++] = page;
}

static int is_carried(const struct descriptor *slot)
{
	return slot->file && !slot->file->epoll &&
	    !(slot->flags & DESCRIPTOR_CLOSE_ON_EXEC);
}

/* The lock is held. */
static error_t survey_make(struct survey *survey)
{
	error_t error = 0;

	for (unsigned fd = 0; fd < descriptors.end && !error; fd++) {
		struct descriptor *slot = &descriptors.slots[fd];

		if (!is_carried(slot))
			continue;
		survey->counts.slot_count++;
		if (file_index(survey, slot->file) < survey->counts.file_count)
			continue;
		error = state_share(slot->file);
		if (error)
			break;
		survey->files[survey->counts.file_count++] = slot->file;
		note_page(survey, slot->file);
		if (slot->file->path)
			survey->paths += strlen(slot->file->path);
	}
	return error;
}

static void put_file(struct carried_file *to, const struct open_file *file,
    char **paths)
{
	size_t length = file->path ? strlen(file->path) : 0;

	to->port = file->right->port;
	to->event = file->event;
	to->flags = file->state->flags;
	to->owner = file->state->owner;
	to->position = file->state->position;
	to->state = (uint32_t)file->state;
	to->path_length = length;
	to->attributes = file->right->attributes;
	memcpy(*paths, file->path ? file->path : "", length);
	*paths += length;
}

/* The lock is held. */
static void block_fill(struct carried *head, const struct survey *survey)
{
	struct carried_file *file = (void *)(head + 1);
	struct carried_slot *to = (void *)(file + survey->counts.file_count);
	struct carried_page *page = (void *)(to + survey->counts.slot_count);
	char *paths = (void *)(page + survey->counts.page_count);

	for (unsigned i = 0; i < survey->counts.file_count; i++)
		put_file(file++, survey->files[i], &paths);
	for (unsigned fd = 0; fd < descriptors.end; fd++) {
		struct descriptor *slot = &descriptors.slots[fd];

		if (!is_carried(slot))
			continue;
		to->number = fd;
		to->flags = slot->flags;
		to->file = file_index(survey, slot->file);
		to++;
	}
	for (unsigned i = 0; i < survey->counts.page_count; i++)
		page++->address = survey->pages[i];
}

static void add_right(struct carry *carry, mach_port_t name)
{
	for (unsigned i = 0; i < carry->count; i++)
		if (carry->rights[i] == name)
			return;
	if (name)
		carry->rights[carry->count++] = name;
}

/* Each right once. Pages have been written to: they have an object. */
static error_t rights_fill(struct carry *carry)
{
	struct carried_parts parts;
	error_t error = 0;

	carried_parse(carry->block, carry->size, &parts);
	for (uint32_t i = 0; i < carry->block->file_count; i++)
		add_right(carry, parts.files[i].port);
	carry->files = carry->count;
	memcpy(carry->names, carry->rights,
	    carry->count * sizeof *carry->names);
	for (uint32_t i = 0; i < carry->block->page_count && !error; i++) {
		carry->names[carry->count] = parts.pages[i].address;
		error = vm_region_create_proxy(mach_task_self(),
		    parts.pages[i].address, VM_PROT_READ | VM_PROT_WRITE,
		    PAGE_SIZE, &carry->rights[carry->count]);
		if (!error)
			carry->count++;
	}
	return error;
}

static error_t carry_fill(struct carry *carry, const struct survey *survey)
{
	const struct carried *counts = &survey->counts;
	size_t room = (counts->file_count + counts->page_count + 1) *
	    sizeof(mach_port_t);

	carry->size = carried_size(counts, survey->paths);
	if (window_allocate(carry->size, (void **)&carry->block))
		return E_NOMEM;
	*carry->block = *counts;
	carry->block->size = carry->size;
	carry->names = heap_alloc(room);
	carry->rights = heap_alloc(room);
	if (!carry->names || !carry->rights)
		return E_NOMEM;
	block_fill(carry->block, survey);
	return 0;
}

error_t carry_make(struct carry *carry)
{
	struct survey survey = { 0 };
	size_t room = (descriptors.end + 1) * sizeof(void *);
	error_t error = E_NOMEM;

	memset(carry, 0, sizeof *carry);
	survey.files = heap_alloc(room);
	survey.pages = heap_alloc(room);
	if (survey.files && survey.pages) {
		lock(&files_lock);
		error = survey_make(&survey);
		if (!error)
			error = carry_fill(carry, &survey);
		unlock(&files_lock);
	}
	heap_free(survey.files);
	heap_free(survey.pages);
	if (!error)
		error = rights_fill(carry);
	if (error)
		carry_free(carry);
	return error;
}

void carry_free(struct carry *carry)
{
	for (unsigned i = carry->files; i < carry->count; i++)
		port_drop(carry->rights[i]);
	if (carry->block)
		window_free(carry->block, carry->size);
	heap_free(carry->names);
	heap_free(carry->rights);
}

/* ---- in the new one ------------------------------------------------------ */

/* A name that stands for a send right and nothing else, and for none that all
 * processes have: then it came with the block. */
static int is_given(mach_port_t name)
{
	mach_port_type_t type;

	return (name < PORT_PROCESS || name >= PORT_FIXED_END) &&
	    name != mach_task_self() &&
	    !mach_port_type(mach_task_self(), name, &type) &&
	    type == MACH_PORT_TYPE_SEND;
}

static int is_known(mach_port_t port)
{
	struct file_right *right = *right_chain(port);

	while (right && right->port != port)
		right = right->next;
	return right != NULL;
}

static void take_path(struct open_file *file, const char *path, size_t length)
{
	if (!length)
		return;
	file->path = heap_alloc(length + 1);
	if (!file->path)
		return;
	memcpy(file->path, path, length);
	file->path[length] = 0;
}

/* A file as it is said to be; null if it can't be. */
static struct open_file *take_file(const struct carried_file *from,
    const char *path)
{
	struct file_attributes attributes = { .mode = 0600 };
	struct open_file *file;

	if (from->port) {
		if (!is_given(from->port) ||
		    file_stat(from->port, &attributes))
			return NULL;
		if (is_known(from->port) && port_copy_send(from->port))
			return NULL;
	} else if (from->event != EVENT_COUNTER &&
	    from->event != EVENT_SEMAPHORE &&
	    from->event != EVENT_SIGNALS) {
		return NULL;
	}
	file = open_file_new(from->port, &attributes, (int)from->flags);
	if (!file)
		return NULL;
	file->own.flags = from->flags;
	file->own.owner = from->owner;
	file->own.position = from->position;
	file->event = from->port ? EVENT_NONE : from->event;
	take_path(file, path, from->path_length);
	locks_named(from->owner);
	return file;
}

static void take_state(struct open_file *file, uint32_t state,
    const struct carried *head, const struct carried_page *pages,
    struct shared_page **shared)
{
	for (uint32_t i = 0; i < head->page_count; i++)
		if (shared[i] && page_trunc(state) == pages[i].address) {
			state_adopt(file, shared[i], state % PAGE_SIZE);
			return;
		}
}

static void take_pages(const struct carried *head,
    const struct carried_page *pages, struct shared_page **shared)
{
	for (uint32_t i = 0; i < head->page_count; i++)
		shared[i] = shared_page_adopt(pages[i].address);
}

static void take_slot(const struct carried_slot *slot, struct open_file *file)
{
	struct open_file *before = NULL;

	if (!file || slot->number >= NUMBERS_MAX)
		return;
	lock(&files_lock);
	if (!descriptors_put(&descriptors, slot->number, file, 0, &before))
		file->references++;
	unlock(&files_lock);
	open_file_release(before);
}

static void take_all(const struct carried *head,
    const struct carried_parts *parts, struct open_file **files,
    struct shared_page **shared)
{
	const char *path = parts->paths;

	take_pages(head, parts->pages, shared);
	for (uint32_t i = 0; i < head->file_count; i++) {
		files[i] = take_file(&parts->files[i], path);
		path += parts->files[i].path_length;
		if (files[i])
			take_state(files[i], parts->files[i].state, head,
			    parts->pages, shared);
	}
	for (uint32_t i = 0; i < head->slot_count; i++)
		take_slot(&parts->slots[i], files[parts->slots[i].file]);
	for (uint32_t i = 0; i < head->file_count; i++)
		open_file_release(files[i]);
	for (uint32_t i = 0; i < head->page_count; i++)
		shared_page_settle(shared[i]);
}

/* The process server has set the block's size to what there really is. */
void descriptors_carried(struct carried *head)
{
	struct carried_parts parts;
	struct open_file **files;
	struct shared_page **shared;
	size_t size = head->size;

	if (!carried_parse(head, size, &parts)) {
		files = heap_alloc((head->file_count + 1) * sizeof *files);
		shared = heap_alloc((head->page_count + 1) * sizeof *shared);
		if (files && shared)
			take_all(head, &parts, files, shared);
		heap_free(files);
		heap_free(shared);
	}
	memory_free((vm_address_t)head, size);
}
