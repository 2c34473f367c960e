/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters of the PC's text mode: code page 437. */
#pragma once
#include <stdint.h>

/* The glyph for a Unicode character; a question mark in a box if none. */
unsigned char charset_glyph(uint32_t character);

/* The character of the VT100 line-drawing set for byte (ESC ( 0). */
uint32_t charset_drawing(unsigned char byte);

/* Columns that a character takes: 0 for combining ones, 2 for wide ones. */
int charset_width(uint32_t character);
