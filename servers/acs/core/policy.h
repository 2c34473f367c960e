/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do with a server that has died: states in the framework's README. */
#pragma once

enum {
	POLICY_CALM = 300, /* milliseconds of service between two deaths */
	POLICY_BELIEVED = 2, /* deaths in a row after which memory is used */
	POLICY_TRIES = 4,  /* deaths in a row */
};

enum policy_verdict {
	POLICY_RECOVER, /* a new instance takes over */
	POLICY_EMPTY,   /* a new instance, an empty region */
	POLICY_GIVE_UP,
};

struct policy {
	unsigned deaths; /* in a row */
	unsigned served; /* when the instance began to serve; 0: it has not */
};

/* The instance serves since now (milliseconds since boot, not 0). */
void policy_serves(struct policy *policy, unsigned now);

/* It has died. */
enum policy_verdict policy_died(struct policy *policy, unsigned now);
