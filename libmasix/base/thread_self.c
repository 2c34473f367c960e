/* SPDX-License-Identifier: BSD-2-Clause */
/* Alone in its file, so that libmasix can have another one. */
#include <base/thread.h>

struct thread *thread_self(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	return (struct thread *)((here | (THREAD_STACK_SIZE - 1)) + 1 -
	    sizeof(struct thread));
}
