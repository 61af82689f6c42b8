#include "blind/view.h"

#include "support/support.h"

#include <string.h>

/* Two weighted criteria: one with minimum 3, one with none. */
static const uint8_t minimums[2] = {3, 0};
static const struct blind_look candidate = {"25604", {2, 4}};

static unsigned reduction(const struct blind_look *others, size_t count)
{
    struct blind_crowd crowd;
    blind_crowd_start(&crowd, &candidate, minimums, 2);
    bool more = blind_crowd_add(&crowd, &candidate);
    for (size_t i = 0; more && i < count; i++)
        more = blind_crowd_add(&crowd, &others[i]);
    return blind_crowd_reduction(&crowd);
}

START_TEST(bands_compare_with_the_declared_minimum)
{
    for (unsigned minimum = 0; minimum <= 5; minimum++)
        for (unsigned level = 0; level <= 5; level++) {
            const char *want = level < minimum ? "below" : level > minimum ? "above" : "meets";
            ck_assert_str_eq(blind_band_name(blind_band_of(level, minimum)), want);
        }
}
END_TEST

START_TEST(each_step_leaves_out_what_is_declared)
{
    static const struct blind_parts want[] = {{true, true, true, true},
                                              {false, true, true, true},
                                              {false, false, false, true},
                                              {false, false, false, false}};
    for (unsigned step = 0; step < BLIND_STEPS; step++) {
        struct blind_parts parts = blind_parts_of(step);
        ck_assert_int_eq(parts.bands, want[step].bands);
        ck_assert_int_eq(parts.period, want[step].period);
        ck_assert_int_eq(parts.hours_and_days, want[step].hours_and_days);
        ck_assert_int_eq(parts.qualification, want[step].qualification);
    }
    ck_assert(!blind_parts_of(BLIND_STEPS).qualification); /* what is no step says least */
}
END_TEST

START_TEST(four_others_with_the_same_bands_are_enough)
{
    /* Other levels in the same bands: below 3, above 0. */
    static const struct blind_look same[] = {
        {"25604", {0, 1}}, {"25604", {1, 2}}, {"25604", {2, 3}}, {"25604", {2, 5}}};
    ck_assert_uint_eq(reduction(same, 4), 0);
    ck_assert_uint_eq(reduction(same, 3), 3);
}
END_TEST

START_TEST(without_the_bands_the_qualification_is_enough)
{
    static const struct blind_look others[] = {
        {"25604", {0, 1}}, {"25604", {3, 2}}, {"25604", {5, 0}}, {"25604", {0, 0}}};
    ck_assert_uint_eq(reduction(others, 4), 1);
    ck_assert_uint_eq(reduction(others, 3), 3);
}
END_TEST

START_TEST(without_the_qualification_nobody_else_is_needed)
{
    static const struct blind_look others[] = {
        {"25605", {2, 4}}, {"25605", {2, 4}}, {"25605", {2, 4}}, {"25605", {2, 4}}, {"25605", {2, 4}}};
    ck_assert_uint_eq(reduction(others, 5), 3);
    ck_assert_uint_eq(reduction(others, 0), 3);
}
END_TEST

/* A larger crowd never makes the view smaller. */
START_TEST(more_students_never_take_a_part_away)
{
    static const char *const qualifications[] = {"25604", "25605"};
    unsigned seed = 7;
    for (unsigned run = 0; run < 200; run++) {
        struct blind_look others[12];
        unsigned before = BLIND_STEPS - 1;
        for (size_t count = 0; count < 12; count++) {
            seed = seed * 1103515245u + 12345u;
            others[count] = (struct blind_look){qualifications[seed >> 16 & 1],
                                                {(uint8_t)(seed >> 17 & 3), (uint8_t)(seed >> 20 & 1)}};
            unsigned now = reduction(others, count + 1);
            ck_assert_uint_le(now, before);
            before = now;
        }
    }
}
END_TEST

RUN_TESTS("view", bands_compare_with_the_declared_minimum, each_step_leaves_out_what_is_declared,
          four_others_with_the_same_bands_are_enough, without_the_bands_the_qualification_is_enough,
          without_the_qualification_nobody_else_is_needed, more_students_never_take_a_part_away)
