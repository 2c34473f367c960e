/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * int $0x80 sites. Each pass costs an exception, some 7000 instructions; so a
 * site that has been passed often is changed:
 *
 *	b8 nn nn nn nn	movl $number, %eax	e8 ...	call stub of number
 *	cd 80		int $0x80		cd 80	(still there)
 *
 * The stub (stubs.S) returns behind the int. Who jumps to the int itself still
 * finds it. Only this pattern with the number of the present call is changed,
 * only in private memory or an executable's text, and never for calls whose
 * return address or stack is another afterwards (fork, clone, sigreturn). The
 * page becomes the process's own, which costs as much as four passes: hence
 * HITS.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <linux/linux.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <string.h>
#include <unix/memory.h>

enum {
	SITE = 7,      /* bytes, from the mov to behind the int */
	CALL = 5,      /* bytes of it that change */
	HITS = 8,
	SITES = 64,    /* watched; a newcomer takes the place of another */
	STUB = 16,     /* bytes of a stub */
	OPCODE_MOVE = 0xb8,
	OPCODE_CALL = 0xe8,
};

static struct {
	uint32_t eip;
	uint32_t hits;
} sites[SITES];

void patch_forget(void)
{
	memset(sites, 0, sizeof sites);
}

static int may_change(uint32_t call)
{
	switch (call) {
	case 1:   /* exit */
	case 2:   /* fork */
	case 11:  /* execve */
	case 119: /* sigreturn */
	case 120: /* clone */
	case 173: /* rt_sigreturn */
	case 190: /* vfork */
	case 252: /* exit_group */
	case 435: /* clone3 */
		return 0;
	default:
		return call < call_count;
	}
}

struct page_state {
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
};

static error_t look(uint32_t page, struct page_state *state)
{
	vm_address_t at = page;
	vm_size_t size;
	vm_offset_t offset;
	boolean_t shared;
	mach_port_t name;
	error_t error;

	error = vm_region(mach_task_self(), &at, &size, &state->protection,
	    &state->maximum, &state->inheritance, &shared, &name, &offset);
	if (error)
		return error;
	port_drop(name);
	return at > page ? E_FAULT : 0;
}

/* Texts of executables are shared with all who run them: a copy of the page
 * takes the place of the shared one. */
static error_t make_own(uint32_t page)
{
	vm_address_t at = page;
	void *copy;
	error_t error;

	error = window_allocate(PAGE_SIZE, &copy);
	if (error)
		return error;
	if (user_copy(copy, (const void *)page, PAGE_SIZE)) {
		window_free(copy, PAGE_SIZE);
		return E_FAULT;
	}
	syscall_vm_deallocate(mach_task_self(), page, PAGE_SIZE);
	error = syscall_vm_map(mach_task_self(), &at, PAGE_SIZE, 0, FALSE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_ALL, VM_PROT_ALL,
	    VM_INHERIT_COPY);
	if (!error)
		memcpy((void *)page, copy, PAGE_SIZE);
	window_free(copy, PAGE_SIZE);
	return error;
}

static error_t make_writable(uint32_t page, const struct page_state *state)
{
	int shared = state->inheritance == VM_INHERIT_SHARE;

	if (!shared && (state->maximum & VM_PROT_WRITE))
		return vm_protect(mach_task_self(), page, PAGE_SIZE, FALSE,
		    state->protection | VM_PROT_WRITE);
	/* what the program itself maps shared stays shared */
	if (shared && range_has_file(page, page + PAGE_SIZE))
		return E_ACCES;
	return make_own(page);
}

static void change(uint32_t site, uint32_t call)
{
	uint32_t target = (uint32_t)call_stubs + call * STUB;
	uint32_t page = page_trunc(site);
	uint8_t bytes[CALL];
	struct page_state state;

	if (page_trunc(site + SITE - 1) != page || look(page, &state) ||
	    make_writable(page, &state))
		return;
	bytes[0] = OPCODE_CALL;
	target -= site + CALL;
	memcpy(bytes + 1, &target, sizeof target);
	user_copy((void *)site, bytes, CALL);
	vm_protect(mach_task_self(), page, PAGE_SIZE, FALSE, state.protection);
}

/* The program came by int $0x80; frame->eip is behind it. */
void patch_consider(const struct unix_frame *frame)
{
	uint32_t site = frame->eip - SITE, call = frame->call;
	unsigned index = (frame->eip >> 1) % SITES;
	uint8_t bytes[SITE];

	if (sites[index].eip != frame->eip) {
		sites[index].eip = frame->eip;
		sites[index].hits = 0;
	}
	if (++sites[index].hits != HITS || !may_change(call))
		return;
	if (user_copy(bytes, (const void *)site, SITE))
		return;
	if (bytes[0] == OPCODE_MOVE && !memcmp(bytes + 1, &call, 4) &&
	    bytes[5] == 0xcd && bytes[6] == 0x80)
		change(site, call);
}
