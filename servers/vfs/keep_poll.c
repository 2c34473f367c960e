/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits in poll is told to look again when VFS has died: the rights by
 * which they are told are in the vault. */
#include "channel.h"
#include "keep.h"

/* While VFS recovers. */
static struct {
	mach_port_t notify; /* owned */
	int cookie;
} inherited[KEPT_POLLERS];
static unsigned inherited_count;

void poller_keep(struct poller *poller)
{
	struct kept_poller *entries = kept()->pollers;

	poller->kept = -1;
	for (int i = 0; i < KEPT_POLLERS; i++) {
		if (entries[i].notify)
			continue;
		if (vault_keep(poller->notify))
			return;
		entries[i].cookie = poller->cookie;
		kept_ordered();
		entries[i].notify = poller->notify;
		poller->kept = i;
		return;
	}
}

void poller_unkeep(struct poller *poller)
{
	if (poller->kept < 0)
		return;
	kept()->pollers[poller->kept].notify = MACH_PORT_NULL;
	vault_drop(poller->notify);
	poller->kept = -1;
}

void pollers_take(void)
{
	for (int i = 0; i < KEPT_POLLERS; i++) {
		struct kept_poller *entry = &kept()->pollers[i];
		mach_port_t old = entry->notify, right;

		if (!old)
			continue;
		entry->notify = MACH_PORT_NULL;
		if (vault_take(old, &right))
			continue;
		vault_drop(right);
		inherited[inherited_count].notify = right;
		inherited[inherited_count++].cookie = entry->cookie;
	}
}

void pollers_again(void)
{
	for (unsigned i = 0; i < inherited_count; i++)
		poll_notice_send(inherited[i].notify, inherited[i].cookie);
	inherited_count = 0;
}
