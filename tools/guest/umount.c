/* SPDX-License-Identifier: BSD-2-Clause */
/* umount [-f] [-l] DIRECTORY...: takes file systems out of the tree. */
#include <errno.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int flags = 0, wrong = 0, done = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-f") == 0) {
			flags |= 1;
		} else if (strcmp(argv[i], "-l") == 0) {
			flags |= 2;
		} else if (argv[i][0] == '-') {
			fprintf(stderr, "umount: unknown option %s\n", argv[i]);
			return 1;
		} else if (done++, umount2(argv[i], flags)) {
			fprintf(stderr, "umount: %s: %s\n", argv[i],
			    strerror(errno));
			wrong = 1;
		}
	}
	if (!done)
		fprintf(stderr, "usage: umount [-f] [-l] DIRECTORY...\n");
	return wrong || !done;
}
