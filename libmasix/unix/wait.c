/* SPDX-License-Identifier: BSD-2-Clause */
/* wait4, waitpid, waitid: one message, answered when there is news. */
#include <base/layout.h>
#include <process.client.h>
#include <string.h>
#include <unix/file.h>
#include <unix/signal.h>

enum {
	W_EXITED = 4,
	P_ALL = 0,
	P_PID = 1,
	P_PGID = 2,
	P_PIDFD = 3,
	WORDS_USAGE = 18, /* struct rusage of i386 */
};

struct news {
	int pid, status;
	struct identity_words info; /* si_code, si_status, si_uid */
	struct process_usage usage;
};

static long wait_any(int which, int options, struct news *news)
{
	error_t error;

	news->pid = 0;
	error = WAITING(process_cancel, PORT_PROCESS,
	    process_wait(PORT_PROCESS, which, options, thread_ticket(),
		&news->pid, &news->status, &news->info, &news->usage));
	return error ? unix_error(error) : news->pid;
}

void usage_put(void *to, const struct process_usage *usage)
{
	uint32_t words[WORDS_USAGE];

	memcpy(words, usage, sizeof *usage);
	words[16] = words[17] = 0;
	memcpy(to, words, sizeof words);
}

long unix_wait4(int pid, int *status, int options, void *usage)
{
	struct news news;
	long result;

	if (options & ~0xe000000b)
		return -EINVAL;
	result = wait_any(pid, options | W_EXITED, &news);
	if (result <= 0)
		return result;
	if (status)
		*status = news.status;
	if (usage)
		usage_put(usage, &news.usage);
	return result;
}

long unix_waitpid(int pid, int *status, int options)
{
	return unix_wait4(pid, status, options, NULL);
}

long unix_waitid(int type, int id, struct signal_info *info, int options,
    void *usage)
{
	struct signal_info own;
	struct news news;
	long result;

	if (type == P_PIDFD) {
		result = process_file_pid(id);
		if (result < 0)
			return result == -ESRCH ? -ECHILD : result;
		type = P_PID;
		id = (int)result;
	}
	if (type < P_ALL || type > P_PGID || (type == P_PID && id <= 0) ||
	    (type == P_PGID && id < 0) || !(options & 0xe) ||
	    (options & ~0xe100000f))
		return -EINVAL;
	result = wait_any(type == P_ALL ? -1 : type == P_PID ? id :
	    id ? -id : 0, options, &news);
	if (result < 0)
		return result;
	memset(&own, 0, sizeof own);
	if (result) {
		own.signal = SIGCHLD;
		own.code = news.info.words[0];
		own.sender.pid = news.pid;
		own.sender.uid = (uint32_t)news.info.words[2];
		own.sender.value = news.info.words[1];
		if (usage)
			usage_put(usage, &news.usage);
	}
	if (info)
		memcpy(info, &own, 24);
	return 0;
}
