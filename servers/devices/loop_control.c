/* SPDX-License-Identifier: BSD-2-Clause */
/* ioctl on loop devices and on /dev/loop-control, with Linux's numbers. */
#include "loop.h"
#include <base/bytes.h>
#include <base/types.h>
#include <file.client.h>
#include <string.h>

enum {
	LOOP_SET_FD = 0x4c00,
	LOOP_CLR_FD = 0x4c01,
	LOOP_SET_STATUS64 = 0x4c04,
	LOOP_GET_STATUS64 = 0x4c05,
	LOOP_SET_CAPACITY = 0x4c07,
	LOOP_SET_DIRECT_IO = 0x4c08,
	LOOP_SET_BLOCK_SIZE = 0x4c09,
	LOOP_CONFIGURE = 0x4c0a,
	LOOP_CTL_ADD = 0x4c80,
	LOOP_CTL_REMOVE = 0x4c81,
	LOOP_CTL_GET_FREE = 0x4c82,
};

enum {
	MODE_KIND = 0170000,
	MODE_REGULAR_FILE = 0100000,
};

/* ---- LOOP_SET_FD, LOOP_CONFIGURE --------------------------------------- */

/* No device of ours: we would wait for ourselves. */
static error_t file_look(
    mach_port_t file, struct file_attributes *attributes)
{
	object_t ours = object_of_right(file, NULL);

	if (ours) {
		object_release(ours);
		return E_INVAL;
	}
	if (file_stat(file, attributes) ||
	    (attributes->mode & MODE_KIND) != MODE_REGULAR_FILE)
		return E_INVAL;
	return 0;
}

static error_t settings_read(
    struct loop_settings *settings, const struct control *control)
{
	uint32_t block;

	memset(settings, 0, sizeof *settings);
	settings->block = LOOP_SECTOR;
	if (control->request == LOOP_SET_FD)
		return 0;
	if (control->in_size < LOOP_CONFIG_BYTES)
		return E_INVAL;
	block = bytes_get32(control->in + LOOP_CONFIG_BLOCK);
	if (block && !loop_block_is_good(block))
		return E_INVAL;
	if (block)
		settings->block = block;
	return loop_info_read(settings, control->in + LOOP_CONFIG_INFO,
	    LOOP_READ_ONLY | LOOP_AUTOCLEAR | LOOP_DIRECT);
}

static error_t bind(struct loop *loop, const struct control *control)
{
	struct file_attributes attributes;
	struct loop_settings settings;
	error_t error;

	if (!control->other)
		return E_BADF;
	error = settings_read(&settings, control);
	if (!error)
		error = file_look(control->other, &attributes);
	if (error)
		return error;
	if (!(control->other_access & control->access & OPEN_WRITE))
		settings.flags |= LOOP_READ_ONLY;
	settings.device = attributes.device;
	settings.node = attributes.node;
	return loop_bind(loop, control->other, attributes.size, &settings);
}

/* It is answered when /dev and /proc/partitions know. */
static error_t bind_and_wait(struct loop *loop, const struct control *control)
{
	error_t error = wait_repeated() ? 0 : bind(loop, control);

	return error ? error : change_wait(&loop->device);
}

/* ---- what it is -------------------------------------------------------- */

static int is_bound(const struct loop *loop)
{
	return loop->kept->bound && !loop->kept->closing;
}

static error_t status_get(struct loop *loop, struct control *control)
{
	error_t error = 0;

	devices_enter();
	if (is_bound(loop))
		loop_info_write(
		    &loop->kept->settings, loop_number(loop), control->out);
	else
		error = E_NXIO;
	devices_leave();
	control->out_size = LOOP_INFO_BYTES;
	return error;
}

/* The size of its file now. */
static error_t size_ask(struct loop *loop, uint64_t *size)
{
	struct file_attributes attributes;
	mach_port_t file = MACH_PORT_NULL;
	error_t error;

	devices_enter();
	if (is_bound(loop) && !port_copy_send(loop->kept->file))
		file = loop->kept->file;
	devices_leave();
	if (!file)
		return E_NXIO;
	error = file_stat(file, &attributes);
	port_drop(file);
	*size = attributes.size;
	return error ? E_IO : 0;
}

/* Others: null, or the bytes of LOOP_SET_STATUS64. */
static error_t settings_change(struct loop *loop, const char *info)
{
	struct loop_settings settings;
	uint64_t size;
	error_t error = size_ask(loop, &size);

	if (error)
		return error;
	devices_enter();
	settings = loop->kept->settings;
	if (info)
		error = loop_info_read(&settings, info, LOOP_AUTOCLEAR);
	if (!error) {
		loop->kept->settings = settings;
		loop_measure(loop, size);
	}
	devices_leave();
	if (!error)
		loop_tell(&loop->device);
	return error;
}

static error_t settings_change_and_wait(struct loop *loop, const char *info)
{
	error_t error = wait_repeated() ? 0 : settings_change(loop, info);

	return error ? error : change_wait(&loop->device);
}

static error_t block_set(struct loop *loop, uint32_t bytes)
{
	if (!loop_block_is_good(bytes))
		return E_INVAL;
	devices_enter();
	loop->kept->settings.block = bytes;
	devices_leave();
	return 0;
}

static error_t direct_set(struct loop *loop, int on)
{
	devices_enter();
	loop->kept->settings.flags &= ~(uint32_t)LOOP_DIRECT;
	if (on)
		loop->kept->settings.flags |= LOOP_DIRECT;
	devices_leave();
	return 0;
}

static uint32_t value_of(const struct control *control)
{
	return control->in_size >= 4 ? bytes_get32(control->in) : 0;
}

static error_t loop_set(struct loop *loop, struct control *control)
{
	switch (control->request) {
	case LOOP_SET_CAPACITY:
		return settings_change_and_wait(loop, NULL);
	case LOOP_SET_STATUS64:
		return control->in_size < LOOP_INFO_BYTES
		    ? E_INVAL
		    : settings_change_and_wait(loop, control->in);
	case LOOP_SET_DIRECT_IO:
		return is_bound(loop) ? direct_set(loop, value_of(control) != 0)
				      : E_NXIO;
	case LOOP_SET_BLOCK_SIZE:
		return is_bound(loop) ? block_set(loop, value_of(control))
				      : E_NXIO;
	}
	return block_control(
	    &loop->device, loop->kept->settings.block, control);
}

error_t loop_control(struct device *device, struct control *control)
{
	struct loop *loop = loop_of(device);

	switch (control->request) {
	case LOOP_SET_FD:
	case LOOP_CONFIGURE:
		return bind_and_wait(loop, control);
	case LOOP_CLR_FD:
		return loop_unbind(loop);
	case LOOP_GET_STATUS64:
		return status_get(loop, control);
	}
	return loop_set(loop, control);
}

/* ---- /dev/loop-control ------------------------------------------------- */

static uint64_t bit_of(unsigned number)
{
	return (uint64_t)1 << number;
}

/* With the lock. Bound in kept(): the device may not have been made yet. */
static unsigned number_unused(int there)
{
	unsigned i;

	for (i = 0; i < LOOPS; i++)
		if (there == (int)(kept()->loops_there >> i & 1) &&
		    !(there && kept()->loops[i].bound))
			break;
	return i;
}

static error_t number_add(unsigned number)
{
	if (number >= LOOPS)
		return E_NOSPC;
	if (kept()->loops_there & bit_of(number))
		return E_EXIST;
	kept()->loops_there |= bit_of(number);
	return 0;
}

static error_t number_remove(unsigned number)
{
	struct device *device;
	error_t error;

	if (number >= LOOPS || !(kept()->loops_there & bit_of(number)))
		return E_NODEV;
	error =
	    device_find('b', DEVICE_NUMBER(MAJOR_LOOP, number), &device);
	if (error)
		return error;
	if (kept()->loops[number].bound || device_is_open(device))
		return E_BUSY;
	kept()->loops_there &= ~bit_of(number);
	return 0;
}

/* *changed: there are other nodes. */
static error_t numbers_change(struct control *control, int *changed)
{
	unsigned number = value_of(control);
	error_t error = 0;

	switch (control->request) {
	case LOOP_CTL_ADD:
		if ((int)number < 0)
			number = number_unused(0);
		error = number_add(number);
		*changed = !error;
		break;
	case LOOP_CTL_REMOVE:
		error = number_remove(number);
		*changed = !error;
		break;
	case LOOP_CTL_GET_FREE:
		number = number_unused(1);
		if (number == LOOPS) {
			number = number_unused(0);
			error = number_add(number);
			*changed = !error;
		}
		break;
	default:
		error = E_NOSYS; /* so does Linux */
	}
	control->result =
	    control->request == LOOP_CTL_REMOVE ? 0 : (int)number;
	return error;
}

/* A repeated run answers what the first has found. */
static void numbers_again(struct control *control)
{
	control->result = (int)value_of(control);
	if (control->request == LOOP_CTL_REMOVE)
		control->result = 0;
	else if (control->request == LOOP_CTL_GET_FREE)
		control->result = (int)number_unused(1);
	else if (control->result < 0) /* LOOP_CTL_ADD: the last one */
		control->result = (int)number_unused(0) - 1;
}

static error_t numbers_control(struct device *device, struct control *control)
{
	int changed = 0;
	error_t error = 0;

	devices_enter();
	if (wait_repeated())
		numbers_again(control);
	else
		error = numbers_change(control, &changed);
	devices_leave();
	if (changed)
		loop_tell(device);
	return error ? error : change_wait(device);
}

static error_t numbers_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	(void)device, (void)offset, (void)bytes, (void)count;
	return E_INVAL;
}

static error_t numbers_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	(void)device, (void)offset, (void)bytes, (void)count;
	return E_INVAL;
}

const struct device_ops loop_control_ops = {
	.read = numbers_read,
	.write = numbers_write,
	.control = numbers_control,
};
