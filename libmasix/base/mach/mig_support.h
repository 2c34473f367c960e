/* SPDX-License-Identifier: BSD-2-Clause */
/* What MIG's stubs need at run time; the package of the kernel's headers lacks
 * this one. See ../mig.c. */
#pragma once
#include <base/mach.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <string.h>

void mig_init(void *first);
mach_port_t mig_get_reply_port(void);
void mig_put_reply_port(mach_port_t port);
void mig_dealloc_reply_port(mach_port_t port);
void mig_allocate(vm_address_t *address, vm_size_t size);
void mig_deallocate(vm_address_t address, vm_size_t size);
vm_size_t mig_strncpy(char *to, const char *from, vm_size_t size);
