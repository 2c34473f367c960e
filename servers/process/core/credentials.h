/* SPDX-License-Identifier: BSD-2-Clause */
/* User and group identities of a process, and Linux's rules for changing and
 * comparing them. Privilege is effective uid 0; there are no capabilities. */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	CREDENTIALS_GROUPS = 32,
};

enum identity_kind {
	IDENTITY_USER,
	IDENTITY_GROUP,
	IDENTITY_FS_USER,
	IDENTITY_FS_GROUP,
};

/* real, effective, saved and file system identity */
struct identity {
	uint32_t real, effective, saved, file;
};

struct credentials {
	struct identity user, group;
	unsigned group_count;
	uint32_t groups[CREDENTIALS_GROUPS];
};

/* setresuid and setresgid: -1 leaves a value. For the FS kinds only real
 * counts, and what is not allowed is silently left, as Linux does. E_PERM. */
error_t credentials_set(struct credentials *own, enum identity_kind kind,
    uint32_t real, uint32_t effective, uint32_t saved);

/* setgroups. E_PERM, E_INVAL: more than CREDENTIALS_GROUPS. */
error_t credentials_set_groups(struct credentials *own, const uint32_t *groups,
    unsigned count);

/* exec of a file with that mode and owner. Returns whether the new program
 * must not trust its environment (AT_SECURE). */
int credentials_exec(struct credentials *own, uint32_t mode, uint32_t uid,
    uint32_t gid);

/* whether own may send a signal to a process with other's identity */
int credentials_may_signal(const struct credentials *own,
    const struct credentials *other);

/* whether own may change limits or priority of a process with other's */
int credentials_may_control(const struct credentials *own,
    const struct credentials *other);
