/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two sides of the pager share: pager.c and serve_memory_object.c. */
#pragma once
#include "pager.h"

enum {
	OPERATING = 1, /* pager->operating: a lock request is under way, */
	OPERATED = 2,  /* and this: the kernel has done it */
};

extern struct lock *pager_lock;

/* The kernel got that many pages that it may change. */
void pagers_opened(uint32_t count);

/* Answers a request for the page at offset. The lock is held. */
void pager_supply(struct pager *pager, vm_offset_t offset, vm_prot_t access);
