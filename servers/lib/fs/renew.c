/* SPDX-License-Identifier: BSD-2-Clause */
/* VFS has died, and a new one says what it keeps: pfs_renew. */
#include "fs.h"
#include <pfs.server.h>
#include <server/wait.h>

enum {
	DOUBTFUL = 256, /* more requests than can be under way */
};

static unsigned doubtful; /* guarded by fs_lock */

int renew_caller_died(void)
{
	return doubtful && doubtful-- && wait_caller_gone();
}

static void renew_begin(void)
{
	list_each(link, &fs_files)
		list_item(link, struct file, link)->renewed = 0;
	doubtful = DOUBTFUL;
}

/* What VFS has not named it keeps no more. */
static void renew_end(void)
{
	list_each_safe(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (file->renewed || !file->kept)
			continue;
		file->kept = 0;
		file->uses++;
		file_put(file);
	}
}

error_t serve_pfs_renew(object_t pfs, const node_list_t nodes,
    mach_msg_type_number_t count, int part)
{
	(void)pfs;
	lock(&fs_lock);
	if (part & RENEW_FIRST)
		renew_begin();
	for (unsigned i = 0; i < count && i < RENEW_MOST; i++) {
		struct file *file;

		if (file_get((uint64_t)nodes[i], &file))
			continue;
		file->kept = file->renewed = 1;
		file_put(file);
	}
	if (part & RENEW_LAST)
		renew_end();
	unlock(&fs_lock);
	return 0;
}
