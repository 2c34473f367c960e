/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process server asks: the object for an executable. */
#include "code.h"
#include <base/memory.h>
#include <base/text.h>
#include <string.h>
#include <text.server.h>
#include <text_notice.server.h>

enum {
	TEXT_SIZE_MAX = 0x7ffff000, /* of a file that can be mapped whole */
};

static void key_of(const struct file_attributes *attributes,
    struct text_key *key)
{
	memset(key, 0, sizeof *key);
	key->device = attributes->device;
	key->generation = attributes->generation;
	key->node = attributes->node;
	key->size = attributes->size;
	key->mtime = attributes->mtime;
	key->ctime = attributes->ctime;
	key->mtime_nsec = attributes->mtime_nsec;
	key->ctime_nsec = attributes->ctime_nsec;
}

/* The text of that key with a reference, or null. */
static struct text *find(const struct text_key *key)
{
	struct cached *cached, *stale;
	struct text *text = 0;

	lock(&code_lock);
	cached = cache_find(&code_cache, key, &stale);
	if (cached)
		text = object_reference(list_item(cached, struct text, cached));
	if (stale)
		text_retire(list_item(stale, struct text, cached));
	unlock(&code_lock);
	return text;
}

/* Enters a new text, unless another thread was quicker. GIVEN a reference. */
static error_t enter(struct text *text, struct text **result)
{
	struct cached *other, *stale;
	error_t error = 0;

	lock(&code_lock);
	other = cache_find(&code_cache, &text->cached.key, &stale);
	if (other) {
		*result = object_reference(list_item(other, struct text,
		    cached));
	} else if (cache_add(&code_cache, &text->cached)) {
		error = E_NOMEM;
	} else {
		*result = object_reference(text);
		text = 0;
	}
	other = cache_surplus(&code_cache);
	if (other)
		text_retire(list_item(other, struct text, cached));
	unlock(&code_lock);
	if (text)
		object_release(text);
	return error;
}

/* A text that is not in the table yet. The file right is copied. */
static error_t make(const struct text_key *key, mach_port_t file,
    struct text **result)
{
	struct text *text;
	error_t error;

	error = port_copy_send(file);
	if (error)
		return error;
	error = text_new(key, file, &text);
	if (error) {
		port_drop(file);
		return error;
	}
	return enter(text, result);
}

error_t serve_text_map(object_t object, port_copied_t file,
    file_attributes_t attributes, mach_port_t *memory,
    mach_msg_type_name_t *type, small_data_t header,
    mach_msg_type_number_t *header_size)
{
	struct text_key key;
	struct text *text;
	error_t error = 0;

	(void)object;
	if (attributes.size > TEXT_SIZE_MAX)
		return E_FBIG;
	key_of(&attributes, &key);
	text = find(&key);
	if (!text)
		error = make(&key, file, &text);
	if (error)
		return error;
	error = object_make_answer(text, &pool_pages, memory, type);
	if (!error) {
		memcpy(header, text->header, text->header_size);
		*header_size = text->header_size;
	}
	object_release(text);
	if (!error)
		port_drop(file);
	return error;
}

error_t serve_text_status(object_t object, text_line_t line,
    mach_msg_type_number_t *length)
{
	(void)object;
	lock(&code_lock);
	*length = (mach_msg_type_number_t)text_format(line,
	    sizeof(text_line_t), "objects %u asked %u shared %u retired %u "
	    "requests %u pages %u errors %u", code_cache.count,
	    code_cache.asked, code_cache.found, code_cache.retired,
	    code_counters.requests, code_counters.pages, code_counters.errors);
	unlock(&code_lock);
	return 0;
}

error_t serve_text_notice_forget(object_t object, int device)
{
	(void)object;
	lock(&code_lock);
	list_each_safe(link, &code_cache.ages) {
		struct cached *cached =
		    list_item(link, struct cached, age);

		if (cached->key.device == (uint32_t)device)
			text_retire(list_item(cached, struct text, cached));
	}
	unlock(&code_lock);
	return 0;
}
