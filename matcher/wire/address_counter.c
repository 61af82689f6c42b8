#include "wire/address_counter.h"

#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum err address_counter_new(size_t addresses_max, struct address_counter *out)
{
    struct address_counter counter = {.mask = 15};
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    while (counter.mask / 2 < addresses_max)
        counter.mask = counter.mask * 2 + 1;
    enum err e = mem_alloc(counter.mask + 1, sizeof *counter.slots, &counter.slots);
    if (e != ERR_OK)
        return e;
    randombytes_buf(counter.hash_key, sizeof counter.hash_key);
    *out = counter;
    return ERR_OK;
}

void address_counter_free(struct address_counter *counter)
{
    mem_free(counter->slots);
    *counter = (struct address_counter){0};
}

static size_t home_of(const struct address_counter *counter, const struct address *key)
{
    uint8_t hash[crypto_shorthash_BYTES];
    uint64_t number;
    crypto_shorthash(hash, key->bytes, sizeof key->bytes, counter->hash_key);
    memcpy(&number, hash, sizeof number);
    return (size_t)number & counter->mask;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find(const struct address_counter *counter, const struct address *key)
{
    size_t at = home_of(counter, key);
    while (counter->slots[at].count && !address_equal(&counter->slots[at].key, key))
        at = (at + 1) & counter->mask;
    return at;
}

uint32_t address_counter_get(const struct address_counter *counter, const struct address *key)
{
    return counter->slots[find(counter, key)].count;
}

void address_counter_add(struct address_counter *counter, const struct address *key)
{
    struct address_count *slot = &counter->slots[find(counter, key)];
    slot->key = *key;
    slot->count++;
}

/* Frees a slot and moves back what was pushed behind it (Knuth, TAOCP 3, §6.4, algorithm R). */
static void vacate(struct address_counter *counter, size_t hole)
{
    for (size_t at = (hole + 1) & counter->mask; counter->slots[at].count; at = (at + 1) & counter->mask) {
        size_t home = home_of(counter, &counter->slots[at].key);
        if (((at - home) & counter->mask) < ((at - hole) & counter->mask))
            continue;
        counter->slots[hole] = counter->slots[at];
        hole = at;
    }
    counter->slots[hole].count = 0;
}

void address_counter_remove(struct address_counter *counter, const struct address *key)
{
    size_t at = find(counter, key);
    if (counter->slots[at].count > 1)
        counter->slots[at].count--;
    else if (counter->slots[at].count == 1)
        vacate(counter, at);
}
