#include "store/key_index.h"

#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum { FIRST_PLACES = 64 };

_Static_assert(KEY_INDEX_SECRET_BYTES == crypto_shorthash_siphashx24_KEYBYTES, "the key of SipHash");
_Static_assert(sizeof((struct key_place){0}.hash) == crypto_shorthash_siphashx24_BYTES, "SipHash-2-4 with 128 bits");

void key_index_init(struct key_index *index)
{
    *index = (struct key_index){0};
    randombytes_buf(index->secret, sizeof index->secret);
}

void key_index_free(struct key_index *index)
{
    mem_free(index->places);
    index->places = NULL;
    index->place_count = index->key_count = 0;
}

static void hash_key(const struct key_index *index, struct text key, uint64_t hash[2])
{
    (void)crypto_shorthash_siphashx24((uint8_t *)hash, (const uint8_t *)key.data, key.length, index->secret);
}

static size_t home_of(const struct key_index *index, const struct key_place *place)
{
    return place->hash[0] & (index->place_count - 1);
}

/* The place of a hash, or the free one where it belongs; there always is one. */
static struct key_place *place_of(const struct key_index *index, const uint64_t hash[2])
{
    size_t mask = index->place_count - 1, at = hash[0] & mask;
    for (;; at = (at + 1) & mask) {
        struct key_place *place = &index->places[at];
        if (place->row == 0 || (place->hash[0] == hash[0] && place->hash[1] == hash[1]))
            return place;
    }
}

enum err key_index_reserve(struct key_index *index, size_t more)
{
    size_t wanted = index->place_count ? index->place_count : FIRST_PLACES;
    while (wanted / 3 * 2 < index->key_count + more)
        wanted *= 2;
    if (wanted == index->place_count)
        return ERR_OK;
    struct key_index old = *index;
    enum err e = mem_alloc(wanted, sizeof *index->places, &index->places);
    if (e != ERR_OK) {
        index->places = old.places;
        return e;
    }
    index->place_count = wanted;
    for (size_t i = 0; i < old.place_count; i++)
        if (old.places[i].row)
            *place_of(index, old.places[i].hash) = old.places[i];
    mem_free(old.places);
    return ERR_OK;
}

int64_t key_index_find(const struct key_index *index, struct text key)
{
    uint64_t hash[2];
    if (index->key_count == 0)
        return 0;
    hash_key(index, key, hash);
    return place_of(index, hash)->row;
}

void key_index_set(struct key_index *index, struct text key, int64_t row)
{
    struct key_place place = {.row = row};
    hash_key(index, key, place.hash);
    *place_of(index, place.hash) = place;
    index->key_count++;
}

/* Moves what stands behind a free place and was pushed past it to the front, so that no search ends too early. */
static void close_gap(struct key_index *index, size_t gap)
{
    size_t mask = index->place_count - 1;
    for (size_t at = (gap + 1) & mask; index->places[at].row; at = (at + 1) & mask) {
        size_t home = home_of(index, &index->places[at]);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue; /* its home lies behind the gap */
        index->places[gap] = index->places[at];
        gap = at;
    }
    index->places[gap].row = 0;
}

int64_t key_index_take(struct key_index *index, struct text key)
{
    uint64_t hash[2];
    if (index->key_count == 0)
        return 0;
    hash_key(index, key, hash);
    struct key_place *place = place_of(index, hash);
    int64_t row = place->row;
    if (row) {
        close_gap(index, (size_t)(place - index->places));
        index->key_count--;
    }
    return row;
}
