/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who the process is: user, groups, session. What is asked is in the process
 * page; changes are the process server's.
 */
#include <base/layout.h>
#include <process.client.h>
#include <unix/unix.h>

enum {
	USER = 0,
	GROUP = 1,
	FS_USER = 2,
	FS_GROUP = 3,
	GET_GROUP = 0,
	GET_SESSION = 1,
};

long unix_getresuid(uint32_t *real, uint32_t *effective, uint32_t *saved)
{
	*real = PAGE->uid;
	*effective = PAGE->euid;
	*saved = PAGE->suid;
	return 0;
}

long unix_getresgid(uint32_t *real, uint32_t *effective, uint32_t *saved)
{
	*real = PAGE->gid;
	*effective = PAGE->egid;
	*saved = PAGE->sgid;
	return 0;
}

static long set(int which, int real, int effective, int saved)
{
	return unix_error(process_set_ids(PORT_PROCESS, which, real, effective,
	    saved));
}

/* The superuser changes all three, others only the effective one. */
long unix_setuid(int uid)
{
	if (PAGE->euid == 0)
		return set(USER, uid, uid, uid);
	return set(USER, -1, uid, -1);
}

long unix_setgid(int gid)
{
	if (PAGE->euid == 0)
		return set(GROUP, gid, gid, gid);
	return set(GROUP, -1, gid, -1);
}

/* The saved id follows when the real one is set, or the effective one to
 * something else than the real one. */
static long set_two(int which, int real, int effective, uint32_t now_real,
    uint32_t now_effective)
{
	int saved = -1;

	if (real != -1 || (effective != -1 &&
	    (uint32_t)effective != now_real))
		saved = effective != -1 ? effective : (int)now_effective;
	return set(which, real, effective, saved);
}

long unix_setreuid(int real, int effective)
{
	return set_two(USER, real, effective, PAGE->uid, PAGE->euid);
}

long unix_setregid(int real, int effective)
{
	return set_two(GROUP, real, effective, PAGE->gid, PAGE->egid);
}

long unix_setresuid(int real, int effective, int saved)
{
	return set(USER, real, effective, saved);
}

long unix_setresgid(int real, int effective, int saved)
{
	return set(GROUP, real, effective, saved);
}

/* These answer the old one and never an error. */
long unix_setfsuid(int uid)
{
	uint32_t old = PAGE->fsuid;

	if (uid != -1)
		set(FS_USER, uid, -1, -1);
	return (long)old;
}

long unix_setfsgid(int gid)
{
	uint32_t old = PAGE->fsgid;

	if (gid != -1)
		set(FS_GROUP, gid, -1, -1);
	return (long)old;
}

long unix_getgroups(int count, uint32_t *groups)
{
	uint32_t have = PAGE->group_count;

	if (count < 0 || (count && (uint32_t)count < have))
		return -EINVAL;
	for (uint32_t i = 0; count && i < have; i++)
		groups[i] = PAGE->groups[i];
	return (long)have;
}

long unix_setgroups(int count, const uint32_t *groups)
{
	uint32_t copy[PAGE_GROUPS];

	if (count < 0 || count > PAGE_GROUPS)
		return -EINVAL;
	for (int i = 0; i < count; i++)
		copy[i] = groups[i];
	return unix_error(process_set_groups(PORT_PROCESS, (int *)copy,
	    (unsigned)count));
}

/* ---- 16-bit ids of old programs ------------------------------------------ */

static long wide(int id)
{
	return (id & 0xffff) == 0xffff ? -1 : id & 0xffff;
}

static uint16_t narrow(uint32_t id)
{
	return id > 0xffff ? 65534 : (uint16_t)id;
}

long unix_getuid16(void)
{
	return narrow(PAGE->uid);
}

long unix_getgid16(void)
{
	return narrow(PAGE->gid);
}

long unix_geteuid16(void)
{
	return narrow(PAGE->euid);
}

long unix_getegid16(void)
{
	return narrow(PAGE->egid);
}

long unix_setuid16(int uid)
{
	return unix_setuid(wide(uid));
}

long unix_setgid16(int gid)
{
	return unix_setgid(wide(gid));
}

long unix_setreuid16(int real, int effective)
{
	return unix_setreuid(wide(real), wide(effective));
}

long unix_setregid16(int real, int effective)
{
	return unix_setregid(wide(real), wide(effective));
}

long unix_setresuid16(int real, int effective, int saved)
{
	return unix_setresuid(wide(real), wide(effective), wide(saved));
}

long unix_setresgid16(int real, int effective, int saved)
{
	return unix_setresgid(wide(real), wide(effective), wide(saved));
}

long unix_setfsuid16(int uid)
{
	return unix_setfsuid(wide(uid));
}

long unix_setfsgid16(int gid)
{
	return unix_setfsgid(wide(gid));
}

long unix_getresuid16(uint16_t *real, uint16_t *effective, uint16_t *saved)
{
	*real = narrow(PAGE->uid);
	*effective = narrow(PAGE->euid);
	*saved = narrow(PAGE->suid);
	return 0;
}

long unix_getresgid16(uint16_t *real, uint16_t *effective, uint16_t *saved)
{
	*real = narrow(PAGE->gid);
	*effective = narrow(PAGE->egid);
	*saved = narrow(PAGE->sgid);
	return 0;
}

long unix_getgroups16(int count, uint16_t *groups)
{
	uint32_t have = PAGE->group_count;

	if (count < 0 || (count && (uint32_t)count < have))
		return -EINVAL;
	for (uint32_t i = 0; count && i < have; i++)
		groups[i] = narrow(PAGE->groups[i]);
	return (long)have;
}

long unix_setgroups16(int count, const uint16_t *groups)
{
	uint32_t copy[PAGE_GROUPS];

	if (count < 0 || count > PAGE_GROUPS)
		return -EINVAL;
	for (int i = 0; i < count; i++)
		copy[i] = groups[i];
	return unix_error(process_set_groups(PORT_PROCESS, (int *)copy,
	    (unsigned)count));
}

/* ---- groups of processes, sessions --------------------------------------- */

static long get_id(int pid, int what)
{
	int id;
	error_t error = process_get_id(PORT_PROCESS, pid, what, &id);

	return error ? unix_error(error) : id;
}

long unix_getpgid(int pid)
{
	if (pid == 0 || pid == PAGE->pid)
		return PAGE->group;
	return pid < 0 ? -ESRCH : get_id(pid, GET_GROUP);
}

long unix_getsid(int pid)
{
	if (pid == 0 || pid == PAGE->pid)
		return PAGE->session;
	return pid < 0 ? -ESRCH : get_id(pid, GET_SESSION);
}

long unix_setpgid(int pid, int group)
{
	if (pid < 0)
		return -ESRCH;
	if (group < 0)
		return -EINVAL;
	return unix_error(process_set_group(PORT_PROCESS, thread_ticket(),
	    pid, group));
}

long unix_setsid(void)
{
	int session;
	error_t error = process_new_session(PORT_PROCESS, thread_ticket(),
	    &session);

	return error ? unix_error(error) : session;
}
