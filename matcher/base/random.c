#include "base/random.h"

#include <sodium.h>
#include <string.h>

static void system_fill(void *context, void *out, size_t length)
{
    (void)context;
    randombytes_buf(out, length);
}

enum err random_system(struct random_source *out)
{
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    *out = (struct random_source){system_fill, NULL};
    return ERR_OK;
}

static uint64_t next(struct random_seeded *seeded)
{
    uint64_t z = (seeded->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void seeded_fill(void *context, void *out, size_t length)
{
    unsigned char *at = out;
    while (length) {
        uint64_t word = next(context);
        size_t part = length < sizeof word ? length : sizeof word;
        memcpy(at, &word, part);
        at += part;
        length -= part;
    }
}

struct random_source random_of_seed(struct random_seeded *seeded, uint64_t seed)
{
    seeded->state = seed;
    return (struct random_source){seeded_fill, seeded};
}

void random_fill(const struct random_source *source, void *out, size_t length)
{
    source->fill(source->context, out, length);
}

uint64_t random_below(const struct random_source *source, uint64_t bound)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound; /* above it a remainder would be likelier than the others */
    uint64_t word;
    do
        random_fill(source, &word, sizeof word);
    while (word >= limit);
    return word % bound;
}
