/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of files: pages on the heap. */
#include "keep.h"
#include <base/heap.h>
#include <string.h>

static void pages_free(struct tmp_node *node, size_t from, size_t end)
{
	if (end > node->page_count)
		end = node->page_count;
	for (size_t i = from; i < end; i++) {
		if (!node->pages[i])
			continue;
		keep_page_drop(node, node->pages[i]);
		node->pages[i] = NULL;
		node->fs.attributes.blocks -= TMP_BLOCK / 512;
		tmp_volume_of(node)->blocks_used--;
	}
}

void tmp_pages_free(struct tmp_node *node, size_t from)
{
	pages_free(node, from, node->page_count);
}

error_t tmp_punch(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	pages_free(tmp_node_of(fs), (size_t)(offset / TMP_BLOCK),
	    (size_t)((offset + count) / TMP_BLOCK));
	return 0;
}

static int is_page(const struct tmp_node *node, size_t index)
{
	return index < node->page_count && node->pages[index];
}

/* Pages lie nowhere on a device: only what is a hole is said. */
error_t tmp_extent(
    struct fs_node *fs, uint64_t offset, struct fs_extent *extent)
{
	const struct tmp_node *node = tmp_node_of(fs);
	size_t index = (size_t)(offset / TMP_BLOCK), end = index + 1;
	int page = is_page(node, index);

	while (end < node->page_count && is_page(node, end) == page)
		end++;
	extent->hole = !page;
	extent->position = 0;
	extent->count = (uint64_t)end * TMP_BLOCK - offset;
	if (!page && end >= node->page_count) /* to the end of the file */
		extent->count = fs->volume->max_size > offset
		    ? fs->volume->max_size - offset
		    : 1;
	return 0;
}

/* Places for at least count pages. */
static error_t places_make(struct tmp_node *node, size_t count)
{
	size_t wanted = node->page_count ? node->page_count : 4;
	char **pages;

	if (count <= node->page_count)
		return 0;
	while (wanted < count)
		wanted *= 2;
	pages = heap_resize(node->pages, wanted * sizeof(*pages));
	if (!pages)
		return E_NOMEM;
	memset(pages + node->page_count, 0,
	    (wanted - node->page_count) * sizeof(*pages));
	node->pages = pages;
	node->page_count = wanted;
	return 0;
}

/* The page with that index, made if it is not there. */
static error_t page_make(struct tmp_node *node, size_t index)
{
	struct tmp_volume *volume = tmp_volume_of(node);
	error_t error = places_make(node, index + 1);

	if (error || node->pages[index])
		return error;
	if (volume->blocks_used >= volume->blocks_max)
		return E_NOSPC;
	node->pages[index] = keep_page_take(node, index);
	if (!node->pages[index])
		return E_NOSPC;
	volume->blocks_used++;
	node->fs.attributes.blocks += TMP_BLOCK / 512;
	return 0;
}

error_t tmp_page_set(struct tmp_node *node, size_t index, char *page)
{
	error_t error = places_make(node, index + 1);

	if (error)
		return error;
	node->pages[index] = page;
	tmp_volume_of(node)->blocks_used++;
	node->fs.attributes.blocks += TMP_BLOCK / 512;
	return 0;
}

error_t tmp_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	struct tmp_node *node = tmp_node_of(fs);
	size_t done = 0;

	while (done < *count) {
		uint64_t at = offset + done;
		size_t index = (size_t)(at / TMP_BLOCK);
		size_t start = (size_t)(at % TMP_BLOCK);
		size_t part = TMP_BLOCK - start;

		if (part > *count - done)
			part = *count - done;
		if (index < node->page_count && node->pages[index])
			memcpy((char *)buffer + done,
			    node->pages[index] + start, part);
		else
			memset((char *)buffer + done, 0, part);
		done += part;
	}
	return 0;
}

error_t tmp_write(struct fs_node *fs, uint64_t offset, const void *buffer,
    size_t count)
{
	struct tmp_node *node = tmp_node_of(fs);
	size_t done = 0;
	error_t error;

	while (done < count) {
		uint64_t at = offset + done;
		size_t start = (size_t)(at % TMP_BLOCK);
		size_t part = TMP_BLOCK - start;

		if (part > count - done)
			part = count - done;
		error = page_make(node, (size_t)(at / TMP_BLOCK));
		if (error)
			return error;
		memcpy(node->pages[at / TMP_BLOCK] + start,
		    (const char *)buffer + done, part);
		done += part;
	}
	return 0;
}

error_t tmp_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	error_t error = 0;

	if (!count)
		return 0;
	for (uint64_t index = offset / TMP_BLOCK;
	     index <= (offset + count - 1) / TMP_BLOCK && !error; index++)
		error = page_make(tmp_node_of(fs), (size_t)index);
	return error;
}

error_t tmp_truncate(struct fs_node *fs, uint64_t size)
{
	struct tmp_node *node = tmp_node_of(fs);
	size_t last = (size_t)(size / TMP_BLOCK);
	size_t rest = (size_t)(size % TMP_BLOCK);

	/* Even if the size stays: room beyond it may have been taken. */
	if (size <= fs->attributes.size) {
		tmp_pages_free(node, last + (rest != 0));
		if (rest && last < node->page_count && node->pages[last])
			memset(node->pages[last] + rest, 0, TMP_BLOCK - rest);
	}
	fs->attributes.size = size;
	tmp_stamp(node, 1);
	return 0;
}
