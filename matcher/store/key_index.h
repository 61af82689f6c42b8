/*
 * key_index.h - which row of its table has a key, in memory: a hash table from keys to row numbers. Inside the store only.
 *
 * Keys are random ids and hashes. A tree over them in the database would change one page a row; so rows stand in the database
 * in the order in which they came, beside those they came with, and this finds them again.
 *
 * It holds hashes, not keys: 128 bits of SipHash-2-4 under a key that is drawn for each table and process, so that two keys
 * with one hash are not to be expected (a chance of 2^-128 a pair) and cannot be made. Open addressing with linear probing,
 * at most two thirds full; 24 bytes a place, O(1).
 */
#ifndef STORE_KEY_INDEX_H
#define STORE_KEY_INDEX_H

#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

enum { KEY_INDEX_SECRET_BYTES = 16 };

struct key_place {
    uint64_t hash[2];
    int64_t row; /* 0: free */
};

struct key_index {
    struct key_place *places;
    size_t place_count, key_count; /* places: a power of two, or none */
    uint8_t secret[KEY_INDEX_SECRET_BYTES];
};

void key_index_init(struct key_index *index);
void key_index_free(struct key_index *index);

/* Makes room for `more` keys, so that setting them cannot fail. */
MUST_USE enum err key_index_reserve(struct key_index *index, size_t more);

/* The row of a key; 0: none. */
int64_t key_index_find(const struct key_index *index, struct text key);

/* Sets the row (> 0) of a key that has none yet. There must be room. */
void key_index_set(struct key_index *index, struct text key, int64_t row);

/* Removes a key and gives the row it had; 0: none. */
int64_t key_index_take(struct key_index *index, struct text key);

#endif
