/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF headers, read byte by byte: the buffer may have any alignment. */
#include "core/elf.h"
#include <base/bytes.h>
#include <string.h>

/* where things are in the file header */
enum {
	AT_TYPE = 16,
	AT_MACHINE = 18,
	AT_ENTRY = 24,
	AT_HEADERS = 28,
	AT_HEADER_SIZE = 42,
	AT_HEADER_COUNT = 44,
	FILE_HEADER = 52,

	TYPE_EXECUTABLE = 2,
	TYPE_RELOCATABLE = 3,
	MACHINE_386 = 3,
	MACHINE_486 = 6,
};

/* and in a program header */
enum {
	AT_KIND = 0,
	AT_OFFSET = 4,
	AT_ADDRESS = 8,
	AT_FILE_SIZE = 16,
	AT_MEMORY_SIZE = 20,
	AT_FLAGS = 24,
	PROGRAM_HEADER = 32,

	KIND_LOAD = 1,
	KIND_INTERPRETER = 3,
	KIND_NOTE = 4,
	NOTE_HEADER = 12, /* sizes of name and content, type */
	INTERPRETER_MAX = 4096,
};

static uint32_t page_down(uint32_t value)
{
	return value & ~(uint32_t)(ELF_PAGE - 1);
}

static int is_ours(const uint8_t *header, uint32_t size)
{
	static const uint8_t identity[] = { 0x7f, 'E', 'L', 'F', 1, 1 };
	uint16_t machine, type;

	if (size < FILE_HEADER || memcmp(header, identity, sizeof identity))
		return 0;
	machine = bytes_get16(header + AT_MACHINE);
	type = bytes_get16(header + AT_TYPE);
	return (machine == MACHINE_386 || machine == MACHINE_486) &&
	    (type == TYPE_EXECUTABLE || type == TYPE_RELOCATABLE) &&
	    bytes_get16(header + AT_HEADER_SIZE) == PROGRAM_HEADER;
}

/* One PT_LOAD. Sums are made in 64 bits: the file may say anything. */
static error_t add_segment(struct elf_image *image, const uint8_t *at,
    uint64_t file_size, uint32_t limit)
{
	struct elf_segment *segment = &image->segments[image->segment_count];
	uint32_t flags = bytes_get32(at + AT_FLAGS);

	if (image->segment_count == ELF_SEGMENTS)
		return E_NOEXEC;
	segment->offset = bytes_get32(at + AT_OFFSET);
	segment->address = bytes_get32(at + AT_ADDRESS);
	segment->file_size = bytes_get32(at + AT_FILE_SIZE);
	segment->memory_size = bytes_get32(at + AT_MEMORY_SIZE);
	segment->protection = (flags & 4 ? ELF_READ : 0) |
	    (flags & 2 ? ELF_WRITE : 0) | (flags & 1 ? ELF_EXECUTE : 0);
	if (!segment->memory_size)
		return 0;
	if (segment->file_size > segment->memory_size ||
	    (segment->offset ^ segment->address) & (ELF_PAGE - 1) ||
	    (uint64_t)segment->offset + segment->file_size > file_size ||
	    (uint64_t)segment->address + segment->memory_size +
	    ELF_PAGE > limit)
		return E_NOEXEC;
	if (!image->segment_count)
		image->low = page_down(segment->address);
	else if (page_down(segment->address) < image->high)
		return E_NOEXEC;
	image->high = page_down(segment->address + segment->memory_size +
	    ELF_PAGE - 1);
	image->segment_count++;
	return 0;
}

static error_t add_header(struct elf_image *image, const uint8_t *at,
    uint64_t file_size, uint32_t limit)
{
	switch (bytes_get32(at + AT_KIND)) {
	case KIND_LOAD:
		return add_segment(image, at, file_size, limit);
	case KIND_INTERPRETER:
		if (image->interpreter_size)
			return 0;
		image->interpreter_offset = bytes_get32(at + AT_OFFSET);
		image->interpreter_size = bytes_get32(at + AT_FILE_SIZE);
		if (image->interpreter_size < 2 ||
		    image->interpreter_size > INTERPRETER_MAX ||
		    (uint64_t)image->interpreter_offset +
		    image->interpreter_size > file_size)
			return E_NOEXEC;
	}
	return 0;
}

/* Where the program headers are in memory: in the segment that has them. */
static uint32_t find_headers(const struct elf_image *image, uint32_t offset)
{
	const struct elf_segment *segment = image->segments;

	for (unsigned i = 0; i < image->segment_count; i++, segment++)
		if (offset >= segment->offset &&
		    offset - segment->offset < segment->file_size)
			return offset - segment->offset + segment->address;
	return 0;
}

static uint64_t note_up(uint32_t size)
{
	return ((uint64_t)size + 3) & ~(uint64_t)3;
}

/* Whether a note in [offset, end) of the file's first bytes is ours. */
static int notes_are_ours(const uint8_t *bytes, uint32_t offset, uint32_t end)
{
	static const char name[] = "Masix";

	while (offset < end && end - offset >= NOTE_HEADER) {
		uint32_t name_size = bytes_get32(bytes + offset);
		uint64_t size = NOTE_HEADER + note_up(name_size) +
		    note_up(bytes_get32(bytes + offset + 4));

		if (size > end - offset)
			return 0;
		if (name_size == sizeof name &&
		    !memcmp(bytes + offset + NOTE_HEADER, name, sizeof name))
			return 1;
		offset += (uint32_t)size;
	}
	return 0;
}

/* Notes that lie behind the first size bytes are not seen. */
static int is_native(const uint8_t *bytes, uint32_t size, uint32_t headers,
    unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *at = bytes + headers + i * PROGRAM_HEADER;
		uint32_t offset = bytes_get32(at + AT_OFFSET);
		uint32_t length = bytes_get32(at + AT_FILE_SIZE);

		if (bytes_get32(at + AT_KIND) == KIND_NOTE && offset <= size &&
		    length <= size - offset &&
		    notes_are_ours(bytes, offset, offset + length))
			return 1;
	}
	return 0;
}

error_t elf_parse(const void *header, uint32_t size, uint64_t file_size,
    uint32_t limit, struct elf_image *image)
{
	const uint8_t *bytes = header;
	uint32_t offset;
	error_t error = 0;

	memset(image, 0, sizeof *image);
	if (!is_ours(bytes, size))
		return E_NOEXEC;
	image->is_relocatable =
	    bytes_get16(bytes + AT_TYPE) == TYPE_RELOCATABLE;
	image->entry = bytes_get32(bytes + AT_ENTRY);
	image->header_count = bytes_get16(bytes + AT_HEADER_COUNT);
	offset = bytes_get32(bytes + AT_HEADERS);
	if (!image->header_count || offset > size ||
	    (size - offset) / PROGRAM_HEADER < image->header_count)
		return E_NOEXEC;
	for (unsigned i = 0; i < image->header_count && !error; i++)
		error = add_header(image, bytes + offset + i * PROGRAM_HEADER,
		    file_size, limit);
	if (error)
		return error;
	if (!image->segment_count)
		return E_NOEXEC;
	image->headers = find_headers(image, offset);
	image->is_native = is_native(bytes, size, offset, image->header_count);
	return 0;
}
