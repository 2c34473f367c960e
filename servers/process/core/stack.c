/* SPDX-License-Identifier: BSD-2-Clause */
/* The first contents of a program's stack. */
#include "core/stack.h"
#include <base/bytes.h>
#include <string.h>

static const char platform[] = "i686";

enum {
	WORD = 4,
	ALIGNMENT = 16,
	OWN_PAIRS = 4, /* platform, random, path, null */
};

void stack_add(struct stack_request *request, uint32_t kind, uint32_t value)
{
	if (request->aux_count == AUX_MAX)
		return;
	request->aux[request->aux_count][0] = kind;
	request->aux[request->aux_count++][1] = value;
}

error_t stack_check(const struct stack_request *request, size_t limit)
{
	size_t at = 0, length;
	long count = 0;
	size_t pointers = (size_t)request->arguments +
	    (size_t)request->environment;

	if (request->arguments < 0 || request->environment < 0)
		return E_INVAL;
	if (pointers > limit / WORD ||
	    request->size + pointers * WORD > limit)
		return E_2BIG;
	while (at < request->size) {
		const char *end = memchr(request->strings + at, 0,
		    request->size - at);

		if (!end)
			return E_FAULT;
		length = (size_t)(end - request->strings) - at + 1;
		if (length > STACK_STRING_MAX)
			return E_2BIG;
		at += length;
		count++;
	}
	return (size_t)count == pointers ? 0 : E_FAULT;
}

/* Bytes of what stands above the vectors, rounded. */
static size_t upper_size(const struct stack_request *request)
{
	size_t size = WORD + strlen(request->path) + 1 + request->size +
	    sizeof platform + sizeof request->random;

	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t vectors_size(const struct stack_request *request)
{
	size_t words = 1 + (size_t)request->arguments + 1 +
	    (size_t)request->environment + 1 +
	    2 * (request->aux_count + OWN_PAIRS);

	return (words * WORD + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

size_t stack_size(const struct stack_request *request)
{
	return upper_size(request) + vectors_size(request);
}

struct writer {
	uint8_t *to;
};

static void put(struct writer *writer, uint32_t value)
{
	bytes_put32(writer->to, value);
	writer->to += WORD;
}

/* Pointers to count strings from address on; returns what follows them. */
static uint32_t put_pointers(struct writer *writer, const char **strings,
    int count, uint32_t address)
{
	for (int i = 0; i < count; i++) {
		size_t length = strlen(*strings) + 1;

		put(writer, address);
		address += (uint32_t)length;
		*strings += length;
	}
	put(writer, 0);
	return address;
}

static void put_aux(struct writer *writer, const struct stack_request *request,
    uint32_t path, uint32_t random, uint32_t name)
{
	for (unsigned i = 0; i < request->aux_count; i++) {
		put(writer, request->aux[i][0]);
		put(writer, request->aux[i][1]);
	}
	put(writer, AUX_RANDOM);
	put(writer, random);
	put(writer, AUX_PATH);
	put(writer, path);
	put(writer, AUX_PLATFORM);
	put(writer, name);
	put(writer, AUX_NULL);
	put(writer, 0);
}

uint32_t stack_build(const struct stack_request *request, void *bytes,
    size_t size)
{
	uint8_t *end = (uint8_t *)bytes + size, *to = end - WORD;
	size_t path_size = strlen(request->path) + 1;
	uint32_t path, strings, name, random, stack;
	const char *string = request->strings;
	struct writer writer;

	memset(to, 0, WORD);
	to -= path_size;
	memcpy(to, request->path, path_size);
	path = request->top - (uint32_t)(end - to);
	to -= request->size;
	memcpy(to, request->strings, request->size);
	strings = request->top - (uint32_t)(end - to);
	to -= sizeof platform;
	memcpy(to, platform, sizeof platform);
	name = request->top - (uint32_t)(end - to);
	to -= sizeof request->random;
	memcpy(to, request->random, sizeof request->random);
	random = request->top - (uint32_t)(end - to);

	writer.to = end - stack_size(request);
	stack = request->top - (uint32_t)stack_size(request);
	put(&writer, (uint32_t)request->arguments);
	strings = put_pointers(&writer, &string, request->arguments, strings);
	put_pointers(&writer, &string, request->environment, strings);
	put_aux(&writer, request, path, random, name);
	return stack;
}
