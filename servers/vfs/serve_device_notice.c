/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev: its nodes are made as the device servers name them, at the start and
 * when one says that they are others now; and /proc/partitions, which is the
 * same list.
 */
#include "core/devices.h"
#include "core/numbers.h"
#include "keep.h"
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <device_notice.server.h>
#include <string.h>

enum {
	TABLE_ROOM = 64, /* for one line */
};

const char *partitions_text(void)
{
	return kept()->partitions;
}

static void table_begin(void)
{
	text_format(kept()->partitions, KEPT_PARTITIONS,
	    "major minor  #blocks  name\n\n");
}

static void table_line(const struct device_line *line)
{
	char *table = kept()->partitions;

	if (line->size <= 0 || !line->mode ||
	    strlen(table) + TABLE_ROOM > KEPT_PARTITIONS)
		return;
	text_append(table, KEPT_PARTITIONS, "%4u  %7u %10llu %s\n",
	    device_major(line->device), device_minor(line->device),
	    (unsigned long long)line->size, line->name);
}

/* Makes the node of a line, or removes the one that there is. */
static void line_apply(struct node *directory, const struct device_line *line)
{
	struct asked asked = { 0, 0, NULL };
	struct new_node new = {
		.mode = line->mode, .device = line->device, .target = ""
	};
	unsigned length = (unsigned)strlen(line->name);
	struct node *node;
	error_t error;

	if (line->mode && !device_is_allowed(line->mode, line->device))
		return;
	table_line(line);
	/* Names in folders ("pts/0") are their server's own file system. */
	if (strchr(line->name, '/'))
		return;
	error = line->mode
	    ? tell_create(directory, line->name, length, &new, &asked, &node)
	    : tell_unlink(directory, line->name, length, 0, NULL, &asked);
	if (error && error != E_EXIST && error != E_NOENT)
		log_line("/dev/%s: %s", line->name, error_name(error));
}

/* Lock held, and directory's mount ours to change. */
static void lines_apply(
    struct node *directory, const char *text, unsigned size)
{
	struct device_line line;
	const char *at = text;
	int first = 1;

	while (device_line_next(&at, text + size, &line)) {
		if (first && line.size >= 0)
			table_begin();
		first = first && line.size < 0;
		line_apply(directory, &line);
	}
}

static void family_fill(struct node *directory, const char *name)
{
	mach_msg_type_number_t size = 0;
	large_data_t text;
	error_t error = devices_list(name, &text, &size);

	if (error) {
		log_line("no devices of %s: %s", name, error_name(error));
		return;
	}
	vfs_enter();
	lines_apply(directory, text, size);
	vfs_leave();
	memory_free((vm_address_t)text, size);
}

static void link_create(
    struct node *directory, const char *name, const char *target)
{
	struct new_node new = { .mode = MODE_LINK | 0777,
		.target = target,
		.target_length = (unsigned)strlen(target) };
	struct asked asked = { 0, 0, NULL };
	struct node *node;

	tell_create(directory, name, (unsigned)strlen(name), &new, &asked,
	    &node);
}

void devices_fill(struct node *directory)
{
	struct new_node shared = { .mode = MODE_DIRECTORY | MODE_STICKY | 0777,
		.target = "" };
	struct new_node plain = { .mode = MODE_DIRECTORY | 0755, .target = "" };
	struct asked first = { 0, 0, NULL };
	struct asked second = { 0, 0, NULL };
	struct node *node;

	family_fill(directory, "devices");
	family_fill(directory, "tty");
	vfs_enter();
	link_create(directory, "fd", "/proc/self/fd");
	link_create(directory, "stdin", "/proc/self/fd/0");
	link_create(directory, "stdout", "/proc/self/fd/1");
	link_create(directory, "stderr", "/proc/self/fd/2");
	tell_create(directory, "shm", 3, &shared, &first, &node);
	tell_create(directory, "pts", 3, &plain, &second, &node);
	vfs_leave();
}

static error_t dev_apply(const char *text, unsigned size)
{
	struct node *dev = directory_at("/dev");
	error_t error;

	if (!dev || !dev->mount->covered) /* there is no /dev of ours */
		return 0;
	error = change_begin(dev->mount);
	if (error)
		return error;
	node_reference(dev);
	lines_apply(dev, text, size);
	change_end(dev->mount);
	node_drop(dev);
	return 0;
}

error_t serve_device_notice_changed(object_t vfs, const name_t name,
    mach_msg_type_number_t length, CONSUMED mach_port_t done)
{
	mach_msg_type_number_t size = 0;
	large_data_t text;
	char server[32];
	error_t error;

	(void)vfs;
	if (!text_copy(server, sizeof server, name, length))
		return E_INVAL;
	error = devices_list(server, &text, &size);
	if (error)
		return error;
	vfs_enter();
	error = dev_apply(text, size);
	vfs_leave();
	memory_free((vm_address_t)text, size);
	if (!error)
		port_drop(done);
	return error;
}
