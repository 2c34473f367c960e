/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes and connected pairs of sockets: two rights of VFS each. */
#include <base/port.h>
#include <string.h>
#include <unix/file.h>
#include <unix/pair.h>
#include <vfs.client.h>

/* What fstat of the ends may say before anybody asks VFS. */
static void end_attributes(
    struct file_attributes *attributes, uint32_t kind, uint32_t number)
{
	memset(attributes, 0, sizeof(*attributes));
	attributes->mode = kind | (kind == S_IFIFO ? 0600 : 0777);
	attributes->links = 1;
	attributes->node = number;
	attributes->uid = PAGE->fsuid;
	attributes->gid = PAGE->fsgid;
	attributes->block_size = 4096;
	attributes->slot = 0xffffffff;
}

/* Both rights CONSUMED in any case. fds: filled on success. */
long pair_install(
    mach_port_t rights[2], uint32_t kind, uint32_t number, const int flags[2],
    int fds[2])
{
	struct file_attributes attributes;
	struct open_file *files[2];
	uint32_t descriptor_flags =
	    flags[0] & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0;
	long first, second;

	end_attributes(&attributes, kind, number);
	files[0] = open_file_new(rights[0], &attributes, flags[0]);
	files[1] = open_file_new(rights[1], &attributes, flags[1]);
	if (!files[0] || !files[1]) {
		open_file_release(files[0]);
		open_file_release(files[1]);
		return -ENOMEM;
	}
	first = descriptor_add(files[0], 0, descriptor_flags);
	if (first < 0) {
		open_file_release(files[1]);
		return first;
	}
	second = descriptor_add(files[1], 0, descriptor_flags);
	if (second < 0) {
		unix_close((int)first);
		return second;
	}
	fds[0] = (int)first;
	fds[1] = (int)second;
	return 0;
}

/* Hands the numbers to the program, or takes all back. */
long pair_give(const int made[2], int *fds)
{
	if (!user_copy(fds, made, 2 * sizeof(*fds)))
		return 0;
	unix_close(made[0]);
	unix_close(made[1]);
	return -EFAULT;
}

long unix_pipe2(int *fds, int flags)
{
	int end_flags[2] = { O_RDONLY | flags, O_WRONLY | flags };
	mach_port_t rights[2];
	int made[2], number = 0;
	error_t error;
	long result;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	result = descriptor_available();
	if (result)
		return result;
	error = vfs_pipe(PORT_VFS, &rights[0], &rights[1], &number);
	if (error)
		return unix_error(error);
	result = pair_install(
	    rights, S_IFIFO, (uint32_t)number, end_flags, made);
	return result ? result : pair_give(made, fds);
}

long unix_pipe(int *fds)
{
	return unix_pipe2(fds, 0);
}
