/*
 * siphash.h - SipHash-2-4 of 32-byte messages, four at a time.
 *
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). Ties between equally good placements are broken by
 * it, once for each eligible pair, so it is the only hash whose speed matters here: four messages under one key share
 * the vector units (AVX2 where the processor has it, chosen when first called). Checked against libsodium's
 * crypto_shorthash in the tests.
 */
#ifndef MATCH_SIPHASH_H
#define MATCH_SIPHASH_H

#include <stdint.h>

/* The hash, as the 64-bit integer of the paper, of message[i] in out[i], for i < 4. `key` is 16 bytes. */
void siphash24_x4(const uint8_t key[16], const uint8_t *const message[4], uint64_t out[4]);

#endif
