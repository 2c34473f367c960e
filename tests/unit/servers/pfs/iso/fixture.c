/* SPDX-License-Identifier: BSD-2-Clause */
/* Images of a tree of the host: see fixture.h. */
#include "fixture.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void complain(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (getenv("LOUD"))
		printf("complaint: %s\n", text);
}

static void clock_now(struct fs_time *time)
{
	time->seconds = 1700000000;
	time->nanoseconds = 0;
}

int fixture_open(struct fixture *fixture, const char *commands,
    const char *options)
{
	char line[2048];
	struct stat facts;

	fixture->volume = 0;
	fixture->ram.bytes = 0;
	strcpy(fixture->path, "/tmp/masix-iso-XXXXXX");
	if (!mkdtemp(fixture->path))
		return 0;
	snprintf(line, sizeof line, "mkdir %s/tree && cd %s/tree && { %s; } && "
	    "cd .. && xorriso -as mkisofs -quiet -o image %s tree "
	    ">log 2>&1 || { cat log; false; }", fixture->path, fixture->path,
	    commands, options);
	if (system(line))
		return 0;
	snprintf(line, sizeof line, "%s/image", fixture->path);
	if (stat(line, &facts))
		return 0;
	ram_open(&fixture->ram, (size_t)facts.st_size);
	fixture->ram.device.read_only = 1;
	return !ram_load(&fixture->ram, line);
}

error_t fixture_mount(struct fixture *fixture, char *const *options)
{
	struct fs_options all = { .argv = options, .now = clock_now,
		.complain = complain };
	error_t error;

	while (options && options[all.argc])
		all.argc++;
	error = iso_ops.mount(&fixture->ram.device, &all, &fixture->volume);
	if (error)
		fixture->volume = 0;
	return error;
}

void fixture_unmount(struct fixture *fixture)
{
	fs_nodes_trim(fixture->volume, 0);
	iso_ops.unmount(fixture->volume);
	fixture->volume = 0;
}

void fixture_close(struct fixture *fixture)
{
	char line[128];

	if (fixture->volume)
		fixture_unmount(fixture);
	if (fixture->ram.bytes)
		ram_close(&fixture->ram);
	snprintf(line, sizeof line, "rm -rf %s", fixture->path);
	if (system(line))
		perror(line);
}

error_t walk(struct fs_volume *volume, const char *path, struct fs_node **node)
{
	uint64_t number = volume->root;
	error_t error = fs_node_get(volume, number, node);

	while (!error && *path) {
		unsigned length = (unsigned)strcspn(path, "/");

		error = iso_ops.lookup(*node, path, length, &number);
		fs_node_put(*node);
		if (!error)
			error = fs_node_get(volume, number, node);
		path += length + (path[length] == '/');
	}
	return error;
}

static int name_counted(void *context, const struct fs_entry *entry)
{
	*(unsigned *)context += entry->name[0] != '.' || entry->length > 2 ||
	    (entry->length == 2 && entry->name[1] != '.');
	return 0;
}

unsigned names_count(struct fs_node *directory)
{
	unsigned count = 0;

	iso_ops.read_directory(directory, 0, name_counted, &count);
	return count;
}

static int wrong(const char *path, const char *what)
{
	printf("%s: %s\n", path, what);
	return 0;
}

static int data_equal(struct fs_node *node, const char *host)
{
	static uint8_t ours[65536], theirs[65536];
	int file = open(host, O_RDONLY), equal = file >= 0;
	uint64_t offset = 0;
	ssize_t count;

	while (equal && (count = read(file, theirs, sizeof theirs)) > 0) {
		size_t wanted = (size_t)count;

		equal = !iso_ops.read(node, offset, ours, &wanted) &&
		    wanted == (size_t)count && !memcmp(ours, theirs, wanted);
		offset += wanted;
	}
	close(file);
	return equal && offset == node->attributes.size;
}

static int facts_equal(struct fs_node *node, const char *host,
    const struct stat *facts)
{
	const struct fs_attributes *attributes = &node->attributes;
	char ours[4096], theirs[4096];
	unsigned length;

	if (attributes->mode != facts->st_mode ||
	    attributes->uid != facts->st_uid ||
	    attributes->gid != facts->st_gid)
		return wrong(host, "mode or owner");
	if (attributes->mtime.seconds != facts->st_mtime)
		return wrong(host, "mtime");
	if (!S_ISDIR(facts->st_mode) && attributes->links != facts->st_nlink)
		return wrong(host, "links");
	if ((S_ISCHR(facts->st_mode) || S_ISBLK(facts->st_mode)) &&
	    attributes->special != ((minor(facts->st_rdev) & 0xff) |
	    major(facts->st_rdev) << 8 |
	    (minor(facts->st_rdev) & ~0xffu) << 12))
		return wrong(host, "device number");
	if (!S_ISLNK(facts->st_mode))
		return 1;
	if (iso_ops.read_link(node, ours, &length) ||
	    readlink(host, theirs, sizeof theirs) != (ssize_t)length ||
	    memcmp(ours, theirs, length))
		return wrong(host, "target");
	return 1;
}

static int tree_equal(struct fs_node *node, const char *host, int modes)
{
	unsigned count = 0;
	struct dirent *entry;
	DIR *list = opendir(host);
	int equal = 1;

	while (equal && (entry = readdir(list))) {
		char path[4096];
		struct stat facts;
		struct fs_node *below;
		uint64_t number;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		count++;
		snprintf(path, sizeof path, "%s/%s", host, entry->d_name);
		lstat(path, &facts);
		if (iso_ops.lookup(node, entry->d_name,
		    (unsigned)strlen(entry->d_name), &number) ||
		    fs_node_get(node->volume, number, &below)) {
			equal = wrong(path, "not found");
			break;
		}
		if (modes)
			equal = facts_equal(below, path, &facts);
		if (equal && S_ISREG(facts.st_mode) && !data_equal(below, path))
			equal = wrong(path, "data");
		if (equal && S_ISDIR(facts.st_mode))
			equal = tree_equal(below, path, modes);
		fs_node_put(below);
	}
	closedir(list);
	if (equal && names_count(node) != count)
		equal = wrong(host, "number of names");
	return equal;
}

int fixture_compare(struct fixture *fixture, int modes)
{
	char host[128];
	struct fs_node *root;
	int equal;

	snprintf(host, sizeof host, "%s/tree", fixture->path);
	if (fs_node_get(fixture->volume, fixture->volume->root, &root))
		return 0;
	equal = tree_equal(root, host, modes);
	fs_node_put(root);
	return equal;
}
