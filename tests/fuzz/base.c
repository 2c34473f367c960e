/* SPDX-License-Identifier: BSD-2-Clause */
/* Good images for the fuzz entries: see volume.h. */
#include "volume.h"
#include "fakes/volume.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "the base could not be made: %s\n", what);
	abort();
}

static void link_make(struct fs_node *directory, const char *name,
    unsigned length)
{
	static const char target[] = "many/a-file-1/../../many/large-file-of-"
	    "zeros/and-so-on/until-it-does-not-fit-into-an-inode-any-more";
	struct fs_new what = { .mode = FS_LINK | 0777, .target = target,
		.target_length = length };
	struct fs_node *node;

	if (!directory->volume->type->ops->create(directory, name,
	    (unsigned)strlen(name), &what, &node))
		fs_node_put(node);
}

static void files_make(struct fs_node *root, unsigned names)
{
	static const uint8_t zeros[9000];
	struct fs_node *directory, *file;
	char name[32];

	must(!make(root, "many", FS_DIRECTORY | 0755, &directory), "many");
	for (unsigned i = 0; i < names; i++) {
		snprintf(name, sizeof name, i % 3 ? "file%u" :
		    "A longer Name %u", i);
		make(i % 4 ? directory : root, name, FS_REGULAR | 0644, 0);
	}
	must(!make(directory, "large", FS_REGULAR | 0644, &file), "large");
	put(file, 0, zeros, sizeof zeros);
	put(file, 30000, zeros, 100);
	fs_node_put(file);
	must(!make(root, "small", FS_REGULAR | 0600, &file), "small");
	put(file, 0, zeros, 700);
	fs_node_put(file);
	link_make(root, "short", 20);
	link_make(root, "long", 90);
	make(root, "fifo", FS_FIFO | 0600, 0);
	fs_node_put(directory);
}

void base_fill_more(struct ram_device *ram, unsigned names)
{
	struct fs_options options = { .now = fake_clock };
	struct fs_volume *volume;
	struct fs_node *root;

	must(!fuzz_type.type->ops->mount(&ram->device, &options, &volume),
	    "mount");
	root = volume_root(volume);
	must(root != 0, "root");
	files_make(root, names);
	fs_node_put(root);
	must(!volume_unmount(volume), "unmount");
}

void base_fill(struct ram_device *ram)
{
	base_fill_more(ram, 10);
}

void base_command(struct ram_device *ram, const char *format)
{
	char path[] = "/tmp/masix-fuzz-XXXXXX", line[1024];

	close(mkstemp(path));
	must(!ram_store(ram, path), path);
	snprintf(line, sizeof line, format, path, path, path);
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	/* the same image each time */
	setenv("E2FSPROGS_FAKE_TIME", "1700000000", 1);
	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	must(!system(line), line);
	must(!ram_load(ram, path), path);
	unlink(path);
}
