/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directory records: from Masix's form (struct directory_record, as
 * file_read_directory gives it) to the two that Linux i386 programs read. Pure.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum record_form {
	RECORD_OLD,   /* struct linux_dirent: getdents */
	RECORD_WIDE,  /* struct linux_dirent64: getdents64 */
	RECORD_FIRST, /* struct old_linux_dirent: readdir(2), one record */
};

struct directory_record;

/* Bytes that record needs in form. */
size_t record_size(
    enum record_form form, const struct directory_record *record);

/* Writes record in form to at, which has record_size() bytes. Returns 0, or 1
 * if a number does not fit (EOVERFLOW). */
int record_write(
    enum record_form form, void *at, const struct directory_record *record);

/* The record at data, checked: null if it does not lie whole within size. */
const struct directory_record *record_check(const void *data, size_t size);
