#include "match/siphash.h"
#include "base/random.h"
#include "support/support.h"

#include <sodium.h>
#include <string.h>

static uint64_t reference(const uint8_t key[16], const uint8_t message[32])
{
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, message, 32, key);
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof hash; i++)
        value |= (uint64_t)hash[i] << (8 * i);
    return value;
}

START_TEST(gives_the_published_vector_in_every_lane)
{
    /* Reference implementation of SipHash, vectors_sip64[32]: key 00 01 … 0f, message 00 01 … 1f. */
    static const uint64_t expected = UINT64_C(0x7127512f72f27cce);
    uint8_t key[16], message[32];
    uint64_t out[4];
    for (uint8_t i = 0; i < 32; i++)
        message[i] = i;
    memcpy(key, message, sizeof key);
    const uint8_t *const messages[4] = {message, message, message, message};
    siphash24_x4(key, messages, out);
    for (size_t lane = 0; lane < 4; lane++)
        ck_assert_uint_eq(out[lane], expected);
}
END_TEST

START_TEST(agrees_with_libsodium_on_four_different_messages)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(11));
    for (int round = 0; round < 20000; round++) {
        uint8_t key[16], block[4 * 32 + 7];
        uint64_t out[4], offset = random_below(&random, 7); /* messages need not be aligned */
        random_fill(&random, key, sizeof key);
        random_fill(&random, block, sizeof block);
        const uint8_t *messages[4];
        for (size_t lane = 0; lane < 4; lane++)
            messages[lane] = block + offset + 32 * lane;
        siphash24_x4(key, messages, out);
        for (size_t lane = 0; lane < 4; lane++)
            ck_assert_uint_eq(out[lane], reference(key, messages[lane]));
    }
}
END_TEST

START_TEST(every_bit_of_key_and_message_counts)
{
    uint8_t key[16] = {0}, message[32] = {0};
    uint64_t before[4], after[4];
    const uint8_t *const messages[4] = {message, message, message, message};
    siphash24_x4(key, messages, before);
    for (size_t bit = 0; bit < 8 * (sizeof key + sizeof message); bit++) {
        uint8_t *byte = bit < 8 * sizeof key ? &key[bit / 8] : &message[bit / 8 - sizeof key];
        *byte ^= (uint8_t)(1u << bit % 8);
        siphash24_x4(key, messages, after);
        ck_assert_uint_ne(after[0], before[0]);
        *byte ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

RUN_TESTS("match/siphash", gives_the_published_vector_in_every_lane, agrees_with_libsodium_on_four_different_messages,
          every_bit_of_key_and_message_counts)
