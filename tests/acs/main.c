/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What acs.defs and env.defs say, asked of the ACS itself by root and by an
 * ordinary user. pfs-tmp is the server that is started and stopped. Prints
 * what is otherwise, then how many checks there were.
 */
#include "test.h"
#include <acs.client.h>
#include <env.client.h>
#include <newlib/masix.h>
#include <server.client.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CALL_SETUID32 = 213,
	USER = 1000,
	SECOND = 1000000, /* microseconds */
};

mach_port_t acs;
int checks, failures;

void check(int holds, int line, const char *what)
{
	checks++;
	if (holds)
		return;
	failures++;
	printf("line %d: %s\n", line, what);
}

error_t look(mach_port_t client, const char *name, int wait)
{
	mach_port_t port = MACH_PORT_NULL;
	error_t error = acs_lookup(client, name, strlen(name), wait, &port);

	if (!error)
		port_drop(port);
	return error;
}

error_t begin(mach_port_t client, const char *name)
{
	mach_port_t port;
	error_t error = acs_start(client, "pfs-tmp", 7, name, strlen(name),
	    "", 0, &port);

	if (!error)
		port_drop(port);
	return error;
}

error_t stop(mach_port_t client, const char *name)
{
	return acs_stop(client, name, strlen(name));
}

error_t end(mach_port_t client, const char *name)
{
	return acs_kill(client, name, strlen(name), 0);
}

static void names_wrong(void)
{
	char longest[256];

	memset(longest, 'x', sizeof(longest));
	CHECK(look(acs, "test-none", 0) == E_NOENT);
	CHECK(acs_lookup(acs, "", 0, 0, &acs) == E_INVAL);
	CHECK(acs_lookup(acs, longest, 64, 0, &acs) == E_NAMETOOLONG);
	CHECK(look(acs, "vfs@x", 0) == E_NOENT);
	CHECK(begin(acs, "a/b") == E_IO); /* it can't register that */
	CHECK(begin(acs, "vfs") == E_EXIST);
	CHECK(stop(acs, "vfs") == E_BUSY && stop(acs, "none") == E_NOENT);
	CHECK(end(acs, "none") == E_NOENT);
	CHECK(acs_start(acs, "none", 4, "test-x", 6, "", 0, &acs) == E_NOENT);
}

/* What only servers may. */
static void servers_only(void)
{
	mach_port_t host, device, port;
	text_line_t line;
	large_data_t data;
	mach_msg_type_number_t count = sizeof(line);

	CHECK(acs_check_in(acs, line, &count, &host, &device) == E_PERM);
	CHECK(!port_new_with_send(&port));
	CHECK(acs_register(acs, "test-mine", 9, 0, 1, port) == E_PERM);
	CHECK(acs_unregister(acs, "vfs", 3) == E_NOENT);
	CHECK(acs_archive_file(acs, "boot.conf", 9, &data, &count) == E_PERM);
	CHECK(acs_make_client(acs, 1, &port) == E_PERM);
}

static void versions(void)
{
	CHECK(!begin(acs, "test-v"));
	CHECK(!look(acs, "test-v", 0) && !look(acs, "test-v@1", 0));
	CHECK(look(acs, "test-v@99", 0) == E_NOENT);
	CHECK(!stop(acs, "test-v"));
}

/* A child that waits for a name gets it when it appears, not before. */
static void waiting(void)
{
	int status, child = fork();

	if (child == 0)
		_exit(look(acs_right(), "test-late", 1) ? 1 : 0);
	usleep(SECOND / 2);
	CHECK(waitpid(child, &status, WNOHANG) == 0);
	CHECK(!begin(acs, "test-late"));
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(!stop(acs, "test-late"));
}

/* A server that does not obey an order to stop is ended. */
static void deadline(void)
{
	CHECK(!begin(acs, "test-deaf"));
	CHECK(!acs_kill(acs, "test-deaf", 9, 1)); /* it hangs */
	CHECK(!stop(acs, "test-deaf"));
	for (int i = 0; i < 600 && !look(acs, "test-deaf", 0); i++)
		usleep(SECOND / 10);
	CHECK(look(acs, "test-deaf", 0) == E_NOENT);
}

/* An ordinary user may read, no more. */
static int user_checks(void)
{
	mach_port_t mine, port;
	large_data_t data;
	mach_msg_type_number_t count;
	text_line_t line;

	checks = failures = 0;
	CHECK(!linux_call(CALL_SETUID32, USER));
	mine = acs_right();
	CHECK(mine != MACH_PORT_NULL);
	CHECK(!acs_list(mine, &data, &count));
	CHECK(!acs_read_log(mine, &data, &count));
	count = sizeof(line);
	CHECK(!acs_command_line(mine, line, &count));
	CHECK(look(mine, "vfs", 0) == E_PERM && look(mine, "x", 1) == E_PERM);
	CHECK(begin(mine, "test-u") == E_PERM);
	CHECK(stop(mine, "devices") == E_PERM);
	CHECK(end(mine, "devices") == E_PERM);
	CHECK(acs_add_image(mine, "x", 1, line, 4) == E_PERM);
	CHECK(acs_replace(mine, "devices", 7, line, 4, 1000) == E_PERM);
	CHECK(acs_shutdown(mine, 0) == E_PERM);
	CHECK(acs_crashes(mine, &data, &count) == E_PERM);
	CHECK(!port_new_with_send(&port));
	CHECK(acs_watch(mine, "*", 1, port) == E_PERM);
	CHECK(env_create(mine, "test", 4, "", 0) == E_PERM);
	CHECK(env_enter(mine, "linux", 5, &port) == E_PERM);
	CHECK(env_list(mine, &data, &count) == E_PERM);
	CHECK(env_destroy(mine, "linux", 5) == E_PERM);
	CHECK(env_change(mine, "linux", 5, "", 0) == E_PERM);
	CHECK(env_offer(mine, "x", 1, MACH_PORT_NULL) == E_PERM);
	return failures;
}

static void user(void)
{
	int status, child = fork();

	if (child == 0) {
		int failed = user_checks();

		fflush(stdout);
		_exit(failed);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
	acs = acs_right();
	if (!acs)
		return 2;
	names_wrong();
	servers_only();
	versions();
	waiting();
	watches();
	user();
	environments();
	deadline();
	printf("%d checks, %d failed\n", checks, failures);
	return failures != 0;
}
