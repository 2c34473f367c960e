/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids from the process page. entry.S answers most of these itself; the
 * functions are here for whoever comes by another way. */
#include <unix/unix.h>

long unix_getpid(void)
{
	return PAGE->pid;
}

long unix_getppid(void)
{
	return PAGE->parent;
}

long unix_getpgrp(void)
{
	return PAGE->group;
}

long unix_getuid(void)
{
	return (long)PAGE->uid;
}

long unix_getgid(void)
{
	return (long)PAGE->gid;
}

long unix_geteuid(void)
{
	return (long)PAGE->euid;
}

long unix_getegid(void)
{
	return (long)PAGE->egid;
}
