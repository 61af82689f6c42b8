/*
 * answer_store.h - encoded answers in memory: found by a key, good for one version, the least recently used thrown out.
 *
 * The key is a hash over all that an answer depends on besides the state (front/kept.h); for each key there is one answer, of the newest
 * version that was put. Bounded in bytes, each entry counted with what it takes beside its answer. One thread. O(1) a call.
 */
#ifndef FRONT_ANSWER_STORE_H
#define FRONT_ANSWER_STORE_H

#include "base/text.h"
#include "wire/connect.h"

enum { ANSWER_KEY_BYTES = 32, ANSWER_ENTRY_BYTES_MAX = 4 << 20 };

struct answer_key {
    uint8_t bytes[ANSWER_KEY_BYTES];
};

struct kept_answer {
    struct text bytes;
    enum connect_coding coding;
};

struct answer_store;

/* `bytes_max` 0: nothing is kept. Times are monotonic; an answer is found until life_us after it was put. */
MUST_USE enum err answer_store_new(size_t bytes_max, int64_t life_us, struct answer_store **out);
void answer_store_free(struct answer_store *store);

/* The answer of exactly this version, valid until the next call that changes the store. */
MUST_USE bool answer_store_find(struct answer_store *store, const struct answer_key *key, uint64_t version,
                                int64_t now_us, struct kept_answer *out);

/* Copies it. Too large a one, or without memory, is not kept. */
void answer_store_put(struct answer_store *store, const struct answer_key *key, uint64_t version,
                      const struct kept_answer *answer, int64_t now_us);

/* Throws out everything: another epoch. */
void answer_store_clear(struct answer_store *store);

struct answer_store_counts {
    uint64_t bytes, entries; /* now */
    uint64_t stored, evicted, outdated;
};
struct answer_store_counts answer_store_counts(const struct answer_store *store);

#endif
