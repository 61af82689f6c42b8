/*
 * seed.h - how the schools of a round draw its seed together, so that nobody could know it before the input was frozen.
 *
 *   commitment   SHA-256 of the brin, a zero byte, and the nonce; made while the round is open
 *   seed         SHA-256 of "stagematch/v1/seed", the input's digest, the nonces in order of brin, and the beacon
 *   withheld     SHA-256 of "stagematch/v1/withheld", the commitment and the input's digest: what stands for a nonce that was
 *                not revealed in time
 */
#ifndef MATCH_SEED_H
#define MATCH_SEED_H

#include "base/text.h"
#include "match/market.h"

enum { NONCE_BYTES = 32 };

void seed_commitment(struct text brin, const uint8_t nonce[NONCE_BYTES], uint8_t out[HASH_BYTES]);
void seed_withheld_nonce(const uint8_t commitment[HASH_BYTES], const uint8_t input_digest[HASH_BYTES],
                         uint8_t out[NONCE_BYTES]);

/* `nonces` in order of brin. */
void seed_draw(const uint8_t input_digest[HASH_BYTES], const uint8_t (*nonces)[NONCE_BYTES], size_t nonce_count,
               struct text beacon, uint8_t out[SEED_BYTES]);

#endif
