/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Little- and big-endian numbers at any address: disk formats, wire formats.
 * Byte by byte where alignment is unknown; gcc makes single moves of them.
 */
#pragma once
#include <stdint.h>

static inline uint16_t bytes_get16(const void *at)
{
	const uint8_t *byte = at;

	return (uint16_t)(byte[0] | byte[1] << 8);
}

static inline uint32_t bytes_get32(const void *at)
{
	const uint8_t *byte = at;

	return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
	    (uint32_t)byte[3] << 24;
}

static inline uint64_t bytes_get64(const void *at)
{
	return bytes_get32(at) |
	    (uint64_t)bytes_get32((const uint8_t *)at + 4) << 32;
}

static inline void bytes_put16(void *at, uint16_t value)
{
	uint8_t *byte = at;

	byte[0] = (uint8_t)value;
	byte[1] = (uint8_t)(value >> 8);
}

static inline void bytes_put32(void *at, uint32_t value)
{
	uint8_t *byte = at;

	byte[0] = (uint8_t)value;
	byte[1] = (uint8_t)(value >> 8);
	byte[2] = (uint8_t)(value >> 16);
	byte[3] = (uint8_t)(value >> 24);
}

static inline void bytes_put64(void *at, uint64_t value)
{
	bytes_put32(at, (uint32_t)value);
	bytes_put32((uint8_t *)at + 4, (uint32_t)(value >> 32));
}

static inline uint16_t bytes_get16_big(const void *at)
{
	const uint8_t *byte = at;

	return (uint16_t)(byte[0] << 8 | byte[1]);
}

static inline uint32_t bytes_get32_big(const void *at)
{
	const uint8_t *byte = at;

	return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 |
	    (uint32_t)byte[2] << 8 | byte[3];
}

static inline void bytes_put16_big(void *at, uint16_t value)
{
	uint8_t *byte = at;

	byte[0] = (uint8_t)(value >> 8);
	byte[1] = (uint8_t)value;
}

static inline void bytes_put32_big(void *at, uint32_t value)
{
	bytes_put16_big(at, (uint16_t)(value >> 16));
	bytes_put16_big((uint8_t *)at + 2, (uint16_t)value);
}
