#include "base/intern.h"

#include "support/support.h"

#include <stdio.h>
#include <string.h>

START_TEST(numbers_count_up_in_order_of_first_appearance)
{
    static const struct {
        const char *text;
        uint32_t number;
    } puts_[] = {{"b", 0}, {"a", 1}, {"b", 0}, {"", 2}, {"A", 3}, {"ab", 4}, {"", 2}, {"a", 1}};
    struct intern intern;
    uint32_t number = 99;
    intern_init(&intern, 1 << 20);
    ck_assert_uint_eq(intern_find(&intern, text_of("b")), INTERN_NONE);
    for (size_t i = 0; i < sizeof puts_ / sizeof puts_[0]; i++) {
        ck_assert_int_eq(intern_put(&intern, text_of(puts_[i].text), &number), ERR_OK);
        ck_assert_uint_eq(number, puts_[i].number);
        ck_assert_str_eq(intern_text(&intern, number).data, puts_[i].text);
    }
    ck_assert_uint_eq(intern.count, 5);
    ck_assert_uint_eq(intern_find(&intern, text_of("ab")), 4);
    ck_assert_uint_eq(intern_find(&intern, text_of("abc")), INTERN_NONE);
    intern_free(&intern);
    ck_assert_uint_eq(intern.count, 0);
}
END_TEST

START_TEST(texts_differ_by_every_byte_nul_included)
{
    struct intern intern;
    uint32_t first, second;
    intern_init(&intern, 1 << 20);
    ck_assert_int_eq(intern_put(&intern, (struct text){"a\0b", 3}, &first), ERR_OK);
    ck_assert_int_eq(intern_put(&intern, (struct text){"a\0c", 3}, &second), ERR_OK);
    ck_assert_uint_ne(first, second);
    ck_assert_uint_eq(intern_text(&intern, first).length, 3);
    ck_assert_mem_eq(intern_text(&intern, first).data, "a\0b\0", 4);
    intern_free(&intern);
}
END_TEST

START_TEST(a_hundred_thousand_texts_keep_their_numbers)
{
    enum { COUNT = 100000 };
    struct intern intern;
    char text[32];
    uint32_t number = 0;
    intern_init(&intern, 64 << 20);
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < COUNT; i++) {
            snprintf(text, sizeof text, "text-%u", i * 2654435761u);
            if (intern_put(&intern, text_of(text), &number) != ERR_OK || number != i)
                ck_abort_msg("text %u got %u", i, number);
        }
    ck_assert_uint_eq(intern.count, COUNT);
    for (uint32_t i = 0; i < COUNT; i += 997) {
        snprintf(text, sizeof text, "text-%u", i * 2654435761u);
        ck_assert_uint_eq(intern_find(&intern, text_of(text)), i);
        ck_assert(text_is(intern_text(&intern, i), text));
    }
    ck_assert_uint_eq(intern_find(&intern, text_of("text-x")), INTERN_NONE);
    intern_free(&intern);
}
END_TEST

START_TEST(the_budget_ends_new_texts_but_not_known_ones)
{
    struct intern intern;
    char text[32];
    uint32_t number = 0, kept = 0;
    enum err e = ERR_OK;
    intern_init(&intern, 65536);
    for (; kept < 100000; kept++) {
        snprintf(text, sizeof text, "%u", kept);
        if ((e = intern_put(&intern, text_of(text), &number)) != ERR_OK)
            break;
    }
    ck_assert_int_eq(e, ERR_MEMORY);
    ck_assert_uint_eq(kept, 64 * 1024 / 16);
    ck_assert_uint_eq(number, kept - 1); /* untouched by the failure */
    ck_assert_uint_eq(intern.count, kept);
    ck_assert_uint_eq(intern_find(&intern, text_of(text)), INTERN_NONE);
    ck_assert_int_eq(intern_put(&intern, text_of("17"), &number), ERR_OK);
    ck_assert_uint_eq(number, 17);
    intern_free(&intern);
}
END_TEST

START_TEST(a_failed_allocation_adds_nothing_and_can_be_tried_again)
{
    struct intern intern;
    char text[32];
    uint32_t number;
    unsigned failures = 0;
    intern_init(&intern, 1 << 20);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "%u", i);
        mem_fail_at(1);
        enum err e = intern_put(&intern, text_of(text), &number);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        failures += failed;
        if (failed) {
            ck_assert_uint_eq(intern.count, i);
            ck_assert_uint_eq(intern_find(&intern, text_of(text)), INTERN_NONE);
            ck_assert_int_eq(intern_put(&intern, text_of(text), &number), ERR_OK);
        }
        ck_assert_uint_eq(number, i);
    }
    ck_assert_uint_gt(failures, 5);
    intern_free(&intern);
}
END_TEST

RUN_TESTS("base/intern", numbers_count_up_in_order_of_first_appearance, texts_differ_by_every_byte_nul_included,
          a_hundred_thousand_texts_keep_their_numbers, the_budget_ends_new_texts_but_not_known_ones,
          a_failed_allocation_adds_nothing_and_can_be_tried_again)
