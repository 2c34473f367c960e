/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the ACS outlives its task (keep.c). The tables are written whole
 * after each change, by turns to one of two places; then one word says which
 * place counts. So the next instance finds them as they were before or after
 * the change that its predecessor was at.
 */
#pragma once
#include "acs.h"
#include "core/environments.h"
#include "core/ring.h"
#include <base/guard.h>
#include <mach/time_value.h>

enum {
	CRASHES_MAX = 16,
	CRASH_TEXT = 4096,
	KEPT_CHILDREN = 96,
	KEPT_NAMES = 256,
	KEPT_WATCHES = 64,
	KEPT_ENVIRONMENTS = 16,
	KEPT_IMAGES = 64,
	KEEP_ROWS = 1024, /* clients */
	KEEP_MAGIC = 0x61637331,
};

struct kept_name {
	char environment[ENVIRONMENT_MAX_SIZE];
	char text[NAME_MAX_SIZE];
	unsigned version;
	unsigned port;
	unsigned owner; /* the child's number; 0: the environment */
};

struct kept_watch {
	char environment[ENVIRONMENT_MAX_SIZE];
	char pattern[NAME_MAX_SIZE];
	unsigned notify;
	int missed;
};

struct kept_image {
	char name[SERVER_NAME_MAX];
	char environment[ENVIRONMENT_MAX_SIZE];
	struct image image;
	int retired;
};

struct kept_tables {
	unsigned children_count, names_count, watches_count,
	    environments_count, images_count;
	struct environment environments[KEPT_ENVIRONMENTS];
	struct kept_name names[KEPT_NAMES];
	struct kept_watch watches[KEPT_WATCHES];
	struct kept_image images[KEPT_IMAGES];
	struct child children[KEPT_CHILDREN]; /* pointers mean nothing */
};

struct area {
	struct hand hand; /* of events.c: begins a page */
	unsigned magic; /* all below is ours */
	unsigned turn;  /* which tables count */
	unsigned events; /* name of events_port */
	int booted;      /* all servers of boot.conf were started */
	int shutdown;    /* how, if it has begun; else -1 */
	time_value_t began;
	char command_line[1024];
	struct ring ring;
	unsigned crash_count;
	char crashes[CRASHES_MAX][CRASH_TEXT];
	struct kept_tables tables[2];
};

extern struct area *area; /* null in the twin */

/* From prepare() on; restores nothing. */
void keep_prepare(void);
/* The first of all calls that restore something. */
void keep_restore(void);
/* In start(): a first start, or what the dead instance was at goes on. */
error_t keep_start(void);

/* The parts' sides of it; lock held. restore: of one that was kept. */
unsigned watches_keep(struct kept_watch *to, unsigned limit);
void watch_restore(const struct kept_watch *from, mach_port_t notify);
unsigned images_keep(struct kept_image *to, unsigned limit);
void image_restore(const struct kept_image *from);
struct child *child_restore(const struct child *from);
void children_resume(void);
/* events.c: the D that was in the hand, by its old name; what was there has its
 * effect, lock held. */
mach_port_t events_held(void);
void events_resume(void);
/* A right by the name that it had; null: it has died. */
mach_port_t keep_take(mach_port_t old);

extern const struct recovery_ports keep_ports;

/* main.c: a right to the public object, or null. GIVEN. */
mach_port_t acs_public(void);
