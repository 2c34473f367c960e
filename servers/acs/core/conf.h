/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot.conf: one server a line:
 *
 *	NAME IMAGE [essential] [host] [device] [cmdline] [nowait] [wired]
 *		[names=PATTERN,...] [ARGUMENT...]
 *
 *	environment NAME [essential]
 *
 * environment: the servers of the lines that follow are its, not the host
 * system's; its root administers all.
 * NAME "-": not started at boot; the line says what servers of that IMAGE
 * may have when somebody starts one. "#" begins a comment.
 */
#pragma once
#include <stddef.h>

enum {
	CONF_ESSENTIAL = 1, /* its death ends the system */
	CONF_HOST = 2,      /* is given the privileged host port */
	CONF_DEVICE = 4,    /* is given the device master port */
	CONF_CMDLINE = 8,   /* the kernel's command line ends its arguments */
	CONF_NOWAIT = 16,   /* the next one need not wait for it */
	CONF_WIRED = 32,    /* its memory never leaves */
	CONF_WORDS = 32,
	CONF_TEXT = 512,
};

struct conf_line {
	char text[CONF_TEXT];  /* the words below lie in here */
	const char *name, *image;
	const char *may_register; /* patterns of names, "" if none */
	unsigned flags;
	int argument_count;
	char *arguments[CONF_WORDS + 1];
};

/*
 * Reads the next line that says something; *position moves behind it. 1: a
 * line; 0: the end; -1: a line that makes no sense or is too long, its text
 * in line->text.
 */
int conf_next(const char *conf, size_t size, size_t *position,
    struct conf_line *line);
