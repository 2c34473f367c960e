/* SPDX-License-Identifier: BSD-2-Clause */
/* Credentials, limits, timers. */
#include "core/credentials.h"
#include "core/limits.h"
#include "core/timers.h"
#include <string.h>
#include <test.h>

enum { SAME = -1 };

static struct credentials of_user(uint32_t uid)
{
	struct credentials own;

	memset(&own, 0, sizeof own);
	own.user = own.group = (struct identity){ uid, uid, uid, uid };
	return own;
}

TEST(root_sets_what_it_likes)
{
	struct credentials own = of_user(0);

	CHECK(!credentials_set(&own, IDENTITY_USER, 1, 2, 3));
	CHECK(own.user.real == 1 && own.user.effective == 2);
	CHECK(own.user.saved == 3 && own.user.file == 2);
	CHECK(credentials_set(&own, IDENTITY_USER, 0, SAME, SAME) == E_PERM);
	CHECK(!credentials_set(&own, IDENTITY_USER, 3, 1, SAME));
	CHECK(credentials_set(&own, IDENTITY_USER, SAME, 2, SAME) == E_PERM);
}

TEST(groups_need_the_user_root)
{
	struct credentials own = of_user(9);
	uint32_t groups[40] = { 4, 5 };

	CHECK(credentials_set(&own, IDENTITY_GROUP, 3, SAME, SAME) == E_PERM);
	CHECK(credentials_set_groups(&own, groups, 2) == E_PERM);
	own.user.effective = 0;
	CHECK(!credentials_set(&own, IDENTITY_GROUP, 3, SAME, SAME));
	CHECK(!credentials_set_groups(&own, groups, 2) &&
	    own.group_count == 2 && own.groups[1] == 5);
	CHECK(credentials_set_groups(&own, groups, 40) == E_INVAL);
}

TEST(fsuid_is_silent)
{
	struct credentials own = of_user(9);

	CHECK(!credentials_set(&own, IDENTITY_FS_USER, 0, 0, 0));
	CHECK(own.user.file == 9);
	own.user.saved = 4;
	CHECK(!credentials_set(&own, IDENTITY_FS_USER, 4, 0, 0));
	CHECK(own.user.file == 4);
	CHECK(!credentials_set(&own, IDENTITY_FS_USER, (uint32_t)-1, 0, 0));
	CHECK(own.user.file == 4);
}

TEST(set_id_programs)
{
	struct credentials own = of_user(9);

	CHECK(!credentials_exec(&own, 0755, 0, 0));
	CHECK(credentials_exec(&own, 04755, 0, 0));
	CHECK(own.user.real == 9 && own.user.effective == 0);
	CHECK(own.user.saved == 0 && own.group.effective == 9);
	own = of_user(9);
	CHECK(!credentials_exec(&own, 02745, 0, 5)); /* locking, not set-gid */
	CHECK(credentials_exec(&own, 02755, 0, 5));
	CHECK(own.group.effective == 5 && own.user.effective == 9);
}

TEST(who_may_signal)
{
	struct credentials a = of_user(1), b = of_user(2);

	CHECK(!credentials_may_signal(&a, &b));
	b.user.saved = 1;
	CHECK(credentials_may_signal(&a, &b));
	b = of_user(2);
	b.user.effective = 1; /* that alone does not count */
	CHECK(!credentials_may_signal(&a, &b));
	a.user.effective = 0;
	CHECK(credentials_may_signal(&a, &b));
}

TEST(limits_go_down_freely)
{
	struct limits limits;

	limits_init(&limits, 100);
	CHECK(limits.of[LIMIT_PROCESSES].soft == 50);
	CHECK(!limits_set(&limits, LIMIT_FILES,
	    (struct limit_value){ 10, 20 }, 0));
	CHECK(limits_set(&limits, LIMIT_FILES,
	    (struct limit_value){ 10, 21 }, 0) == E_PERM);
	CHECK(limits_set(&limits, LIMIT_FILES,
	    (struct limit_value){ 21, 20 }, 1) == E_INVAL);
	CHECK(!limits_set(&limits, LIMIT_FILES,
	    (struct limit_value){ 10, 21 }, 1));
	CHECK(limits_set(&limits, LIMIT_COUNT,
	    (struct limit_value){ 1, 1 }, 1) == E_INVAL);
}

TEST(timers_once_and_again)
{
	struct timer timer = { 0, 0 };

	CHECK(!timer_left(&timer, 5) && !timer_expire(&timer, 5));
	timer_set(&timer, 100, 50, 0);
	CHECK(timer_left(&timer, 120) == 30 && !timer_expire(&timer, 149));
	CHECK(timer_left(&timer, 400) == 1);
	CHECK(timer_expire(&timer, 150) && !timer_expire(&timer, 1000));
	timer_set(&timer, 100, 50, 20);
	CHECK(timer_expire(&timer, 215) && timer.due == 230);
	CHECK(!timer_expire(&timer, 229) && timer_expire(&timer, 230));
	timer_set(&timer, 300, 0, 20);
	CHECK(!timer_expire(&timer, 9999));
}
