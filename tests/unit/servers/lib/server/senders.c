/* SPDX-License-Identifier: BSD-2-Clause */
/* A port's senders, against a port that counts as the kernel does: one object
 * after the other, in one instance after the other. */
#include "core/senders.h"
#include "test.h"

static struct senders_port kernel;
static unsigned notice_from; /* the kernel tells when it has seen so many */

static void kernel_start(void)
{
	kernel = (struct senders_port){ .rights = 0 };
	notice_from = 0;
}

static void ask(unsigned from)
{
	kernel.asked = 1;
	notice_from = from;
}

/* The kernel has told, if it had to. */
static int told(void)
{
	if (!kernel.asked || kernel.rights || kernel.made < notice_from)
		return 0;
	kernel.asked = 0;
	return 1;
}

/* As object.c does it before an answer has a right. */
static void right_prepare(struct senders *senders)
{
	int asked;

	if (senders->unsure) {
		senders_look(senders, &kernel, &asked);
		if (!asked)
			ask(senders->made);
	}
	if (!senders->exist) {
		ask(senders->made + 1);
		senders->exist = 1;
	}
	senders->made++;
}

/* The answer was sent. */
static void right_arrives(void)
{
	kernel.made++;
	kernel.rights = 1;
}

static void rights_end(void)
{
	kernel.rights = 0;
}

/* A message says that the last one is gone. Returns whether it is believed. */
static int notice_comes(struct senders *senders)
{
	int gone = senders->exist && senders_gone(senders, &kernel);

	if (gone)
		senders->exist = 0;
	else if (!kernel.asked)
		ask(senders->made);
	return gone;
}

TEST(senders_come_and_go)
{
	struct senders senders;

	kernel_start();
	senders_start(&senders, 0);
	right_prepare(&senders);
	/* anybody may say so while the right is on its way */
	CHECK(!told() && !notice_comes(&senders));
	right_arrives();
	CHECK(!told() && !notice_comes(&senders));
	rights_end();
	kernel.messages = 1;
	CHECK(told() && notice_comes(&senders) && !senders.ended);
	kernel.messages = 0;
	right_prepare(&senders);
	right_arrives();
	/* a further one is on its way when the first ends */
	right_prepare(&senders);
	rights_end();
	CHECK(told() && !notice_comes(&senders));
	CHECK(kernel.asked && !told());
	right_arrives();
	CHECK(!told());
	rights_end();
	CHECK(told() && notice_comes(&senders) && senders.ended);
}

/* The port's next object is not ended before its first right is there. */
static void next_object_lives(unsigned made)
{
	struct senders senders;

	senders_start(&senders, made);
	right_prepare(&senders);
	CHECK(!told());
	CHECK(!notice_comes(&senders));
	right_arrives();
	CHECK(!told());
	rights_end();
	CHECK(told() && notice_comes(&senders));
}

/* Three rights were made by an instance that died; ours finds the port. */
static void restore(struct senders *senders, unsigned rights)
{
	kernel_start();
	kernel.made = 3;
	kernel.rights = rights;
	senders_start(senders, 0);
}

TEST(senders_restored)
{
	struct senders senders;
	int asked;

	restore(&senders, 1);
	CHECK(senders_look(&senders, &kernel, &asked) && !asked);
	ask(senders.made);
	right_prepare(&senders);
	right_arrives();
	rights_end();
	CHECK(told() && notice_comes(&senders));
	next_object_lives(senders.made);
}

/* There are many: nobody has looked yet when the last sender goes. */
TEST(senders_restored_unlooked)
{
	struct senders senders;

	restore(&senders, 1);
	senders.exist = senders.unsure = 1;
	ask(3);
	rights_end();
	CHECK(told() && notice_comes(&senders) && !senders.unsure);
	next_object_lives(senders.made);
}

TEST(senders_restored_without)
{
	struct senders senders;
	int asked;

	restore(&senders, 0);
	CHECK(!senders_look(&senders, &kernel, &asked) && asked);
	CHECK(senders.made == 3 && !senders.exist);
	/* one that was unlooked, and has its right to give */
	restore(&senders, 0);
	senders.exist = senders.unsure = 1;
	right_prepare(&senders);
	CHECK(senders.made == 4 && !notice_comes(&senders));
	right_arrives();
	rights_end();
	CHECK(notice_comes(&senders));
	next_object_lives(senders.made);
}
