/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client sends what no interface has, so that the answer's number is that of
 * a request which may be repeated, and behind it the message with which the
 * kernel says that a server has died. The file server's thread sends the answer
 * and receives that in one trap: it must not take its answer for a request
 * whose server has died, and send it again by a right that it has no more (the
 * kernel says so in the log).
 */
#include <base/layout.h>
#include <base/mach.h>
#include <base/port.h>
#include <mach/message.h>
#include <mach/notify.h>
#include <stdio.h>
#include <string.h>
#include <types.h>
#include <vfs.client.h>

enum {
	ANSWER = 100, /* to be added to a request's number */
	FIRST = 50000, /* numbers of requests, mig/ids */
	LAST = 54600,
	STEP = 200,
	EACH = 60,
};

static void send(mach_port_t file, int id, mach_port_t answers)
{
	mach_msg_header_t message = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
		    answers ? MACH_MSG_TYPE_MAKE_SEND_ONCE : 0),
		.msgh_size = sizeof message,
		.msgh_remote_port = file,
		.msgh_local_port = answers,
		.msgh_id = id,
	};

	mach_msg(&message, MACH_SEND_MSG, sizeof message, 0, MACH_PORT_NULL,
	    MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
}

/* The answer comes once: what follows on the port is another's. */
static int answered(mach_port_t answers)
{
	struct {
		mach_msg_header_t header;
		char body[64];
	} message;

	return !mach_msg(&message.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
	    sizeof message, answers, 1000, MACH_PORT_NULL);
}

int main(void)
{
	static const char name[] = "/proc/version";
	struct file_attributes attributes;
	mach_port_t file, answers;
	unsigned count = 0, asked = 0;

	if (vfs_open(PORT_VFS, MACH_PORT_NULL, (char *)name, strlen(name), 0,
	        0, 1, &file, (void *)&attributes) || port_new(&answers)) {
		printf("notice: no file\n");
		return 1;
	}
	for (int base = FIRST; base < LAST; base += STEP)
		for (int id = base; id < base + EACH; id++, asked++) {
			send(file, id - ANSWER, answers);
			send(file, MACH_NOTIFY_SEND_ONCE, MACH_PORT_NULL);
			count += answered(answers) != 0;
		}
	printf("notice: %u asked, %u answered\n", asked, count);
	return count != asked;
}
