/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may do what: Linux's rules on permission bits, owners, sticky and
 * set-id bits. Pure decisions on attributes and credentials.
 */
#pragma once
#include <base/error.h>
#include <base/file_types.h>

struct credentials {
	uint32_t uid, gid;           /* effective */
	uint32_t real_uid, real_gid; /* for access(2) */
	unsigned group_count;
	const uint32_t *groups; /* supplementary; sorted, see groups_sort */
};

/* Sorts, so that membership is found by halving. */
void groups_sort(uint32_t *groups, unsigned count);

int access_in_group(const struct credentials *who, uint32_t gid);

/* want: ACCESS_* together. E_ACCES; E_PERM: immutable. */
error_t access_check(const struct file_attributes *file,
    const struct credentials *who, unsigned want);

/* Writing to a kind of file that lies on the disk: E_ROFS. mount_flags:
 * MOUNT_*. */
error_t access_mount(
    const struct file_attributes *file, unsigned mount_flags, unsigned want);

/* Removing or renaming file, an entry of directory. E_ACCES, E_PERM. */
error_t access_remove(const struct file_attributes *directory,
    const struct file_attributes *file, const struct credentials *who);

/* Mode and group of a new file of that mode in directory. */
void access_inherit(const struct file_attributes *directory,
    const struct credentials *who, uint32_t *mode, uint32_t *gid);

/*
 * A change of attributes (mask: ATTRIBUTE_*, without SIZE) that who asks for.
 * On success *mask and *change say what is to be done, set-id bits that
 * vanish included. E_PERM, E_ACCES.
 */
error_t access_change(const struct file_attributes *file,
    const struct credentials *who, unsigned *mask,
    struct file_attributes *change);

/* The set-id bits that a write by who clears from file's mode. */
uint32_t access_written_mode(
    const struct file_attributes *file, const struct credentials *who);
