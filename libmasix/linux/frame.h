/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies on the program's stack while a signal handler runs: Linux i386's
 * structures, byte by byte. Debuggers, C libraries and language run times look
 * into them.
 */
#pragma once
#include <base/types.h>

struct sigcontext {
	uint32_t gs, fs, es, ds; /* 16 bits each, the rest is not looked at */
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t trap_number, error_code;
	uint32_t eip, cs, efl, esp_at_signal, ss;
	uint32_t fpu;  /* address of struct fpu_state, or 0 */
	uint32_t mask; /* the low word */
	uint32_t cr2;
};
_Static_assert(sizeof(struct sigcontext) == 88, "as Linux");

/* The old registers as fnsave writes them, then what fxsave writes. */
struct fpu_state {
	uint32_t environment[7];
	uint8_t registers[80];
	uint16_t status, magic; /* magic 0: fx is valid; 0xffff: it is not */
	uint8_t fx[512];
};
_Static_assert(sizeof(struct fpu_state) == 624, "as Linux");

struct signal_frame {
	uint32_t return_address;
	uint32_t signal;
	struct sigcontext context;
	uint8_t unused[624];
	uint32_t mask_high;
	uint8_t code[8];
};
_Static_assert(sizeof(struct signal_frame) == 732, "as Linux");

struct ucontext {
	uint32_t flags, link;
	uint32_t stack_address, stack_flags, stack_size;
	struct sigcontext context;
	uint64_t mask;
};
_Static_assert(sizeof(struct ucontext) == 116, "as Linux");

struct rt_signal_frame {
	uint32_t return_address;
	uint32_t signal;
	uint32_t info_address, ucontext_address;
	struct signal_info info;
	struct ucontext ucontext;
	uint8_t code[8];
};
_Static_assert(sizeof(struct rt_signal_frame) == 268, "as Linux");

enum {
	FPU_SIZE_OLD = 112,
	FPU_MAGIC_OLD = 0xffff,
	FLAG_TRAP = 0x100,
	FLAG_DIRECTION = 0x400,
	/* what a handler may change in the program's flags: OF DF TF SF ZF AF
	 * PF CF, AC */
	FLAGS_FREE = 0x40dd5,
};
