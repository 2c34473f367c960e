/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

void policy_serves(struct policy *policy, unsigned now)
{
	policy->served = now ? now : 1;
}

enum policy_verdict policy_died(struct policy *policy, unsigned now)
{
	if (policy->served && now - policy->served >= POLICY_CALM)
		policy->deaths = 0;
	policy->served = 0;
	policy->deaths++;
	if (policy->deaths >= POLICY_TRIES)
		return POLICY_GIVE_UP;
	return policy->deaths > POLICY_BELIEVED ? POLICY_EMPTY :
	                                          POLICY_RECOVER;
}
