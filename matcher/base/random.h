/*
 * random.h - randomness as a thing that is handed in.
 *
 * The system source is for seeds and secrets (libsodium); small draws come out of a block that is drawn ahead, never twice, not
 * in a child after fork either, and are overwritten there as they are handed out. One thread at a time may use it. The
 * seeded source gives the same bytes for the same seed and
 * is for tests and simulators alone.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct random_source {
    void (*fill)(void *context, void *out, size_t length);
    void *context;
};

/* The operating system's generator. ERR_INTERNAL when libsodium cannot start. */
MUST_USE enum err random_system(struct random_source *out);

struct random_seeded {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014) over *seeded, which the caller keeps. Not secret. */
struct random_source random_of_seed(struct random_seeded *seeded, uint64_t seed);

void random_fill(const struct random_source *source, void *out, size_t length);

/* Evenly distributed in 0 .. bound-1; bound > 0. */
uint64_t random_below(const struct random_source *source, uint64_t bound);

#endif
