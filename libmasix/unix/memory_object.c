/* SPDX-License-Identifier: BSD-2-Clause */
/* What mmap needs of a descriptor: the memory behind it. */
#include <file.client.h>
#include <unix/local/window.h>

enum {
	DEVICE_ZERO = 1 << 8 | 5,
};

static error_t memory_check(
    const struct open_file *file, int protection, int flags)
{
	int type = flags & MAP_TYPE;

	if (!open_file_readable(file))
		return E_ACCES;
	if ((type == MAP_SHARED || type == MAP_SHARED_VALIDATE) &&
	    (protection & PROT_WRITE) && !open_file_writable(file))
		return E_ACCES;
	return 0;
}

error_t descriptor_memory(int fd, int protection, int flags,
    mach_port_t *object, struct file_right **right)
{
	struct open_file *file = descriptor_hold(fd);
	error_t error;

	if (!file)
		return E_BADF;
	error = memory_check(file, protection, flags);
	if (error)
		;
	else if (file->right->kind == S_IFREG)
		error = window_object(file->right, object);
	else if (file->right->kind == S_IFCHR &&
	    file->right->attributes.special == DEVICE_ZERO)
		*object = MACH_PORT_NULL; /* anonymous */
	else
		error = E_NODEV;
	*right = NULL;
	if (!error && file->right->kind == S_IFREG &&
	    (flags & MAP_TYPE) != MAP_PRIVATE && open_file_writable(file)) {
		*right = file->right;
		right_hold(*right);
	}
	descriptor_release(file);
	return error;
}
