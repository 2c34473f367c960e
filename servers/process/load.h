/* SPDX-License-Identifier: BSD-2-Clause */
/* Executable files and how they get into a task: the Mach half of exec. */
#pragma once
#include "core/elf.h"
#include "core/stack.h"
#include <base/port.h>
#include <base/types.h>

/* A file that may become part of an image. Zeroed: none. */
struct image {
	mach_port_t object; /* its code object; send right, owned */
	mach_port_t file;   /* send right, borrowed while we look */
	char *header;       /* its first bytes; owned */
	uint32_t header_size;
	uint64_t size;
	struct elf_image elf;
	uint32_t bias;      /* added to the addresses of elf */
	uint32_t clear, clear_size; /* to be zeroed by libmasix */
};

/* Asks the code pager for the file's object and first bytes. */
error_t image_look(struct image *image, BORROWED mach_port_t file,
    const struct file_attributes *attributes);
void image_free(struct image *image);

int image_is_script(const struct image *image);

/* Checks the ELF headers. E_NOEXEC. */
error_t image_parse(struct image *image);

/* path: the interpreter that the image names, to be freed; null if none. */
error_t image_interpreter(struct image *image, char **path);

/* Maps the segments; relocatable ones from base on. */
error_t image_map(struct image *image, BORROWED mach_port_t task,
    uint32_t base);

/* Adds what the image will take of RLIMIT_AS and RLIMIT_DATA. */
void image_measure(const struct image *image, uint32_t *space,
    uint32_t *data);

/* The stack from start to its top, the last filled bytes as stack_build
 * makes them. */
error_t load_stack(BORROWED mach_port_t task, uint32_t start,
    const struct stack_request *stack, uint32_t filled, uint32_t *esp);
