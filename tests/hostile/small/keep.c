/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user's process keeps rights of its own before it executes a program, in
 * the hands of a child: to its task, its process port, its view of names and
 * (as a proxy) its process page. The child then tries what these let it do to
 * the new image. Over an exec that changes nobody's identity they stay good;
 * over one of a set-id program none may.
 *
 *	keep COPY	COPY is this program, maybe set-id: runs `COPY victim`;
 *			prints what each right is good for
 */
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/process_page.h>
#include <kernel/mach.client.h>
#include <kernel/mach4.client.h>
#include <newlib/masix.h>
#include <process.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfs.client.h>

enum {
	CALL_SETUID32 = 213,
	CALL_SETGID32 = 214,
	CALL_GETEUID32 = 201,
	CALL_FCNTL = 55,
	SET_FLAGS = 2, /* F_SETFD */
	CLOSE_ON_EXEC = 1,
	USER = 1000,
	MARK = 0x12345678,
};

enum { KEPT_TASK, KEPT_PROCESS, KEPT_VIEW, KEPT_PAGE, KEPT };

/* At the same place in every image, alone in its page. */
static volatile int marks[PAGE_SIZE / sizeof(int)]
    __attribute__((aligned(PAGE_SIZE))) = { MARK };

static void must(int failed, const char *what)
{
	if (!failed)
		return;
	printf("keep: %s failed\n", what);
	exit(2);
}

static void say(const char *what, int good)
{
	printf("%s: %s\n", what, good ? "good" : "dead");
	fflush(stdout);
}

/* To those that the kernel gives to children of the task. */
static void keep_rights(void)
{
	mach_port_t rights[KEPT] = { mach_task_self(), PORT_PROCESS, PORT_VFS };

	must(vm_region_create_proxy(mach_task_self(), LAYOUT_PROCESS_PAGE,
	    VM_PROT_READ | VM_PROT_WRITE, PAGE_SIZE, &rights[KEPT_PAGE]),
	    "proxy");
	must(mach_ports_register(mach_task_self(), rights, KEPT), "register");
}

static void try_task(mach_port_t task)
{
	vm_offset_t data;
	mach_msg_type_number_t size;
	vm_address_t page = (vm_address_t)marks;
	int good = !vm_read(task, page, PAGE_SIZE, &data, &size);

	say("read the memory", good);
	if (!good) /* anything will do */
		must(vm_allocate(mach_task_self(), &data, PAGE_SIZE, 1),
		    "allocate");
	*(int *)data = 0;
	say("write the memory", !vm_write(task, page, data, PAGE_SIZE));
}

static void try_process(mach_port_t process)
{
	int id;

	say("be the process", !process_get_id(process, 0, 0, &id));
}

static void try_view(mach_port_t view)
{
	struct file_attributes attributes;
	mach_port_t file;

	say("see its files", !vfs_open(view, MACH_PORT_NULL, "/etc/passwd", 11,
	    0, 0, 1, &file, (void *)&attributes));
}

/* The proxy shows the page of the new image: it has seen one more exec than
 * ours, which began as a copy. */
static void try_page(mach_port_t proxy)
{
	const struct process_page *own = (void *)LAYOUT_PROCESS_PAGE, *page;
	vm_address_t address = 0;
	int good = !vm_map(mach_task_self(), &address, PAGE_SIZE, 0, 1, proxy,
	    0, 0, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_READ | VM_PROT_WRITE,
	    VM_INHERIT_NONE);

	page = (const struct process_page *)address;
	say("write its page", good && page->pid == own->parent &&
	    page->generation != own->generation);
}

static void attack(int executed, int finished)
{
	mach_port_t *rights;
	mach_msg_type_number_t count;
	char byte;

	must(read(executed, &byte, 1) != 0, "wait");
	must(mach_ports_lookup(mach_task_self(), &rights, &count), "lookup");
	must(count < KEPT, "lookup");
	try_task(rights[KEPT_TASK]);
	try_process(rights[KEPT_PROCESS]);
	try_view(rights[KEPT_VIEW]);
	try_page(rights[KEPT_PAGE]);
	must(write(finished, "", 1) != 1, "write");
}

/* The program that is executed: says what it is, waits for the attack's end. */
static int victim(void)
{
	char byte;

	must(read(0, &byte, 1) != 1, "victim: read");
	printf("user %ld, %s\n", linux_call(CALL_GETEUID32),
	    marks[0] == MARK ? "whole" : "changed");
	fflush(stdout);
	while (wait(NULL) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	char *arguments[] = { argv[1], "victim", NULL }, *none[] = { NULL };
	int executed[2], finished[2];

	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "victim"))
		return victim();
	must(linux_call(CALL_SETGID32, USER) != 0, "setgid");
	must(linux_call(CALL_SETUID32, USER) != 0, "setuid");
	must(pipe(executed) || pipe(finished), "pipe");
	keep_rights();
	if (!fork()) {
		close(executed[1]);
		attack(executed[0], finished[1]);
		return 0;
	}
	/* the exec closes it: that is what the child waits for */
	must(linux_call(CALL_FCNTL, executed[1], SET_FLAGS, CLOSE_ON_EXEC) != 0,
	    "fcntl");
	must(dup2(finished[0], 0) != 0, "dup2");
	close(finished[1]);
	linux_call(CALL_EXECVE, argv[1], arguments, none);
	must(1, "exec");
}
