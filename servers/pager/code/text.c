/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts: how they are made and end. */
#include "code.h"
#include <base/heap.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/memory_object.h>
#include <kernel/memory_object.server.h>
#include <text.server.h>
#include <text_notice.server.h>

extern error_t call_file_read(mach_port_t file, uint64_t offset, char *bytes,
    uint32_t size, uint32_t *count);

struct lock code_lock = LOCK_INIT(RANK_CODE);
struct cache code_cache;
struct code_counters code_counters;

static routine_t memory_interface(const mach_msg_header_t *request)
{
	return (routine_t)memory_object_server_routine(request);
}

static void text_destroy(object_t object)
{
	struct text *text = text_of(object);

	vault_drop(text->file);
	vault_drop(text->control);
	vault_drop(text->name);
	port_drop(text->file);
	port_drop(text->control);
	port_drop(text->name);
	heap_free(text->supplied);
	heap_free(text->header);
	heap_free(text);
}

static const interface_t text_interfaces[] = { memory_interface, 0 };

const struct object_class text_class = {
	.name = "text",
	.interfaces = text_interfaces,
	.destroy = text_destroy,
};

static routine_t front_interface(const mach_msg_header_t *request)
{
	return (routine_t)text_server_routine(request);
}

static routine_t notice_interface(const mach_msg_header_t *request)
{
	return (routine_t)text_notice_server_routine(request);
}

static void front_destroy(object_t object)
{
	(void)object; /* static: lives as long as the server */
}

static const interface_t front_interfaces[] = { front_interface,
	notice_interface, 0 };

const struct object_class front_class = {
	.name = "code pager",
	.interfaces = front_interfaces,
	.destroy = front_destroy,
};

static void text_free(struct text *text)
{
	heap_free(text->supplied);
	heap_free(text->header);
	heap_free(text);
}

error_t text_make(const struct text_key *key, mach_port_t file,
    struct text **result)
{
	struct text *text = heap_alloc_zero(sizeof *text);
	uint32_t size = key->size < sizeof(small_data_t) ?
	    (uint32_t)key->size : sizeof(small_data_t);
	error_t error = E_NOMEM;

	if (!text)
		return E_NOMEM;
	text->pages = (uint32_t)((key->size + PAGE_SIZE - 1) / PAGE_SIZE);
	text->supplied = heap_alloc_zero(cluster_words(text->pages) *
	    sizeof *text->supplied);
	text->header = heap_alloc(sizeof(small_data_t));
	if (text->supplied && text->header)
		error = call_file_read(file, 0, text->header, size,
		    &text->header_size);
	if (error) {
		text_free(text);
		return error;
	}
	object_init(&text->object, &text_class);
	list_init(&text->cached.age);
	text->cached.key = *key;
	text->file = file;
	*result = text;
	return 0;
}

error_t text_new(const struct text_key *key, mach_port_t file,
    struct text **result)
{
	error_t error = vault_keep(file);

	if (error)
		return error;
	error = text_make(key, file, result);
	if (error)
		vault_drop(file);
	return error;
}

void text_retire(struct text *text)
{
	int was_found = !list_empty(&text->cached.age);

	cache_retire(&code_cache, &text->cached);
	object_save(text);
	if (text->control)
		memory_object_change_attributes(text->control, 0,
		    MEMORY_OBJECT_COPY_DELAY, MACH_PORT_NULL);
	if (was_found)
		object_release(text);
}
