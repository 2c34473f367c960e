/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client numbers its requests, so that one whose server has died is not done
 * twice. This one forks, and then sends the same number with other arguments:
 * names for sixty rights, and no right. The process server must not give up
 * sixty rights that it did not get, whose names are what lies behind the
 * message.
 */
#include <base/error.h>
#include <base/layout.h>
#include <base/mach.h>
#include <newlib/masix.h>
#include <process.client.h>
#include <stdio.h>

enum {
	NAMES = 60,
	NUMBER = 7777,
	CHILD_ENDS = 17,
	CALL_WAITPID = 7,
};

int main(void)
{
	limit_t tls = { .words = { 0 } };
	int names[NAMES] = { 0 }, pid = 0, other = 0, status = 0;
	mach_port_t none = MACH_PORT_NULL;
	error_t error;

	/* A child that begins at address 0, which is no program. */
	error = process_fork(PORT_PROCESS, NUMBER, 0, 0, 0, CHILD_ENDS, tls,
	    names, 0, &none, 0, &pid);
	if (error) {
		printf("again: no child: %x\n", error);
		return 1;
	}
	error = process_fork(PORT_PROCESS, NUMBER, 0, 0, 0, CHILD_ENDS, tls,
	    names, NAMES, &none, 0, &other);
	linux_call(CALL_WAITPID, pid, &status, 0);
	printf("again: %s\n", error == E_INVAL ? "refused" : "taken");
	return error != E_INVAL;
}
