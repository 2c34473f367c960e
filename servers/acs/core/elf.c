/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf.h"
#include <string.h>

enum {
	ELF_HEADER_SIZE = 52,
	ELF_PROGRAM_SIZE = 32,
	ELF_LOAD = 1,
	ELF_WRITABLE = 2,
	ELF_PAGE = 4096,
};

static const uint32_t elf_top = 0xb0000000;

struct elf_header {
	unsigned char identity[16];
	uint16_t type, machine;
	uint32_t version, entry, program_offset, section_offset, flags;
	uint16_t size, program_size, program_count;
	uint16_t section_size, section_count, section_names;
};

struct elf_program {
	uint32_t type, offset, address, physical, file_size, memory_size;
	uint32_t flags, alignment;
};

/* The program header with that number among all. */
static void program_read(const char *image, unsigned number,
    struct elf_program *program)
{
	struct elf_header header;

	memcpy(&header, image, sizeof(header));
	memcpy(program, image + header.program_offset +
		number * ELF_PROGRAM_SIZE, sizeof(*program));
}

int elf_check(const char *image, size_t size, unsigned *count,
    uint32_t *entry)
{
	static const unsigned char identity[7] = { 0x7f, 'E', 'L', 'F', 1, 1,
		1 };
	struct elf_header header;
	struct elf_program program;

	if (size < ELF_HEADER_SIZE)
		return 0;
	memcpy(&header, image, sizeof(header));
	if (memcmp(header.identity, identity, sizeof(identity)) != 0 ||
	    header.type != 2 || header.machine != 3 ||
	    header.program_size != ELF_PROGRAM_SIZE ||
	    header.program_offset > size ||
	    (size - header.program_offset) / ELF_PROGRAM_SIZE <
		header.program_count)
		return 0;
	*count = 0;
	for (unsigned i = 0; i < header.program_count; i++) {
		program_read(image, i, &program);
		*count += program.type == ELF_LOAD && program.memory_size > 0;
	}
	*entry = header.entry;
	return *count > 0;
}

int elf_segment(const char *image, size_t size, unsigned index,
    struct elf_segment *segment)
{
	struct elf_program program;
	uint32_t end;
	unsigned number = 0;

	for (unsigned seen = 0;; number++) {
		program_read(image, number, &program);
		if (program.type == ELF_LOAD && program.memory_size > 0 &&
		    seen++ == index)
			break;
	}
	if (program.offset > size ||
	    program.file_size > size - program.offset ||
	    program.file_size > program.memory_size ||
	    program.address < ELF_PAGE || program.address >= elf_top ||
	    program.memory_size > elf_top - program.address)
		return 0;
	end = program.address + program.memory_size + ELF_PAGE - 1;
	segment->address = program.address & ~(uint32_t)(ELF_PAGE - 1);
	segment->size = (end & ~(uint32_t)(ELF_PAGE - 1)) - segment->address;
	segment->data = image + program.offset;
	segment->data_offset = program.address - segment->address;
	segment->data_size = program.file_size;
	segment->writable = (program.flags & ELF_WRITABLE) != 0;
	return 1;
}
