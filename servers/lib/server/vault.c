/* SPDX-License-Identifier: BSD-2-Clause */
/* Send rights that outlive the server: the vault's task holds copies. The
 * kernel has one name for a port in a task, so a right has one key. */
#include <base/guard.h>
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>
#include <server/recover.h>

error_t vault_keep(unsigned key, BORROWED mach_port_t right)
{
	error_t error;

	vault_drop(key);
	error = mach_port_insert_right(GUARD_VAULT, VAULT_FIRST + key, right,
	    MACH_MSG_TYPE_COPY_SEND);
	return error == KERN_RIGHT_EXISTS ? E_EXIST : error;
}

error_t vault_take(unsigned key, GIVEN mach_port_t *right)
{
	mach_msg_type_name_t type;
	error_t error;

	error = mach_port_extract_right(GUARD_VAULT, VAULT_FIRST + key,
	    MACH_MSG_TYPE_COPY_SEND, right, &type);
	if (error == KERN_INVALID_NAME)
		return E_NOENT;
	return error;
}

void vault_drop(unsigned key)
{
	mach_port_destroy(GUARD_VAULT, VAULT_FIRST + key);
}
