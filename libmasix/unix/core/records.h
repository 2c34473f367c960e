/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directory records: from Masix's form (struct directory_record, as
 * file_read_directory gives it) to the two that Linux i386 programs read. Pure.
 */
#pragma once
#include <base/file_types.h>
#include <stddef.h>
#include <stdint.h>

enum record_form {
	RECORD_OLD,   /* struct linux_dirent: getdents */
	RECORD_WIDE,  /* struct linux_dirent64: getdents64 */
	RECORD_FIRST, /* struct old_linux_dirent: readdir(2), one record */
};

enum {
	RECORD_OLD_NAME = 10, /* where the name begins */
	RECORD_WIDE_NAME = 19,
};

static inline size_t record_size_wide(size_t length)
{
	return (RECORD_WIDE_NAME + length + 1 + 7) & ~(size_t)7;
}

/* Bytes that record needs in form. */
static inline size_t record_size(
    enum record_form form, const struct directory_record *record)
{
	size_t length = record->name_length;

	if (form == RECORD_WIDE)
		return record_size_wide(length);
	if (form == RECORD_FIRST)
		return RECORD_OLD_NAME + length + 1;
	return (RECORD_OLD_NAME + length + 2 + 3) & ~(size_t)3;
}

/* Writes record in form to at, which has record_size() bytes. Returns 0, or 1
 * if a number does not fit (EOVERFLOW). */
int record_write(
    enum record_form form, void *at, const struct directory_record *record);

/* The record at data, checked: null if it does not lie whole within size. */
static inline const struct directory_record *record_check(
    const void *data, size_t size)
{
	const struct directory_record *record = data;
	size_t least = offsetof(struct directory_record, name);

	if (size < least || record->length > size)
		return NULL;
	if (record->length < least + record->name_length + 1u)
		return NULL;
	return record;
}
