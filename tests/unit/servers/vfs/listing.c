/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/listing.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include "tree.h"
#include <string.h>
#include <test.h>

static const struct tree_entry table[] = {
	{ 1, "a", 2, MODE_DIRECTORY | 0755, 0 },
	{ 0, 0, 0, 0, 0 },
};

TEST(listing_keeps_pieces_by_position)
{
	struct node *root = tree_begin(table, 10)->root;
	const struct piece *piece;

	CHECK(!listing_find(root, 0));
	listing_keep(root, 0, "first", 5, 100);
	listing_keep(root, 100, "second", 6, 200);
	listing_keep(root, 200, "", 0, 200);
	for (int round = 0; round < 3; round++) {
		piece = listing_find(root, 0);
		CHECK(piece && piece->size == 5 && piece->next == 100 &&
		    !memcmp(piece->data, "first", 5));
		piece = listing_find(root, 100);
		CHECK(piece && piece->size == 6 && piece->next == 200);
		piece = listing_find(root, 200);
		CHECK(piece && piece->size == 0);
	}
	CHECK(!listing_find(root, 50));
	listing_forget(root);
	CHECK(!listing_find(root, 0) && list_empty(&root->pieces));
	tree_end();
}

TEST(listing_is_bounded_and_ends_with_its_node)
{
	struct node *root = tree_begin(table, 10)->root, *other;
	int kept = 0;

	CHECK(tree_find("/a", 0) == 2);
	other = node_find(mount_root, 2);
	listing_keep(other, 0, "x", 1, 1);
	for (int i = 0; i < 3 * LISTING_PIECES; i++) {
		listing_keep(root, i, "y", 1, i + 1);
		CHECK(listing_find(other, 0) != NULL);
	}
	for (int i = 0; i < 3 * LISTING_PIECES; i++)
		kept += listing_find(root, i) != NULL;
	CHECK(kept == LISTING_PIECES - 1);
	tree_end(); /* the sanitizer sees what is left */
}
