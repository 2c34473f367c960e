/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System V IPC: the calls, each by its own number and through ipc(). The
 * process server has it all (process.defs); here are Linux's structures, and
 * where shared memory is mapped.
 */
#include <base/ipc_types.h>
#include <base/mach.h>
#include <process.client.h>
#include <string.h>
#include <unix/core/ipc_words.h>
#include <unix/descriptor.h>
#include <unix/unix.h>

enum {
	NEW_STRUCTURES = 0x100, /* IPC_64 */
	ATTACHES = 128,
	ROUND_DOWN = 020000,    /* SHM_RND */
	REMAP = 040000,
	EXECUTE = 0100000,
	PAGE_BYTES = 4096,
	NANOSECONDS_EACH = 1000,
};

static const control_data_t nothing;

/* Where segments are mapped. A child of fork has a copy. */
static struct {
	uint32_t address, size; /* size 0: free */
	int id;
} attaches[ATTACHES];

void sysv_exec(void)
{
	memset(attaches, 0, sizeof attaches);
}

static long get(enum ipc_kind kind, int key, int size, int flags)
{
	int id = 0;
	error_t error = process_ipc_get(PORT_PROCESS, thread_ticket(), kind,
	    key, size, flags, &id);

	return error ? unix_error(error) : id;
}

/* ---- control ---------------------------------------------------------- */

/* size: room in answer, then what there is. */
static long control(enum ipc_kind kind, int id, int command, int number,
    int value, const void *data, unsigned size, control_data_t answer)
{
	mach_msg_type_number_t answer_size = sizeof(control_data_t);
	int result = 0;
	error_t error = process_ipc_control(PORT_PROCESS, thread_ticket(), kind,
	    id, command, number, value, data, size, answer, &answer_size,
	    &result);

	return error ? unix_error(error) : result;
}

static long control_status(enum ipc_kind kind, int id, int command, void *to)
{
	control_data_t answer;
	uint32_t words[IPC_WORDS];
	long result =
	    control(kind, id, command, 0, 0, nothing, 0, answer);

	if (result < 0)
		return result;
	ipc_words_status(words, kind, (const struct ipc_status *)answer);
	if (user_copy(to, words, ipc_words_size(kind)))
		return -EFAULT;
	return result;
}

static long control_change(enum ipc_kind kind, int id, const void *from)
{
	control_data_t answer;
	uint32_t words[IPC_WORDS];
	struct ipc_status status;

	if (user_copy(words, from, ipc_words_size(kind)))
		return -EFAULT;
	ipc_words_change(&status, kind, words);
	return control(kind, id, IPC_CHANGE, 0, 0, &status, sizeof status,
	    answer);
}

/* used: SEM_INFO and its like. */
static long control_totals(enum ipc_kind kind, int used, void *to)
{
	control_data_t answer;
	uint32_t words[IPC_WORDS];
	unsigned size;
	long result =
	    control(kind, 0, IPC_INFORM, 0, 0, nothing, 0, answer);

	if (result < 0)
		return result;
	size = ipc_words_totals(
	    words, kind, used, (const struct ipc_totals *)answer);
	return user_copy(to, words, size) ? -EFAULT : result;
}

/* What all three kinds have. Numbers of commands differ from 11 on: base is
 * that of SEM_STAT and its like. */
static long control_any(enum ipc_kind kind, int id, int command, int base,
    void *buffer)
{
	control_data_t answer;

	switch (command) {
	case IPC_REMOVE:
		return control(kind, id, IPC_REMOVE, 0, 0, nothing, 0, answer);
	case IPC_CHANGE:
		return control_change(kind, id, buffer);
	case IPC_STATUS:
		return control_status(kind, id, IPC_STATUS, buffer);
	case IPC_INFORM:
		return control_totals(kind, 0, buffer);
	}
	if (command == base)
		return control_status(kind, id, IPC_STATUS_AT, buffer);
	if (command == base + 1)
		return control_totals(kind, 1, buffer);
	if (command == base + 2)
		return control_status(kind, id, IPC_STATUS_ANY, buffer);
	return -EINVAL;
}

/* ---- semaphores ------------------------------------------------------- */

long unix_semget(int key, int count, int flags)
{
	return get(IPC_SEMAPHORES, key, count, flags);
}

static long semaphores(int id, const void *operations, unsigned count,
    int64_t deadline)
{
	if (!count)
		return -EINVAL;
	if (count > SEMAPHORE_OPERATIONS)
		return -E2BIG;
	return unix_error(WAITING(process_cancel, PORT_PROCESS,
	    process_semaphores(PORT_PROCESS, thread_ticket(), id, deadline,
		operations, count * sizeof(struct semaphore_operation))));
}

static long semaphores_timed(int id, const void *operations, unsigned count,
    int64_t seconds, int64_t nanoseconds)
{
	uint64_t now = clock_monotonic() / NANOSECONDS_EACH;

	if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1000000000)
		return -EINVAL;
	if (seconds > 1000000000)
		seconds = 1000000000;
	return semaphores(id, operations, count,
	    (int64_t)now + seconds * 1000000 +
		(int64_t)((uint32_t)nanoseconds / NANOSECONDS_EACH) + 1);
}

long unix_semop(int id, const void *operations, unsigned count)
{
	return semaphores(id, operations, count, 0);
}

long unix_semtimedop(int id, const void *operations, unsigned count,
    const void *timespec)
{
	const int32_t *time = timespec;

	return time ? semaphores_timed(id, operations, count, time[0], time[1])
		    : semaphores(id, operations, count, 0);
}

long unix_semtimedop_time64(int id, const void *operations, unsigned count,
    const void *timespec)
{
	const int64_t *time = timespec;

	return time ? semaphores_timed(id, operations, count, time[0], time[1])
		    : semaphores(id, operations, count, 0);
}

/* How many there are in the set. */
static long semaphores_count(int id)
{
	control_data_t answer;
	long result = control(IPC_SEMAPHORES, id % IPC_INDICES, IPC_STATUS_ANY,
	    0, 0, nothing, 0, answer);

	if (result < 0 || result != id)
		return -EINVAL;
	return (long)((const struct ipc_status *)answer)->numbers[0];
}

static long semaphores_all(int id, int set, void *values)
{
	control_data_t data = { 0 };
	long count = semaphores_count(id), result = 0;

	if (count < 0)
		return count;
	if (set && user_copy(data, values, (size_t)count * 2))
		return -EFAULT;
	result = control(IPC_SEMAPHORES, id,
	    set ? SEMAPHORE_SET_ALL : SEMAPHORE_ALL, 0, 0, data,
	    set ? (unsigned)count * 2 : 0, data);
	if (!result && !set && user_copy(values, data, (size_t)count * 2))
		return -EFAULT;
	return result;
}

long unix_semctl(int id, int number, int command, unsigned long argument)
{
	control_data_t answer;

	command &= ~NEW_STRUCTURES;
	switch (command) {
	case SEMAPHORE_ALL:
	case SEMAPHORE_SET_ALL:
		return semaphores_all(
		    id, command == SEMAPHORE_SET_ALL, (void *)argument);
	case SEMAPHORE_PID:
	case SEMAPHORE_VALUE:
	case SEMAPHORE_COUNT:
	case SEMAPHORE_ZERO_COUNT:
	case SEMAPHORE_SET:
		return control(IPC_SEMAPHORES, id, command, number,
		    (int)argument, nothing, 0, answer);
	}
	return control_any(
	    IPC_SEMAPHORES, id, command, 18, (void *)argument);
}

/* ---- messages --------------------------------------------------------- */

long unix_msgget(int key, int flags)
{
	return get(IPC_MESSAGES, key, 0, flags);
}

long unix_msgsnd(int id, const void *message, unsigned size, int flags)
{
	unsigned first =
	    size < sizeof(small_data_t) ? size : sizeof(small_data_t);
	const char *text = (const char *)message + 4;
	int32_t type;

	if (size > MESSAGE_MAX)
		return -EINVAL;
	if (user_copy(&type, message, sizeof type))
		return -EFAULT;
	return unix_error(WAITING(process_cancel, PORT_PROCESS,
	    process_message_send(PORT_PROCESS, thread_ticket(), id, type, flags,
		text, first, text + first, size - first)));
}

long unix_msgrcv(int id, void *message, unsigned size, int wanted, int flags)
{
	mach_msg_type_number_t count = 0;
	char *text = NULL, *to = message;
	long result;
	error_t error;
	int type = 0;

	if ((int)size < 0)
		return -EINVAL;
	error = WAITING(process_cancel, PORT_PROCESS,
	    process_message_receive(PORT_PROCESS, thread_ticket(), id,
		(int)size, wanted, flags, &type, &text, &count));
	if (error)
		return unix_error(error);
	result = (long)count;
	if (user_copy(to, &type, sizeof type) ||
	    user_copy(to + 4, text, count))
		result = -EFAULT;
	if (count)
		syscall_vm_deallocate(
		    mach_task_self(), (vm_address_t)text, count);
	return result;
}

long unix_msgctl(int id, int command, void *buffer)
{
	return control_any(
	    IPC_MESSAGES, id, command & ~NEW_STRUCTURES, 11, buffer);
}

/* ---- memory ----------------------------------------------------------- */

long unix_shmget(int key, unsigned size, int flags)
{
	if (size > MEMORY_MOST)
		return -EINVAL;
	return get(IPC_MEMORY, key, (int)size, flags);
}

long unix_shmctl(int id, int command, void *buffer)
{
	control_data_t answer;

	command &= ~NEW_STRUCTURES;
	if (command == 11 || command == 12) /* SHM_LOCK, SHM_UNLOCK */
		return control(
		    IPC_MEMORY, id, IPC_LOCK, 0, 0, nothing, 0, answer);
	return control_any(IPC_MEMORY, id, command, 13, buffer);
}

static long attach_free(void)
{
	for (int i = 0; i < ATTACHES; i++)
		if (!attaches[i].size)
			return i;
	return -EMFILE;
}

/* memory: CONSUMED. The address, or -errno. */
static long attach_map(
    mach_port_t memory, unsigned size, uint32_t address, int flags)
{
	int only = flags & MEMORY_READ_ONLY;
	struct file_attributes attributes = { .mode = S_IFREG | 0600,
		.links = 1, .size = size, .slot = 0xffffffff };
	struct open_file *file =
	    open_file_new(memory, &attributes, only ? O_RDONLY : O_RDWR);
	int fixed = !address ? 0 :
	    flags & REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	long fd, result;

	if (!file)
		return -ENOMEM;
	fd = descriptor_add(file, 0, 0);
	if (fd < 0)
		return fd;
	result = unix_mmap2(address, size, PROT_READ |
		(only ? 0 : PROT_WRITE) | (flags & EXECUTE ? PROT_EXEC : 0),
	    MAP_SHARED | fixed, (int)fd, 0);
	unix_close((int)fd);
	return result == -EEXIST ? -EINVAL : result;
}

static int is_error(long result)
{
	return result < 0 && result > -4096;
}

long unix_shmat(int id, uint32_t address, int flags)
{
	long place = attach_free(), result;
	mach_port_t memory;
	error_t error;
	int size = 0;

	if (place < 0)
		return place;
	if (flags & ROUND_DOWN)
		address &= ~(PAGE_BYTES - 1u);
	if ((address & (PAGE_BYTES - 1)) || (!address && (flags & REMAP)))
		return -EINVAL;
	error = process_memory_attach(PORT_PROCESS, thread_ticket(), id, flags,
	    &memory, &size);
	if (error)
		return unix_error(error);
	result = attach_map(memory, (unsigned)size, address, flags);
	if (is_error(result)) {
		process_memory_detach(PORT_PROCESS, thread_ticket(), id);
		return result;
	}
	attaches[place].address = (uint32_t)result;
	attaches[place].id = id;
	attaches[place].size = (uint32_t)size;
	return result;
}

long unix_shmdt(uint32_t address)
{
	for (int i = 0; i < ATTACHES; i++) {
		if (!attaches[i].size || attaches[i].address != address)
			continue;
		unix_munmap(address, attaches[i].size);
		attaches[i].size = 0;
		return unix_error(process_memory_detach(
		    PORT_PROCESS, thread_ticket(), attaches[i].id));
	}
	return -EINVAL;
}

/* ---- all of it -------------------------------------------------------- */

enum ipc_call {
	CALL_SEMOP = 1,
	CALL_SEMGET,
	CALL_SEMCTL,
	CALL_SEMTIMEDOP,
	CALL_MSGSND = 11,
	CALL_MSGRCV,
	CALL_MSGGET,
	CALL_MSGCTL,
	CALL_SHMAT = 21,
	CALL_SHMDT,
	CALL_SHMGET,
	CALL_SHMCTL,
};

/* Old structures have 16-bit users; nobody has asked for them since 1998. */
static int is_old(int command)
{
	return !(command & NEW_STRUCTURES) && command != IPC_REMOVE &&
	    (command < SEMAPHORE_PID || command > SEMAPHORE_SET_ALL);
}

static long ipc_memory(unsigned call, int first, unsigned long second,
    unsigned long third, uint32_t pointer)
{
	long result;

	switch (call) {
	case CALL_SHMAT:
		result = unix_shmat(first, pointer, (int)second);
		if (!is_error(result)) {
			*(uint32_t *)third = (uint32_t)result;
			result = 0;
		}
		return result;
	case CALL_SHMDT:
		return unix_shmdt(pointer);
	case CALL_SHMGET:
		return unix_shmget(first, second, (int)third);
	case CALL_SHMCTL:
		return is_old((int)second) ? -EINVAL :
		    unix_shmctl(first, (int)second, (void *)pointer);
	}
	return -ENOSYS;
}

static long ipc_messages(unsigned call, int first, unsigned long second,
    unsigned long third, uint32_t pointer, long fifth, unsigned version)
{
	const uint32_t *both = (const uint32_t *)pointer;

	switch (call) {
	case CALL_MSGSND:
		return unix_msgsnd(first, (void *)pointer, second, (int)third);
	case CALL_MSGRCV:
		if (!version)
			return unix_msgrcv(first, (void *)both[0], second,
			    (int)both[1], (int)third);
		return unix_msgrcv(
		    first, (void *)pointer, second, fifth, (int)third);
	case CALL_MSGGET:
		return unix_msgget(first, (int)second);
	case CALL_MSGCTL:
		return is_old((int)second) ? -EINVAL :
		    unix_msgctl(first, (int)second, (void *)pointer);
	}
	return ipc_memory(call, first, second, third, pointer);
}

long unix_ipc(unsigned call, int first, unsigned long second,
    unsigned long third, uint32_t pointer, long fifth)
{
	const void *at = (const void *)pointer;

	switch (call & 0xffff) {
	case CALL_SEMOP:
		return unix_semop(first, at, second);
	case CALL_SEMTIMEDOP:
		return unix_semtimedop(first, at, second, (const void *)fifth);
	case CALL_SEMGET:
		return unix_semget(first, (int)second, (int)third);
	case CALL_SEMCTL:
		if (!pointer || is_old((int)third))
			return -EINVAL;
		return unix_semctl(first, (int)second, (int)third,
		    *(const unsigned long *)at);
	}
	return ipc_messages(
	    call & 0xffff, first, second, third, pointer, fifth, call >> 16);
}
