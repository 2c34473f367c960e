/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes in progress that make a file longer. The size grows before the data
 * is there, since who writes copies it through a mapping afterwards. Nobody is
 * to read the zeros in between: for others the file still ends where the first
 * of these writes began.
 *
 * Who died while it wrote says nothing any more; so a write that lasts too long
 * no longer counts, and of very many at once the oldest do not.
 */
#include "fs.h"

enum {
	WRITINGS = 128,
	LASTS = 3, /* seconds */
};

struct writing {
	struct list link;  /* in all */
	struct file *file; /* null: free */
	int request;
	uint64_t from; /* the end before it */
	int64_t since; /* seconds */
};

static struct writing writings[WRITINGS];
static struct list all = LIST_EMPTY(all); /* the newest first */

static void end(struct writing *writing)
{
	struct file *file = writing->file;

	list_remove(&writing->link);
	writing->file = 0;
	file->writing--;
	slot_write(file);
}

static struct writing *writing_free(void)
{
	for (int i = 0; i < WRITINGS; i++)
		if (!writings[i].file)
			return &writings[i];
	end(list_item(list_last(&all), struct writing, link));
	return writing_free();
}

void writing_begin(struct file *file, int request, uint64_t from)
{
	struct writing *writing = writing_free();
	struct fs_time now;

	fs_now(&now);
	writing->file = file;
	writing->request = request;
	writing->from = from;
	writing->since = now.seconds;
	list_prepend(&all, &writing->link);
	file->writing++;
}

void writing_end(struct file *file, int request)
{
	if (!file->writing)
		return;
	list_each(link, &all) {
		struct writing *writing =
		    list_item(link, struct writing, link);

		if (writing->file == file && writing->request == request) {
			end(writing);
			return;
		}
	}
}

uint64_t writing_size(const struct file *file, uint64_t size)
{
	if (file->writing)
		list_each(link, &all) {
			const struct writing *writing =
			    list_item(link, struct writing, link);

			if (writing->file == file && writing->from < size)
				size = writing->from;
		}
	return size;
}

void writings_forget(const struct file *file)
{
	struct fs_time now;

	fs_now(&now);
	list_each_safe(link, &all) {
		struct writing *writing =
		    list_item(link, struct writing, link);

		if (file ? writing->file == file :
			   now.seconds < writing->since ||
			   now.seconds - writing->since > LASTS)
			end(writing);
	}
}
