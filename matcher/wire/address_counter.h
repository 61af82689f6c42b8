/*
 * address_counter.h - how many of something each address has: a hash table of fixed size that never allocates later.
 *
 * Open addressing under SipHash with a key drawn at start, so that nobody can choose addresses that collide. Cost: one hash
 * for each call.
 */
#ifndef WIRE_ADDRESS_COUNTER_H
#define WIRE_ADDRESS_COUNTER_H

#include "wire/address.h"

struct address_count {
    struct address key;
    uint32_t count; /* 0: the slot is free */
};

struct address_counter {
    struct address_count *slots;
    size_t mask;
    uint8_t hash_key[16];
};

/* For at most `addresses_max` different addresses at a time. */
MUST_USE enum err address_counter_new(size_t addresses_max, struct address_counter *out);
void address_counter_free(struct address_counter *counter);

uint32_t address_counter_get(const struct address_counter *counter, const struct address *key);
void address_counter_add(struct address_counter *counter, const struct address *key);

/* One less; it must have been added. */
void address_counter_remove(struct address_counter *counter, const struct address *key);

#endif
