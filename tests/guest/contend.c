/* SPDX-License-Identifier: BSD-2-Clause */
/* Many processes make and remove names in one directory at the same time: each
 * name is made once, and removed once, by somebody who is told so. */
#include "check.h"
#include <sys/mman.h>

enum { PROCESSES = 24, NAMES = 400, OWN = 100 };

static struct {
	int made[NAMES], removed[NAMES], wrong, arrived;
} *seen;

static int make(const char *name, unsigned kind)
{
	int file;

	switch (kind % 4) {
	case 0:
		return symlink("nowhere", name);
	case 1:
		return mkdir(name, 0700);
	case 2:
		return mknod(name, S_IFREG | 0600, 0);
	default:
		file = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
		return file < 0 ? file : close(file);
	}
}

static int take_away(const char *name, unsigned kind)
{
	return kind % 4 == 1 ? rmdir(name) : unlink(name);
}

static void count(int *counter, int result, int other)
{
	if (!result)
		__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
	else if (errno != other)
		__atomic_add_fetch(&seen->wrong, 1, __ATOMIC_SEQ_CST);
}

/* Names that all want, and between them some that nobody else does. */
static void work(unsigned self)
{
	char name[40];
	int alone[OWN] = { 0 }, gone[OWN] = { 0 };

	for (unsigned i = 0; i < NAMES; i++) {
		unsigned own = i % OWN;

		snprintf(name, sizeof name, "all.%u", i);
		count(&seen->made[i], make(name, i), EEXIST);
		snprintf(name, sizeof name, "own.%u.%u", self, own);
		count(&alone[own], make(name, i), 0);
		count(&gone[own], take_away(name, i), 0);
	}
	__atomic_add_fetch(&seen->arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&seen->arrived, __ATOMIC_SEQ_CST) < PROCESSES)
		usleep(1000);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof name, "all.%u", i);
		count(&seen->removed[i], take_away(name, i), ENOENT);
	}
}

static int all_once(const int *counts)
{
	int once = 0;

	for (int i = 0; i < NAMES; i++)
		once += counts[i] == 1;
	return once;
}

int main(void)
{
	int status, failed = 0;

	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (unsigned i = 0; i < PROCESSES; i++)
		if (!fork()) {
			work(i);
			_exit(0);
		}
	while (wait(&status) > 0)
		failed += status != 0;
	SHOW(failed);
	SHOW(seen->wrong);
	SHOW(all_once(seen->made));
	SHOW(all_once(seen->removed));
	return 0;
}
