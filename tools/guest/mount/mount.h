/* SPDX-License-Identifier: BSD-2-Clause */
/* What mount was asked for, what it knows of disks, and the tables it reads. */
#pragma once

enum {
	WORD_MAX = 256,
};

struct request {
	const char *source, *target;
	const char *type; /* null: look at the device */
	char loop[32];    /* the loop device to use; empty: any */
	unsigned long flags;
	char data[WORD_MAX];
};

/* A line of /etc/fstab or /proc/mounts. */
struct line {
	char source[WORD_MAX], target[WORD_MAX], type[32], options[WORD_MAX];
};

/* What a disk says of itself; empty texts: nothing. */
struct volume {
	const char *type; /* null: no file system that is known */
	char label[40], uuid[40];
};

/* detect.c */
void volume_look(const char *device, struct volume *volume);
/* The device with that label (kind 'L') or UUID ('U') into path; 0: none. */
int volume_find(char kind, const char *wanted, char path[WORD_MAX]);

/* loop.c: if the source is a file, binds a loop device to it, which is the
 * source then. 0, or -1 and errno. */
int loop_set(struct request *request);

/* table.c. Each gives 1, or 0 if there is none. */
/* The next line of a table; the words are as they are meant, without \040. */
struct table;
struct table *table_open(const char *path);
int table_next(struct table *table, struct line *line);
void table_close(struct table *table);
/* The last line with that target or source. */
int table_find(const char *path, const char *name, struct line *line);
/* Word is one of the options of a list with commas. */
int options_have(const char *list, const char *word);
