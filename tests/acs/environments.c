/* SPDX-License-Identifier: BSD-2-Clause */
/* env.defs: names of an environment before the host system's, what it sees,
 * what its root may, and that nothing is left of it. */
#include "test.h"
#include <acs.client.h>
#include <env.client.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mach_port_t inside; /* root's right of the environment "test" */

static error_t make(const char *words)
{
	error_t error = env_create(acs, "test", 4, words, strlen(words));

	return error ? error : env_enter(acs, "test", 4, &inside);
}

static mach_port_t port_of(mach_port_t client, const char *name)
{
	mach_port_t port = MACH_PORT_NULL;

	acs_lookup(client, name, strlen(name), 0, &port);
	return port;
}

static int listed(mach_port_t client, const char *name)
{
	large_data_t text;
	mach_msg_type_number_t size;
	char *copy;
	int found = 0;

	if (acs_list(client, &text, &size))
		return 0;
	copy = calloc(1, size + 2);
	copy[0] = '\n';
	memcpy(copy + 1, text, size);
	for (char *at = copy; (at = strstr(at, name)); at++)
		found |= at[-1] == '\n' && at[strlen(name)] == '\t';
	free(copy);
	return found;
}

static void own_names(void)
{
	CHECK(look(inside, "vfs", 0) == E_NOENT); /* another one's */
	CHECK(!look(inside, "devices", 0) && !look(acs, "host/devices", 0));
	CHECK(port_of(inside, "devices") == port_of(acs, "devices"));
	CHECK(!begin(inside, "devices"));
	CHECK(port_of(inside, "devices") != port_of(acs, "devices"));
	CHECK(port_of(inside, "devices") == port_of(acs, "test/devices"));
	CHECK(begin(inside, "devices") == E_EXIST);
	CHECK(listed(acs, "test/devices") && listed(acs, "devices"));
	CHECK(listed(inside, "devices") && !listed(inside, "vfs"));
	CHECK(!stop(inside, "devices"));
	/* It ends after its name: until then it is the one that is meant. */
	for (int i = 0; i < 2000 && !end(inside, "devices"); i++)
		usleep(10000);
	CHECK(port_of(inside, "devices") == port_of(acs, "devices"));
	CHECK(!look(acs, "devices", 0));
}

/* Its root does nothing to others. */
static void own_powers(void)
{
	mach_port_t port;
	large_data_t data;
	mach_msg_type_number_t size;

	CHECK(end(inside, "devices") == E_PERM);
	CHECK(stop(inside, "codepager") == E_PERM);
	CHECK(end(inside, "linux/vfs") == E_NOENT);
	CHECK(look(inside, "linux/vfs", 0) == E_NOENT);
	CHECK(env_create(inside, "other", 5, "", 0) == E_PERM);
	CHECK(env_enter(inside, "linux", 5, &port) == E_PERM);
	CHECK(env_list(inside, &data, &size) == E_PERM);
	CHECK(env_destroy(inside, "linux", 5) == E_PERM);
}

/* An image of its own is nobody else's, and gets no right to the machine. */
static void own_images(void)
{
	static char image[] = "no image";

	CHECK(!acs_add_image(inside, "test-image", 10, image, sizeof(image)));
	CHECK(acs_start(acs, "test-image", 10, "test-i", 6, "", 0, &acs) ==
	    E_NOENT);
	CHECK(acs_start(inside, "test-image", 10, "test-i", 6, "", 0,
		  &inside) == E_NOEXEC);
}

static void offers(void)
{
	mach_port_t port, found;

	CHECK(!port_new_with_send(&port));
	CHECK(!port_copy_send(port));
	CHECK(env_offer(acs, "test-o", 6, MACH_PORT_NULL) == E_PERM);
	CHECK(env_offer(inside, "test-o", 6, MACH_PORT_NULL) == E_NOENT);
	CHECK(!env_offer(inside, "test-o", 6, port));
	found = port_of(inside, "test-o");
	CHECK(found == port && look(acs, "test-o", 0) == E_NOENT);
	CHECK(!env_offer(inside, "test-o", 6, MACH_PORT_NULL));
	CHECK(look(inside, "test-o", 0) == E_NOENT);
}

void environments(void)
{
	CHECK(!make("root=x"));
	CHECK(env_create(acs, "test", 4, "", 0) == E_EXIST);
	CHECK(env_create(acs, "te/st", 5, "", 0) == E_INVAL);
	CHECK(env_create(acs, "other", 5, "tasks=x", 7) == E_INVAL);
	CHECK(env_change(acs, "test", 4, "tasks=x", 7) == E_INVAL);
	CHECK(!env_change(acs, "test", 4, "tasks=5", 7));
	CHECK(env_change(acs, "none", 4, "tasks=5", 7) == E_NOENT);
	CHECK(env_destroy(acs, "none", 4) == E_NOENT);
	CHECK(env_destroy(acs, "linux", 5) == E_BUSY);
	own_names();
	own_powers();
	own_images();
	offers();
	CHECK(!begin(inside, "test-1") && !begin(inside, "test-2"));
	CHECK(!env_destroy(acs, "test", 4));
	CHECK(look(acs, "test/test-1", 0) == E_NOENT);
	CHECK(begin(inside, "test-3") == E_NOENT);
	CHECK(!listed(acs, "test/test-1") && !listed(acs, "test/test-2"));
	CHECK(!make("sees=codepager,data*"));
	CHECK(!look(inside, "codepager", 0) && !look(inside, "datapager", 0));
	CHECK(look(inside, "devices", 0) == E_NOENT);
	CHECK(!acs_shutdown(inside, 0)); /* its root ends it, not the machine */
	while (env_enter(acs, "test", 4, &inside) != E_NOENT)
		;
}
