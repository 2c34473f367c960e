/* SPDX-License-Identifier: BSD-2-Clause */
/* The block that goes with a process into its new task: sizes and bounds. */
#include <unix/core/carried.h>

enum {
	COUNT_MAX = 65536,
};

static int counts_fit(const struct carried *head)
{
	return head->file_count <= COUNT_MAX &&
	    head->slot_count <= COUNT_MAX && head->page_count <= COUNT_MAX;
}

size_t carried_size(const struct carried *head, size_t paths)
{
	return sizeof *head + head->file_count * sizeof(struct carried_file) +
	    head->slot_count * sizeof(struct carried_slot) +
	    head->page_count * sizeof(struct carried_page) + paths;
}

int carried_parse(const struct carried *head, size_t size,
    struct carried_parts *parts)
{
	size_t fixed, paths = 0;

	if (size < sizeof *head || head->size > size || !counts_fit(head))
		return -1;
	fixed = carried_size(head, 0);
	if (fixed > head->size)
		return -1;
	parts->files = (const void *)(head + 1);
	parts->slots = (const void *)(parts->files + head->file_count);
	parts->pages = (const void *)(parts->slots + head->slot_count);
	parts->paths = (const void *)(parts->pages + head->page_count);
	for (uint32_t i = 0; i < head->file_count; i++) {
		if (parts->files[i].path_length > head->size - fixed - paths)
			return -1;
		paths += parts->files[i].path_length;
	}
	for (uint32_t i = 0; i < head->slot_count; i++)
		if (parts->slots[i].file >= head->file_count)
			return -1;
	return 0;
}
