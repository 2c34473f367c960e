/* SPDX-License-Identifier: BSD-2-Clause */
/* acs_watch: what is told, in which order, and what if nobody listens. */
#include "test.h"
#include <acs.client.h>
#include <base/types.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	EVENT = 53400,
	PATIENCE = 20000, /* milliseconds */
	SECOND_PARTS = 8, /* type and value of version and of what */
};

struct notice {
	mach_msg_header_t header;
	mach_msg_type_t type;
	char bytes[512];
};

/* The next notice as "what name"; "none" if there is none for a while. */
static const char *told(mach_port_t port, unsigned patience)
{
	static const char *const names[] = { "?", "born", "died", "paused",
		"resumed", "present", "all", "missed" };
	static char text[300];
	struct notice notice;
	unsigned length, at;
	int what;

	notice.header.msgh_size = sizeof(notice);
	if (mach_msg(&notice.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
		sizeof(notice), port, patience, MACH_PORT_NULL))
		return "none";
	if (notice.header.msgh_id != EVENT)
		return "something else";
	length = notice.type.msgt_number;
	at = (length + 3) & ~3u;
	memcpy(&what, notice.bytes + at + SECOND_PARTS + 4, sizeof(what));
	snprintf(text, sizeof(text), "%s %.*s", what > 0 && what < 8 ?
	    names[what] : "?", (int)length, notice.bytes);
	return text;
}

static int hears(mach_port_t port, const char *expected)
{
	const char *text = told(port, PATIENCE);

	if (strcmp(text, expected) == 0)
		return 1;
	printf("told: %s\n", text);
	return 0;
}

static mach_port_t watch(const char *pattern)
{
	mach_port_t port = MACH_PORT_NULL;

	CHECK(!port_new_with_send(&port));
	CHECK(!acs_watch(acs, pattern, strlen(pattern), port));
	return port;
}

static int gone(const char *name)
{
	for (int i = 0; i < PATIENCE / 10 && !look(acs, name, 0); i++)
		usleep(10000);
	return look(acs, name, 0) == E_NOENT;
}

/* Once the one before, which was told to stop, has ended. */
static int begins(const char *name)
{
	error_t error = begin(acs, name);

	for (int i = 0; i < PATIENCE / 10 && error == E_EXIST; i++) {
		usleep(10000);
		error = begin(acs, name);
	}
	return !error;
}

/* Nobody takes the notices: some are lost, which is told before the next. */
static void full_queue(void)
{
	mach_port_t port = watch("test-q*");
	int lost = 1;

	for (int i = 0; i < 4; i++) {
		CHECK(begins("test-q"));
		CHECK(!stop(acs, "test-q"));
		CHECK(gone("test-q"));
	}
	CHECK(hears(port, "all "));
	for (int i = 0; i < 16 && strcmp(told(port, 500), "none"); i++)
		lost = i < 8;
	CHECK(lost);
	CHECK(begins("test-q"));
	CHECK(hears(port, "missed ") && hears(port, "born test-q"));
	CHECK(!stop(acs, "test-q") && hears(port, "died test-q"));
	port_end(port);
}

void watches(void)
{
	mach_port_t port = watch("test-w*"), devices = watch("devices");

	CHECK(hears(port, "all "));
	CHECK(hears(devices, "present devices") && hears(devices, "all "));
	CHECK(!begin(acs, "test-w1") && hears(port, "born test-w1"));
	CHECK(!begin(acs, "test-x"));
	CHECK(!stop(acs, "test-x"));
	CHECK(!stop(acs, "test-w1") && hears(port, "died test-w1"));
	CHECK(!end(acs, "devices"));
	CHECK(hears(devices, "paused devices"));
	CHECK(hears(devices, "resumed devices"));
	port_end(port);
	port_end(devices);
	CHECK(!begin(acs, "test-w2") && !stop(acs, "test-w2"));
	full_queue();
}
