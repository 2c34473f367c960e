/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminals, the rights to them, and what the files of this server share.
 *
 * A terminal is one line discipline with a device behind it: a serial line,
 * the PC's screen and keyboard, or the master side of a pseudo-terminal. A
 * terminal_file is a right to it; a terminal has at most one for each access,
 * so that opening it again costs no port. After a hang-up the files are cut
 * off (hung) and new opens get new ones.
 *
 * One lock guards everything here. tty_unlock() also sends what was decided
 * under the lock (poll notices), since no message is sent under it.
 */
#pragma once
#include "core/line.h"
#include <base/list.h>
#include <base/lock.h>
#include <server/recover.h>
#include <server/wait.h>

enum {
	TTY_RING = 16384, /* bytes of an output ring */
	TTY_PSEUDO_MAX = 64,
	TTY_SIGNALS_MAX = 64,
	TTY_FLIGHT = 1024, /* bytes that a device's thread takes at once */
	TTY_POLLS_MAX = 64, /* of one terminal, before dead ones are sought */
};

/* Linux device numbers */
enum {
	MAJOR_TERMINAL = 4,
	MAJOR_SPECIAL = 5,
	MAJOR_PSEUDO = 136,
	MINOR_SERIAL = 64, /* of MAJOR_TERMINAL */
	MINOR_TTY = 0,     /* of MAJOR_SPECIAL: /dev/tty */
	MINOR_CONSOLE = 1,
	MINOR_MASTER = 2,
};

#define DEVICE_NUMBER(major, minor) ((major) << 8 | (minor))

/* bits of poll */
enum {
	POLL_IN = 1,
	POLL_OUT = 4,
	POLL_ERROR = 8,
	POLL_HANG_UP = 16,
	POLL_READ = 0x40,
	POLL_WRITE = 0x100,
};

struct terminal_file;

struct terminal {
	struct list link;    /* in terminals */
	unsigned references; /* files, threads, the table of pseudo */
	int device;          /* Linux device number */
	struct line line;
	unsigned char *ring; /* beside it: keep.c */

	int session, group;             /* 0: none */
	unsigned char exclusive;        /* TIOCEXCL */
	struct terminal_file *files[4]; /* by access; not referenced */
	unsigned open_files;

	struct wait_queue readers; /* for input, also those with timers */
	struct wait_queue writers; /* for room in the output, for draining */
	struct list polls;

	/* devices with threads of their own */
	error_t (*start)(struct terminal *terminal); /* at the first open */
	unsigned char started;
	struct condition output; /* there is some */
	struct condition input;  /* there is room for some */
	/* what the writer thread has taken, and how much of it is sent */
	unsigned in_flight, flight_sent;
	char flight[TTY_FLIGHT];
	unsigned asked; /* reads that the kernel has not answered */
	unsigned last_input;     /* ticks, for VTIME between bytes */

	/* pseudo-terminals */
	int number;                   /* -1: not one */
	unsigned mode, uid, gid;      /* of the node in /dev/pts */
	int64_t changed;              /* its times: seconds since 1970 */
	struct terminal_file *master; /* not referenced; null: closed */
	unsigned char locked;
	unsigned char slave_closed; /* it was open and is not any more */
	struct wait_queue master_readers, master_writers;
};

struct terminal_file {
	struct object object;
	struct terminal *terminal; /* referenced */
	unsigned char access;      /* OPEN_READ, OPEN_WRITE */
	unsigned char is_master;
	unsigned char hung; /* reads see the end, writes fail */
	/* Opens that have found this file and have no right yet. */
	unsigned opening;
};

extern const struct object_class terminal_file_class;
/* The last close of either end; called with the lock held. */
void file_closed(struct terminal_file *file);

void tty_lock(void);
void tty_unlock(void);
/* For the threads of devices: sleeps with the lock given up. */
void tty_wait(struct condition *condition);

/* terminal.c; all with the lock held */

/* A new terminal with one reference, the caller's. E_NOMEM. */
error_t terminal_new(int device, struct terminal **terminal);
struct terminal *terminal_reference(struct terminal *terminal);
void terminal_release(struct terminal *terminal);
struct terminal *terminal_find(int device);
/* A device's, for ever: the caller's reference. */
error_t terminal_find_or_new(int device, struct terminal **terminal);
struct terminal *terminal_of_session(int session);

/*
 * file: for that access, referenced, with opening counted. E_BUSY, E_NXIO, E_IO
 * (a slave whose master is closed or has not unlocked it), E_NOMEM. May give
 * up the lock in between.
 */
error_t terminal_open(
    struct terminal *terminal, unsigned access, struct terminal_file **file);
/* Somebody has the file, or is about to: it is not closed. */
int terminal_file_in_use(const struct terminal_file *file);
/* The last right outside has gone. */
void terminal_file_closed(struct terminal_file *file);

/* After any change of the line: wakes who can go on, sends signals on. */
void terminal_changed(struct terminal *terminal);
/* Bytes from the device or the master; how many were taken. */
unsigned terminal_input(
    struct terminal *terminal, const void *bytes, unsigned count);
/* All files are cut off; the session, if any, loses its terminal. */
void terminal_hang_up(struct terminal *terminal);
/* What poll would say of that file. */
unsigned terminal_ready(const struct terminal_file *file);

/* Another task's terminal becomes this one's: a reference, the caller's. */
void terminal_revive(struct terminal *terminal);
error_t terminal_file_revive(struct terminal *terminal, unsigned access,
    int is_master, int hung, struct terminal_file **file);
/* After all files are back: devices go on, pairs without masters end. */
void terminals_resume(void);
/* The next bytes for the device, again if they were not all sent; waits. */
void terminal_fly(struct terminal *terminal);

/* poll.c; with the lock held */
void poll_tell_later(mach_port_t notify, int cookie); /* notify: CONSUMED */

/* One message will go to notify when one of events may hold. notify: a send
 * right, CONSUMED. */
error_t poll_add(struct terminal_file *file, unsigned events, int cookie,
    int ticket, mach_port_t notify);
void poll_cancel(struct terminal_file *file, int ticket);
/* Decides on those that can be told; they are sent by poll_send(). */
void poll_check(struct terminal *terminal);
void poll_drop_all(struct terminal *terminal);
/* Takes the decided ones; without the lock: sends them. */
void poll_take(struct list *decided);
void poll_send(struct list *decided);

/* timer.c; with the lock held: ticks of TIMER_TICK ms, counted while needed */
enum {
	TIMER_TICK = 20,
	TIMER_TENTH = 5, /* ticks of VTIME's unit */
};
error_t timer_start(void);
unsigned timer_now(void);
/* A read's own clock, named by its ticket: at deadline the terminal's readers
 * are woken. timer_deadline: 0 if it has none. */
int timer_deadline(int ticket, unsigned *deadline);
error_t timer_set(struct terminal *terminal, int ticket, unsigned deadline);
void timer_forget(int ticket);
void timer_forget_all(const struct terminal *terminal);

/* io.c, pseudo.c: the two ends; with the lock held. E_PARKED: nothing was
 * taken and the handler is to return it. */
error_t terminal_check_background(const struct terminal *terminal, int flags);
error_t terminal_read(struct terminal_file *file, void *bytes, unsigned size,
    int flags, int ticket, unsigned *count);
error_t terminal_write(struct terminal_file *file, const void *bytes,
    unsigned size, int flags, int ticket, unsigned *count);
error_t master_read(struct terminal_file *file, void *bytes, unsigned size,
    int flags, int ticket, unsigned *count);
error_t master_write(struct terminal_file *file, const void *bytes,
    unsigned size, int flags, int ticket, unsigned *count);
/* uid: owns the slave; now: seconds since 1970. */
error_t pseudo_open_master(
    unsigned access, unsigned uid, int64_t now, struct terminal_file **file);
void pseudo_master_closed(struct terminal_file *file);
void pseudo_revive(struct terminal *terminal);
void pseudo_forget(struct terminal *terminal);
/* The slave of that number, or null. */
struct terminal *pseudo_find(int number);

/* serve_device_server.c: seconds since 1970; without the lock. */
int64_t seconds_now(void);

/* serve_pfs.c: /dev/pts, found in the ACS as "pfs-devpts" */
extern const struct object_class folder_class;

/* control.c */
struct control;
error_t terminal_control(
    struct terminal_file *file, struct control *control, int flags);

/* keep.c: what outlives the task; with the lock held */
extern const unsigned keep_size;
extern const struct recovery terminal_file_recovery;
struct terminal *keep_new(void); /* zeroed, with a ring; null: none is free */
void keep_use(struct terminal *terminal, int use);
void keep_begin(void); /* terminals are there again */
/* A place where the waiter's right survives, or -1. */
int keep_poll(struct terminal *terminal, mach_port_t notify, int cookie);
void keep_poll_end(struct terminal *terminal, int place);
void keep_polls_take(struct terminal *terminal);

/* call_signal.c: signals to the process server, by a thread of its own */
error_t signals_start(void);
void signals_group(int group, int signal);
void signals_process(int pid, int signal);

/* serial.c, console.c */
extern const struct recovery serial_recovery;
void serial_prepare(void);
error_t serial_init(void);
error_t console_init(void);
/* The kernel's character device name as terminal's device. */
error_t serial_attach(struct terminal *terminal, const char *name);

/* main.c: the terminal that /dev/console is; null until it is known */
extern struct terminal *tty_console;
extern int tty_kernel_console; /* the kernel writes on com<n>; -1: screen */
