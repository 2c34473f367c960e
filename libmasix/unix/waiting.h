/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that wait for several files, or make files that are made to be waited
 * for. Part of unix.h. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct signal_info;

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

/* System V IPC */
long unix_semget(int key, int count, int flags);
long unix_semop(int id, const void *operations, unsigned count);
long unix_semtimedop(int id, const void *operations, unsigned count,
    const void *timespec);
long unix_semtimedop_time64(int id, const void *operations, unsigned count,
    const void *timespec);
long unix_semctl(int id, int number, int command, unsigned long argument);
long unix_msgget(int key, int flags);
long unix_msgsnd(int id, const void *message, unsigned size, int flags);
long unix_msgrcv(int id, void *message, unsigned size, int wanted, int flags);
long unix_msgctl(int id, int command, void *buffer);
long unix_shmget(int key, unsigned size, int flags);
long unix_shmat(int id, uint32_t address, int flags);
long unix_shmdt(uint32_t address);
long unix_shmctl(int id, int command, void *buffer);
long unix_ipc(unsigned call, int first, unsigned long second,
    unsigned long third, uint32_t pointer, long fifth);
/* A new image has nothing attached. */
void sysv_exec(void);

/* files of no file system */
long unix_memfd_create(const char *name, unsigned flags);
long unix_eventfd(unsigned value);
long unix_eventfd2(unsigned value, int flags);
long unix_signalfd(int fd, const uint64_t *set, size_t size);
long unix_signalfd4(int fd, const uint64_t *set, size_t size, int flags);
long unix_pidfd_open(int pid, unsigned flags);
long unix_pidfd_send_signal(int fd, int number,
    const struct signal_info *info, unsigned flags);
long unix_inotify_init(void);
long unix_inotify_init1(int flags);
long unix_inotify_add_watch(int fd, const char *name, uint32_t mask);
long unix_inotify_rm_watch(int fd, int number);
