/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Unix calls, once, for all faces: what libmasix/unix offers, and what its
 * files offer each other.
 *
 * Every call is `long unix_NAME(arguments of Linux i386)`. It returns the value
 * or -errno, with Linux i386 numbers and structures. Pointers of the program
 * are used directly: a fault there ends the whole call with -EFAULT (see
 * thread_fault). Who holds a lock or owns a right at that moment must use
 * user_copy() and friends, which return the error instead. 64-bit arguments
 * lie as a pair of words, low first, exactly as int64_t does in C; so the
 * table of the Linux face points straight at these functions.
 *
 * -UNIX_RESTART and the like never reach the program: the way out of libmasix
 * turns them into a repetition of the call or -EINTR (signal.c).
 */
#pragma once
#include <base/error.h>
#include <base/layout.h>
#include <base/message_repeat.h>
#include <base/process_page.h>
#include <base/types.h>
#include <stddef.h>
#include <stdint.h>
#include <unix/numbers.h>
#include <unix/waiting.h>

typedef long ssize_type;
struct iovec;
struct pollfd;
struct unix_thread;

#define PAGE ((struct process_page *)LAYOUT_PROCESS_PAGE)

/* ---- results --------------------------------------------------------- */

enum {
	UNIX_RESTART = 512,            /* repeat if SA_RESTART or no handler */
	UNIX_RESTART_NO_HANDLER = 514, /* repeat only if no handler ran:
	                                * poll, select, pause, sigsuspend */
	UNIX_RESTART_BLOCK = 516,      /* as above, by thread->restart */
};

/* 0 or -errno for any error. E_INTR becomes -UNIX_RESTART. */
long unix_error(error_t error);

/* ---- the thread ------------------------------------------------------ */

/* Registers of the program, at the top of the thread's libmasix stack. The
 * order of the first 17 is the kernel's struct i386_thread_state. */
struct unix_frame {
	uint32_t gs, fs, es, ds, edi, esi, ebp, below, ebx, edx, ecx, eax;
	uint32_t eip, cs, efl, esp, ss;
	uint32_t call; /* number of the call in progress, or FRAME_NO_CALL */
	uint32_t full; /* not 0: leave by restoring all, flags included */
	uint32_t spare;
};

#define FRAME_NO_CALL 0xffffffffu

/* A thread's memory, aligned to its size: stack, struct unix_frame, struct
 * unix_thread. The last two are in one page, as each fork copies it. */
enum {
	THREAD_SIZE = 0x10000,
	THREAD_STRUCT = 512, /* room for struct unix_thread */
};

typedef error_t (*cancel_t)(mach_port_t port, int ticket);

struct unix_thread {
	uint32_t fault_esp, fault_eip; /* where a fault in libmasix goes */
	int ticket;                    /* for calls that may be cancelled */
	int interruptible;             /* between wait_begin and wait_end */
	uint32_t work; /* not 0: leave slowly: local, restore_mask */
	struct message_sent sent;      /* the last message, to repeat it */
	cancel_t cancel;
	mach_port_t cancel_port;
	unsigned reply_depth;          /* which of reply_ports is in use */
	mach_port_t reply_ports[3];    /* receive rights, owned */
	mach_port_t self;              /* send right of the thread, or null */
	uint64_t saved_mask;           /* what to return to, if … */
	int restore_mask;              /* … sigsuspend or the like changed it */
	struct signal_info local;      /* a signal to self; 0: none */
	long (*restart)(struct unix_thread *thread);
	uint64_t restart_deadline;     /* of nanosleep: clock_monotonic() */
	uint32_t restart_words[4];
	struct {
		uint32_t address, flags, size;
	} alternate_stack;
	uint32_t trap_number, error_code, fault_address; /* of the last fault */
	uint32_t tls[4];               /* two descriptors of two words */
	uint32_t clear_child_tid, robust_list, robust_size;
	int tid;
	struct open_file *held[2];     /* references of the call in progress */
	mach_port_t poll_port;         /* receive and send right, or null */
	uint32_t poll_serial;          /* which notices are current */
	struct unix_thread *next;
};

/* The calling thread. */
static inline struct unix_thread *thread_current(void)
{
	uint32_t esp;

	__asm__("movl %%esp, %0" : "=r"(esp));
	return (struct unix_thread *)((esp | (THREAD_SIZE - 1)) + 1 -
	    THREAD_STRUCT);
}

static inline struct unix_frame *thread_frame(struct unix_thread *thread)
{
	return (struct unix_frame *)thread - 1;
}

/* ---- calls that may wait --------------------------------------------- */

/*
 * error = WAITING(file_cancel, port, file_read(port, …, thread_ticket(), …));
 *
 * In between, a signal ends the wait: the request is cancelled once by
 * cancel(port, ticket), and its one answer awaited (E_INTR, or a result). With
 * cancel null a bare mach_msg() receive returns MACH_RCV_INTERRUPTED, a gsync
 * wait KERN_INTERRUPTED. MACH_SEND_INTERRUPTED: nothing was sent, rights and
 * memory in the message are still the caller's. All of these are E_INTR to
 * unix_error(). Only one request may be made in between.
 */
static inline void wait_begin(cancel_t cancel, mach_port_t port)
{
	struct unix_thread *thread = thread_current();

	thread->cancel = cancel;
	thread->cancel_port = port;
	thread->interruptible = 1;
}

static inline void wait_end(void)
{
	thread_current()->interruptible = 0;
}

#define WAITING(cancel, port, call) \
	({ \
		error_t waiting_error; \
		wait_begin(cancel, port); \
		waiting_error = (call); \
		wait_end(); \
		waiting_error; \
	})

/*
 * A new number for a request: which process, in the upper half, and which of
 * its requests. It names the request for its cancel, and a server remembers by
 * it what it has done (mig/README.md, "once").
 */
static inline int thread_ticket(void)
{
	struct unix_thread *thread = thread_current();
	uint16_t count = (uint16_t)(thread->ticket + 1);

	thread->ticket = (int)(((uint32_t)thread->ticket & ~0xffffu) | count);
	return thread->ticket;
}

/* A signal is waiting that the program wants to see now. */
int signal_is_due(void);

/* ---- the program's memory -------------------------------------------- */

/* Copies in either direction. 0 or -EFAULT. */
long user_copy(void *to, const void *from, size_t size);
/* Length of a string, or -EFAULT, or -ENAMETOOLONG beyond limit. */
long user_length(const char *string, size_t limit);

/* ---- what files.. (LIBB) give to processes (LIBA) --------------------- */

/* The first image of a fresh task: tables are empty. */
void descriptors_start(void);
/* pid 1's first image: opens /dev/console as 0, 1 and 2. */
void descriptors_open_console(void);
/* A new image in the same task: closes what is close-on-exec. */
void descriptors_exec(void);
/* The same in a new task: from what the old libmasix wrote down (carry.c). */
struct carried;
void descriptors_carried(struct carried *carried);
/* Orderly end of the process: what must be told to servers. */
void descriptors_exit(void);

/* After a fault ended a call: gives back the open files that it held. Every
 * call that ends by thread_fault() must come by here. */
void descriptors_fault(void);

/*
 * Fork. begin: moves shared positions to shared memory and gives the names of
 * all rights that the child shall have (names == rights: names stay the same).
 * The array stays the file part's. end: in the parent afterwards (failed != 0:
 * there is no child); child: first thing in the child (maps that are not
 * inherited are forgotten).
 */
error_t descriptors_fork_begin(mach_port_t **names, unsigned *count);
void descriptors_fork_end(int failed);
void descriptors_fork_child(void);

/* Opens path (directory_fd AT_FDCWD or fd; flags AT_EMPTY_PATH,
 * AT_SYMLINK_NOFOLLOW) for execve. right: GIVEN. */
error_t descriptor_open_exec(int directory_fd, const char *path, int flags,
    mach_port_t *right, struct file_attributes *attributes);

/*
 * The memory object of an open regular file (or mappable device) for mmap.
 * protection: PROT_*; flags: MAP_*. E_BADF, E_ACCES, E_NODEV as mmap says.
 * object: BORROWED by the caller, good while the descriptor is open. right: of
 * a file that may be written through the mapping, with a reference; or null.
 */
struct file_right;
error_t descriptor_memory(int fd, int protection, int flags,
    mach_port_t *object, struct file_right **right);

/* ---- what processes (LIBA) give to files (LIBB) ----------------------- */

/* Sends a signal to the calling thread, delivered when the call ends. */
void signal_self(int number);
/* ppoll, pselect: mask holds until the call ends. */
void signal_mask_during_call(const uint64_t *mask);
/* Is it blocked or ignored (job control asks for SIGTTOU, SIGTTIN)? */
int signal_is_hidden(int number);

/* Nanoseconds since boot; nanoseconds since 1970. No message. */
uint64_t clock_monotonic(void);
uint64_t clock_real(void);
/* Sleeps until clock_monotonic() >= deadline: 0, or -UNIX_RESTART. */
long clock_sleep_until(uint64_t deadline);

/* Soft limit RLIMIT_*; 0xffffffff is infinity. */
static inline uint32_t limit_soft(unsigned which)
{
	return PAGE->limits[which][0];
}

void random_bytes(void *buffer, size_t size);

/* Memory of libmasix itself, page aligned, between LAYOUT_WINDOWS and
 * LAYOUT_FILES; survives exec, COPY-inherited by fork. */
error_t window_allocate(size_t size, void **start);
void window_free(void *start, size_t size);

/* ---- the calls: files (LIBB) ------------------------------------------ */

/* descriptors */
long unix_read(int fd, void *buffer, size_t size);
long unix_write(int fd, const void *buffer, size_t size);
long unix_readv(int fd, const struct iovec *vector, int count);
long unix_writev(int fd, const struct iovec *vector, int count);
long unix_pread64(int fd, void *buffer, size_t size, int64_t offset);
long unix_pwrite64(int fd, const void *buffer, size_t size, int64_t offset);
long unix_preadv(int fd, const struct iovec *vector, int count, int64_t offset);
long unix_pwritev(int fd, const struct iovec *vector, int count,
    int64_t offset);
long unix_preadv2(int fd, const struct iovec *vector, int count,
    int64_t offset, int flags);
long unix_pwritev2(int fd, const struct iovec *vector, int count,
    int64_t offset, int flags);
long unix_open(const char *path, int flags, int mode);
long unix_openat(int directory, const char *path, int flags, int mode);
long unix_openat2(int directory, const char *path, const void *how,
    size_t size);
long unix_creat(const char *path, int mode);
long unix_close(int fd);
long unix_close_range(unsigned first, unsigned last, unsigned flags);
long unix_dup(int fd);
long unix_dup2(int fd, int to);
long unix_dup3(int fd, int to, int flags);
long unix_fcntl(int fd, int command, unsigned long argument);
long unix_fcntl64(int fd, int command, unsigned long argument);
long unix_flock(int fd, int operation);
long unix_ioctl(int fd, unsigned request, unsigned long argument);
long unix_lseek(int fd, long offset, int whence);
long unix_llseek(int fd, uint32_t high, uint32_t low, int64_t *result,
    int whence);
long unix_pipe(int *fds);
long unix_pipe2(int *fds, int flags);
long unix_socketpair(int domain, int type, int protocol, int *fds);
long unix_socketcall(int call, unsigned long *arguments);
long unix_sendfile(int out, int in, long *offset, size_t count);
long unix_sendfile64(int out, int in, int64_t *offset, size_t count);
long unix_vmsplice(int fd, const struct iovec *vector, int count,
    unsigned flags);
long unix_splice(int in, int64_t *in_offset, int out, int64_t *out_offset,
    size_t size, unsigned flags);
long unix_tee(int in, int out, size_t size, unsigned flags);
long unix_copy_file_range(int in, int64_t *in_offset, int out,
    int64_t *out_offset, size_t size, unsigned flags);
long unix_fsync(int fd);
long unix_fdatasync(int fd);
long unix_sync(void);
long unix_syncfs(int fd);
long unix_sync_file_range(int fd, int64_t offset, int64_t count,
    unsigned flags);
long unix_fadvise64(int fd, int64_t offset, size_t count, int advice);
long unix_fadvise64_64(int fd, int64_t offset, int64_t count, int advice);
long unix_readahead(int fd, int64_t offset, size_t count);
long unix_ftruncate(int fd, long size);
long unix_ftruncate64(int fd, int64_t size);
long unix_truncate(const char *path, long size);
long unix_truncate64(const char *path, int64_t size);
long unix_fallocate(int fd, int mode, int64_t offset, int64_t size);
long unix_getdents(int fd, void *buffer, unsigned size);
long unix_getdents64(int fd, void *buffer, unsigned size);

/* names */
long unix_stat(const char *path, void *stat);
long unix_lstat(const char *path, void *stat);
long unix_fstat(int fd, void *stat);
long unix_oldstat(const char *path, void *stat);
long unix_oldlstat(const char *path, void *stat);
long unix_oldfstat(int fd, void *stat);
long unix_stat64(const char *path, void *stat);
long unix_lstat64(const char *path, void *stat);
long unix_fstat64(int fd, void *stat);
long unix_fstatat64(int directory, const char *path, void *stat, int flags);
long unix_statx(int directory, const char *path, int flags, unsigned mask,
    void *statx);
long unix_access(const char *path, int want);
long unix_faccessat(int directory, const char *path, int want);
long unix_faccessat2(int directory, const char *path, int want, int flags);
long unix_mknod(const char *path, int mode, unsigned device);
long unix_mknodat(int directory, const char *path, int mode, unsigned device);
long unix_mkdir(const char *path, int mode);
long unix_mkdirat(int directory, const char *path, int mode);
long unix_rmdir(const char *path);
long unix_unlink(const char *path);
long unix_unlinkat(int directory, const char *path, int flags);
long unix_link(const char *from, const char *to);
long unix_linkat(int from_directory, const char *from, int to_directory,
    const char *to, int flags);
long unix_symlink(const char *target, const char *path);
long unix_symlinkat(const char *target, int directory, const char *path);
long unix_readlink(const char *path, char *buffer, int size);
long unix_readlinkat(int directory, const char *path, char *buffer, int size);
long unix_rename(const char *from, const char *to);
long unix_renameat(int from_directory, const char *from, int to_directory,
    const char *to);
long unix_renameat2(int from_directory, const char *from, int to_directory,
    const char *to, unsigned flags);
long unix_chmod(const char *path, int mode);
long unix_fchmod(int fd, int mode);
long unix_fchmodat(int directory, const char *path, int mode);
long unix_chown(const char *path, unsigned uid, unsigned gid);
long unix_chown16(const char *path, unsigned uid, unsigned gid);
long unix_lchown(const char *path, unsigned uid, unsigned gid);
long unix_lchown16(const char *path, unsigned uid, unsigned gid);
long unix_fchown(int fd, unsigned uid, unsigned gid);
long unix_fchown16(int fd, unsigned uid, unsigned gid);
long unix_fchownat(int directory, const char *path, unsigned uid,
    unsigned gid, int flags);
long unix_utime(const char *path, const void *utimbuf);
long unix_utimes(const char *path, const void *timevals);
long unix_futimesat(int directory, const char *path, const void *timevals);
long unix_utimensat(int directory, const char *path, const void *timespecs,
    int flags);
long unix_utimensat_time64(int directory, const char *path,
    const void *timespecs, int flags);
long unix_chdir(const char *path);
long unix_fchdir(int fd);
long unix_chroot(const char *path);
long unix_getcwd(char *buffer, size_t size);
long unix_umask(int mask);
long unix_statfs(const char *path, void *statfs);
long unix_fstatfs(int fd, void *statfs);
long unix_statfs64(const char *path, size_t size, void *statfs);
long unix_fstatfs64(int fd, size_t size, void *statfs);
long unix_mount(const char *source, const char *target, const char *type,
    unsigned flags, const void *data);
long unix_umount(const char *target);
long unix_umount2(const char *target, int flags);
long unix_getxattr(const char *path, const char *name, void *value,
    size_t size);
long unix_fgetxattr(int fd, const char *name, void *value, size_t size);
long unix_setxattr(const char *path, const char *name, const void *value,
    size_t size, int flags);
long unix_fsetxattr(int fd, const char *name, const void *value,
    size_t size, int flags);
long unix_listxattr(const char *path, char *list, size_t size);
long unix_flistxattr(int fd, char *list, size_t size);
long unix_lgetxattr(const char *path, const char *name, void *value,
    size_t size);
long unix_lsetxattr(const char *path, const char *name, const void *value,
    size_t size, int flags);
long unix_llistxattr(const char *path, char *list, size_t size);
long unix_removexattr(const char *path, const char *name);
long unix_lremovexattr(const char *path, const char *name);
long unix_fremovexattr(int fd, const char *name);

/* ---- the calls: processes (LIBA) --------------------------------------- */

/* process.c, exec.c */
long unix_fork(void);
long unix_vfork(void);
long unix_clone(unsigned flags, uint32_t stack, int *parent_tid,
    uint32_t tls, int *child_tid);
long unix_clone3(const uint64_t *arguments, size_t size);
long unix_execve(const char *path, char *const *argv, char *const *envp);
long unix_execveat(int directory, const char *path, char *const *argv,
    char *const *envp, int flags);
long unix_exit(int status);
long unix_exit_group(int status);
long unix_wait4(int pid, int *status, int options, void *usage);
long unix_waitpid(int pid, int *status, int options);
long unix_waitid(int type, int id, struct signal_info *info, int options,
    void *usage);

/* signal.c */
long unix_signal(int number, uint32_t handler);
long unix_sigaction(int number, const void *action, void *old);
long unix_rt_sigaction(int number, const void *action, void *old, size_t size);
long unix_sigprocmask(int how, const uint32_t *set, uint32_t *old);
long unix_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old,
    size_t size);
long unix_sgetmask(void);
long unix_ssetmask(uint32_t mask);
long unix_sigpending(uint32_t *set);
long unix_rt_sigpending(uint64_t *set, size_t size);
long unix_sigsuspend(int unused1, int unused2, uint32_t mask);
long unix_rt_sigsuspend(const uint64_t *mask, size_t size);
long unix_rt_sigtimedwait(const uint64_t *set, struct signal_info *info,
    const void *timespec, size_t size);
long unix_rt_sigtimedwait_time64(const uint64_t *set,
    struct signal_info *info, const void *timespec, size_t size);
long unix_rt_sigqueueinfo(int pid, int number, const struct signal_info *info);
long unix_rt_tgsigqueueinfo(int group, int tid, int number,
    const struct signal_info *info);
long unix_kill(int pid, int number);
long unix_tkill(int tid, int number);
long unix_tgkill(int group, int tid, int number);
long unix_sigaltstack(const void *stack, void *old);
long unix_sigreturn(void);
long unix_rt_sigreturn(void);
long unix_pause(void);
long unix_restart_syscall(void);

/* memory.c */
long unix_brk(uint32_t end);
long unix_old_mmap(const uint32_t *arguments);
long unix_mmap2(uint32_t address, uint32_t size, int protection, int flags,
    int fd, uint32_t page_offset);
long unix_munmap(uint32_t address, uint32_t size);
long unix_mprotect(uint32_t address, uint32_t size, int protection);
long unix_mremap(uint32_t address, uint32_t size, uint32_t new_size,
    int flags, uint32_t new_address);
long unix_madvise(uint32_t address, uint32_t size, int advice);
long unix_msync(uint32_t address, uint32_t size, int flags);
long unix_mlock(uint32_t address, uint32_t size);
long unix_munlock(uint32_t address, uint32_t size);
long unix_mlockall(int flags);
long unix_munlockall(void);
long unix_mincore(uint32_t address, uint32_t size, unsigned char *vector);

/* time.c */
long unix_time(long *result);
long unix_stime(const long *seconds);
long unix_gettimeofday(void *timeval, void *zone);
long unix_settimeofday(const void *timeval, const void *zone);
long unix_clock_gettime(int clock, void *timespec);
long unix_clock_gettime64(int clock, void *timespec);
long unix_clock_settime(int clock, const void *timespec);
long unix_clock_settime64(int clock, const void *timespec);
long unix_clock_getres(int clock, void *timespec);
long unix_clock_getres_time64(int clock, void *timespec);
long unix_nanosleep(const void *want, void *left);
long unix_clock_nanosleep(int clock, int flags, const void *want, void *left);
long unix_clock_nanosleep_time64(int clock, int flags, const void *want,
    void *left);
long unix_alarm(unsigned seconds);
long unix_setitimer(int which, const void *value, void *old);
long unix_getitimer(int which, void *value);
/* timer.c */
long unix_timer_create(int clock, const void *event, int *id);
long unix_timer_settime(int id, int flags, const int32_t *new, int32_t *old);
long unix_timer_settime64(int id, int flags, const int64_t *new,
    int64_t *old);
long unix_timer_gettime(int id, int32_t *value);
long unix_timer_gettime64(int id, int64_t *value);
long unix_timer_getoverrun(int id);
long unix_timer_delete(int id);
/* A child of fork, a new image. */
void timers_forget(void);

long unix_times(void *tms);
long unix_getrusage(int who, void *usage);
long unix_adjtimex(void *timex);

/* ids.c */
long unix_getpid(void);
long unix_getppid(void);
long unix_gettid(void);
long unix_getuid(void);
long unix_getgid(void);
long unix_geteuid(void);
long unix_getegid(void);
long unix_getresuid(uint32_t *real, uint32_t *effective, uint32_t *saved);
long unix_getresgid(uint32_t *real, uint32_t *effective, uint32_t *saved);
long unix_setuid(int uid);
long unix_setgid(int gid);
long unix_setreuid(int real, int effective);
long unix_setregid(int real, int effective);
long unix_setresuid(int real, int effective, int saved);
long unix_setresgid(int real, int effective, int saved);
long unix_setfsuid(int uid);
long unix_setfsgid(int gid);
long unix_getuid16(void);
long unix_getgid16(void);
long unix_geteuid16(void);
long unix_getegid16(void);
long unix_setuid16(int uid);
long unix_setgid16(int gid);
long unix_setreuid16(int real, int effective);
long unix_setregid16(int real, int effective);
long unix_setresuid16(int real, int effective, int saved);
long unix_setresgid16(int real, int effective, int saved);
long unix_setfsuid16(int uid);
long unix_setfsgid16(int gid);
long unix_getresuid16(uint16_t *real, uint16_t *effective, uint16_t *saved);
long unix_getresgid16(uint16_t *real, uint16_t *effective, uint16_t *saved);
long unix_getgroups16(int count, uint16_t *groups);
long unix_setgroups16(int count, const uint16_t *groups);
long unix_getgroups(int count, uint32_t *groups);
long unix_setgroups(int count, const uint32_t *groups);
long unix_getpgrp(void);
long unix_getpgid(int pid);
long unix_setpgid(int pid, int group);
long unix_getsid(int pid);
long unix_setsid(void);
long unix_getrlimit(unsigned which, uint32_t *limit);
long unix_old_getrlimit(unsigned which, uint32_t *limit);
long unix_setrlimit(unsigned which, const uint32_t *limit);
long unix_prlimit64(int pid, unsigned which, const uint64_t *new,
    uint64_t *old);
long unix_getpriority(int which, int who);
long unix_setpriority(int which, int who, int priority);
long unix_nice(int increment);
long unix_uname(void *names);
long unix_olduname(void *names);
long unix_oldolduname(void *names);
long unix_sethostname(const char *name, int length);
long unix_setdomainname(const char *name, int length);
long unix_sysinfo(void *info);
long unix_syslog(int type, char *buffer, int size);
long unix_reboot(int magic1, int magic2, unsigned command, void *argument);
long unix_personality(unsigned persona);
/* A new image: what prctl set and exec takes back. */
void system_exec(void);
long unix_prctl(int option, unsigned long a, unsigned long b,
    unsigned long c, unsigned long d);
long unix_capget(void *header, void *data);
long unix_capset(void *header, const void *data);
long unix_getcpu(unsigned *cpu, unsigned *node, void *unused);
long unix_getrandom(void *buffer, size_t size, unsigned flags);
long unix_sched_yield(void);
long unix_sched_getaffinity(int pid, unsigned size, void *mask);
long unix_sched_setaffinity(int pid, unsigned size, const void *mask);
long unix_sched_getscheduler(int pid);
long unix_sched_setscheduler(int pid, int policy, const int *parameter);
long unix_sched_getparam(int pid, int *parameter);
long unix_sched_setparam(int pid, const int *parameter);
long unix_sched_get_priority_max(int policy);
long unix_sched_get_priority_min(int policy);
long unix_sched_rr_get_interval(int pid, void *timespec);
long unix_membarrier(int command, unsigned flags, int cpu);

/* thread.c */
long unix_set_thread_area(uint32_t *description);
long unix_get_thread_area(uint32_t *description);
long unix_set_tid_address(int *address);
long unix_set_robust_list(uint32_t head, size_t size);
long unix_get_robust_list(int tid, uint32_t *head, uint32_t *size);
long unix_futex(uint32_t *word, int operation, uint32_t value,
    const void *timespec, uint32_t *word2, uint32_t value3);
long unix_futex_time64(uint32_t *word, int operation, uint32_t value,
    const void *timespec, uint32_t *word2, uint32_t value3);
