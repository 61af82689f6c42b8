/*
 * hasher.h - argon2id (libsodium crypto_pwhash) in processes of their own, so that the loop never waits for it.
 *
 * A fixed number of workers is forked at the start, before the vault opens a database or starts a thread; each computes one
 * thing at a time. What waits for a worker is bounded: beyond HASHER_WAITING_MAX there is no room, and the caller refuses.
 * A worker that dies is made again; its work is done once more by another.
 */
#ifndef VAULT_HASHER_H
#define VAULT_HASHER_H

#include "base/text.h"

struct event_base;
struct hasher;

enum { HASHER_WORKERS = 2, HASHER_WAITING_MAX = 64, HASH_TEXT_BYTES = 128, PASSWORD_BYTES_MAX = 800 };

struct hasher_options {
    unsigned workers;
    unsigned long long operations; /* of crypto_pwhash; 0: INTERACTIVE, and its memory */
    size_t memory_bytes;
};

MUST_USE enum err hasher_new(const struct hasher_options *options, struct event_base *base, struct hasher **out);

/* Ends the workers; callbacks that are owed are not called. */
void hasher_free(struct hasher *hasher);

/* ERR_OK: `hash` is the password's new hash, or the password fits. ERR_MISMATCH: it does not. Otherwise it could not be said. */
typedef void hasher_done_cb(void *context, enum err result, const char *hash);

/* `done` comes in a later turn of the loop. ERR_RANGE: too many wait, or too long. The password is copied, and wiped. */
MUST_USE enum err hasher_make(struct hasher *hasher, struct text password, hasher_done_cb *done, void *context);

/* An empty `hash` stands for an account that is not there: the same work, and never a match. */
MUST_USE enum err hasher_check(struct hasher *hasher, struct text password, const char *hash, hasher_done_cb *done,
                               void *context);

/* For /metrics. */
struct hasher_numbers {
    uint64_t done, refused, restarts;
    size_t waiting;
};
struct hasher_numbers hasher_read_numbers(const struct hasher *hasher);

#endif
