/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The libmasix image: read once from the boot archive, kept in our memory as
 * it looks in a process, and mapped into each new task. Both parts are mapped
 * as copies: the text is never written by those who behave, so its pages are
 * shared, and one who contrives to write it spoils only its own.
 *
 * A fork's child has both from its parent.
 */
#include "process.h"
#include "core/elf.h"
#include <base/layout.h>
#include <base/libmasix_header.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach4.client.h>
#include <mach/vm_prot.h>

extern error_t call_acs_file(const char *name, char **data, uint32_t *size);

/* One part of the image: a range of every process, and its master here. */
struct part {
	vm_address_t start, end; /* in a process */
	vm_address_t master;
	mach_port_t proxy; /* send right, owned */
};

static struct part text, data;

const struct libmasix_header *libmasix_header(void)
{
	return (const struct libmasix_header *)text.master;
}

/* A master with what the file has for [start, end). */
static error_t part_make(struct part *part, uint32_t start, uint32_t end,
    const struct elf_image *image, const char *file)
{
	vm_size_t size = page_round(end - start);
	error_t error;

	part->start = start;
	part->end = start + size;
	if (!size)
		return 0;
	error = memory_allocate(size, &part->master);
	if (error)
		return error;
	for (unsigned i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];

		if (segment->address < start ||
		    segment->address + segment->file_size > part->end)
			continue;
		memcpy((char *)part->master + (segment->address - start),
		    file + segment->offset, segment->file_size);
	}
	/* the kernel panics at a proxy of memory that was never touched, and
	 * asks the data pager for each page that was not */
	for (vm_size_t at = 0; at < size; at += PAGE_SIZE)
		*(volatile char *)(part->master + at) += 0;
	return vm_region_create_proxy(mach_task_self(), part->master,
	    VM_PROT_ALL, size, &part->proxy);
}

/* The header is the first thing of the segment at LAYOUT_LIBMASIX. */
static const struct libmasix_header *find_header(const struct elf_image *image,
    const char *file)
{
	const struct libmasix_header *header;

	for (unsigned i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];

		if (segment->address != LAYOUT_LIBMASIX ||
		    segment->file_size < sizeof *header)
			continue;
		header = (const void *)(file + segment->offset);
		if (header->magic == LIBMASIX_MAGIC &&
		    header->version == LIBMASIX_VERSION)
			return header;
	}
	return 0;
}

static error_t take_image(const char *file, uint32_t size)
{
	const struct libmasix_header *header;
	struct elf_image image;
	error_t error;

	error = elf_parse(file, size, size, LAYOUT_WINDOWS, &image);
	if (error)
		return error;
	header = find_header(&image, file);
	if (!header)
		return E_NOEXEC;
	error = part_make(&text, header->text_start, header->text_end, &image,
	    file);
	if (error)
		return error;
	/* bss included: one entry in a task's map costs a fork less than two */
	return part_make(&data, header->data_start, header->bss_end, &image,
	    file);
}

error_t libmasix_load(void)
{
	uint32_t size;
	char *file;
	error_t error;

	error = call_acs_file("libmasix", &file, &size);
	if (error)
		return error;
	error = take_image(file, size);
	memory_free((vm_address_t)file, size);
	return error;
}

static error_t part_map(mach_port_t task, const struct part *part,
    vm_prot_t protection)
{
	vm_address_t address = part->start;

	if (!part->proxy)
		return 0;
	return syscall_vm_map(task, &address, part->end - part->start, 0, 0,
	    part->proxy, 0, 1, protection, VM_PROT_ALL, VM_INHERIT_COPY);
}

error_t libmasix_map(mach_port_t task)
{
	error_t error;

	error = part_map(task, &text, VM_PROT_READ | VM_PROT_EXECUTE);
	if (!error)
		error = part_map(task, &data, VM_PROT_READ | VM_PROT_WRITE);
	return error;
}
