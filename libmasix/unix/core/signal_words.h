/* SPDX-License-Identifier: BSD-2-Clause */
/* struct signalfd_siginfo of Linux, made of a siginfo_t of i386. */
#pragma once
#include <stdint.h>

struct signal_words {
	uint32_t number;
	int32_t error, code;
	uint32_t pid, uid;
	int32_t file;
	uint32_t timer, band, overrun, trap;
	int32_t status, value;
	uint64_t pointer, user_time, system_time, address;
	uint16_t address_bits, unused;
	int32_t call;
	uint64_t call_address;
	uint32_t architecture;
	uint8_t rest[28];
};
_Static_assert(sizeof(struct signal_words) == 128, "as Linux");

/* info: the words of a siginfo_t. */
void signal_words_fill(struct signal_words *to, const int32_t info[32]);
