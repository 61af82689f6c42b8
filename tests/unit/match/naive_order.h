/*
 * naive_order.h - a student's preference order straight from its declaration: every key computed, then one plain sort.
 */
#ifndef UNIT_MATCH_NAIVE_ORDER_H
#define UNIT_MATCH_NAIVE_ORDER_H

#include "match/eligible.h"

#include <sodium.h>
#include <stdlib.h>

/* A candidate with the keys of the declared order, one after another. */
struct keyed {
    const struct candidate *candidate;
    uint32_t wish;  /* position among the wishes, or UINT32_MAX */
    uint32_t tags;  /* shared */
    uint32_t steps; /* of five kilometres */
    uint64_t tie;
};

static inline uint64_t tie_of(const struct market *market, uint32_t s, uint32_t place)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(hash, market->placement_hashes[place], HASH_BYTES, market->draws[s].tie_key);
    for (size_t i = 0; i < sizeof hash; i++)
        value |= (uint64_t)hash[i] << (8 * i);
    return value;
}

static inline int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->wish != b->wish)
        return a->wish < b->wish ? -1 : 1;
    if (a->tags != b->tags)
        return a->tags > b->tags ? -1 : 1;
    if (a->steps != b->steps)
        return a->steps < b->steps ? -1 : 1;
    if (a->tie != b->tie)
        return a->tie < b->tie ? -1 : 1;
    return a->candidate->place < b->candidate->place ? -1 : 1;
}

/* The whole order by a plain sort; gives the number of candidates that are wishes. */
static inline uint32_t naive_order(const struct market *market, uint32_t s, const struct candidate *candidates,
                                   uint32_t count, struct keyed *out)
{
    const struct student *student = &market->students[s];
    uint32_t wished = 0;
    for (uint32_t i = 0; i < count; i++) {
        out[i] = (struct keyed){&candidates[i], UINT32_MAX, candidates[i].shared_tags,
                                candidates[i].distance_m / 5000, tie_of(market, s, candidates[i].place)};
        for (uint32_t w = 0; w < student->wishes.count; w++)
            if (market->wishes[student->wishes.at + w] == candidates[i].place)
                out[i].wish = w;
        wished += out[i].wish != UINT32_MAX;
    }
    qsort(out, count, sizeof *out, compare_keyed);
    return wished;
}

#endif
