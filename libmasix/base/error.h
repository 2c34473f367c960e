/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * error_t: the one error type of Masix.
 *
 * Zero is success. Unix errors are Linux i386 errno numbers inside Mach error
 * system 0x10, so that they never collide with the kernel's (small numbers),
 * MIG's (around -300) or the message system's (0x10000000) codes, and all
 * four can come back from one call.
 */
#pragma once

typedef int error_t;

#define ERROR_UNIX(number) ((0x10 << 26) | (number))
#define ERROR_IS_UNIX(error) (((error) & ~0xfff) == (0x10 << 26))
#define ERROR_NUMBER(error) ((error) & 0xfff)

enum {
	E_PERM = ERROR_UNIX(1),
	E_NOENT = ERROR_UNIX(2),
	E_SRCH = ERROR_UNIX(3),
	E_INTR = ERROR_UNIX(4),
	E_IO = ERROR_UNIX(5),
	E_NXIO = ERROR_UNIX(6),
	E_2BIG = ERROR_UNIX(7),
	E_NOEXEC = ERROR_UNIX(8),
	E_BADF = ERROR_UNIX(9),
	E_CHILD = ERROR_UNIX(10),
	E_AGAIN = ERROR_UNIX(11),
	E_NOMEM = ERROR_UNIX(12),
	E_ACCES = ERROR_UNIX(13),
	E_FAULT = ERROR_UNIX(14),
	E_NOTBLK = ERROR_UNIX(15),
	E_BUSY = ERROR_UNIX(16),
	E_EXIST = ERROR_UNIX(17),
	E_XDEV = ERROR_UNIX(18),
	E_NODEV = ERROR_UNIX(19),
	E_NOTDIR = ERROR_UNIX(20),
	E_ISDIR = ERROR_UNIX(21),
	E_INVAL = ERROR_UNIX(22),
	E_NFILE = ERROR_UNIX(23),
	E_MFILE = ERROR_UNIX(24),
	E_NOTTY = ERROR_UNIX(25),
	E_TXTBSY = ERROR_UNIX(26),
	E_FBIG = ERROR_UNIX(27),
	E_NOSPC = ERROR_UNIX(28),
	E_SPIPE = ERROR_UNIX(29),
	E_ROFS = ERROR_UNIX(30),
	E_MLINK = ERROR_UNIX(31),
	E_PIPE = ERROR_UNIX(32),
	E_DOM = ERROR_UNIX(33),
	E_RANGE = ERROR_UNIX(34),
	E_DEADLK = ERROR_UNIX(35),
	E_NAMETOOLONG = ERROR_UNIX(36),
	E_NOLCK = ERROR_UNIX(37),
	E_NOSYS = ERROR_UNIX(38),
	E_NOTEMPTY = ERROR_UNIX(39),
	E_LOOP = ERROR_UNIX(40),
	E_LIBBAD = ERROR_UNIX(80),
	E_OVERFLOW = ERROR_UNIX(75),
	E_ILSEQ = ERROR_UNIX(84),
	E_RESTART = ERROR_UNIX(85),
	E_NODATA = ERROR_UNIX(61),
	E_OPNOTSUPP = ERROR_UNIX(95),
	E_CONNRESET = ERROR_UNIX(104),
	E_NOTCONN = ERROR_UNIX(107),
	E_TIMEDOUT = ERROR_UNIX(110),
	E_STALE = ERROR_UNIX(116),
	E_UCLEAN = ERROR_UNIX(117),
	/* a terminal to libmasix: the caller's group, flags >>
	 * FILE_GROUP_SHIFT, is in the background;
	 * process_background() it, then repeat */
	E_BACKGROUND = ERROR_UNIX(0xffd),
	/* process_exec: send process_exec_anew */
	E_ANEW = ERROR_UNIX(0xffc),
	/* never seen by clients: the request waits (lib/server/wait.h) */
	E_PARKED = ERROR_UNIX(0xffe),
};

/* The name of error for people: "E_NOENT", "KERN_INVALID_ADDRESS", ... or
 * "error 0x…" in one of a few static buffers that take turns. */
const char *error_name(error_t error);

/* The Linux errno that says error best: Unix errors as they are, kernel and
 * message errors by a table (KERN_NO_SPACE: ENOMEM, …, else EIO). */
int error_errno(error_t error);
