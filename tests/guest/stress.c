/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many processes do all kinds of things to files of one directory, by dice, and
 * each knows what its files must hold: a model in memory is changed with every
 * call and compared with what is read, mapped, listed. Besides, all of them
 * replace a few common files by rename; whoever reads one must find one whole
 * version of it.
 *
 *	stress [PROCESSES [STEPS [SEED [SECONDS]]]]	in the current folder
 *
 * With SECONDS it goes on, STEPS at a time with new seeds, until that time is
 * over. What it finds is printed with process, seed and step.
 */
#include "check.h"
#include <dirent.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <time.h>

enum {
	SLOTS = 5,
	SIZE_MOST = 96 * 1024,
	PART_MOST = 20000,
	COMMON = 4,
	COMMON_WORDS = 3000,
};

/* What a file must hold; as many names as links lead to it. */
struct model {
	int links, size;
	unsigned char data[SIZE_MOST];
};

struct slot {
	struct model *model; /* null: the name does not exist */
	int fd;              /* open for reading and writing, or -1 */
};

static struct slot slots[SLOTS];
static int me, step;
static unsigned seed, state;
static unsigned char buffer[SIZE_MOST + 8192];

static unsigned dice(unsigned sides)
{
	state = state * 1103515245 + 12345;
	return (state >> 8) % sides;
}

static void wrong(const char *format, ...)
{
	int error = errno;
	va_list list;

	printf("stress: process %d seed %u step %d: ", me, seed, step);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf(" (errno %s)\n", strerrorname_np(error));
	fflush(stdout);
	_exit(1);
}

static const char *name_of(int slot)
{
	static char names[4][32];
	static int next;
	char *name = names[next++ % 4];

	sprintf(name, "p%d.%d", me, slot);
	return name;
}

static void fill(unsigned char *at, int count)
{
	unsigned char first = (unsigned char)dice(256), by = 1 + dice(7) * 2;

	while (count--) {
		*at++ = first;
		first += by;
	}
}

static void must_be(long value, long expected, const char *what)
{
	if (value != expected)
		wrong("%s: %ld, not %ld", what, value, expected);
}

static int slot_used(void)
{
	int slot = dice(SLOTS);

	for (int i = 0; i < SLOTS; i++, slot = (slot + 1) % SLOTS)
		if (slots[slot].model)
			return slot;
	return -1;
}

static int descriptor(int slot)
{
	if (slots[slot].fd < 0) {
		slots[slot].fd = open(name_of(slot), O_RDWR);
		if (slots[slot].fd < 0)
			wrong("open %s", name_of(slot));
	}
	return slots[slot].fd;
}

static void slot_close(int slot)
{
	if (slots[slot].fd >= 0 && close(slots[slot].fd))
		wrong("close");
	slots[slot].fd = -1;
}

static void name_gone(int slot)
{
	struct model *model = slots[slot].model;

	slot_close(slot);
	slots[slot].model = NULL;
	if (model && !--model->links)
		free(model);
}

static void compare(const struct model *model, const unsigned char *data,
    int offset, int count, const char *what)
{
	for (int i = 0; i < count; i++)
		if (data[i] != model->data[offset + i])
			wrong("%s: byte %d of %d is %d, not %d", what,
			    offset + i, model->size, data[i],
			    model->data[offset + i]);
}

static void sized(struct model *model, int size)
{
	if (size > model->size)
		memset(model->data + model->size, 0, size - model->size);
	model->size = size;
}

/* ---- what is done ------------------------------------------------------- */

static void do_create(int slot)
{
	if (slots[slot].model)
		name_gone(slot);
	slots[slot].fd = open(name_of(slot), O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (slots[slot].fd < 0)
		wrong("create");
	slots[slot].model = calloc(1, sizeof(struct model));
	slots[slot].model->links = 1;
}

/* A name with more links would be cut for all: so it is unlinked first. */
static void do_recreate(int slot)
{
	if (slots[slot].model && unlink(name_of(slot)))
		wrong("unlink");
	do_create(slot);
}

static void do_write(int slot)
{
	struct model *model = slots[slot].model;
	int count = 1 + dice(PART_MOST), offset = dice(SIZE_MOST - count);

	if (dice(3) && model->size < offset)
		offset = model->size;
	if (dice(2) && offset + count > SIZE_MOST - 1)
		count = 1;
	fill(buffer, count);
	if (offset + count > model->size)
		sized(model, offset + count);
	memcpy(model->data + offset, buffer, count);
	if (dice(2)) {
		must_be(pwrite(descriptor(slot), buffer, count, offset), count,
		    "pwrite");
	} else {
		struct iovec parts[2] = { { buffer, count / 2 },
			{ buffer + count / 2, count - count / 2 } };

		must_be(lseek(descriptor(slot), offset, SEEK_SET), offset,
		    "lseek");
		must_be(writev(descriptor(slot), parts, 2), count, "writev");
	}
}

static void do_append(int slot)
{
	struct model *model = slots[slot].model;
	int count = 1 + dice(3000), fd;

	if (model->size + count > SIZE_MOST)
		return;
	fill(buffer, count);
	fd = open(name_of(slot), O_WRONLY | O_APPEND | (dice(8) ? 0 : O_SYNC));
	if (fd < 0)
		wrong("open to append");
	must_be(write(fd, buffer, count), count, "append");
	close(fd);
	memcpy(model->data + model->size, buffer, count);
	model->size += count;
}

static void do_read(int slot)
{
	struct model *model = slots[slot].model;
	int offset = dice(model->size + 1), count = dice(PART_MOST), got;

	got = pread(descriptor(slot), buffer, count, offset);
	must_be(got, count < model->size - offset ? count :
	    model->size - offset, "pread");
	compare(model, buffer, offset, got, "pread");
}

static void do_read_all(int slot)
{
	struct model *model = slots[slot].model;
	int fd = open(name_of(slot), O_RDONLY), done = 0, got;

	if (fd < 0)
		wrong("open to read");
	while ((got = read(fd, buffer + done, 1 + dice(40000))) > 0)
		done += got;
	must_be(got, 0, "read");
	must_be(done, model->size, "read all");
	compare(model, buffer, 0, done, "read all");
	close(fd);
}

static void do_truncate(int slot)
{
	struct model *model = slots[slot].model;
	int size = dice(3) ? dice(model->size + 1) : dice(SIZE_MOST);

	if (dice(2))
		must_be(truncate(name_of(slot), size), 0, "truncate");
	else
		must_be(ftruncate(descriptor(slot), size), 0, "ftruncate");
	sized(model, size);
}

static void do_map(int slot)
{
	struct model *model = slots[slot].model;
	int shared = dice(2), offset, count;
	unsigned char *map;

	if (!model->size)
		return;
	map = mmap(NULL, model->size, PROT_READ | PROT_WRITE,
	    shared ? MAP_SHARED : MAP_PRIVATE, descriptor(slot), 0);
	if (map == MAP_FAILED)
		wrong("mmap");
	if (dice(4) == 0)
		slot_close(slot); /* the mapping must live on */
	offset = dice(model->size);
	count = 1 + dice(model->size - offset);
	compare(model, map + offset, offset, count, "mapped");
	fill(buffer, count);
	memcpy(map + offset, buffer, count);
	if (shared)
		memcpy(model->data + offset, buffer, count);
	else
		do_read(slot);
	for (int i = model->size; i & 4095; i++)
		if (map[i])
			wrong("byte %d behind the end %d is %d", i, model->size,
			    map[i]);
	if (shared && dice(4) == 0)
		must_be(msync(map, model->size, MS_SYNC), 0, "msync");
	must_be(munmap(map, model->size), 0, "munmap");
}

static void do_rename(int slot)
{
	int to = dice(SLOTS);

	if (rename(name_of(slot), name_of(to)))
		wrong("rename");
	if (to == slot || slots[to].model == slots[slot].model)
		return; /* two names of one file: nothing is done */
	name_gone(to);
	slots[to] = slots[slot];
	slots[slot].model = NULL;
	slots[slot].fd = -1;
}

static void do_link(int slot)
{
	int to = dice(SLOTS), result = link(name_of(slot), name_of(to));

	if (slots[to].model) {
		if (result == 0 || errno != EEXIST)
			wrong("link over a name: %d", result);
		return;
	}
	must_be(result, 0, "link");
	slots[to].model = slots[slot].model;
	slots[to].model->links++;
}

static void do_unlink(int slot)
{
	struct model *model = slots[slot].model;
	int fd = descriptor(slot), got;

	must_be(unlink(name_of(slot)), 0, "unlink");
	got = pread(fd, buffer, SIZE_MOST, 0);
	must_be(got, model->size, "read after unlink");
	compare(model, buffer, 0, got, "read after unlink");
	name_gone(slot);
}

static void do_status(int slot)
{
	struct stat status;

	must_be(dice(2) ? stat(name_of(slot), &status) :
	    fstat(descriptor(slot), &status), 0, "stat");
	must_be(status.st_size, slots[slot].model->size, "size");
	must_be(status.st_nlink, slots[slot].model->links, "links");
}

static void do_sync(int slot)
{
	switch (dice(4)) {
	case 0: must_be(fsync(descriptor(slot)), 0, "fsync"); break;
	case 1: must_be(fdatasync(descriptor(slot)), 0, "fdatasync"); break;
	case 2: must_be(sync_file_range(descriptor(slot), 0, 0, 7), 0,
	    "sync_file_range"); break;
	default: slot_close(slot);
	}
}

static void do_copy(int slot)
{
	struct model *from = slots[slot].model, *to;
	int other = dice(SLOTS), count, done = 0, got;
	loff_t in, out;

	to = slots[other].model;
	if (!to || to == from || !from->size)
		return;
	in = dice(from->size);
	count = from->size - in;
	if (count > PART_MOST)
		count = PART_MOST;
	out = dice(SIZE_MOST - count);
	memcpy(buffer, from->data + in, count);
	if (out + count > to->size)
		sized(to, out + count);
	memcpy(to->data + out, buffer, count);
	if (dice(2)) {
		must_be(lseek(descriptor(other), out, SEEK_SET), out, "lseek");
		off_t at = in;
		while (done < count && (got = sendfile(descriptor(other),
		    descriptor(slot), &at, count - done)) > 0)
			done += got;
	} else {
		while (done < count && (got = copy_file_range(descriptor(slot),
		    &in, descriptor(other), &out, count - done, 0)) > 0)
			done += got;
	}
	must_be(done, count, "copied");
}

static void do_holes(int slot)
{
	struct model *model = slots[slot].model;
	int at = 0, end, offset, count;

	while (at < model->size) { /* what is said to be a hole is zeros */
		end = lseek(descriptor(slot), at, SEEK_DATA);
		if (end < 0 && errno == ENXIO)
			end = model->size;
		if (end < at)
			wrong("SEEK_DATA from %d: %d", at, end);
		for (; at < end; at++)
			if (model->data[at])
				wrong("byte %d lies in a hole", at);
		if (at >= model->size)
			break;
		end = lseek(descriptor(slot), at, SEEK_HOLE);
		if (end <= at || end > model->size)
			wrong("SEEK_HOLE from %d: %d", at, end);
		at = end;
	}
	offset = dice(SIZE_MOST - PART_MOST);
	count = 1 + dice(PART_MOST);
	if (dice(2)) {
		int result = fallocate(descriptor(slot), 0, offset, count);

		if (result && errno != EOPNOTSUPP) /* Linux's on ext2 */
			wrong("fallocate");
		if (!result && offset + count > model->size)
			sized(model, offset + count);
	} else {
		must_be(fallocate(descriptor(slot), 3, offset, count), 0,
		    "punch a hole");
		if (offset + count > model->size)
			count = model->size - offset;
		if (count > 0)
			memset(model->data + offset, 0, count);
	}
}

/* A child of fork sees what we see, and what it writes we see. */
static void do_fork(int slot)
{
	struct model *model = slots[slot].model;
	int fd = descriptor(slot), status, count = 1 + dice(5000);
	unsigned char data[5000];
	pid_t child;

	fill(data, count);
	child = fork();
	if (child < 0)
		wrong("fork");
	if (!child) {
		do_read_all(slot);
		must_be(pwrite(fd, data, count, 100), count, "child writes");
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status)
		wrong("child ended with %x", status);
	if (100 + count > model->size)
		sized(model, 100 + count);
	memcpy(model->data + 100, data, count);
}

static void do_list(int slot)
{
	int seen[SLOTS] = { 0 }, process, found;
	DIR *directory = opendir(".");
	struct dirent *entry;

	if (!directory)
		wrong("opendir");
	while ((entry = readdir(directory)))
		if (sscanf(entry->d_name, "p%d.%d", &process, &found) == 2 &&
		    process == me)
			seen[found]++;
	closedir(directory);
	for (int i = 0; i < SLOTS; i++)
		must_be(seen[i], slots[i].model != NULL, "listed");
}

static void do_folder(int slot)
{
	char folder[32], inside[64];

	sprintf(folder, "d%d", me);
	sprintf(inside, "d%d/in", me);
	must_be(mkdir(folder, 0755), 0, "mkdir");
	must_be(rename(name_of(slot), inside), 0, "rename into");
	if (rmdir(folder) == 0 || errno != ENOTEMPTY)
		wrong("rmdir of a full folder");
	must_be(rename(inside, name_of(slot)), 0, "rename out");
	must_be(rmdir(folder), 0, "rmdir");
}

static void do_symbolic(int slot)
{
	char name[32], target[64];
	int length;

	sprintf(name, "l%d", me);
	must_be(symlink(name_of(slot), name), 0, "symlink");
	length = readlink(name, target, sizeof target);
	must_be(length, strlen(name_of(slot)), "readlink");
	must_be(truncate(name, slots[slot].model->size), 0, "through a link");
	must_be(unlink(name), 0, "unlink of a link");
}

/* A new version of a common file: words that are all alike. */
static void common_replace(void)
{
	static unsigned words[COMMON_WORDS];
	char name[32], target[32];
	int fd;

	sprintf(name, "t%d", me);
	sprintf(target, "common%d", (int)dice(COMMON));
	for (int i = 0; i < COMMON_WORDS; i++)
		words[i] = me << 20 | step;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		wrong("create new version");
	must_be(write(fd, words, sizeof words), sizeof words, "new version");
	close(fd);
	must_be(rename(name, target), 0, "replace");
}

static void common_read(void)
{
	static unsigned words[COMMON_WORDS + 1];
	char name[32];
	int fd, got;

	sprintf(name, "common%d", (int)dice(COMMON));
	if (dice(10) == 0 && unlink(name) && errno != ENOENT)
		wrong("unlink common");
	fd = open(name, O_RDONLY);
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0)
		wrong("open common");
	got = read(fd, words, sizeof words);
	must_be(got, COMMON_WORDS * 4, "common size");
	for (int i = 1; i < COMMON_WORDS; i++)
		if (words[i] != words[0])
			wrong("common word %d is %x, not %x", i, words[i],
			    words[0]);
	close(fd);
}

/* ---- the dice ------------------------------------------------------------ */

static void (*const things[])(int slot) = {
	do_write, do_write, do_write, do_append, do_append, do_read, do_read,
	do_read_all, do_truncate, do_truncate, do_map, do_map, do_rename,
	do_link, do_unlink, do_status, do_sync, do_copy, do_holes, do_fork,
	do_list, do_folder, do_symbolic, do_recreate,
};

static void one_step(void)
{
	int slot = slot_used();

	switch (dice(12)) {
	case 0:
		common_replace();
		break;
	case 1:
		common_read();
		break;
	case 2:
		do_recreate(dice(SLOTS));
		break;
	default:
		if (slot >= 0)
			things[dice(sizeof things / sizeof *things)](slot);
	}
}

static void process(int steps, time_t until)
{
	for (int i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	do {
		state = seed * 7919 + me * 104729;
		for (step = 0; step < steps; step++)
			one_step();
		seed++;
	} while (time(NULL) < until);
	for (int i = 0; i < SLOTS; i++) {
		if (!slots[i].model)
			continue;
		do_read_all(i);
		do_unlink(i);
	}
}

int main(int count, char **arguments)
{
	int processes = count > 1 ? atoi(arguments[1]) : 12;
	int steps = count > 2 ? atoi(arguments[2]) : 150, status, bad = 0;
	time_t until = time(NULL) + (count > 4 ? atoi(arguments[4]) : 0);

	seed = count > 3 ? atoi(arguments[3]) : 1;
	for (me = 1; me <= processes; me++) {
		pid_t child = fork();

		if (child < 0)
			wrong("fork");
		if (!child) {
			process(steps, until);
			_exit(0);
		}
	}
	while (processes-- && wait(&status) > 0)
		bad += status != 0;
	for (me = 0; me < COMMON; me++) {
		sprintf((char *)buffer, "common%d", me);
		unlink((char *)buffer);
	}
	printf("stress: %d processes failed\n", bad);
	return bad != 0;
}
