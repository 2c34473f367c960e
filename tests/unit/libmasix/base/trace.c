/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers a list of trace= names. */
#include <base/trace.h>
#include "test.h"

TEST(trace_list_names_servers)
{
	CHECK(trace_is_named("vfs", "vfs"));
	CHECK(trace_is_named("vfs,ext2", "pfs-ext2:hd0s1"));
	CHECK(trace_is_named("pfs-ext2", "pfs-ext2:hd0s1"));
	CHECK(trace_is_named("pfs-ext2:hd0s1", "pfs-ext2:hd0s1"));
	CHECK(trace_is_named("ext2:hd0s1,tty", "pfs-ext2:hd0s1"));
	CHECK(trace_is_named("tty,all", "devices"));
}

TEST(trace_list_names_no_others)
{
	CHECK(!trace_is_named("", "vfs"));
	CHECK(!trace_is_named("vf", "vfs"));
	CHECK(!trace_is_named("vfs2,ext", "vfs"));
	CHECK(!trace_is_named("ext", "pfs-ext2:hd0s1"));
	CHECK(!trace_is_named("ext2:hd0s2", "pfs-ext2:hd0s1"));
	CHECK(!trace_is_named("vfs,", "pfs-ext2:hd0s1"));
}
