/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file system server without the file system: fs_main() takes a type
 * (node.h) and is the whole server: one volume, its nodes as files, their
 * memory as memory objects. One lock, fs_lock, guards all; it is held across
 * calls of the disk, never across a wait for the kernel's page cache.
 */
#pragma once
#include <base/lock.h>
#include <base/port.h>
#include <base/types.h>
#include <fs/node.h>
#include <pager/pager.h>
#include <server/server.h>

struct file_right;

/*
 * A node that somebody outside knows: VFS (kept), holders of file rights, the
 * kernel (pager with a control port). While it exists it holds a reference to
 * its node, and node->shell is it.
 */
struct file {
	struct fs_node *node; /* reference, owned */
	uint32_t told;        /* the number under which VFS was told of it
	                       * last; 0: it has forgotten it */
	struct file_record *record; /* what survives of it, or null */
	unsigned uses;        /* handlers that work with it now */
	unsigned rights;      /* struct file_right */
	struct file_right *by_access[4];
	struct pager *pager;  /* owned; null until mapped */
	mach_port_t proxy;    /* send right, owned: its memory, read-only */
	int slot;             /* in the attribute area, or -1 */
	unsigned char shed;   /* told the kernel not to cache it */
	unsigned char resizing; /* somebody changes its size: wait on idle */
	unsigned char renewed; /* VFS has said that it keeps it: pfs_renew */
	unsigned char promised; /* has reservations of its type */
	unsigned char cutting;  /* size is cut_size already for paging */
	uint64_t cut_size;
	unsigned char watched;  /* WATCH_* that VFS wants to hear of */
	unsigned char unsaid;   /* and those that it has not heard of yet */
	unsigned writing;       /* writes in progress: writing.c */
	struct list report;     /* in watch.c's list while there are some */
	struct list watching;   /* and in that of all that are watched */
	struct condition idle;
	struct list link;      /* in fs_files */
	struct list idle_link; /* in fs_idle while nobody but the kernel
	                        * knows it */
};

/* The right to a file, for one kind of access. */
struct file_right {
	struct object object;
	struct file *file; /* counted in its rights */
	int access;        /* OPEN_READ | OPEN_WRITE */
};

/* unlock(&fs_lock) for all who may have changed something: it is kept. */
void fs_unlock(void);

extern struct lock fs_lock;
extern struct fs_volume *fs_volume;
extern const struct fs_type *fs_type;
extern int fs_device_number; /* st_dev */
extern struct list fs_files, fs_idle;

/* main() of a server of type. */
int fs_main(const struct fs_type *type, int argc, char **argv);

/* fs.c: writes all, marks the volume clean. No lock held. */
error_t fs_finish(void);

/*
 * renew.c. After VFS has died, requests of it may still be under way, and what
 * they would count would stay for ever: so for a while who asks is looked at.
 * Lock held.
 */
int renew_caller_died(void);

/* The public port's, and what a server of a type that survives declares. */
extern struct object fs_public;
extern const struct object_class fs_public_class;
extern const struct recovery *const fs_recovers[];
/* recover.c: before objects are restored; after all are. */
void recovery_prepare(void);
void recovery_end(void);

/* watch.c; the lock is held. What VFS wants to hear of file. */
void watch_set(struct file *file, unsigned what);
/* The same, of an instance before us: what it had not told is not known. */
void watch_restored(struct file *file);
/* It has happened; by a right for access that is gone; file is no more. */
void watch_happened(struct file *file, unsigned what);
void watch_closed(struct file *file, int access);
void watch_drop(struct file *file);
/* Kinds of rights that are outside. */
int watch_rights(const struct file *file);
/* Tells VFS, for fs_unlock(); lock held, not meanwhile. */
extern int watch_news;
void watch_tell(void);
/* VFS's right is that which an instance before us had. */
void watch_start(void);

/* sync.c */
error_t fs_sync(void); /* no lock held */
error_t fs_sync_start(void);

/* writing.c: writes in progress that make a file longer. Lock held. */
/* One begins at from, the end of the file so far. */
void writing_begin(struct file *file, int request, uint64_t from);
/* Its data is there. */
void writing_end(struct file *file, int request);
/* The size of a file that ends there, as others see it. */
uint64_t writing_size(const struct file *file, uint64_t end);
/* Those of file end; null: those of who seems to have died. */
void writings_forget(const struct file *file);

/* clock.c */
void fs_now(struct fs_time *time);
void fs_clock_start(void);

/* slots.c: the attribute area */
error_t slots_start(void);
void slot_take(struct file *file);
/* The same for the slot that it had before this instance. */
void slot_take_back(struct file *file, int slot);
void slot_drop(struct file *file);
void slot_free(int slot);
void slot_write(struct file *file);
mach_port_t slots_right(void); /* BORROWED: an object to map read-only */

/* file.c. All with the lock held. */
/* The file of a node, in use: file_put() it. E_STALE. */
error_t file_get(uint64_t number, struct file **file);
/* The same for a node that the caller has a reference to, which it keeps. */
error_t file_of_node(struct fs_node *node, struct file **file);
void file_put(struct file *file);
/* On a full disk: waits a while for files that have no name any more, but that
 * the kernel has not given up yet. 0: nothing became free. */
int files_wait(void);
/* Who knew it may have gone: ends it if nobody is left. */
void file_look(struct file *file);
/* A right for access, made when the answer is sent. */
error_t file_right_answer(struct file *file, int access, mach_port_t *right,
    mach_msg_type_name_t *type);
/* Rights came or went: may its pages be written? */
void file_writers(struct file *file);
void file_attributes_fill(struct file *file,
    struct file_attributes *attributes);
/* Attributes have changed: the slot says so, the node is saved later. */
void file_changed(struct file *file);
void file_stamp(struct file *file, int modified);
extern const struct object_class file_right_class;
/* Its proxy from now on. */
void file_proxy(struct file *file, CONSUMED mach_port_t proxy);
/* VFS is told of it. */
void file_tell(struct file *file);
void file_told(struct file *file, uint32_t told);
/* VFS has forgotten it, unless it was told a later number. */
void file_forget(struct file *file, uint32_t told);
/* The right of a file that is not open for access yet, without a port. */
error_t right_new(struct file *file, int access);
/* Nobody has the right any more. */
void right_gone(struct file_right *right);
/* Tells the kernel to give up what nobody uses, beyond keep files. */
void files_shed(unsigned keep);
/* How many there are, and why. */
void files_describe(char *text, unsigned size);

/* data.c. Lock held; may be released meanwhile. */
error_t file_pager(struct file *file); /* file->pager exists then */
error_t file_resize(struct file *file, uint64_t size);
/* longer: writing_end(request) has to follow; null: zeros are the data. */
error_t file_grow(struct file *file, int64_t offset, uint64_t count,
    int request, uint64_t *at, int *longer);
/* One at a time changes a file's size or its holes. */
void resize_start(struct file *file);
void resize_end(struct file *file);
error_t file_get_data(struct file *file, uint64_t offset, void *buffer,
    size_t *count);
error_t file_put_data(struct file *file, uint64_t offset, const void *data,
    size_t count);
/* space.c. Lock held; may be released meanwhile. See file.defs. */
error_t file_find_run(struct file *file, uint64_t offset, int hole,
    uint64_t *found);
error_t file_allocate_range(struct file *file, int mode, uint64_t offset,
    uint64_t count, uint64_t *done);
void file_advise_range(struct file *file, uint64_t offset, uint64_t count,
    int advice);
/* No page of a file can lie beyond what the kernel can address. */
uint64_t file_size_max(void);
