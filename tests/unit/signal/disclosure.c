/* What may be published of a hierarchy, and that nobody is found by subtracting. */
#include "signal/disclosure.h"

#include "signal/discrete_laplace.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

enum { THRESHOLD = 10, UNITS_MAX = 2000 };
static const struct disclosure_rule rule = {THRESHOLD, 5, 12, 1};

/* A tree of four levels with random leaves, in the order that disclosure_decide wants; gives the number of units. */
static size_t draw_tree(const struct random_source *random, struct disclosure_unit *units, size_t *first_leaf)
{
    size_t level_from = 0, count = 1;
    units[0] = (struct disclosure_unit){.parent = DISCLOSURE_NONE};
    for (unsigned level = 1; level < 4; level++) {
        size_t level_to = count;
        for (size_t parent = level_from; parent < level_to; parent++) {
            uint64_t parts = 1 + random_below(random, 5);
            for (uint64_t i = 0; i < parts && count < UNITS_MAX; i++)
                units[count++] = (struct disclosure_unit){.parent = (uint32_t)parent};
        }
        level_from = level_to;
    }
    *first_leaf = level_from;
    for (size_t i = count; i-- > 0;) {
        if (i >= level_from)
            units[i].persons = random_below(random, 4) ? random_below(random, 25) : 0;
        if (i)
            units[units[i].parent].persons += units[i].persons;
    }
    return count;
}

/* The persons in what is left of a shown unit beside its shown parts. */
static uint64_t remainder_of(const struct disclosure_unit *units, size_t count, size_t unit)
{
    uint64_t rest = units[unit].persons;
    for (size_t i = 0; i < count; i++)
        if (units[i].shown && units[i].parent == unit)
            rest -= units[i].persons;
    return rest;
}

START_TEST(no_remainder_is_small_and_not_empty)
{
    static struct disclosure_unit units[UNITS_MAX];
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(1));
    unsigned shown = 0, hidden = 0;
    for (unsigned run = 0; run < 2000; run++) {
        size_t first_leaf, count = draw_tree(&random, units, &first_leaf);
        disclosure_decide(units, count, &rule);
        for (size_t i = 0; i < count; i++) {
            if (!units[i].shown) {
                hidden += units[i].persons >= THRESHOLD;
                continue;
            }
            shown++;
            ck_assert_uint_ge(units[i].persons, THRESHOLD);
            ck_assert(units[i].parent == DISCLOSURE_NONE || units[units[i].parent].shown);
            uint64_t rest = remainder_of(units, count, i);
            ck_assert(rest == 0 || rest >= THRESHOLD);
            ck_assert_uint_eq(units[i].rest, rest);
        }
    }
    ck_assert_uint_gt(shown, 1000);
    ck_assert_uint_gt(hidden, 100); /* the second rule hides units that the first would show */
}
END_TEST

/* A viewer may add and subtract any published units: of small trees all combinations with coefficients -1, 0 and 1 that make a set. */
static bool makes_a_set(const struct disclosure_unit *units, const size_t *shown, const int *signs,
                        size_t shown_count, size_t first_leaf, size_t count, uint64_t *persons)
{
    *persons = 0;
    for (size_t leaf = first_leaf; leaf < count; leaf++) {
        int times = 0;
        for (size_t s = 0; s < shown_count; s++)
            for (uint32_t at = (uint32_t)leaf; at != DISCLOSURE_NONE; at = units[at].parent)
                times += at == shown[s] ? signs[s] : 0;
        if (times < 0 || times > 1)
            return false;
        *persons += times ? units[leaf].persons : 0;
    }
    return true;
}

START_TEST(no_sum_or_difference_isolates_fewer_than_the_threshold)
{
    static struct disclosure_unit units[UNITS_MAX];
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(2));
    unsigned looked = 0;
    for (unsigned run = 0; run < 400 && looked < 60; run++) {
        size_t first_leaf, count = draw_tree(&random, units, &first_leaf), shown[8], shown_count = 0;
        disclosure_decide(units, count, &rule);
        for (size_t i = 0; i < count; i++)
            if (units[i].shown && shown_count < 8)
                shown[shown_count++] = i;
        if (count > 60 || shown_count < 3)
            continue;
        looked++;
        int signs[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
        for (;;) {
            uint64_t persons;
            if (makes_a_set(units, shown, signs, shown_count, first_leaf, count, &persons))
                ck_assert_msg(persons == 0 || persons >= THRESHOLD, "%u persons alone", (unsigned)persons);
            size_t at = 0;
            while (at < shown_count && signs[at] == 1)
                signs[at++] = -1;
            if (at == shown_count)
                break;
            signs[at]++;
        }
    }
    ck_assert_uint_ge(looked, 20);
}
END_TEST

START_TEST(a_small_brother_takes_another_with_it)
{
    struct disclosure_unit units[] = {{.parent = DISCLOSURE_NONE, .persons = 64},
                                      {.parent = 0, .persons = 40},
                                      {.parent = 0, .persons = 21},
                                      {.parent = 0, .persons = 3}};
    disclosure_decide(units, 4, &rule);
    ck_assert(units[0].shown && units[1].shown && !units[2].shown && !units[3].shown);
    ck_assert_uint_eq(units[2].home, 0);
    units[3].persons = 0;
    units[0].persons = 61;
    disclosure_decide(units, 4, &rule);
    ck_assert(units[1].shown && units[2].shown && !units[3].shown);
    units[0].persons = 9;
    disclosure_decide(units, 1, &rule);
    ck_assert(!units[0].shown);
    ck_assert_uint_eq(units[0].home, DISCLOSURE_NONE);
}
END_TEST

/* What is published adds up before it is rounded, whatever the noise. */
START_TEST(a_unit_is_the_sum_of_its_remainders)
{
    static struct disclosure_unit units[UNITS_MAX];
    static int64_t counts[UNITS_MAX * 2];
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(3));
    size_t first_leaf, count = draw_tree(&random, units, &first_leaf);
    disclosure_decide(units, count, &rule);
    for (size_t i = first_leaf; i < count; i++)
        counts[i * 2] = (int64_t)units[i].persons;
    disclosure_add_noise(units, count, counts, 2, &rule, &random);
    int64_t off = 0;
    for (size_t i = 0; i < count; i++) {
        if (!units[i].shown) {
            ck_assert_int_eq(counts[i * 2], 0);
            continue;
        }
        off += llabs(counts[i * 2] - (int64_t)units[i].persons);
        ck_assert_int_lt(llabs(counts[i * 2 + 1]), 2000);
    }
    ck_assert_int_gt(off, 0);
}
END_TEST

/* One remainder's noise against its own distribution, in 9 classes; 99.99 % of true ones stay below 31.8 (8 degrees of freedom). */
START_TEST(the_noise_has_the_distribution_that_is_stated)
{
    enum { DRAWS = 40000, CLASSES = 9 };
    static const int64_t upper[CLASSES] = {-20, -10, -5, -1, 0, 5, 10, 20, INT64_MAX};
    unsigned seen[CLASSES] = {0};
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(4));
    struct disclosure_unit unit = {.parent = DISCLOSURE_NONE, .persons = 50};
    disclosure_decide(&unit, 1, &rule);
    for (unsigned i = 0; i < DRAWS; i++) {
        int64_t count = 50;
        unsigned at = 0;
        disclosure_add_noise(&unit, 1, &count, 1, &rule, &random);
        while (count - 50 > upper[at])
            at++;
        seen[at]++;
    }
    double chi_square = 0;
    for (unsigned at = 0; at < CLASSES; at++) {
        double expected = 0;
        int64_t from = at ? upper[at - 1] + 1 : -2000, to = at == CLASSES - 1 ? 2000 : upper[at];
        for (int64_t k = from; k <= to; k++)
            expected += DRAWS * discrete_laplace_at(1.0 / 12, k);
        chi_square += (seen[at] - expected) * (seen[at] - expected) / expected;
    }
    ck_assert_double_lt(chi_square, 31.8);
}
END_TEST

/* Margins are kept in 19 of 20 draws, for one remainder and for many. */
START_TEST(a_margin_holds_in_nineteen_of_twenty)
{
    enum { DRAWS = 20000, PARTS = 6 };
    static const uint32_t parts[] = {1, 2, PARTS};
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(6));
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        unsigned beyond = 0;
        for (unsigned i = 0; i < DRAWS; i++) {
            int64_t off = 0;
            for (uint32_t k = 0; k < parts[p]; k++)
                off += discrete_laplace_draw(&random, rule.scale_numerator, rule.scale_denominator);
            beyond += llabs(off) > disclosure_margin(parts[p], &rule);
        }
        ck_assert_uint_lt(beyond, DRAWS / 20 * 11 / 10);
        ck_assert_uint_gt(beyond, DRAWS / 100);
    }
    ck_assert_uint_le(disclosure_margin(0, &rule), rule.rounding);
}
END_TEST

/* What holds nobody has no noise: a whole that is one part is that part. */
START_TEST(an_empty_remainder_adds_nothing)
{
    struct disclosure_unit units[] = {{.parent = DISCLOSURE_NONE, .persons = 30}, {.parent = 0, .persons = 30}};
    int64_t counts[] = {0, 30};
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(7));
    disclosure_decide(units, 2, &rule);
    ck_assert_uint_eq(units[0].rest, 0);
    ck_assert_uint_eq(units[0].parts, 1);
    ck_assert_uint_eq(units[1].parts, 1);
    disclosure_add_noise(units, 2, counts, 1, &rule, &random);
    ck_assert_int_eq(counts[0], counts[1]);
}
END_TEST

START_TEST(numbers_are_rounded_and_small_ones_not_told)
{
    static const struct {
        int64_t count;
        uint32_t published;
    } cases[] = {{-30, 0}, {0, 0}, {3, 0}, {7, 0}, {8, 10}, {12, 10}, {13, 15}, {1000001, 1000000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_uint_eq(disclosure_round(cases[i].count, &rule), cases[i].published);
}
END_TEST

START_TEST(the_same_bits_give_the_same_table)
{
    static struct disclosure_unit units[UNITS_MAX];
    static int64_t first[UNITS_MAX], second[UNITS_MAX];
    struct random_seeded seeded, again;
    struct random_source random = random_of_seed(&seeded, test_seed(5));
    struct random_source one = random_of_seed(&again, 7);
    size_t first_leaf, count = draw_tree(&random, units, &first_leaf);
    disclosure_decide(units, count, &rule);
    for (size_t i = first_leaf; i < count; i++)
        first[i] = second[i] = (int64_t)units[i].persons;
    disclosure_add_noise(units, count, first, 1, &rule, &one);
    one = random_of_seed(&again, 7);
    disclosure_add_noise(units, count, second, 1, &rule, &one);
    ck_assert_int_eq(memcmp(first, second, sizeof first), 0);
}
END_TEST

RUN_TESTS("disclosure", no_remainder_is_small_and_not_empty, no_sum_or_difference_isolates_fewer_than_the_threshold,
          a_small_brother_takes_another_with_it, a_unit_is_the_sum_of_its_remainders,
          the_noise_has_the_distribution_that_is_stated, numbers_are_rounded_and_small_ones_not_told,
          the_same_bits_give_the_same_table, a_margin_holds_in_nineteen_of_twenty, an_empty_remainder_adds_nothing)
