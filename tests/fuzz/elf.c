/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for executables: the first bytes of a file as exec sees them,
 * as an ELF header and as a script. What is accepted must hold what elf.h
 * promises.
 */
#include "core/elf.h"
#include "core/script.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIMIT = 0xb0000000,
	FILE_SIZE = 0x10000,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const char fuzz_format[];
const char fuzz_format[] = "elf";

static void examine(const struct elf_image *image)
{
	uint64_t end = image->low;

	for (unsigned i = 0; i < image->segment_count; i++) {
		const struct elf_segment *each = &image->segments[i];

		if ((each->address & ~4095u) < end)
			abort();
		end = ((uint64_t)each->address + each->memory_size + 4095) &
		    ~4095ull;
		if (end > image->high || end > LIMIT ||
		    (uint64_t)each->offset + each->file_size > FILE_SIZE ||
		    each->file_size > each->memory_size)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char strings[] = "zero\0one\0A=b";
	struct elf_image image;
	struct script script;
	char *result;
	int count = 2;

	if (!elf_parse(data, (uint32_t)size, FILE_SIZE, LIMIT, &image))
		examine(&image);
	if (script_parse((const char *)data, size, &script))
		return 0;
	result = malloc(script_size(&script, "/path", sizeof strings));
	script_arguments(&script, "/path", strings, sizeof strings, &count,
	    result);
	if (strlen(result) >= SCRIPT_LINE)
		abort();
	free(result);
	return 0;
}
