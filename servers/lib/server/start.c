/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a server: checks in with the ACS, starts its pool, calls start,
 * registers, and then sleeps in its first thread until it is told to stop.
 *
 * Stopping: new requests of clients are refused, parked ones are cancelled,
 * those in progress may finish for STOP_PATIENCE, or a third of the time that
 * the order gives; then flush brings data to
 * safety (other pools still serve the kernel), the name is given up, the task
 * ends.
 */
#include "internal.h"
#include <acs.client.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <base/trace.h>
#include <kernel/mach.client.h>
#include <string.h>

enum {
	ARGUMENTS_MAX = 32,
	STOP_PATIENCE = 3000, /* milliseconds */
	STOP_STEP = 20,
};

mach_port_t server_acs, server_host, server_device;
struct server *server_running;
struct object *server_public;
volatile int server_stopping, server_handing_over;

static struct lock stop_lock;
static struct condition stop_ordered;
static int stop_wanted; /* guarded by stop_lock */
static int stop_patience = STOP_PATIENCE;
static volatile int server_wants_hand_over;
static const char *server_name;

static const struct object_class plain_class = { .name = "server" };
static struct object plain_public;

/* The one message that may be sent with locks held: the ACS waits for nobody
 * and takes each line at once. */
static void log_sink(int loud, const char *line, size_t length)
{
	struct thread *self = thread_self();
	unsigned held = self->rank_count;
	text_line_t text;

	self->rank_count = 0;
	memcpy(text, line, length);
	if (acs_log(server_acs, loud, text, length)) {
		text[length < sizeof text ? length : sizeof text - 1] = 0;
		mach_print(text);
		mach_print("\n");
	}
	self->rank_count = held;
}

/* The word trace=LIST is the framework's: takes it out of the arguments. */
static void trace_word_take(int *argc, char **argv)
{
	const char *list;
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		list = text_after(argv[i], "trace=");
		if (!list)
			argv[kept++] = argv[i];
		else if (trace_is_named(list, server_name))
			trace_set(1);
	}
	argv[kept] = 0;
	*argc = kept;
}

static error_t check_in(int *argc, char **argv)
{
	static text_line_t arguments;
	mach_msg_type_number_t length = sizeof arguments;
	error_t error;

	error = task_get_bootstrap_port(mach_task_self(), &server_acs);
	if (!error)
		error = acs_check_in(server_acs, arguments, &length,
		    &server_host, &server_device);
	if (error)
		return error;
	if (length >= sizeof arguments)
		length = sizeof arguments - 1;
	arguments[length] = 0;
	*argc = text_words(arguments, argv, ARGUMENTS_MAX);
	if (*argc > 0)
		server_name = argv[0];
	trace_word_take(argc, argv);
	return 0;
}

static int server_flags(void)
{
	return (server_running->essential ? ACS_ESSENTIAL : 0) |
	    (server_running->recovers ? ACS_RECOVERS : 0);
}

/* Again, if the ACS died at it, or is another one since: the ACS's own, which
 * its twin becomes in its own time. */
static error_t server_register(void)
{
	mach_port_t right, acs;
	error_t error;

	do {
		error = object_make_right(server_public, &pool_files, &right);
		if (error)
			return error;
		acs = *(volatile mach_port_t *)&server_acs;
		error = acs_register(acs, (char *)server_name,
		    strlen(server_name), server_flags(),
		    (int)server_running->version, right);
	} while (error == MIG_SERVER_DIED || (error &&
	    acs != *(volatile mach_port_t *)&server_acs));
	if (error)
		port_drop(right);
	return error;
}

static void settle_main(void *argument)
{
	(void)argument;
	thread_name("settle");
	objects_settle();
}

static error_t server_begin(void)
{
	char *argv[ARGUMENTS_MAX + 1];
	error_t error;
	int argc = 0;

	error = check_in(&argc, argv);
	if (error)
		return error;
	log_to(log_sink);
	error = pool_start(&pool_files);
	if (error)
		return error;
	object_init(&plain_public, &plain_class);
	error = recover_prepare();
	if (!error && server_running->prepare)
		error = server_running->prepare(argc, argv);
	if (!error && server_running->self_test)
		error = server_running->self_test();
	if (!error)
		error = recover_begin();
	if (!error && server_running->start)
		error = server_running->start(argc, argv);
	/* start() may have made the public object */
	server_public = server_running->public_object
	    ? server_running->public_object
	    : &plain_public;
	if (error)
		return error;
	recover_end();
	error = server_register();
	if (!error && server_in_place && server_running->senders_later)
		error = thread_start(settle_main, 0);
	return error;
}

/* Whether some thread works at something. */
static int pools_busy(void)
{
	return pool_files.idle < (int)pool_files.threads;
}

static int any_pool_busy(void)
{
	for (unsigned i = 0; i < pool_count; i++)
		if (pools[i]->idle < (int)pools[i]->threads)
			return 1;
	return 0;
}

/* To make place for another instance, which finds what was ours. */
static void __attribute__((noreturn)) leave(void)
{
	acs_leave(server_acs);
	task_end();
}

/* Requests that are in progress end; what is parked is asked again of the
 * next instance. The task ends with all it has: ports and memory survive. */
static void hand_over(void)
{
	server_handing_over = 1;
	atomic_barrier();
	for (int waited = 0; any_pool_busy() && waited < stop_patience;
	     waited += STOP_STEP)
		thread_sleep(STOP_STEP);
	if (server_running->quiesce)
		server_running->quiesce();
	leave();
}

static void server_drain(void)
{
	server_stopping = 1;
	atomic_barrier();
	for (int waited = 0; waited < stop_patience;
	     waited += STOP_STEP) {
		wait_cancel_all();
		if (!pools_busy())
			break;
		thread_sleep(STOP_STEP);
	}
}

void server_end(void)
{
	if (server_running->flush)
		server_running->flush();
	/* flush may keep its locks: nobody shall work from now on */
	thread_self()->rank_count = 0;
	acs_unregister(server_acs, (char *)server_name, strlen(server_name));
	task_end();
}

void server_order_stop(int deadline)
{
	lock(&stop_lock);
	stop_wanted = 1;
	stop_patience = deadline / 3; /* the rest is for bringing data home */
	if (stop_patience > STOP_PATIENCE)
		stop_patience = STOP_PATIENCE;
	condition_signal(&stop_ordered);
	unlock(&stop_lock);
}

void server_order_hand_over(int deadline)
{
	server_wants_hand_over = 1;
	server_order_stop(deadline);
}

int server_run(struct server *server, int argc, char **argv)
{
	error_t error;

	(void)argc;
	(void)argv;
	server_running = server;
	message_check = lock_check_none;
	server_name = server->name;
	sound_begin();
	place_begin();
	if (!server->version)
		server->version = 1;
	error = server_begin();
	if (error) {
		log_loud("can not start: %s", error_name(error));
		leave();
	}
	lock(&stop_lock);
	while (!stop_wanted)
		condition_wait(&stop_ordered, &stop_lock);
	unlock(&stop_lock);
	if (server_wants_hand_over)
		hand_over();
	server_drain();
	server_end();
}
