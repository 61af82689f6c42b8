#include "front/rate_limit.h"

#include "base/mem.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 8, GROUPS = RATE_ADDRESSES / GROUP };

/* What is known of one address in one minute. */
struct counted {
    struct rate_limit *limit;
    struct address key;
    int64_t window;  /* which minute */
    uint64_t own;    /* calls here; 0: the place is free */
    uint64_t shared; /* calls at all fronts, as Redis said last */
    unsigned asking; /* answers of Redis that are on their way: until then the place is not given away */
};

struct rate_limit {
    const struct clock *clock;
    struct shelf *shelf;
    uint64_t refused;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    struct counted places[GROUPS][GROUP];
};

enum err rate_limit_new(const struct clock *clock, struct shelf *shelf, struct rate_limit **out)
{
    struct rate_limit *limit;
    enum err e = mem_alloc(1, sizeof *limit, &limit);
    if (e != ERR_OK)
        return e;
    limit->clock = clock;
    limit->shelf = shelf;
    randombytes_buf(limit->hash_key, sizeof limit->hash_key);
    *out = limit;
    return ERR_OK;
}

void rate_limit_free(struct rate_limit *limit)
{
    mem_free(limit);
}

static struct counted *group_of(struct rate_limit *limit, const struct address *key)
{
    uint64_t number;
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, key->bytes, sizeof key->bytes, limit->hash_key);
    memcpy(&number, hash, sizeof number);
    return limit->places[number % GROUPS];
}

/* Which place is given away before another: one of an earlier minute, then the one with the fewest calls. */
static bool goes_before(const struct counted *a, const struct counted *b, int64_t window)
{
    bool a_is_over = a->window != window, b_is_over = b->window != window;
    return a_is_over != b_is_over ? a_is_over : a->own < b->own;
}

/* The place of this address, taken for it where it had none; NULL: all of its group wait for Redis. */
static struct counted *place_of(struct rate_limit *limit, const struct address *key, int64_t window)
{
    struct counted *group = group_of(limit, key), *place = NULL;
    for (size_t i = 0; i < GROUP; i++) {
        struct counted *at = &group[i];
        if (at->own && at->window == window && address_equal(&at->key, key))
            return at;
        if (at->asking == 0 && (!place || goes_before(at, place, window)))
            place = at;
    }
    if (place)
        *place = (struct counted){.limit = limit, .key = *key, .window = window};
    return place;
}

static void on_counted(void *context, uint64_t count)
{
    struct counted *place = context;
    place->asking--;
    if (count > place->shared)
        place->shared = count;
}

static void count_shared(struct counted *place)
{
    char name[SHELF_NAME_BYTES], hex[2 * SHELF_HASH_BYTES + 1];
    uint8_t hash[SHELF_HASH_BYTES];
    struct shelf *shelf = place->limit->shelf;
    if (!shelf_is_open(shelf))
        return;
    shelf_hash(shelf, (struct text){(const char *)place->key.bytes, sizeof place->key.bytes}, hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    (void)snprintf(name, sizeof name, CACHE_PREFIX "rate:%" PRId64 ":%s", place->window, hex);
    if (cache_incr_window(shelf->cache, text_of(name), RATE_WINDOW_MS, on_counted, place))
        place->asking++;
}

bool rate_limit_admit(struct rate_limit *limit, const struct address *key, uint64_t most)
{
    int64_t window = clock_monotonic_us(limit->clock) / ((int64_t)RATE_WINDOW_MS * 1000);
    struct counted *place = place_of(limit, key, window);
    if (!place) /* for the milliseconds until Redis answers */
        return true;
    if (place->own >= most || place->shared >= most) {
        limit->refused++;
        return false;
    }
    place->own++;
    count_shared(place);
    return true;
}

uint64_t rate_limit_refused(const struct rate_limit *limit)
{
    return limit->refused;
}
