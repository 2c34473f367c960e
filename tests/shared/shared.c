/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Not a file system: its mount writes to the disk from memory that two tasks
 * share while another thread copies that memory, and looks whether the disk has
 * what was written (mach/fixups/write_protect.fix). Then it refuses.
 */
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/thread.h>
#include <fs/fs.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <string.h>

enum {
	ROUNDS = 200,
	SECTOR = 512,
	/* not the start of what the kernel takes for a block: it reads the
	 * block, waits, and then looks for the data */
	POSITION = 3 * SECTOR,
	INSIDE = 136,
};

static volatile int copying;
static vm_address_t page;

static void copies(void *argument)
{
	(void)argument;
	while (copying == 1) {
		mach_msg_type_number_t size;
		vm_offset_t data;

		if (!vm_read(mach_task_self(), page, PAGE_SIZE, &data, &size))
			memory_free(data, size);
		thread_yield();
	}
	copying = 0;
}

/* The page is another task's, too. */
static error_t page_share(mach_port_t *other)
{
	error_t error = memory_allocate(PAGE_SIZE, &page);

	if (!error)
		error = vm_inherit(mach_task_self(), page, PAGE_SIZE,
		    VM_INHERIT_SHARE);
	return error ? error : task_create(mach_task_self(), TRUE, other);
}

static unsigned rounds(struct block_device *device)
{
	char *written = (char *)page + INSIDE, found[SECTOR];
	unsigned wrong = 0;

	for (int i = 1; i <= ROUNDS; i++) {
		memset(written, i, SECTOR);
		if (disk_write(device, POSITION, written, SECTOR) ||
		    disk_read(device, POSITION, found, SECTOR) ||
		    memcmp(written, found, SECTOR))
			wrong++;
	}
	return wrong;
}

static error_t shared_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	mach_port_t other;
	error_t error = page_share(&other);

	(void)options, (void)result;
	copying = 1;
	if (!error)
		error = thread_start(copies, 0);
	if (error)
		return error;
	log_loud("%u of %u writes went wrong", rounds(device), ROUNDS);
	for (copying = 2; copying;)
		thread_sleep(10);
	task_terminate(other);
	return E_INVAL;
}

static const struct fs_ops shared_ops = {
	.mount = shared_mount,
};

static const struct fs_type shared = {
	.name = "shared",
	.flags = FS_TYPE_STATELESS,
	.ops = &shared_ops,
};

int main(int argc, char **argv)
{
	return fs_main(&shared, argc, argv);
}
