/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ACS gives every server so that it can outlive its task, and where
 * the server finds it (servers/lib/server/README.md, "Recovery").
 */
#pragma once

/* Memory shared with the vault; pages that nobody touched don't exist. */
#define REGION_ADDRESS 0xa0000000
#define REGION_SIZE 0x01000000
#define REGION_TRACE 40 /* in it: where ring and last serial are (trace.h) */

enum {
	GUARD_PORT = 0x2001,  /* receive right of D, in the server */
	GUARD_VAULT = 0x2002, /* send right of the vault's task, there */
	VAULT_FIRST = 0x4000, /* names of kept rights in the vault: two … */
	VAULT_RANGE = 1 << 20, /* … ranges of that size */
};
