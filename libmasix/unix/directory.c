/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading directories: messages of up to 4096 bytes of records, repacked for
 * the program until its buffer is full. The position is that of the server's
 * records, so that it may stop and go on at any of them.
 *
 * The end costs a message that brings nothing. When the end was seen while the
 * buffer was filled, that is noted, and the program's next call, which asks
 * for nothing else, is answered from the note, once.
 */
#include <base/bytes.h>
#include <file.client.h>
#include <unix/core/records.h>
#include <unix/descriptor.h>
#include <unix/list.h>

struct reading {
	struct open_file *file;
	enum record_form form;
	char *buffer; /* the program's */
	size_t size, done;
	int64_t position;
	int ended, full;
};

/* Copies the records of one message as far as the buffer goes. They are written
 * straight to the program's memory: a fault there ends the call, the position
 * being where it was. */
static long records_copy(struct reading *reading, const char *data, size_t size)
{
	const struct directory_record *record;
	size_t need;

	while (size) {
		record = record_check(data, size);
		if (!record)
			return -EIO;
		need = record_size(reading->form, record);
		if (need > reading->size - reading->done) {
			reading->full = 1;
			return 0;
		}
		if (record_write(reading->form, reading->buffer + reading->done,
			record))
			return -EOVERFLOW;
		reading->done += need;
		reading->position = record->next;
		data += record->length;
		size -= record->length;
		if (reading->form == RECORD_FIRST) {
			reading->full = 1;
			return 0;
		}
	}
	return 0;
}

static long records_read(struct reading *reading)
{
	small_data_t data __attribute__((aligned(8)));
	mach_msg_type_number_t count = sizeof(data);
	int64_t next;
	error_t error;

	if (reading->file->event == EVENT_LIST) {
		count = list_read(reading->position, data, sizeof(data));
		error = 0;
	} else {
		error = file_read_directory(reading->file->right->port,
		    reading->position, data, &count, &next);
	}
	if (error)
		return unix_error(error);
	if (!count)
		reading->ended = 1;
	return records_copy(reading, data, count);
}

static long directory_read(struct reading *reading)
{
	struct open_file *file = reading->file;
	long error = 0;

	if (file->right->kind != S_IFDIR)
		return -ENOTDIR;
	reading->position = file->state->position;
	if (file->end == reading->position) {
		file->end = -1;
		return 0;
	}
	while (!error && !reading->ended && !reading->full)
		error = records_read(reading);
	file->state->position = reading->position;
	if (reading->done) {
		if (reading->ended)
			file->end = reading->position;
		return (long)reading->done;
	}
	if (!error && reading->full)
		return -EINVAL; /* not even one fits */
	return error;
}

static long directory_call(
    int fd, void *buffer, size_t size, enum record_form form)
{
	struct reading reading = {
		.file = descriptor_hold(fd),
		.form = form,
		.buffer = buffer,
		.size = size,
	};
	long result;

	if (!reading.file)
		return -EBADF;
	result = directory_read(&reading);
	descriptor_release(reading.file);
	return result;
}

long unix_getdents(int fd, void *buffer, unsigned size)
{
	return directory_call(fd, buffer, size, RECORD_OLD);
}

long unix_getdents64(int fd, void *buffer, unsigned size)
{
	return directory_call(fd, buffer, size, RECORD_WIDE);
}
