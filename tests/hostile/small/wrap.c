/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user who may only read a file tries to write it through the kernel: a
 * region that shows the read-only memory object is wrapped in a proxy, and
 * that in one with all rights, which the kernel lets be mapped writable. The
 * file server must not let a page be written: the write faults. Ends with 0 and
 * says "kept" if the file is what it was.
 */
#define NAME "wrap"
#include "child.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/layout.h>
#include <fcntl.h>
#include <file.client.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfs.client.h>

enum {
	CALL_SETUID32 = 213,
	USER = 1000,
	PATIENCE = 20, /* tenths of a second */
};

static const char name[] = "/tmp/readonly";

/* The file's memory, as a program that may read it gets it. */
static mach_port_t memory_of_file(void)
{
	struct file_attributes attributes;
	mach_port_t file, object, area;
	int slot;

	must(vfs_open(PORT_VFS, MACH_PORT_NULL, name, strlen(name), 0, 0, 1,
	    &file, (void *)&attributes), "open");
	must(file_map(file, &object, &area, &slot), "file_map");
	return object;
}

static void attack(void)
{
	rpc_vm_offset_t start = 0;
	rpc_vm_size_t length = PAGE_SIZE;
	vm_address_t shown, at = 0;
	mach_port_t region, all;

	must((int)linux_call(CALL_SETUID32, USER), "setuid");
	must(memory_map(memory_of_file(), 0, PAGE_SIZE, VM_PROT_READ, &shown),
	    "map read-only");
	must(*(volatile char *)shown != 'a', "reading");
	must(vm_region_create_proxy(mach_task_self(), shown, VM_PROT_ALL,
	    PAGE_SIZE, &region), "wrap the region");
	must(memory_object_create_proxy(mach_task_self(), VM_PROT_ALL, &region,
	    MACH_MSG_TYPE_COPY_SEND, 1, &start, 1, &start, 1, &length, 1,
	    &all), "wrap the proxy");
	must(vm_map(mach_task_self(), &at, PAGE_SIZE, 0, TRUE, all, 0, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE),
	    "map for writing");
	*(volatile char *)at = 'X';
}

static void file_make(void)
{
	char data[PAGE_SIZE];
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	memset(data, 'a', sizeof data);
	must(write(file, data, sizeof data) != sizeof data, "write");
	must(close(file), "close");
}

static char file_first(void)
{
	int file = open(name, O_RDONLY);
	char byte = 0;

	must(read(file, &byte, 1) != 1, "read");
	close(file);
	return byte;
}

int main(void)
{
	int status;

	file_make();
	status = child_watch(attack, PATIENCE);
	printf("wrap: the writer %s\n", status == -1 ? "hangs" :
	    status & 0x7f ? "got a signal" : "went on");
	if ((status & 0x7f) == 0 && status >> 8 == TRIED)
		return TRIED;
	printf("wrap: %s\n", file_first() == 'a' ? "kept" : "changed");
	unlink(name);
	return 0;
}
