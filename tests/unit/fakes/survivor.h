/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that survives a kill, for tests. Each says how large its parts are:
 *
 *	struct memory {
 *		struct store_head head;
 *		uint32_t words[STORE_WORDS];
 *		uint8_t log[STORE_LOG];
 *		uint8_t banks[BANKS];
 *	};
 *	store = (struct store)SURVIVOR_STORE(memory);
 *	CHECK(!survivor_open(&store, 0));
 */
#pragma once
#include <block/store.h>

/* A store over the memory that `in` points to. */
#define SURVIVOR_STORE(in)                                                     \
	{                                                                      \
		.head = &(in)->head, .base = (uint8_t *)(in),                  \
		.size = sizeof *(in), .log = (in)->log,                        \
		.log_size = sizeof(in)->log, .banks = (in)->banks,             \
		.bank_size = sizeof(in)->banks, .words = (in)->words           \
	}

/* The first instance's (which finds nothing), or that of a later one. */
static inline error_t survivor_open(struct store *store, int recovered)
{
	error_t error = store_open(store);

	if (!recovered)
		store_clear(store);
	store->recovered = recovered;
	return error == (recovered ? 0 : E_NOENT) ? 0 : E_UCLEAN;
}
