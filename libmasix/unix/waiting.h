/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that wait for several files, or make files that are made to be waited
 * for. Part of unix.h. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct pollfd;

/* waiting for several */
long unix_poll(struct pollfd *fds, unsigned count, int milliseconds);
long unix_ppoll(struct pollfd *fds, unsigned count, const void *timespec,
    const uint64_t *mask, size_t mask_size);
long unix_ppoll_time64(struct pollfd *fds, unsigned count,
    const void *timespec, const uint64_t *mask, size_t mask_size);
long unix_select(int count, void *in, void *out, void *except, void *timeval);
long unix_old_select(const void *arguments);
long unix_pselect6(int count, void *in, void *out, void *except,
    void *timespec, const void *mask);
long unix_pselect6_time64(int count, void *in, void *out, void *except,
    void *timespec, const void *mask);
long unix_epoll_create(int size);
long unix_epoll_create1(int flags);
long unix_epoll_ctl(int epoll, int operation, int fd, void *event);
long unix_epoll_wait(int epoll, void *events, int count, int milliseconds);
long unix_epoll_pwait(int epoll, void *events, int count, int milliseconds,
    const uint64_t *mask, size_t mask_size);

/* files of no file system */
long unix_memfd_create(const char *name, unsigned flags);
long unix_eventfd(unsigned value);
long unix_eventfd2(unsigned value, int flags);
long unix_signalfd(int fd, const uint64_t *set, size_t size);
long unix_signalfd4(int fd, const uint64_t *set, size_t size, int flags);
long unix_inotify_init(void);
long unix_inotify_init1(int flags);
long unix_inotify_add_watch(int fd, const char *name, uint32_t mask);
long unix_inotify_rm_watch(int fd, int number);
