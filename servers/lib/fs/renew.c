/* SPDX-License-Identifier: BSD-2-Clause */
/* VFS has died, and a new one says what it keeps: pfs_renew. */
#include "survive.h"
#include <pfs.server.h>
#include <server/wait.h>

enum {
	DOUBTFUL = 256, /* more requests than can be under way */
	RENEW_TOLD = 1, /* what VFS takes for the number it was told */
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
	struct file_record *record;

	while ((record = record_next(0))) {
		slot_free(record->slot);
		record_drop(record);
	}
	list_each_safe(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (file->renewed || !file->told)
			continue;
		file_told(file, 0);
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
		file->renewed = 1;
		file_told(file, RENEW_TOLD);
		file_put(file);
	}
	if (part & RENEW_LAST)
		renew_end();
	fs_unlock();
	return 0;
}
