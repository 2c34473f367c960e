/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about the machine, the system, and the modes of a process. */
#include <base/layout.h>
#include <process.client.h>
#include <string.h>
#include <unix/unix.h>

enum {
	FIELD = 65, /* of struct utsname */
	FIELD_OLD = 9,
	HOST_NAME = 0,
	DOMAIN_NAME = 1,
	NAME_MAX = 64,
	COMM = 16,
	SYSINFO_MEMORY = 4, /* words of struct sysinfo */
	SYSINFO_SWAP = 8,
};

/* ---- names -------------------------------------------------------------- */

static void ask_name(int what, char *to, size_t size)
{
	name_t none = "", name;
	mach_msg_type_number_t length = sizeof name;

	if (process_host_name(PORT_PROCESS, what, 0, none, 0, name, &length))
		length = 0;
	if (length >= size)
		length = size - 1;
	memcpy(to, name, length);
	to[length] = 0;
}

static void names_fill(char names[6][FIELD])
{
	memset(names, 0, 6 * FIELD);
	strcpy(names[0], PAGE->native ? "Masix" : "Linux");
	ask_name(HOST_NAME, names[1], FIELD);
	strcpy(names[2], PAGE->native ? "1" : "6.1.0-masix");
	strcpy(names[3], PAGE->native ? "#1" : "#1 Masix");
	strcpy(names[4], PAGE->native ? "i386" : "i686");
	ask_name(DOMAIN_NAME, names[5], FIELD);
	if (!names[5][0])
		strcpy(names[5], "(none)");
}

long unix_uname(void *to)
{
	char names[6][FIELD];

	names_fill(names);
	memcpy(to, names, sizeof names);
	return 0;
}

/* Without the domain. */
long unix_olduname(void *to)
{
	char names[6][FIELD];

	names_fill(names);
	memcpy(to, names, 5 * FIELD);
	return 0;
}

long unix_oldolduname(void *to)
{
	char names[6][FIELD];

	names_fill(names);
	for (int i = 0; i < 5; i++) {
		memcpy((char *)to + i * FIELD_OLD, names[i], FIELD_OLD - 1);
		((char *)to)[i * FIELD_OLD + FIELD_OLD - 1] = 0;
	}
	return 0;
}

static long set_name(int what, const char *name, int length)
{
	name_t old, new;
	mach_msg_type_number_t count = sizeof old;

	if (length < 0 || length > NAME_MAX)
		return -EINVAL;
	memcpy(new, name, (size_t)length);
	return unix_error(process_host_name(PORT_PROCESS, what, 1, new,
	    (unsigned)length, old, &count));
}

long unix_sethostname(const char *name, int length)
{
	return set_name(HOST_NAME, name, length);
}

long unix_setdomainname(const char *name, int length)
{
	return set_name(DOMAIN_NAME, name, length);
}

/* ---- the machine --------------------------------------------------------- */

error_t memory_of_machine(uint64_t *bytes)
{
	struct process_usage usage;
	uint32_t words[sizeof usage / sizeof(uint32_t)];
	error_t error = process_system_info(PORT_PROCESS, &usage);

	if (error)
		return error;
	memcpy(words, &usage, sizeof words);
	*bytes = (uint64_t)words[SYSINFO_MEMORY] + words[SYSINFO_SWAP];
	return 0;
}

/* The process server answers struct sysinfo itself: 64 bytes. */
long unix_sysinfo(void *info)
{
	struct process_usage words;
	error_t error = process_system_info(PORT_PROCESS, &words);

	if (!error)
		memcpy(info, &words, sizeof words);
	return unix_error(error);
}

long unix_reboot(int magic1, int magic2, unsigned command, void *argument)
{
	(void)argument;
	if ((uint32_t)magic1 != 0xfee1dead || (magic2 != 672274793 &&
	    magic2 != 85072278 && magic2 != 369367448 && magic2 != 537993216))
		return -EINVAL;
	return unix_error(process_reboot(PORT_PROCESS, (int)command));
}

long unix_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
	(void)unused;
	if (cpu)
		*cpu = 0;
	if (node)
		*node = 0;
	return 0;
}

/* One processor: what is asked for is always so. */
long unix_membarrier(int command, unsigned flags, int cpu)
{
	(void)cpu;
	if (flags)
		return -EINVAL;
	if (command == 0)
		return 0x1f;
	return command > 0 && command <= 0x10 &&
	    !(command & (command - 1)) ? 0 : -EINVAL;
}

/* ---- the process's modes ------------------------------------------------- */

/* What files and directories are made without. */
long unix_umask(int mask)
{
	uint32_t old = PAGE->umask;

	PAGE->umask = (uint32_t)mask & 0777;
	return (long)old;
}

long unix_personality(unsigned persona)
{
	static unsigned now;
	unsigned old = now;

	if (persona != 0xffffffff)
		now = persona;
	return (long)old;
}

enum {
	PR_SET_PDEATHSIG = 1,
	PR_GET_PDEATHSIG = 2,
	PR_GET_DUMPABLE = 3,
	PR_SET_DUMPABLE = 4,
	PR_GET_KEEPCAPS = 7,
	PR_SET_KEEPCAPS = 8,
	PR_SET_NAME = 15,
	PR_GET_NAME = 16,
	PR_GET_SECCOMP = 21,
	PR_CAPBSET_READ = 23,
	PR_GET_SECUREBITS = 27,
	PR_SET_TIMERSLACK = 29,
	PR_GET_TIMERSLACK = 30,
	PR_SET_NO_NEW_PRIVS = 38,
	PR_GET_NO_NEW_PRIVS = 39,
};

static char comm[COMM];
static int dumpable = 1;
/* Kept for who asks: whoever is not the superuser has no capabilities here. */
static int keep_capabilities;

void system_exec(void)
{
	dumpable = 1;
	keep_capabilities = 0;
	timers_forget();
}

static long set_comm(const char *name)
{
	name_t copy;
	size_t length = 0;

	memset(comm, 0, sizeof comm);
	while (length < COMM - 1 && name[length]) {
		comm[length] = copy[length] = name[length];
		length++;
	}
	return unix_error(process_set_name(PORT_PROCESS, copy, length));
}

long unix_prctl(int option, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d)
{
	(void)b;
	(void)c;
	(void)d;
	switch (option) {
	case PR_GET_DUMPABLE:
		return dumpable;
	case PR_SET_DUMPABLE:
		if (a > 1)
			return -EINVAL;
		dumpable = (int)a;
		return 0;
	case PR_SET_NAME:
		return set_comm((const char *)a);
	case PR_GET_NAME:
		memcpy((void *)a, comm, sizeof comm);
		return 0;
	case PR_GET_PDEATHSIG:
		*(int *)a = 0;
		return 0;
	case PR_GET_KEEPCAPS:
		return keep_capabilities;
	case PR_SET_KEEPCAPS:
		if (a > 1)
			return -EINVAL;
		keep_capabilities = (int)a;
		return 0;
	case PR_GET_SECCOMP:
	case PR_GET_SECUREBITS:
	case PR_GET_NO_NEW_PRIVS:
		return 0;
	case PR_CAPBSET_READ:
		return a <= 40 ? 1 : -EINVAL;
	case PR_GET_TIMERSLACK:
		return 50000;
	case PR_SET_TIMERSLACK:
		return 0;
	default:
		return -EINVAL;
	}
}

/* Version 3 of the header: two structs of effective, permitted, inheritable.
 * The superuser has all 41, others none. */
long unix_capget(void *header, void *data)
{
	uint32_t *head = header, *words = data;
	uint32_t all = PAGE->euid == 0 ? 0xffffffff : 0;
	unsigned sets = head[0] == 0x19980330 ? 1 : 2;

	if (head[0] != 0x19980330 && head[0] != 0x20071026 &&
	    head[0] != 0x20080522) {
		head[0] = 0x20080522;
		return words ? -EINVAL : 0;
	}
	if (head[1] && (int)head[1] != PAGE->pid)
		return -ESRCH;
	if (!words)
		return 0;
	memset(words, 0, sets * 12);
	words[0] = words[1] = all;
	if (sets == 2)
		words[3] = words[4] = all & 0x1ff;
	return 0;
}

/* Only what changes nothing: capabilities are not kept apart from ids. */
long unix_capset(void *header, const void *data)
{
	const uint32_t *words = data;
	uint32_t *head = header;
	uint32_t have[6] = { 0 };
	long error = unix_capget(head, have);

	if (error)
		return error;
	return (words[0] & ~have[0]) || (words[1] & ~have[1]) ? -EPERM :
	    words[0] == have[0] && words[1] == have[1] ? 0 : -EPERM;
}
