#include "base/text.h"
#include "base/date.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

START_TEST(splits_at_every_separator)
{
    struct text rest = text_of("a||b|"), part;
    const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(text_next(&rest, '|', &part));
        ck_assert(text_is(part, expected[i]));
    }
    ck_assert(!text_next(&rest, '|', &part));
}
END_TEST

START_TEST(numbers_are_strict)
{
    static const char *const refused[] = {"",   "+5", "-1", " 5", "5 ", "05", "0x3", "5.0", "18446744073709551616",
                                          "1e3"};
    uint64_t number = 77;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_int_eq(text_to_u64(text_of(refused[i]), 0, UINT64_MAX, &number), ERR_RANGE);
    ck_assert_uint_eq(number, 77);
    ck_assert_int_eq(text_to_u64(text_of("18446744073709551615"), 0, UINT64_MAX, &number), ERR_OK);
    ck_assert_uint_eq(number, UINT64_MAX);
    ck_assert_int_eq(text_to_u64(text_of("0"), 0, 10, &number), ERR_OK);
    ck_assert_int_eq(text_to_u64(text_of("41"), 1, 40, &number), ERR_RANGE);
}
END_TEST

START_TEST(dates_have_two_shapes)
{
    static const struct {
        const char *written, *iso;
    } good[] = {{"2027-02-01", "2027-02-01"}, {"1-2-2027", "2027-02-01"},   {"01-02-2027", "2027-02-01"},
                {"29-2-2028", "2028-02-29"},  {"1970-01-01", "1970-01-01"}, {"31-12-2199", "2199-12-31"},
                {"1900-01-01", "1900-01-01"}, {"2000-02-29", "2000-02-29"}};
    static const char *const bad[] = {"",          "2027-2-1",   "1/2/2027",   "29-2-2027",   "2100-02-29",
                                      "32-1-2027", "2027-13-01", "1-2-27",     "2027-02-01x", "2027-02-1",
                                      "0-1-2027",  "1-2-2027-",  "1899-12-31", "2200-01-01",  "-1-2-2027",
                                      "1--2027",   "1-2-"};
    int32_t days;
    char shown[11];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_int_eq(date_parse(text_of(good[i].written), &days), ERR_OK);
        date_format(days, shown);
        ck_assert_str_eq(shown, good[i].iso);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(date_parse(text_of(bad[i]), &days) == ERR_RANGE, "accepted %s", bad[i]);
    ck_assert_int_eq(date_parse(text_of("1970-01-02"), &days), ERR_OK);
    ck_assert_int_eq(days, 1);
}
END_TEST

START_TEST(every_day_survives_a_round_trip)
{
    char shown[11], again_shown[16];
    int32_t first, last, again;
    ck_assert_int_eq(date_parse(text_of("1900-01-01"), &first), ERR_OK);
    ck_assert_int_eq(date_parse(text_of("2199-12-31"), &last), ERR_OK);
    for (int32_t day = first; day <= last; day++) {
        date_format(day, shown);
        ck_assert_int_eq(date_parse(text_of(shown), &again), ERR_OK);
        ck_assert_int_eq(again, day);
        int64_t month = date_month(day);
        (void)snprintf(again_shown, sizeof again_shown, "%04d-%02d", (int)(month / 12) % 10000,
                       (int)(month % 12) + 1);
        ck_assert(strncmp(shown, again_shown, 7) == 0);
    }
}
END_TEST

START_TEST(codes_have_a_closed_alphabet)
{
    ck_assert(text_is_code(text_of("B1-K1-W1"), 32));
    ck_assert(text_is_code(text_of("a.b_c-9"), 32));
    ck_assert(!text_is_code(text_of(""), 32));
    ck_assert(!text_is_code(text_of("a b"), 32));
    ck_assert(!text_is_code(text_of("caf\xc3\xa9"), 32));
    ck_assert(text_is_code(text_of("12345678901234567890123456789012"), 32));
    ck_assert(!text_is_code(text_of("123456789012345678901234567890123"), 32));
}
END_TEST

RUN_TESTS("base/text", splits_at_every_separator, numbers_are_strict, dates_have_two_shapes,
          every_day_survives_a_round_trip, codes_have_a_closed_alphabet)
