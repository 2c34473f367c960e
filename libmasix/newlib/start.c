/* SPDX-License-Identifier: BSD-2-Clause */
/* From the initial stack (System V i386 ABI, as Linux lays it out) to main. */
#include <newlib/masix.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	AUXV_END = 0,
	AUXV_SYSINFO = 32,
};

extern void *linux_entry;
extern char **environ;
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);

int main(int argc, char **argv, char **environment);

/* Called by newlib's constructor and destructor walks; nothing to do here. */
void _init(void)
{
}

void _fini(void)
{
}

static void entry_find(const uint32_t *auxv)
{
	for (; auxv[0] != AUXV_END; auxv += 2) {
		if (auxv[0] == AUXV_SYSINFO)
			linux_entry = (void *)(uintptr_t)auxv[1];
	}
}

void newlib_start(uintptr_t *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	char **end = argv + argc + 1;

	environ = end;
	while (*end)
		end++;
	entry_find((const uint32_t *)(end + 1));
	for (void (**f)(void) = __init_array_start; f < __init_array_end; f++)
		(*f)();
	exit(main(argc, argv, environ));
}
