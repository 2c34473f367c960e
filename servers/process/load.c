/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executable files in tasks. What a segment does not write is mapped from the
 * code pager's object, shared by all who run the file (the pager supplies
 * locked pages, so that no trick can write them); what it may write is a copy
 * made page by page on the first write. Pages behind the file's part are fresh
 * memory; the rest of the last page is zeroed by libmasix, in the task, where
 * it costs a fault that the program would have had anyway.
 */
#include "load.h"
#include <base/heap.h>
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/vm_prot.h>

extern error_t call_text_map(mach_port_t file,
    const struct file_attributes *attributes, mach_port_t *object,
    char *header, uint32_t *size);
extern error_t call_file_read(mach_port_t file, uint64_t offset, char *bytes,
    uint32_t size);

error_t image_look(struct image *image, BORROWED mach_port_t file,
    const struct file_attributes *attributes)
{
	error_t error;

	memset(image, 0, sizeof *image);
	image->header = heap_alloc(sizeof(small_data_t));
	if (!image->header)
		return E_NOMEM;
	error = call_text_map(file, attributes, &image->object, image->header,
	    &image->header_size);
	if (error) {
		image_free(image);
		return error;
	}
	image->file = file;
	image->size = attributes->size;
	return 0;
}

void image_free(struct image *image)
{
	if (image->object)
		port_drop(image->object);
	heap_free(image->header);
	memset(image, 0, sizeof *image);
}

int image_is_script(const struct image *image)
{
	return image->header_size >= 2 && image->header[0] == '#' &&
	    image->header[1] == '!';
}

error_t image_parse(struct image *image)
{
	return elf_parse(image->header, image->header_size, image->size,
	    LAYOUT_MMAP_END, &image->elf);
}

error_t image_interpreter(struct image *image, char **result)
{
	uint32_t size = image->elf.interpreter_size;
	uint32_t offset = image->elf.interpreter_offset;
	char *path;
	error_t error = 0;

	*result = 0;
	if (!size)
		return 0;
	path = heap_alloc(size);
	if (!path)
		return E_NOMEM;
	if (offset < image->header_size && size <= image->header_size - offset)
		memcpy(path, image->header + offset, size);
	else
		error = call_file_read(image->file, offset, path, size);
	if (!error && path[size - 1])
		error = E_NOEXEC;
	if (error) {
		heap_free(path);
		return error;
	}
	*result = path;
	return 0;
}

static vm_prot_t protection_of(const struct elf_segment *segment)
{
	/* i386 pages that can be read can be executed */
	return (segment->protection & (ELF_READ | ELF_EXECUTE) ?
	    VM_PROT_READ | VM_PROT_EXECUTE : 0) |
	    (segment->protection & ELF_WRITE ? VM_PROT_READ | VM_PROT_WRITE :
	    0);
}

/* The pages that have something of the file. */
static error_t map_file(struct image *image, const struct elf_segment *segment,
    mach_port_t task)
{
	vm_address_t start = page_trunc(segment->address) + image->bias;
	vm_address_t end = page_round(segment->address + segment->file_size) +
	    image->bias;
	vm_prot_t protection = protection_of(segment);
	int writable = (segment->protection & ELF_WRITE) != 0;

	return syscall_vm_map(task, &start, end - start, 0, 0, image->object,
	    page_trunc(segment->offset), writable, protection,
	    writable ? VM_PROT_ALL : VM_PROT_READ | VM_PROT_EXECUTE,
	    VM_INHERIT_COPY);
}

static error_t map_segment(struct image *image,
    const struct elf_segment *segment, mach_port_t task)
{
	uint32_t file_end = segment->address + segment->file_size;
	vm_address_t fresh = page_round(file_end) + image->bias;
	vm_address_t end = page_round(segment->address +
	    segment->memory_size) + image->bias;
	error_t error = 0;

	if (segment->file_size)
		error = map_file(image, segment, task);
	else
		fresh = page_trunc(segment->address) + image->bias;
	if (error)
		return error;
	/* only writable data has zeros behind it: Linux does the same */
	if (segment->memory_size > segment->file_size &&
	    (segment->protection & ELF_WRITE) && segment->file_size) {
		image->clear = file_end + image->bias;
		image->clear_size = fresh - image->clear;
	}
	if (end <= fresh)
		return 0;
	return syscall_vm_allocate(task, &fresh, end - fresh, 0);
}

error_t image_map(struct image *image, BORROWED mach_port_t task,
    uint32_t base)
{
	struct elf_image *elf = &image->elf;
	error_t error = 0;

	image->bias = elf->is_relocatable ? base - elf->low : 0;
	for (unsigned i = 0; i < elf->segment_count && !error; i++)
		error = map_segment(image, &elf->segments[i], task);
	return error;
}

void image_measure(const struct image *image, uint32_t *space,
    uint32_t *data)
{
	const struct elf_image *elf = &image->elf;

	for (unsigned i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];
		uint32_t size = page_round(segment->address +
		    segment->memory_size) - page_trunc(segment->address);

		*space += size;
		if (segment->protection & ELF_WRITE)
			*data += size;
	}
}

error_t load_stack(BORROWED mach_port_t task, uint32_t start,
    const struct stack_request *stack, uint32_t filled, uint32_t *esp)
{
	vm_address_t address = start, buffer;
	error_t error;

	error = syscall_vm_allocate(task, &address, stack->top - start, 0);
	if (error)
		return error;
	error = memory_allocate(filled, &buffer);
	if (error)
		return error;
	*esp = stack_build(stack, (void *)buffer, filled);
	error = vm_write(task, stack->top - filled, buffer, filled);
	memory_free(buffer, filled);
	return error;
}
