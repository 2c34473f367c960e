/* SPDX-License-Identifier: BSD-2-Clause */
/* User and group identities: the rules of credentials(7). */
#include "core/credentials.h"

enum {
	MODE_SET_UID = 04000,
	MODE_SET_GID = 02000,
	MODE_GROUP_EXEC = 00010,
	UNCHANGED = -1,
};

static int privileged(const struct credentials *own)
{
	return own->user.effective == 0;
}

/* Whether value is one that an unprivileged process may take. */
static int allowed(const struct identity *identity, uint32_t value)
{
	return value == (uint32_t)UNCHANGED || value == identity->real ||
	    value == identity->effective || value == identity->saved;
}

static error_t identity_set(struct identity *identity, int privilege,
    uint32_t real, uint32_t effective, uint32_t saved)
{
	if (!privilege && !(allowed(identity, real) &&
	    allowed(identity, effective) && allowed(identity, saved)))
		return E_PERM;
	if (real != (uint32_t)UNCHANGED)
		identity->real = real;
	if (effective != (uint32_t)UNCHANGED)
		identity->effective = effective;
	if (saved != (uint32_t)UNCHANGED)
		identity->saved = saved;
	identity->file = identity->effective;
	return 0;
}

static void identity_set_file(struct identity *identity, int privilege,
    uint32_t value)
{
	if (privilege || allowed(identity, value) || value == identity->file)
		if (value != (uint32_t)UNCHANGED)
			identity->file = value;
}

error_t credentials_set(struct credentials *own, enum identity_kind kind,
    uint32_t real, uint32_t effective, uint32_t saved)
{
	int privilege = privileged(own);

	switch (kind) {
	case IDENTITY_USER:
		return identity_set(&own->user, privilege, real, effective,
		    saved);
	case IDENTITY_GROUP:
		return identity_set(&own->group, privilege, real, effective,
		    saved);
	case IDENTITY_FS_USER:
		identity_set_file(&own->user, privilege, real);
		return 0;
	case IDENTITY_FS_GROUP:
		identity_set_file(&own->group, privilege, real);
		return 0;
	}
	return E_INVAL;
}

error_t credentials_set_groups(struct credentials *own, const uint32_t *groups,
    unsigned count)
{
	if (!privileged(own))
		return E_PERM;
	if (count > CREDENTIALS_GROUPS)
		return E_INVAL;
	for (unsigned i = 0; i < count; i++)
		own->groups[i] = groups[i];
	own->group_count = count;
	return 0;
}

int credentials_exec(struct credentials *own, uint32_t mode, uint32_t uid,
    uint32_t gid)
{
	if (mode & MODE_SET_UID)
		own->user.effective = uid;
	/* set-gid without group execution once meant mandatory locking */
	if ((mode & MODE_SET_GID) && (mode & MODE_GROUP_EXEC))
		own->group.effective = gid;
	own->user.saved = own->user.file = own->user.effective;
	own->group.saved = own->group.file = own->group.effective;
	return own->user.real != own->user.effective ||
	    own->group.real != own->group.effective;
}

int credentials_may_signal(const struct credentials *own,
    const struct credentials *other)
{
	return privileged(own) || own->user.effective == other->user.saved ||
	    own->user.effective == other->user.real ||
	    own->user.real == other->user.saved ||
	    own->user.real == other->user.real;
}

int credentials_may_control(const struct credentials *own,
    const struct credentials *other)
{
	return privileged(own) || own->user.effective == other->user.real ||
	    own->user.effective == other->user.effective;
}
