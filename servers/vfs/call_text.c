/* SPDX-License-Identifier: BSD-2-Clause */
/* The code pager, which is above VFS: it is only told, never asked. */
#include "vfs.h"
#include <base/port.h>
#include <text_notice.client.h>

void text_tell_unmount(const struct mount *mount)
{
	mach_port_t text;

	if (server_find("codepager", &text))
		return;
	text_notice_forget(text, (int)mount->device);
	port_drop(text);
}
