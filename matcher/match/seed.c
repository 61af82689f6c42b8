#include "match/seed.h"

#include <sodium.h>

static void put_text(crypto_hash_sha256_state *hash, struct text text)
{
    if (text.length)
        crypto_hash_sha256_update(hash, (const unsigned char *)text.data, text.length);
}

void seed_commitment(struct text brin, const uint8_t nonce[NONCE_BYTES], uint8_t out[HASH_BYTES])
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    put_text(&hash, brin);
    crypto_hash_sha256_update(&hash, (const unsigned char *)"", 1); /* its NUL */
    crypto_hash_sha256_update(&hash, nonce, NONCE_BYTES);
    crypto_hash_sha256_final(&hash, out);
}

void seed_withheld_nonce(const uint8_t commitment[HASH_BYTES], const uint8_t input_digest[HASH_BYTES],
                         uint8_t out[NONCE_BYTES])
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    put_text(&hash, text_of("stagematch/v1/withheld"));
    crypto_hash_sha256_update(&hash, commitment, HASH_BYTES);
    crypto_hash_sha256_update(&hash, input_digest, HASH_BYTES);
    crypto_hash_sha256_final(&hash, out);
}

void seed_draw(const uint8_t input_digest[HASH_BYTES], const uint8_t (*nonces)[NONCE_BYTES], size_t nonce_count,
               struct text beacon, uint8_t out[SEED_BYTES])
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    put_text(&hash, text_of("stagematch/v1/seed"));
    crypto_hash_sha256_update(&hash, input_digest, HASH_BYTES);
    for (size_t i = 0; i < nonce_count; i++)
        crypto_hash_sha256_update(&hash, nonces[i], NONCE_BYTES);
    put_text(&hash, beacon);
    crypto_hash_sha256_final(&hash, out);
}
