/* SPDX-License-Identifier: BSD-2-Clause */
/* halt, poweroff, reboot: asks the process server (it asks ACS) to end the
 * system in order. The name it is called by decides. */
#include <errno.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	if (argc > 1 && strcmp(argv[1], "-f") != 0) {
		printf("usage: %s\nEnds the system: processes are told, disks "
		       "are written.\n", name);
		return strcmp(argv[1], "--help") != 0;
	}
	sync();
	if (!reboot(strcmp(name, "reboot") == 0 ? REBOOT_RESTART :
	    REBOOT_POWER_OFF))
		pause(); /* the end comes for this process, too */
	fprintf(stderr, "%s: %s\n", name, strerror(errno));
	return 1;
}
