/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Windows: parts of files' memory objects mapped into the process, through
 * which read and write are copies (local/README.md has the rules).
 *
 * A file right has a map when it was first read, written or mapped: the memory
 * object and the attribute slot that its server publishes. A window is a
 * quarter megabyte of one map. Windows and slots lie above LAYOUT_FILES, are
 * not inherited by fork and stay over exec.
 */
#pragma once
#include <unix/descriptor.h>

enum {
	WINDOW_SHIFT = 18,
	WINDOW_SIZE = 1 << WINDOW_SHIFT,
};

/*
 * Copies between memory and the file at offset; of the program or our own.
 * Bytes, or -errno; -ENODEV: this file has no memory, ask it by messages.
 * A fault of the program's memory is -EFAULT, one of the file's -EIO.
 */
long window_read(
    struct file_right *right, void *to, size_t size, int64_t offset);

/* flags: O_APPEND, O_DSYNC. at: where it was written. Grows the file. */
long window_write(struct file_right *right, const void *from, size_t size,
    int64_t offset, uint32_t flags, int64_t *at);

/* Attributes as the server publishes them. E_NODEV: ask by message. */
error_t window_attributes(
    struct file_right *right, struct file_attributes *attributes);

/* The size of a regular file; the same with what is being written behind it.
 * 0 or -errno. */
long right_size(struct file_right *right, int64_t *size);
long right_end(struct file_right *right, int64_t *end);

/* The memory object. BORROWED: the map's. E_NODEV. */
error_t window_object(struct file_right *right, mach_port_t *object);

/* The right ends: its map and windows go. The lock is held. */
void window_drop(struct file_right *right);

/* A fresh task or a child: there are no maps. The lock is held, or nobody
 * else is there. */
void windows_forget(void);

/* Anonymous pages above LAYOUT_FILES that fork shares. The lock is held. */
error_t files_area_allocate(vm_size_t size, vm_address_t *address);
/* That one page is there already. E_INVAL: it is not, or no place of ours. */
error_t files_area_adopt(vm_address_t address);
void files_area_free(vm_address_t address, vm_size_t size);
