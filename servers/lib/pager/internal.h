/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the pager share. The lock is held in all of it. */
#pragma once
#include "pager.h"

enum {
	OPERATING = 1, /* pager->operating: a lock request is under way, */
	OPERATED = 2,  /* and this: the kernel has done it */
};

/* A thing the kernel wants: a page, or (unlock) to write one that it has. */
struct request {
	vm_offset_t offset;
	vm_prot_t access;
	int unlock;
};

extern struct lock *pager_lock;
extern const struct object_class pager_class;
extern uint32_t pager_asked; /* struct pager_marks: the last number */

/* ---- requests.c ---- */

/* Answers now, or when that may be. */
void request_serve(struct pager *pager, const struct request *request);
/* What was put aside is tried again. */
void requests_replay(struct pager *pager);
/* The same for writes that had to wait for the disk. */
void writes_replay(void);
/* The kernel or the user has given the object up. */
void requests_start(void);
void requests_drop(struct pager *pager);
/* What is open has changed. */
void pager_count(struct pager *pager);
/* Memory is short: it is time to clean. */
void pagers_hurry(void);
/* So many pages of memory there are. */
void pagers_limit(uint32_t pages);

/* ---- pager.c ---- */

/* The kernel, or the user, knows the object no more. */
void pager_forget(struct pager *pager);
/* Lock held: the kernel's object is over; its two rights are the caller's. */
void pager_over(struct pager *pager);
/* Lock held; released meanwhile. */
void pager_settle(struct pager *pager);

/* ---- recover.c ---- */

/* control and name have changed: a successor finds the new ones. */
void pager_keep_rights(struct pager *pager);
/* All pages, and some more: no instance before this one has sent a lock request
 * for so many. */
uint32_t pager_settle_count(const struct pager *pager);

/* ---- ahead.c ---- */

error_t ahead_start(void);
/* Is the page being read now? */
int ahead_reading(const struct pager *pager, uint32_t page);
/* The pages from page on that were read ahead: *memory is the caller's. 0: not
 * there. What lies before them is forgotten. */
uint32_t ahead_take(struct pager *pager, uint32_t page, vm_address_t *memory);
/* The first page from page on, of count, that is read ahead or will be. */
uint32_t ahead_limit(const struct pager *pager, uint32_t page, uint32_t count);
/* Begins to read from page on, if that is sensible. size: of the object. */
void ahead_plan(struct pager *pager, uint32_t page, uint32_t size);
/* What is read ahead is of no use any more. */
void ahead_drop(struct pager *pager);
/* The same if it has some of these pages. */
void ahead_drop_pages(struct pager *pager, uint32_t page, uint32_t count);
/* The same for what nobody wanted for a round of cleaning. */
void ahead_drop_old(unsigned round);
