/*
 * digest.h - SHA-256 of what was read or written, as bytes and as 64 hexadecimal digits (libsodium).
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/text.h"

#include <sodium.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65 };

struct digest {
    crypto_hash_sha256_state state;
};

void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t length);

/* Ends it and writes the lower-case hexadecimal form with a NUL. */
void digest_end(struct digest *digest, char hex[DIGEST_HEX_BYTES]);

/* All at once. */
void digest_of(struct text bytes, char hex[DIGEST_HEX_BYTES]);

#endif
