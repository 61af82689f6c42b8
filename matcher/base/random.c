#include "base/random.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

enum { POOL_BYTES = 4096, POOLED_BYTES_MAX = 64 };

/* What was drawn ahead. The kernel gives a child zeroes in its place, so that it is empty there. */
struct pool {
    size_t left_bytes;
    uint8_t bytes[POOL_BYTES - sizeof(size_t)];
};

static struct pool *pool; /* NULL: there is none */

static struct pool *pool_new(void)
{
    void *block = mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    if (madvise(block, POOL_BYTES, MADV_WIPEONFORK) != 0) {
        (void)munmap(block, POOL_BYTES);
        return NULL;
    }
    (void)madvise(block, POOL_BYTES, MADV_DONTDUMP);
    return block;
}

static void system_fill(void *context, void *out, size_t length)
{
    (void)context;
    if (!pool || length > POOLED_BYTES_MAX) {
        randombytes_buf(out, length);
        return;
    }
    if (pool->left_bytes < length) {
        randombytes_buf(pool->bytes, sizeof pool->bytes);
        pool->left_bytes = sizeof pool->bytes;
    }
    pool->left_bytes -= length;
    memcpy(out, pool->bytes + pool->left_bytes, length);
    sodium_memzero(pool->bytes + pool->left_bytes, length);
}

enum err random_system(struct random_source *out)
{
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    if (!pool)
        pool = pool_new();
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
