/* SPDX-License-Identifier: BSD-2-Clause */
/* Permission: see access.h. */
#include "core/access.h"
#include "core/numbers.h"

enum { TIMES_NOW = ATTRIBUTE_ATIME_NOW | ATTRIBUTE_MTIME_NOW };

static int is_type(const struct file_attributes *file, unsigned type)
{
	return (file->mode & MODE_TYPE) == type;
}

void groups_sort(uint32_t *groups, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		uint32_t group = groups[i];
		unsigned place = i;

		for (; place && groups[place - 1] > group; place--)
			groups[place] = groups[place - 1];
		groups[place] = group;
	}
}

int access_in_group(const struct credentials *who, uint32_t gid)
{
	unsigned low = 0, high = who->group_count;

	if (who->gid == gid)
		return 1;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (who->groups[middle] == gid)
			return 1;
		if (who->groups[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

error_t access_check(const struct file_attributes *file,
    const struct credentials *who, unsigned want)
{
	uint32_t bits = file->mode;

	if ((want & ACCESS_WRITE) && (file->flags & FILE_IMMUTABLE))
		return E_PERM;
	if (who->uid == 0) {
		/* Root can't run what nobody may run. */
		if ((want & ACCESS_EXECUTE) && !(bits & 0111) &&
		    !is_type(file, MODE_DIRECTORY))
			return E_ACCES;
		return 0;
	}
	if (who->uid == file->uid)
		bits >>= 6;
	else if ((bits & 070) != (bits & 07) << 3 &&
	    access_in_group(who, file->gid))
		bits >>= 3;
	return want & ~bits & 7 ? E_ACCES : 0;
}

error_t access_mount(
    const struct file_attributes *file, unsigned mount_flags, unsigned want)
{
	if ((want & ACCESS_WRITE) && (mount_flags & MOUNT_READ_ONLY) &&
	    (is_type(file, MODE_REGULAR) || is_type(file, MODE_DIRECTORY) ||
		is_type(file, MODE_LINK)))
		return E_ROFS;
	return 0;
}

error_t access_remove(const struct file_attributes *directory,
    const struct file_attributes *file, const struct credentials *who)
{
	error_t error;

	error = access_check(directory, who, ACCESS_WRITE | ACCESS_EXECUTE);
	if (error)
		return error;
	if (directory->flags & FILE_APPEND_ONLY)
		return E_PERM;
	if (file->flags & (FILE_APPEND_ONLY | FILE_IMMUTABLE))
		return E_PERM;
	if ((directory->mode & MODE_STICKY) && who->uid &&
	    who->uid != file->uid && who->uid != directory->uid)
		return E_PERM;
	return 0;
}

void access_inherit(const struct file_attributes *directory,
    const struct credentials *who, uint32_t *mode, uint32_t *gid)
{
	*gid = who->gid;
	if (!(directory->mode & MODE_SET_GID))
		return;
	*gid = directory->gid;
	if ((*mode & MODE_TYPE) == MODE_DIRECTORY)
		*mode |= MODE_SET_GID;
	else if ((*mode & (MODE_SET_GID | MODE_GROUP_EXECUTE)) ==
		(MODE_SET_GID | MODE_GROUP_EXECUTE) &&
	    who->uid && !access_in_group(who, *gid))
		*mode &= ~(uint32_t)MODE_SET_GID;
}

static error_t may_change_owner(const struct file_attributes *file,
    const struct credentials *who, unsigned mask,
    const struct file_attributes *change)
{
	if (who->uid == 0)
		return 0;
	if ((mask & ATTRIBUTE_UID) &&
	    (who->uid != file->uid || change->uid != file->uid))
		return E_PERM;
	if ((mask & ATTRIBUTE_GID) &&
	    (who->uid != file->uid ||
		(change->gid != file->gid &&
		    !access_in_group(who, change->gid))))
		return E_PERM;
	return 0;
}

static error_t may_change_times(const struct file_attributes *file,
    const struct credentials *who, unsigned mask)
{
	unsigned now = mask & TIMES_NOW;
	unsigned given = mask & (ATTRIBUTE_ATIME | ATTRIBUTE_MTIME);

	if (!now && !given)
		return 0;
	if (who->uid == 0 || who->uid == file->uid)
		return 0;
	/* Both to now: who may write may do that. One of them is more. */
	if (!given && now == TIMES_NOW)
		return access_check(file, who, ACCESS_WRITE);
	return E_PERM;
}

/* chown takes set-id bits off what is no directory. */
static void clear_set_id(const struct file_attributes *file, unsigned *mask,
    struct file_attributes *change)
{
	uint32_t mode = *mask & ATTRIBUTE_MODE ? change->mode : file->mode;
	uint32_t kept = mode & ~(uint32_t)MODE_SET_UID;

	if (is_type(file, MODE_DIRECTORY))
		return;
	if (kept & MODE_GROUP_EXECUTE)
		kept &= ~(uint32_t)MODE_SET_GID;
	if (kept == mode)
		return;
	change->mode = kept;
	*mask |= ATTRIBUTE_MODE;
}

/* Flags are changed alone. */
static error_t may_change_flags(const struct file_attributes *file,
    const struct credentials *who, unsigned mask,
    const struct file_attributes *change)
{
	if (mask != ATTRIBUTE_FLAGS)
		return E_INVAL;
	if (who->uid == 0)
		return 0;
	if (who->uid != file->uid || ((file->flags ^ change->flags) &
		(FILE_IMMUTABLE | FILE_APPEND_ONLY)))
		return E_PERM;
	return 0;
}

error_t access_change(const struct file_attributes *file,
    const struct credentials *who, unsigned *mask,
    struct file_attributes *change)
{
	unsigned owners = *mask & (ATTRIBUTE_UID | ATTRIBUTE_GID);
	uint32_t gid = *mask & ATTRIBUTE_GID ? change->gid : file->gid;
	error_t error;

	if (*mask & ATTRIBUTE_FLAGS)
		return may_change_flags(file, who, *mask, change);
	if (file->flags & (FILE_IMMUTABLE |
		(*mask & ~TIMES_NOW ? FILE_APPEND_ONLY : 0)))
		return E_PERM;
	if ((*mask & ATTRIBUTE_MODE) && who->uid && who->uid != file->uid)
		return E_PERM;
	error = may_change_owner(file, who, *mask, change);
	if (!error)
		error = may_change_times(file, who, *mask);
	if (error)
		return error;
	if (*mask & ATTRIBUTE_MODE) {
		change->mode =
		    (change->mode & MODE_ALL) | (file->mode & MODE_TYPE);
		if (who->uid && !access_in_group(who, gid))
			change->mode &= ~(uint32_t)MODE_SET_GID;
	}
	if (owners)
		clear_set_id(file, mask, change);
	return 0;
}

uint32_t access_written_mode(
    const struct file_attributes *file, const struct credentials *who)
{
	uint32_t mode = file->mode;

	if (who->uid == 0 || !is_type(file, MODE_REGULAR))
		return mode;
	mode &= ~(uint32_t)MODE_SET_UID;
	if (mode & MODE_GROUP_EXECUTE)
		mode &= ~(uint32_t)MODE_SET_GID;
	return mode;
}
