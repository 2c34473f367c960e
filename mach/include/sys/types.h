/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's headers want size_t from here where there is no C library. */
#pragma once
#include <stddef.h>
