/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A memory object whose pages come from and go to somewhere: the external
 * pager's side of the kernel's protocol. See README.md for the states and
 * invariants, core/pages.h for what is known of each page.
 *
 * Everything is guarded by one lock of the user's (pager_lock). The kernel's
 * messages are taken by the pool pool_pages, which has one thread: what the
 * kernel sent first is done first. Another thread reads ahead. Both call read
 * and write with the lock held; these may release it while they wait for the
 * disk.
 */
#pragma once
#include "core/pages.h"
#include <base/list.h>
#include <base/lock.h>
#include <server/server.h>

struct pager;

struct pager_ops {
	/* Bytes of the object: no page lies wholly behind. */
	uint64_t (*size)(struct pager *pager);
	/* Up to *count bytes (whole pages) from offset on: new memory that
	 * the caller owns, zeros behind the end; *count: how much it is, at
	 * least a page. memory 0: these are zeros, there is nothing to read.
	 * The lock may be released: the pager may have been held since. */
	error_t (*read)(struct pager *pager, uint64_t offset,
	    vm_address_t *memory, vm_size_t *count);
	/* Whole pages. May change the memory. The lock may be released. */
	error_t (*write)(struct pager *pager, uint64_t offset,
	    vm_address_t memory, vm_size_t count);
	/* Optional: these pages will be written next, and only we have them:
	 * they go to memory that survives until they are. */
	void (*stage)(struct pager *pager, uint64_t offset,
	    vm_address_t memory, vm_size_t count);
	/* The kernel has forgotten the object, or nobody outside has a right
	 * to it any more. */
	void (*terminated)(struct pager *pager);
	/* Optional: all of it are zeros that were never written. */
	int (*empty)(struct pager *pager);
	/* Optional: these whole pages will be written; an error: there is no
	 * place for them, and who writes gets a signal. */
	error_t (*room)(struct pager *pager, uint64_t offset, vm_size_t count);
};

struct pager_ahead;

/* In memory that survives: pages that the kernel was asked to return, and that
 * may not be stored yet (count 0: none; it is written last, and first). open:
 * some of its pages may be dirty. asked: a number that rises with each request
 * of the kernel for any object: when this one had its last. */
struct pager_marks {
	volatile uint32_t first, count, open, asked;
};

struct pager {
	struct object object;
	const struct pager_ops *ops;
	void *user;
	mach_port_t control, name; /* send rights, owned; null: no kernel has
	                            * it mapped or cached */
	struct pages pages;
	struct list link;      /* in the list of all */
	unsigned round;        /* of pagers_clean */
	unsigned char senders;  /* somebody, or the kernel, has a right */
	unsigned char writable; /* the user's: somebody may write now */
	unsigned char slow;     /* the user's: reading ahead is worth it */
	unsigned char operating; /* a lock request is under way */
	unsigned char held;     /* requests are put aside */
	unsigned holds;         /* how often it was held */
	unsigned changes;       /* how often pages were supplied or opened */
	struct list waiting;    /* requests put aside: requests.c */
	struct pager_ahead *ahead; /* what is read ahead, or null: ahead.c */
	uint32_t counted;       /* open pages that are in the sum of all */
	unsigned char failed;   /* a write failed since pager_clean */
	unsigned char refused;  /* somebody wrote without a right to it */
	/* what outlives the server: recover.c */
	uint64_t key;           /* by which the user knows it */
	unsigned number;        /* of its rights in the vault; 0: none */
	unsigned char asleep;   /* they are only there: pager_known() */
	unsigned char urgent;   /* the user's: it is in use */
	unsigned char resumed;  /* what waited for it was looked for */
	struct pager_marks *marks; /* the user's, or null */
	struct pager *restored; /* the next one that was */
	vm_size_t length;       /* of the lock request under way */
	struct condition changed;
};

extern struct pool pool_pages;

/* Before all else, once. lock: the user's. */
error_t pagers_start(struct lock *lock);

error_t pager_new(const struct pager_ops *ops, void *user,
    struct pager **pager);

/*
 * For servers that recover. The user sets key, number (each a different one,
 * from 1 on) and marks after pager_new. find: makes the pager of a key again,
 * without the lock. In start() come pagers_resume, which answers what the
 * kernel had asked the instance before of the urgent ones, and from another
 * thread, without the lock, pagers_settle: from then on all is as it was.
 */
extern const struct recovery pager_recovery;
extern error_t (*pager_find)(uint64_t key, struct pager **pager);
void pagers_resume(void);
void pagers_settle(void);

/* A send right to the object, as object_make_answer gives it: for one who may
 * write; a write is granted only while pager->writable. */
error_t pager_answer(struct pager *pager, mach_port_t *right,
    mach_msg_type_name_t *type);

/* The same through a new proxy of the kernel's that can only be read: GIVEN. */
error_t pager_proxy(struct pager *pager, mach_port_t *proxy);

/* No lock may be held. Everything dirty is written: E_IO if that failed. */
error_t pager_clean(struct pager *pager);

/* The same for all pagers, the first error. */
error_t pagers_clean(void);

/* Waits that many milliseconds, or until so many pages may be dirty that it is
 * time for pagers_clean: then not 0. No lock held. */
int pagers_wait(unsigned milliseconds);

/* Lock held; it is released meanwhile. The kernel gives up its pages of the
 * range; keep: what is dirty is written, else it is lost. */
void pager_flush(struct pager *pager, uint64_t offset, uint64_t count,
    int keep);

/* Lock held; it is released meanwhile. No page can be written from now on
 * unless the kernel asks again; nothing is cleaned. */
void pager_lock_pages(struct pager *pager);

/* Lock held. Between these two the kernel gets no page of the object. */
void pager_hold(struct pager *pager);
void pager_let_go(struct pager *pager);

/* Lock held. How it will be read. */
void pager_advise(struct pager *pager, enum pages_advice advice);

/* Lock held. It will be read from offset on: it is brought from the disk. */
void pager_want(struct pager *pager, uint64_t offset);

/* Lock held. These bytes, whole pages of them, are new: zeros that nobody can
 * have written yet. The kernel gets them before it asks, for who will write. */
void pager_fresh(struct pager *pager, uint64_t offset, uint64_t end);

/* Lock held. The kernel shall not cache the object when nobody maps it. */
void pager_uncache(struct pager *pager);

/* Lock held. Some page of the range may be dirty in the kernel. */
int pager_dirty(struct pager *pager, uint64_t offset, uint64_t count);

/* Lock held. The kernel has it mapped or cached. */
int pager_known(struct pager *pager);

/* Lock held. Ends the pager: the kernel has terminated it, or never knew it. */
void pager_end(struct pager *pager);
