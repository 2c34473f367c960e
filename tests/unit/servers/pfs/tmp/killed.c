/* SPDX-License-Identifier: BSD-2-Clause */
/* The server is killed between two operations: names, links, contents and what
 * is in use without a name are there again, and an operation that was not
 * committed never was. */
#include "fakes/survivor.h"
#include "fakes/volume.h"
#include "test.h"
#include "core/keep.h"
#include <stdlib.h>
#include <string.h>

enum {
	BANKS = sizeof(struct kept) + (8 << 20),
};

struct memory {
	struct store_head head;
	uint32_t words[STORE_WORDS];
	uint8_t log[STORE_LOG];
	uint8_t banks[BANKS] __attribute__((aligned(4096)));
};

static struct memory *memory;
static struct store store;

static struct fs_volume *mount(int recovered)
{
	static char size[] = "size=4m";
	char *words[] = { size, 0 };
	struct fs_options options = { .argc = 1, .argv = words,
		.now = fake_clock, .store = &store };
	struct fs_volume *volume = 0;

	store = (struct store)SURVIVOR_STORE(memory);
	CHECK(!survivor_open(&store, recovered));
	CHECK(!tmp_type.ops->mount(0, &options, &volume));
	return volume;
}

static void commit(struct fs_volume *volume)
{
	CHECK(!tmp_type.ops->keep(volume));
	store_commit(&store);
}

/* What the old instance does at its end never was. */
static struct fs_volume *kill_it(struct fs_volume *volume)
{
	struct memory *kept = malloc(sizeof *kept);

	memcpy(kept, memory, sizeof *kept);
	tmp_type.ops->unmount(volume);
	memcpy(memory, kept, sizeof *kept);
	free(kept);
	return mount(1);
}

static void expect(struct fs_node *node, const char *text)
{
	char bytes[16] = { 0 };
	size_t count = strlen(text);

	CHECK(node->attributes.size == count);
	CHECK(!tmp_read(node, 0, bytes, &count) && !strcmp(bytes, text));
}

TEST(killed_between_operations)
{
	struct fs_volume *volume;
	struct fs_node *root, *file, *other, *open;
	uint64_t number;

	memory = aligned_alloc(4096, (sizeof *memory + 4095) & ~4095ul);
	memset(memory, 0, sizeof *memory);
	volume = mount(0);
	root = volume_root(volume);
	CHECK(!make(root, "a", FS_REGULAR | 0644, &file));
	CHECK(!put(file, 0, "hello", 5));
	CHECK(!tmp_link(root, "b", 1, file));
	CHECK(!make(root, "gone", FS_REGULAR | 0644, &open));
	CHECK(!put(open, 0, "open", 4));
	CHECK(!drop(root, "gone", 0)); /* open has a reference still */
	number = open->number;
	commit(volume);
	CHECK(!make(root, "never", FS_REGULAR | 0644, 0));

	volume = kill_it(volume);
	root = volume_root(volume);
	CHECK(find(root, "never", &other) == E_NOENT);
	CHECK(find(root, "gone", &other) == E_NOENT);
	CHECK(!find(root, "a", &file) && !find(root, "b", &other));
	CHECK(file == other && file->attributes.links == 2);
	expect(file, "hello");
	open = fs_node_find(volume, number);
	CHECK(open != 0);
	fs_nodes_let_go(volume);
	expect(open, "open");
	fs_node_put(open);
	CHECK(!fs_node_find(volume, number)); /* its last user is gone */
	CHECK(!move(root, "a", root, "c", 0));
	commit(volume);

	volume = kill_it(volume);
	root = volume_root(volume);
	fs_nodes_let_go(volume);
	CHECK(!fs_node_find(volume, number));
	CHECK(find(root, "a", &file) == E_NOENT && !find(root, "c", &file));
	expect(file, "hello");
	tmp_type.ops->unmount(volume);
	free(memory);
}

TEST(its_size_changes)
{
	static char more[] = "size=6m", most[] = "size=1g", bad[] = "size=x";
	static char least[] = "size=4k";
	char *words[] = { more, most, bad, least };
	struct fs_volume *volume;
	struct fs_status status;
	struct fs_node *file;

	memory = aligned_alloc(4096, (sizeof *memory + 4095) & ~4095ul);
	memset(memory, 0, sizeof *memory);
	volume = mount(0);
	CHECK(!make(volume_root(volume), "a", FS_REGULAR | 0644, &file));
	CHECK(!put(file, 0, "hello", 5) && !put(file, 8192, "hello", 5));
	for (int i = 1; i < 4; i++)
		CHECK(tmp_type.ops->change_options(volume, 1, &words[i]) ==
		    E_INVAL);
	CHECK(!tmp_type.ops->change_options(volume, 1, words));
	commit(volume);

	volume = kill_it(volume);
	CHECK(!tmp_type.ops->status(volume, &status));
	CHECK(status.blocks == (6 << 20) / TMP_BLOCK);
	fs_nodes_let_go(volume);
	tmp_type.ops->unmount(volume);
	free(memory);
}

TEST(what_is_made_after_a_loss_has_nobodys_number)
{
	struct fs_volume *volume;
	struct fs_node *file, *other;
	uint64_t number;

	memory = aligned_alloc(4096, (sizeof *memory + 4095) & ~4095ul);
	memset(memory, 0, sizeof *memory);
	volume = mount(0);
	CHECK(!make(volume_root(volume), "a", FS_REGULAR | 0644, &file));
	number = file->number;
	fs_node_put(file);
	commit(volume);
	memory->head.torn = 1;
	CHECK(store_open(&store) == E_UCLEAN);
	memory->head.magic = 0;

	tmp_type.ops->unmount(volume);
	volume = mount(0);
	CHECK(find(volume_root(volume), "a", &file) == E_NOENT);
	CHECK(!make(volume_root(volume), "b", FS_REGULAR | 0644, &other));
	CHECK(other->number > number);
	fs_node_put(other);
	tmp_type.ops->unmount(volume);
	free(memory);
}
