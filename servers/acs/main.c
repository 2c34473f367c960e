/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first task. GRUB gives it the kernel's privileged ports and the command
 * line as arguments, and the boot archive as the RAM disk rd0. It waits for no
 * page that has left: who brings pages back may be dead until it starts it.
 */
#include "acs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/gnumach.client.h>
#include <mach/vm_wire.h>
#include <string.h>

enum {
	THREADS_MAX = 6, /* of clients: each has a stack that is wired */
};

struct lock acs_lock = LOCK_INIT(LOCK_ACS);
mach_port_t acs_host, acs_device;

static void arguments_read(int argc, char **argv)
{
	const char *value;
	int in_command_line = 0;

	for (int i = 1; i < argc; i++) {
		if ((value = text_after(argv[i], "--host-port=")))
			acs_host = text_unsigned(value, 0);
		else if ((value = text_after(argv[i], "--device-port=")))
			acs_device = text_unsigned(value, 0);
		else if ((value =
			      text_after(argv[i], "--kernel-command-line=")) ||
		    (in_command_line && (value = argv[i]))) {
			in_command_line = 1;
			text_append(command_line, sizeof(command_line), "%s%s",
			    command_line[0] ? " " : "", value);
		}
	}
}

static int word_given(const char *word)
{
	size_t length = strlen(word);
	const char *at = command_line;

	while ((at = strstr(at, word))) {
		if ((at == command_line || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return 1;
		at += length;
	}
	return 0;
}

int main(int argc, char **argv)
{
	error_t error;

	arguments_read(argc, argv);
	log_start(word_given("verbose") || word_given("console=com1"));
	wait_queue_init(&name_waiters);
	server_host = acs_host;
	server_device = acs_device;
	server_thread_wire();
	pool_files.privileged = 1;
	pool_files.threads_max = THREADS_MAX;
	if (vm_wire_all(acs_host, mach_task_self(), VM_WIRE_ALL))
		log_loud("memory is not wired");
	error = pool_start(&pool_files);
	if (!error)
		error = events_start();
	if (!error)
		error = keeper_start();
	if (!error)
		error = image_archive_open();
	if (error) {
		log_loud("can't begin: %s", error_name(error));
		shutdown_begin(0);
	} else {
		boot_servers();
	}
	for (;;)
		thread_sleep(1000000);
}
