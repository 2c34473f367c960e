/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point state of the program. */
#pragma once
#include <linux/frame.h>
#include <unix/cpu.h>

/* Writes the state down, then clears it for the handler. */
void fpu_save(struct fpu_state *state);
void fpu_restore(const struct fpu_state *state);
