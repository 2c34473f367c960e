/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request, from the buffer it was received into to the reply, or to the
 * place where it waits.
 *
 *	find the object by the payload (a repeated request has it already)
 *	find the stub: server.defs on the public port, then the class's
 *	run it; it calls serve_IFACE_VERB
 *	E_PARKED: the request belongs to a wait queue now, hands off
 *	MIG_NO_REPLY: the handler took everything
 *	0: the handler took the request's rights; send the reply
 *	else: destroy what the request carried, send the error
 */
#include "internal.h"
#include <base/fault.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/trace.h>
#include <mach/notify.h>
#include <server.server.h>

static const mach_msg_type_t code_type = {
	.msgt_name = MACH_MSG_TYPE_INTEGER_32,
	.msgt_size = 32,
	.msgt_number = 1,
	.msgt_inline = TRUE,
};

static void reply_begin(mig_reply_header_t *reply,
    const mach_msg_header_t *request)
{
	reply->Head.msgh_bits =
	    MACH_MSGH_BITS(MACH_MSGH_BITS_REMOTE(request->msgh_bits), 0);
	reply->Head.msgh_size = sizeof *reply;
	reply->Head.msgh_remote_port = request->msgh_remote_port;
	reply->Head.msgh_local_port = MACH_PORT_NULL;
	reply->Head.msgh_seqno = 0;
	reply->Head.msgh_id = request->msgh_id + 100;
	reply->RetCodeType = code_type;
	reply->RetCode = 0;
}

static routine_t find_in(const interface_t *interfaces,
    const mach_msg_header_t *request)
{
	routine_t routine;

	for (; interfaces && *interfaces; interfaces++) {
		routine = (*interfaces)(request);
		if (routine)
			return routine;
	}
	return 0;
}

static routine_t find_routine(const struct object *object,
    const mach_msg_header_t *request)
{
	routine_t routine = find_in(object->class->interfaces, request);

	if (routine || object != server_public)
		return routine;
	routine = (routine_t)server_server_routine(request);
	if (!routine)
		routine = find_in(server_running->interfaces, request);
	return routine;
}

/* The message is not for an object: a plain port of the pool. */
static __attribute__((noinline)) void run_demux(struct pool *pool,
    mach_msg_header_t *in, mig_reply_header_t *out)
{
	if (in->msgh_id == MACH_NOTIFY_SEND_ONCE ||
	    (in->msgh_id == WAKE_ID && in->msgh_local_port == pool->wake))
		out->RetCode = MIG_DESTROY_REQUEST;
	else if (!pool->demux || !pool->demux(in, &out->Head))
		out->RetCode = MIG_BAD_ID;
}

static void run_object(struct request *request, mig_reply_header_t *out)
{
	mach_msg_header_t *in = &request->header;
	routine_t routine = find_routine(request->object, in);

	if (routine)
		routine(in, &out->Head);
	else if (in->msgh_id == MACH_NOTIFY_NO_SENDERS) {
		object_no_senders(request->object);
		out->RetCode = MIG_DESTROY_REQUEST;
	} else if (in->msgh_id == MACH_NOTIFY_SEND_ONCE)
		out->RetCode = MIG_DESTROY_REQUEST;
	else
		out->RetCode = MIG_BAD_ID;
}

/* While the server stops, only its own housekeeping is still served. */
static int refused(const struct request *request)
{
	return server_stopping && request->pool == &pool_files &&
	    !request->cancelled && request->header.msgh_id >= 50200;
}

/* Whether the message is for an object, which it then has if it still is. */
static inline __attribute__((always_inline)) int object_find(
    struct request *request)
{
	mach_msg_header_t *in = &request->header;

	if (MACH_MSGH_BITS_LOCAL(in->msgh_bits) !=
	    MACH_MSG_TYPE_PROTECTED_PAYLOAD)
		return 0;
	if (!request->object) {
		request->handle = (unsigned)in->msgh_protected_payload;
		request->object = object_of_handle(request->handle);
	}
	return 1;
}

static inline __attribute__((always_inline)) void run(struct request *request,
    mig_reply_header_t *out)
{
	if (!object_find(request)) {
		run_demux(request->pool, &request->header, out);
		return;
	}
	if (!request->object)
		out->RetCode = E_STALE;
	else if (refused(request))
		out->RetCode = KERN_TERMINATED;
	else
		run_object(request, out);
}

/* After the stub: who owns what, by its code. Returns whether to reply. */
static int settle(struct request *request, mig_reply_header_t *out)
{
	mach_msg_header_t *in = &request->header;

	if (out->RetCode == MIG_NO_REPLY) {
		port_drop(in->msgh_remote_port);
		return 0;
	}
	if (out->RetCode != 0) {
		server_sound();
		message_destroy_body(in);
		out->Head.msgh_bits &= ~MACH_MSGH_BITS_COMPLEX;
		out->Head.msgh_size = sizeof *out;
	}
	if (out->RetCode == MIG_DESTROY_REQUEST) {
		port_drop(in->msgh_remote_port);
		return 0;
	}
	if (!MACH_PORT_VALID(in->msgh_remote_port)) {
		message_unsend(&out->Head);
		return 0;
	}
	return 1;
}

static int request_owner(const struct request *request)
{
	const struct object *object = request->object;

	return object && object->class->owner ? object->class->owner(object) :
						0;
}

static void trace_request_text(const mach_msg_header_t *request)
{
	const char *text;
	size_t length = message_text(request, &text);

	if (length)
		trace_text(text, length);
}

static __attribute__((noinline)) void run_traced(struct worker *worker,
    mig_reply_header_t *out)
{
	struct request *request = worker->current;
	struct thread *self = thread_self();
	int id = request->header.msgh_id;
	unsigned handle = request->header.msgh_local_port;

	if (object_find(request))
		handle = request->handle;
	self->trace_request =
	    trace_record(request->again ? TRACE_AGAIN : TRACE_BEGIN, id, handle,
		request_owner(request));
	if (!request->again)
		trace_request_text(&request->header);
	run(request, out);
	trace_record(out->RetCode == E_PARKED ? TRACE_PARK : TRACE_END, id,
	    handle, out->RetCode);
	self->trace_request = 0;
}

void dispatch(struct worker *worker)
{
	struct request *request = worker->current;
	mig_reply_header_t *out = &worker->answer->reply;

	reply_begin(out, &request->header);
	if (!trace_level) {
		run(request, out);
	} else if (fault_due(FAULT_LOSS)) {
		worker->answer_ready = 0;
		return;
	} else {
		run_traced(worker, out);
	}
	if (out->RetCode == E_PARKED) {
		/* Somebody else may be running it by now. */
		worker->current = worker->spare;
		worker->spare = 0;
		return;
	}
	worker->answer_ready = settle(request, out);
	if (request->object) {
		object_release(request->object);
		request->object = 0;
	}
}
