/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floating-point state around a handler. fxsave where the processor has
 * it (with the older form computed beside it, as Linux does), else fnsave.
 * Neither this nor any other code of libmasix computes with it.
 */
#include <linux/fpu.h>
#include <string.h>

static int fx_known; /* 0 not asked, 1 no, 2 yes */

static int has_fx(void)
{
	if (!fx_known)
		fx_known = cpu_has(CPU_FXSR) ? 2 : 1;
	return fx_known == 2;
}

/* The two-bit tag of a register from its ten bytes. */
static unsigned tag_of(const uint8_t *number)
{
	unsigned exponent = (number[8] | number[9] << 8) & 0x7fff;
	uint32_t low, high;

	memcpy(&low, number, 4);
	memcpy(&high, number + 4, 4);
	if (exponent == 0x7fff)
		return 2;
	if (exponent == 0)
		return low | high ? 2 : 1;
	return high & 0x80000000 ? 0 : 2;
}

/* fxsave's picture as fnsave would have drawn it. */
static void make_old(struct fpu_state *state)
{
	const uint8_t *fx = state->fx;
	uint32_t words[8];
	unsigned tags = 0, top, i;

	memcpy(words, fx, sizeof words);
	top = words[0] >> 27 & 7;
	for (i = 0; i < 8; i++) {
		const uint8_t *number = fx + 32 + 16 * ((i - top) & 7);

		tags |= (fx[4] >> i & 1 ? tag_of(number) : 3) << 2 * i;
		memcpy(state->registers + 10 * i, fx + 32 + 16 * i, 10);
	}
	state->environment[0] = (words[0] & 0xffff) | 0xffff0000;
	state->environment[1] = (words[0] >> 16) | 0xffff0000;
	state->environment[2] = tags | 0xffff0000;
	state->environment[3] = words[2];
	state->environment[4] = (words[3] & 0xffff) | (words[1] & 0xffff0000);
	state->environment[5] = words[4];
	state->environment[6] = words[5] | 0xffff0000;
	state->status = (uint16_t)(words[0] >> 16);
	state->magic = 0;
}

void fpu_save(struct fpu_state *state)
{
	uint8_t room[512 + 16];
	uint8_t *aligned = (uint8_t *)(((uintptr_t)room + 15) & ~15u);

	if (!has_fx()) {
		__asm__ volatile("fnsave %0" : "=m"(*state));
		state->status = (uint16_t)state->environment[1];
		state->magic = FPU_MAGIC_OLD;
		return;
	}
	memset(aligned + 416, 0, 96);
	__asm__ volatile("fxsave (%0); fninit" : : "r"(aligned) : "memory");
	memcpy(state->fx, aligned, 512);
	make_old(state);
}

/* A program may have written nonsense there: fxrstor faults when a reserved
 * bit of mxcsr is set, so such bits are cleared. */
void fpu_restore(const struct fpu_state *state)
{
	uint8_t room[512 + 16];
	uint8_t *aligned = (uint8_t *)(((uintptr_t)room + 15) & ~15u);
	uint32_t mxcsr, allowed;

	if (!has_fx() || state->magic == FPU_MAGIC_OLD) {
		__asm__ volatile("frstor %0" : : "m"(*state));
		return;
	}
	memcpy(aligned, state->fx, 512);
	memcpy(&mxcsr, aligned + 24, 4);
	memcpy(&allowed, aligned + 28, 4);
	mxcsr &= allowed & 0xffff ? allowed & 0xffff : 0xffbf;
	memcpy(aligned + 24, &mxcsr, 4);
	__asm__ volatile("fxrstor (%0)" : : "r"(aligned) : "memory");
}
