/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of a file server outlives its task, besides its ports; README.md,
 * "Recovery". It lies in server_memory.
 */
#pragma once
#include "fs.h"
#include <base/guard.h>
#include <block/mach_device.h>
#include <block/store.h>

enum {
	FILES_MAX = 32768,   /* files that are known outside */
	OUTCOMES = 2048,     /* a power of two */
	STAGED_MAX = 128 * 1024,
	BANK_BYTES = 104 * 1024 * 1024,
	NOTES_BYTES = 6 * 1024 * 1024,
};

/* A file that somebody outside knows. Written by single words; used last
 * when it is taken, first when it goes. */
struct file_record {
	uint64_t number; /* of its node */
	volatile uint32_t used;
	uint32_t told;   /* the number under which VFS was told last; 0: not */
	uint32_t watched; /* what it wants to hear of */
	int32_t slot;    /* in the attribute area, or -1 */
	mach_port_t proxy; /* the file's, in the task that wrote it */
	/* Pages that room was promised for. */
	uint32_t promised_first, promised_end;
	/* Pages that a cleaning has asked the kernel for: it may have returned
	 * them, and they may not be stored yet. */
	struct pager_marks marks;
};

/* What was done for a request, to be answered once more. */
struct outcome {
	uint32_t request; /* 0: none */
	uint32_t turn;    /* of the instance that did it */
	uint64_t node, other;
	int32_t links;
	uint32_t unused;
};

/* Pages that the kernel has given up: until they are stored they are here. */
struct staged {
	uint64_t number; /* of the node */
	uint32_t offset;
	uint32_t count;  /* bytes; 0: nothing */
};

struct fs_memory {
	uint32_t turn;      /* how often the server was taken over */
	uint32_t hurt;      /* when what survives was given up last, or 0 */
	uint32_t told;      /* the last number that VFS was told */
	uint32_t device;    /* st_dev */
	uint32_t remounted; /* read_only holds, not the argument */
	uint32_t read_only;
	mach_port_t watcher; /* where VFS hears of files; in the vault; or 0 */
	uint32_t files_end; /* records from here on were never used */
	struct store_head store;
	uint32_t words[STORE_WORDS];
	struct staged staged;
	struct file_record files[FILES_MAX];
	struct outcome outcomes[OUTCOMES];
	uint8_t log[STORE_LOG];
	uint8_t banks[BANK_BYTES] __attribute__((aligned(8)));
	uint8_t notes[NOTES_BYTES] __attribute__((aligned(8)));
	struct gather gather;
	uint8_t staged_data[STAGED_MAX];
	struct hand hand __attribute__((aligned(4096)));
	/* mapped by clients: whole pages */
	struct attribute_slot area[ATTRIBUTE_AREA_SLOTS]
	    __attribute__((aligned(4096)));
};

extern struct fs_memory *fs_memory;

/* The memory is there now: finds out what is in it. */
error_t survive_start(void);
/* What was left is of no use: as at a first start. */
void survive_forget(void);
/* For the type's mount: null if it does not survive. */
struct store *survive_store(void);

/* data.c: what was staged when an instance before us died is stored. */
void staged_write(void);

/* All of an operation has been done: from now on it will not be lost. */
void survive_commit(void);

/* ---- records of files; the lock is held ---- */

/* Proxies that records name. */
void records_hold(void (*keep)(mach_port_t right));
/* The record of a node's file, an old one if there is one. Null: no room. */
struct file_record *record_take(uint64_t number);
void record_drop(struct file_record *record);
/* One that no file has taken yet, or null. */
struct file_record *record_find(uint64_t number);
/* The first, and the next, that no file has taken yet; null at the end. */
struct file_record *record_next(struct file_record *before);
/* Its own number, from 1 on. */
unsigned record_number(const struct file_record *record);
/* Room was promised for these bytes. */
void record_promise(struct file_record *record, uint64_t offset,
    uint64_t count);

/* ---- requests ---- */

/* What request has done; null: it was not done, as far as we remember. */
const struct outcome *outcome_find(int request);
/* It is done: known from the next commit on. */
void outcome_note(int request, uint64_t node, uint64_t other, int links);
