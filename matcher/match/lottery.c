#include "match/lottery.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void start(crypto_auth_hmacsha256_state *state, const uint8_t seed[SEED_BYTES], const char *use)
{
    static const char prefix[] = "stagematch/v1/";
    crypto_auth_hmacsha256_init(state, seed, SEED_BYTES);
    crypto_auth_hmacsha256_update(state, (const unsigned char *)prefix, sizeof prefix - 1);
    crypto_auth_hmacsha256_update(state, (const unsigned char *)use, strlen(use) + 1); /* with its zero byte */
}

static void add_field(crypto_auth_hmacsha256_state *state, const void *bytes, size_t length)
{
    unsigned char size[4] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16),
                             (unsigned char)(length >> 8), (unsigned char)length};
    crypto_auth_hmacsha256_update(state, size, sizeof size);
    crypto_auth_hmacsha256_update(state, bytes, length);
}

void lottery_init(struct lottery *lottery, const uint8_t seed[SEED_BYTES])
{
    start(&lottery->offline, seed, "offline");
    start(&lottery->lottery, seed, "lottery");
    start(&lottery->tie, seed, "tie");
    start(&lottery->placement, seed, "placement");
}

void lottery_wipe(struct lottery *lottery)
{
    sodium_memzero(lottery, sizeof *lottery);
}

static void hash_two(const crypto_auth_hmacsha256_state *from, struct text a, struct text b, uint8_t out[HASH_BYTES])
{
    crypto_auth_hmacsha256_state state = *from;
    add_field(&state, a.data, a.length);
    add_field(&state, b.data, b.length);
    crypto_auth_hmacsha256_final(&state, out);
}

void lottery_offline_ref(const struct lottery *lottery, struct text school, struct text number,
                         uint8_t ref[HASH_BYTES])
{
    hash_two(&lottery->offline, school, number, ref);
}

void lottery_placement_hash(const struct lottery *lottery, struct text leerbedrijf, struct text leerplaats,
                            uint8_t hash[HASH_BYTES])
{
    hash_two(&lottery->placement, leerbedrijf, leerplaats, hash);
}

void lottery_draw(const struct lottery *lottery, const uint8_t *ref, size_t ref_length, struct draw *out)
{
    uint8_t tie[HASH_BYTES];
    crypto_auth_hmacsha256_state state = lottery->lottery;
    add_field(&state, ref, ref_length);
    crypto_auth_hmacsha256_final(&state, out->lottery);
    state = lottery->tie;
    add_field(&state, ref, ref_length);
    crypto_auth_hmacsha256_final(&state, tie);
    memcpy(out->tie_key, tie, sizeof out->tie_key);
}

struct ticket {
    uint8_t value[HASH_BYTES];
    int32_t from;
    uint32_t student;
};

static int compare_tickets(const void *left, const void *right)
{
    const struct ticket *a = left, *b = right;
    int order = memcmp(b->value, a->value, sizeof a->value); /* the higher first */
    if (order != 0)
        return order;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->student < b->student ? -1 : a->student > b->student;
}

enum err lottery_order(const struct market *market, uint32_t *order)
{
    struct ticket *tickets;
    enum err e = mem_alloc(market->student_count, sizeof *tickets, &tickets);
    if (e != ERR_OK)
        return e;
    for (uint32_t s = 0; s < market->student_count; s++) {
        memcpy(tickets[s].value, market->draws[s].lottery, HASH_BYTES);
        tickets[s].from = market->students[s].from;
        tickets[s].student = s;
    }
    qsort(tickets, market->student_count, sizeof *tickets, compare_tickets);
    for (size_t i = 0; i < market->student_count; i++)
        order[i] = tickets[i].student;
    mem_free(tickets);
    return ERR_OK;
}

enum err lottery_parse_seed(struct text hex, uint8_t seed[SEED_BYTES])
{
    char padded[2 * SEED_BYTES];
    uint8_t bytes[SEED_BYTES];
    size_t length = 0;
    if (hex.length == 0 || hex.length > sizeof padded)
        return ERR_RANGE;
    memset(padded, '0', sizeof padded);
    memcpy(padded + sizeof padded - hex.length, hex.data, hex.length);
    if (sodium_hex2bin(bytes, sizeof bytes, padded, sizeof padded, NULL, &length, NULL) != 0 ||
        length != sizeof bytes)
        return ERR_RANGE;
    memcpy(seed, bytes, sizeof bytes);
    return ERR_OK;
}
