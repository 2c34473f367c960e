/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts outlive the code pager. Their content is the file's, so a record is
 * the key and the names of three rights: the file's, and the kernel's two. What
 * the dead instance had taken of the kernel and not answered is seen in the
 * state of the object's pages. Which pages were supplied is not kept: all count
 * as supplied, so that a page asked for comes first and alone decides.
 */
#include "code.h"
#include <base/log.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <kernel/mach_debug.client.h>
#include <mach/memory_object.h>
#include <mach/vm_prot.h>
#include <mach_debug/vm_info.h>
#include <string.h>

extern error_t call_file_pages(mach_port_t file, uint64_t offset,
    uint32_t size, vm_address_t *data);

struct text_record {
	struct text_key key;
	uint32_t file : 31, found : 1;
	uint32_t control, name;
};
_Static_assert(sizeof(struct text_record) <= RECORD_MAX, "fits");

static void text_save(object_t object, void *to)
{
	struct text *text = text_of(object);
	struct text_record *record = to;

	record->key = text->cached.key;
	record->file = text->file;
	record->found = !list_empty(&text->cached.age);
	record->control = text->control;
	record->name = text->name;
}

/* The kernel's rights, if it had given any. */
static void rights_take(struct text *text, const struct text_record *record)
{
	if (!record->control)
		return;
	if (vault_take(record->control, &text->control))
		text->control = MACH_PORT_NULL;
	if (vault_take(record->name, &text->name))
		text->name = MACH_PORT_NULL;
}

static error_t text_restore(const void *from, object_t *object)
{
	const struct text_record *record = from;
	struct text *text;
	mach_port_t file;
	error_t error = vault_take(record->file, &file);

	if (error)
		return error;
	error = text_make(&record->key, file, &text);
	if (error) {
		vault_drop(file);
		port_drop(file);
		return error;
	}
	rights_take(text, record);
	memset(text->supplied, 0xff,
	    cluster_words(text->pages) * sizeof *text->supplied);
	if (record->found && !cache_add(&code_cache, &text->cached))
		object_reference(text);
	*object = object_reference(text);
	texts_restored(text);
	return 0;
}

const struct recovery text_recovery = {
	.class = &text_class,
	.save = text_save,
	.restore = text_restore,
};

/* ---- after all are restored ------------------------------------------- */

static struct text *restored; /* by next; references of their own */

void texts_restored(struct text *text)
{
	text->next = restored;
	restored = text;
}

/* A page that somebody waits for. */
static void page_supply(struct text *text, vm_offset_t offset)
{
	vm_address_t data;

	if (offset / PAGE_SIZE >= text->pages ||
	    call_file_pages(text->file, offset, PAGE_SIZE, &data))
		memory_object_data_error(text->control, offset, PAGE_SIZE,
		    KERN_FAILURE);
	else
		memory_object_data_supply(text->control, offset, data,
		    PAGE_SIZE, 1, VM_PROT_WRITE, 0, MACH_PORT_NULL);
}

void text_resume(struct text *text)
{
	vm_page_info_array_t pages = NULL;
	mach_msg_type_number_t count = 0;
	mach_port_t name;
	error_t error;

	lock(&code_lock);
	name = text->name;
	error = port_copy_send(name); /* the kernel may end it meanwhile */
	unlock(&code_lock);
	if (error)
		return;
	error = mach_vm_object_pages(name, &pages, &count);
	port_drop(name);
	if (error)
		return;
	for (unsigned i = 0; i < count; i++)
		if (pages[i].vpi_state & VPI_STATE_ABSENT &&
		    pages[i].vpi_state & VPI_STATE_BUSY)
			page_supply(text, pages[i].vpi_offset);
	memory_free((vm_address_t)pages, count * sizeof *pages);
}

void texts_resume(void)
{
	while (restored) {
		struct text *text = restored;

		restored = text->next;
		if (text->control) {
			memory_object_ready(text->control,
			    !list_empty(&text->cached.age),
			    MEMORY_OBJECT_COPY_DELAY);
			text_resume(text);
		}
		object_release(text);
	}
}
