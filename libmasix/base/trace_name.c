/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers a list like "vfs,ext2" names. Pure. */
#include <base/trace.h>
#include <string.h>

/* Whether the length characters of word are name, up to its end or its ':'. */
static int is_name(const char *word, size_t length, const char *name)
{
	size_t whole = strlen(name), image = strcspn(name, ":");

	return (length == whole || length == image) &&
	    memcmp(word, name, length) == 0;
}

int trace_is_named(const char *list, const char *server)
{
	static const char prefix[] = "pfs-";
	const size_t prefix_length = sizeof prefix - 1;
	const char *word = list;
	size_t length;

	for (;; word += length + 1) {
		length = strcspn(word, ",");
		if (is_name(word, length, server) ||
		    (length == 3 && memcmp(word, "all", 3) == 0))
			return 1;
		if (strncmp(server, prefix, prefix_length) == 0 &&
		    is_name(word, length, server + prefix_length))
			return 1;
		if (!word[length])
			return 0;
	}
}
