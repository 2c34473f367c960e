/* SPDX-License-Identifier: BSD-2-Clause */
/* When a dead server is started again, and how. */
#include "core/policy.h"
#include "test.h"

TEST(policy)
{
	struct policy policy = { 0, 0 };

	policy_serves(&policy, 0);
	for (unsigned now = 1000; now < 100000; now += 1000) {
		CHECK(policy_died(&policy, now) == POLICY_RECOVER);
		policy_serves(&policy, now + 1);
	}
	CHECK(policy_died(&policy, 99002) == POLICY_RECOVER);
	CHECK(policy_died(&policy, 99003) == POLICY_EMPTY);
	CHECK(policy_died(&policy, 99500) == POLICY_GIVE_UP);
}

TEST(policy_never_served)
{
	struct policy policy = { 0, 0 };

	CHECK(policy_died(&policy, 5) == POLICY_RECOVER);
	CHECK(policy_died(&policy, 6) == POLICY_RECOVER);
	CHECK(policy_died(&policy, 9000) == POLICY_EMPTY);
	policy_serves(&policy, 9001);
	CHECK(policy_died(&policy, 9001 + POLICY_CALM) == POLICY_RECOVER);
	CHECK(policy_died(&policy, 0xfffffffe) == POLICY_RECOVER);
	CHECK(policy_died(&policy, 0xffffffff) == POLICY_EMPTY);
	CHECK(policy_died(&policy, 3) == POLICY_GIVE_UP);
}
