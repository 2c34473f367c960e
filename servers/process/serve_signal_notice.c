/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that other servers announce: keys and hang-ups of terminals. */
#include "process.h"
#include <signal_notice.server.h>

static routine_t notice_interface(const mach_msg_header_t *request)
{
	return (routine_t)signal_notice_server_routine(request);
}

static void notice_destroy(object_t object)
{
	(void)object; /* static: lives as long as the server */
}

static const interface_t notice_interfaces[] = { notice_interface, 0 };

const struct object_class notice_class = {
	.name = "signal notices",
	.interfaces = notice_interfaces,
	.destroy = notice_destroy,
};

error_t serve_signal_notice_group(object_t object, int group, int signal)
{
	struct group *found;

	(void)object;
	if (signal < 1 || signal > SIGNAL_MAX)
		return E_INVAL;
	souls_lock();
	found = tree_find_group(&souls->tree, group);
	if (found)
		signal_group(found, signal);
	souls_unlock();
	return 0;
}

error_t serve_signal_notice_process(object_t object, int pid, int signal)
{
	struct body *body;

	(void)object;
	if (signal < 1 || signal > SIGNAL_MAX)
		return E_INVAL;
	souls_lock();
	body = body_find(pid);
	if (body && body->process.life != LIFE_ZOMBIE)
		signal_send(body, signal);
	souls_unlock();
	return 0;
}
