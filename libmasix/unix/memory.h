/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's memory, between the files that know of it. */
#pragma once
#include <unix/area.h>
#include <unix/unix.h>

struct file_right;

/* A new image, which ends at end: there its heap begins. */
void memory_image(uint32_t end);

/* Which parts of the address space show files. */
void ranges_clear(void);
/* [start, end) shows a file now, or (file 0) does not. right: if it is shared
 * and may be written; a reference is taken. E_NOMEM. */
error_t range_set(uint32_t start, uint32_t end, int file,
    struct file_right *right);
/* The right of the range at address with a reference, or null. */
struct file_right *range_right(uint32_t address);
/* Some page of [start, end) shows a file. */
int range_has_file(uint32_t start, uint32_t end);

/* [start, start + size) is where programs may map things. */
int memory_is_free_area(uint32_t start, uint32_t size);

/* Where mmap looks for room. */
struct area *memory_area(void);

/*
 * The budget: what limits and the machine allow. spend: size bytes more, of
 * data (private, writable) or others. promise: size bytes of zero pages at
 * once, if they could ever be there. mapped: bytes of [start, end) that are in
 * use, or are data. A new image begins with clear.
 */
void budget_clear(void);
int budget_is_limited(unsigned which);
error_t budget_spend(uint32_t size, int is_data);
error_t budget_spend_data(uint32_t size);
error_t budget_promise(uint32_t size);
uint32_t budget_mapped(uint32_t start, uint32_t end, int only_data);

/* Bytes of memory and swap. */
error_t memory_of_machine(uint64_t *bytes);

/* PROT_* as the kernel has it. */
int memory_protection(int protection);
