#include "match/lottery.h"
#include "base/mem.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

#include <sodium.h>
#include <string.h>

/* hash(use, fields…) written down again from the text of lottery.h, over libsodium's one-call HMAC. */
static void reference(const uint8_t seed[SEED_BYTES], const char *use, const struct text *fields, size_t count,
                      uint8_t out[HASH_BYTES])
{
    unsigned char message[4096];
    size_t length = (size_t)snprintf((char *)message, sizeof message, "stagematch/v1/%s", use) + 1;
    for (size_t i = 0; i < count; i++) {
        for (int shift = 24; shift >= 0; shift -= 8)
            message[length++] = (unsigned char)(fields[i].length >> shift);
        memcpy(message + length, fields[i].data, fields[i].length);
        length += fields[i].length;
    }
    crypto_auth_hmacsha256(out, message, length, seed);
}

static const uint8_t seed[SEED_BYTES] = {0x5a, 1, 2, 3, [31] = 0xff};

START_TEST(hashes_follow_the_declared_layout)
{
    static char long_number[300];
    memset(long_number, '7', sizeof long_number - 1); /* its length needs two bytes */
    const char *const numbers[] = {"1", "123456", "a.b_c-D", long_number};
    struct lottery lottery;
    lottery_init(&lottery, seed);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct text fields[] = {text_of("25PT"), text_of(numbers[i])};
        uint8_t expected[HASH_BYTES], got[HASH_BYTES], tie[HASH_BYTES];
        struct draw draw;
        reference(seed, "offline", fields, 2, expected);
        lottery_offline_ref(&lottery, fields[0], fields[1], got);
        ck_assert_mem_eq(got, expected, HASH_BYTES);

        struct text ref = {(const char *)got, sizeof got};
        reference(seed, "lottery", &ref, 1, expected);
        reference(seed, "tie", &ref, 1, tie);
        lottery_draw(&lottery, got, sizeof got, &draw);
        ck_assert_mem_eq(draw.lottery, expected, HASH_BYTES);
        ck_assert_mem_eq(draw.tie_key, tie, TIE_KEY_BYTES);

        reference(seed, "placement", fields, 2, expected);
        lottery_placement_hash(&lottery, fields[0], fields[1], got);
        ck_assert_mem_eq(got, expected, HASH_BYTES);
    }
    lottery_wipe(&lottery);
}
END_TEST

START_TEST(a_field_cannot_borrow_from_its_neighbour)
{
    uint8_t one[HASH_BYTES], other[HASH_BYTES];
    struct lottery lottery;
    lottery_init(&lottery, seed);
    lottery_placement_hash(&lottery, text_of("ab"), text_of("c"), one);
    lottery_placement_hash(&lottery, text_of("a"), text_of("bc"), other);
    ck_assert_mem_ne(one, other, HASH_BYTES);
    lottery_wipe(&lottery);
}
END_TEST

START_TEST(another_seed_draws_another_lottery)
{
    struct lottery lottery;
    struct draw one, other;
    uint8_t second[SEED_BYTES];
    memcpy(second, seed, sizeof second);
    second[31] ^= 1;
    lottery_init(&lottery, seed);
    lottery_draw(&lottery, seed, sizeof seed, &one);
    lottery_init(&lottery, second);
    lottery_draw(&lottery, seed, sizeof seed, &other);
    ck_assert_mem_ne(one.lottery, other.lottery, HASH_BYTES);
    ck_assert_mem_ne(one.tie_key, other.tie_key, TIE_KEY_BYTES);
    lottery_wipe(&lottery);
}
END_TEST

START_TEST(wiping_leaves_nothing_of_the_seed)
{
    struct lottery lottery, zero;
    memset(&zero, 0, sizeof zero);
    lottery_init(&lottery, seed);
    ck_assert_mem_ne(&lottery, &zero, sizeof zero);
    lottery_wipe(&lottery);
    ck_assert_mem_eq(&lottery, &zero, sizeof zero);
}
END_TEST

START_TEST(the_higher_value_goes_first_compared_as_bytes)
{
    static const uint32_t values[] = {0x01ffffff, 0xff000000, 0x80000000, 0x7fffffff, 0x00000001};
    static const uint32_t expected[] = {1, 2, 3, 0, 4};
    struct builder builder = {0};
    uint32_t order[5];
    for (size_t s = 0; s < 5; s++)
        builder_student(&builder, plain_student(), values[s]);
    ck_assert_int_eq(lottery_order(&builder.market, order), ERR_OK);
    ck_assert_mem_eq(order, expected, sizeof order);
    builder_free(&builder);
}
END_TEST

START_TEST(the_last_byte_of_a_value_decides_too)
{
    struct builder builder = {0};
    uint32_t order[2];
    builder_student(&builder, plain_student(), 9);
    builder_student(&builder, plain_student(), 9);
    builder.market.draws[1].lottery[HASH_BYTES - 1] = 1;
    ck_assert_int_eq(lottery_order(&builder.market, order), ERR_OK);
    ck_assert_uint_eq(order[0], 1);
    builder_free(&builder);
}
END_TEST

START_TEST(requests_of_one_student_go_by_start_then_by_canonical_order)
{
    static const int32_t from[] = {300, -5, 100, 300, -5};
    static const uint32_t expected[] = {5, 1, 4, 2, 0, 3};
    struct builder builder = {0};
    uint32_t order[6];
    for (size_t s = 0; s < 5; s++) {
        struct student request = plain_student();
        request.from = from[s];
        builder_student(&builder, request, 70);
    }
    struct student late = plain_student();
    late.from = 9000;
    builder_student(&builder, late, 71); /* somebody else, luckier: the start does not matter */
    ck_assert_int_eq(lottery_order(&builder.market, order), ERR_OK);
    ck_assert_mem_eq(order, expected, sizeof order);
    builder_free(&builder);
}
END_TEST

START_TEST(a_seed_is_padded_with_zeros_in_front)
{
    static const struct {
        const char *written;
        uint8_t first, before_last, last;
    } good[] = {{"1", 0, 0, 1},
                {"a1B2", 0, 0xa1, 0xb2},
                {"0f", 0, 0, 0x0f},
                {"abc", 0, 0x0a, 0xbc},
                {"FF00000000000000000000000000000000000000000000000000000000000102", 0xff, 1, 2}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint8_t bytes[SEED_BYTES];
        memset(bytes, 0xee, sizeof bytes);
        ck_assert_int_eq(lottery_parse_seed(text_of(good[i].written), bytes), ERR_OK);
        ck_assert_uint_eq(bytes[0], good[i].first);
        ck_assert_uint_eq(bytes[30], good[i].before_last);
        ck_assert_uint_eq(bytes[31], good[i].last);
        for (size_t k = 1; k < 30; k++)
            ck_assert_uint_eq(bytes[k], 0);
    }
}
END_TEST

START_TEST(a_seed_is_1_to_64_hexadecimal_digits)
{
    static const char *const bad[] = {
        "", "g", "0x1", " 1", "1 ", "-1", "a:b", "00000000000000000000000000000000000000000000000000000000000000000"};
    uint8_t bytes[SEED_BYTES], before[SEED_BYTES];
    memset(bytes, 0xee, sizeof bytes);
    memset(before, 0xee, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(lottery_parse_seed(text_of(bad[i]), bytes) == ERR_RANGE, "accepted '%s'", bad[i]);
    ck_assert_int_eq(lottery_parse_seed((struct text){"a\0b", 3}, bytes), ERR_RANGE);
    ck_assert_mem_eq(bytes, before, sizeof bytes);
}
END_TEST

START_TEST(ordering_answers_when_memory_is_out)
{
    struct builder builder = {0};
    uint32_t order[1] = {77};
    builder_student(&builder, plain_student(), 1);
    mem_fail_at(1);
    ck_assert_int_eq(lottery_order(&builder.market, order), ERR_MEMORY);
    mem_fail_at(0);
    ck_assert_uint_eq(order[0], 77);
    builder_free(&builder);
}
END_TEST

RUN_TESTS("match/lottery", hashes_follow_the_declared_layout, a_field_cannot_borrow_from_its_neighbour,
          another_seed_draws_another_lottery, wiping_leaves_nothing_of_the_seed,
          the_higher_value_goes_first_compared_as_bytes, the_last_byte_of_a_value_decides_too,
          requests_of_one_student_go_by_start_then_by_canonical_order, a_seed_is_padded_with_zeros_in_front,
          a_seed_is_1_to_64_hexadecimal_digits, ordering_answers_when_memory_is_out)
