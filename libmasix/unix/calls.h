/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each call about files costs: local (no message), rpc (one message and
 * its answer), or mixed, and which server answers. Prototypes: unix.h. Kernel
 * traps (maps, rights) are not counted. "first" is what the first use of an
 * open file costs; "again" what all others do.
 *
 * DATA
 *	read pread readv	regular: first rpc pfs (file_map), again local
 *		pipes, terminals, devices, /proc: rpc vfs, tty, devices, pfs
 *	write pwrite writev	regular: inside the file local, one one-way
 *		notice to the pfs (file_touch) each 10 ms; growing: rpc pfs
 *		(file_extend), with O_SYNC one more (file_sync).
 *		Others: rpc, as read
 *	lseek			local; SEEK_END of a device: rpc
 *	sendfile splice copy_file_range		as the read and write they are
 *	tee			rpc vfs, two, and two to tell the ends apart
 *	ftruncate fallocate	rpc pfs
 *	fsync fdatasync		rpc pfs
 *	sync syncfs		rpc vfs
 *	fadvise readahead	a one-way notice to the pfs; small files local
 *	SEEK_DATA SEEK_HOLE	local if nothing is missing, else rpc pfs
 *	msync MS_SYNC		rpc pfs
 * DESCRIPTORS
 *	open openat creat	rpc vfs; a session leader's first terminal: rpc
 *		process. /dev/fd/N, /dev/stdin, /proc/self/fd/N: local
 *	close dup dup2 dup3 close_range		local; rpc vfs if the file is
 *		locked by us
 *	fcntl			local; locks: rpc vfs
 *	flock			rpc vfs
 *	pipe pipe2 socketpair	rpc vfs
 *	ioctl			FIOCLEX FIONBIO FIOASYNC local, FIONREAD of
 *		regular files local; FS_IOC_GETFLAGS: rpc to the file's server
 *		or vfs, FS_IOC_SETFLAGS: rpc vfs; TIOCSCTTY TIOCSPGRP TIOCNOTTY:
 *		rpc process; others: rpc, to the file's server
 *	poll select epoll_wait	regular files local; others one rpc each, to
 *		the file's server. Waiting: a notice, an rpc for what it says,
 *		an rpc (file_cancel) for each that stayed silent
 *	epoll_create epoll_ctl eventfd	local
 *	/proc/self/fd		local: its list, stat, lstat, readlink
 *	signalfd		local; its read: rpc process for each signal
 *	pidfd_open, its poll	rpc process
 *	inotify			rpc vfs; who writes or reads a file that
 *		somebody watches sends a one-way notice each time
 *	memfd_create		rpc vfs, two
 *	mmap's memory		first rpc pfs (file_map), again local
 * NAMES
 *	stat lstat fstatat statx access		rpc vfs
 *	fstat			regular: first rpc pfs (file_map), again local;
 *		devices local; directories, pipes: rpc vfs
 *	getdents readdir	rpc vfs for each 4 KB of records
 *	link symlink unlink rename mkdir rmdir mknod	rpc vfs
 *	readlink		rpc vfs; /proc/self and descriptors local
 *	chmod chown utimes truncate and by descriptor	rpc vfs
 *	chdir fchdir chroot getcwd		rpc vfs
 *	statfs fstatfs mount umount		rpc vfs
 *	get- set- list- removexattr, l-, f-	rpc vfs
 */
#pragma once
#include <unix/unix.h>
