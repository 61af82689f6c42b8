#include "base/digest.h"

void digest_start(struct digest *digest)
{
    crypto_hash_sha256_init(&digest->state);
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    crypto_hash_sha256_update(&digest->state, bytes, length);
}

void digest_end(struct digest *digest, char hex[DIGEST_HEX_BYTES])
{
    unsigned char out[DIGEST_BYTES];
    crypto_hash_sha256_final(&digest->state, out);
    sodium_bin2hex(hex, DIGEST_HEX_BYTES, out, sizeof out);
}

void digest_of(struct text bytes, char hex[DIGEST_HEX_BYTES])
{
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, bytes.data, bytes.length);
    digest_end(&digest, hex);
}
