/*
 * shelf.h - what the fronts of one start keep in Redis: sealed, and worth nothing to anybody else.
 *
 * Names are keyed hashes, values are sealed with XChaCha20-Poly1305 under a key of this start that the parent gives to the fronts
 * alone; the name of a value goes into its seal. So Redis, or who reads or writes it, learns sizes and times and no more, and what
 * comes back is either what a front of this start put under this very name, or absent: garbage, a value that was moved to
 * another name or cut, and whatever an earlier start left behind do not open. An old value can come back only under the name it
 * had, which for answers has the epoch and the version in it.
 *
 * Without Redis, or without the key, everything is absent.
 */
#ifndef FRONT_SHELF_H
#define FRONT_SHELF_H

#include "base/buf.h"
#include "base/random.h"
#include "cache/cache.h"

enum { SHELF_KEY_BYTES = 32, SHELF_HASH_BYTES = 16, SHELF_NAME_BYTES = 128 };

struct shelf {
    struct cache *cache; /* borrowed */
    struct random_source random;
    bool has_key;
    uint8_t name_key[SHELF_KEY_BYTES], seal_key[SHELF_KEY_BYTES];
    uint64_t refused; /* values that did not open */
};

/* `key` NULL: nothing is kept. */
void shelf_init(struct shelf *shelf, struct cache *cache, const uint8_t *key, const struct random_source *random);
void shelf_wipe(struct shelf *shelf);

/* Whether something might be found now. */
bool shelf_is_open(const struct shelf *shelf);

/* A keyed hash of bytes that must not be seen, or are long. */
void shelf_hash(const struct shelf *shelf, struct text bytes, uint8_t out[SHELF_HASH_BYTES]);

/* Appends the sealed form of `plain`, for this name alone. */
void shelf_seal(struct shelf *shelf, const char *name, struct text plain, struct buf *out);

/* Seals and stores it; nothing where that cannot be. */
void shelf_put(struct shelf *shelf, const char *name, struct text plain, uint32_t ttl_ms);

/* The same as a message to whoever has subscribed to the channel, which opens it under the channel's name. */
void shelf_tell(struct shelf *shelf, const char *channel, struct text plain);

/* Opens what was found under the name, behind what is in `out`. ERR_MISSING: nothing that a front of this start put there. */
MUST_USE enum err shelf_open(struct shelf *shelf, const char *name, struct text sealed, struct buf *out);

#endif
