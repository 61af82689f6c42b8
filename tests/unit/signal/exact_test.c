/* The exact test against tables small enough to be counted by hand, and against its own definition for larger ones. */
#include "signal/exact_test.h"

#include "base/mem.h"
#include "support/support.h"

#include <math.h>

enum { STRATA = 12 };

static const double close_to = 1e-12;

static struct exact_test run(const struct block *blocks, size_t count)
{
    struct exact_test test;
    ck_assert_int_eq(exact_test_run(blocks, count, 0, 0.95, &test), ERR_OK);
    return test;
}

/* The lady who tastes tea (Fisher 1935): 3 of 4 right; 1/70 and 16/70 are at least as good as that. */
START_TEST(tea_is_counted)
{
    struct exact_test test = run(&(struct block){8, 4, 4, 3}, 1);
    ck_assert_double_eq_tol(exp(test.log_p_greater), 17.0 / 70, close_to);
    ck_assert_double_eq_tol(exp(test.log_p_less), 69.0 / 70, close_to);
    ck_assert_double_eq_tol(exp(test.log_p_two_sided), 34.0 / 70, close_to);
    ck_assert_double_eq_tol(exp(test.log_midp_greater), 9.0 / 70, close_to);
    ck_assert_double_eq_tol(exp(test.log_midp_less), 61.0 / 70, close_to);
}
END_TEST

START_TEST(one_of_two_has_limits_that_are_known)
{
    struct exact_test test = run(&(struct block){2, 1, 1, 1}, 1);
    ck_assert_double_eq_tol(exp(test.log_p_greater), 0.5, close_to);
    ck_assert(isinf(test.odds_ratio) && isinf(test.odds_ratio_high));
    ck_assert_double_eq_tol(test.odds_ratio_low, 0.025 / 0.975, close_to);
}
END_TEST

/* Two strata of pairs: the sum is 0, 1 or 2 with 1/4, 1/2, 1/4. */
START_TEST(strata_are_added)
{
    const struct block blocks[] = {{2, 1, 1, 1}, {2, 1, 1, 0}};
    struct exact_test test = run(blocks, 2);
    ck_assert_double_eq_tol(exp(test.log_p_greater), 0.75, close_to);
    ck_assert_double_eq_tol(exp(test.log_p_less), 0.75, close_to);
    ck_assert_double_eq_tol(test.odds_ratio, 1, 1e-9);
}
END_TEST

START_TEST(without_a_choice_nothing_is_said)
{
    const struct block blocks[] = {{5, 0, 3, 0}, {4, 2, 4, 2}};
    struct exact_test test = run(blocks, 2);
    ck_assert_double_eq(test.log_p_greater, 0);
    ck_assert_double_eq(test.log_p_less, 0);
    ck_assert_double_eq(test.log_p_two_sided, 0);
    ck_assert_double_eq_tol(exp(test.log_midp_greater), 0.5, close_to);
    ck_assert(isnan(test.odds_ratio) && isinf(test.odds_ratio_high));
    ck_assert_double_eq(test.odds_ratio_low, 0);
    test = run(NULL, 0);
    ck_assert_double_eq(test.log_p_greater, 0);
}
END_TEST

/* The estimate and the limits are where their definitions say. */
START_TEST(estimates_hold_their_definitions)
{
    struct block blocks[STRATA];
    struct distribution distribution;
    uint64_t sum;
    for (uint32_t k = 0; k < STRATA; k++)
        blocks[k] = (struct block){30 + k, 10 + k % 4, 12 + k % 5, 5 + k % 3};
    struct exact_test test = run(blocks, STRATA);
    ck_assert_int_eq(distribution_of_blocks(blocks, STRATA, &distribution, &sum), ERR_OK);
    ck_assert_double_eq_tol(distribution_mean(&distribution, log(test.odds_ratio)), (double)sum, 1e-7);
    double low = distribution_log_at_least(&distribution, sum, log(test.odds_ratio_low));
    double high = distribution_log_at_most(&distribution, sum, log(test.odds_ratio_high));
    ck_assert_double_eq_tol(low, log(0.025), 1e-9);
    ck_assert_double_eq_tol(high, log(0.025), 1e-9);
    ck_assert(test.odds_ratio_low < test.odds_ratio && test.odds_ratio < test.odds_ratio_high);
    distribution_free(&distribution);
}
END_TEST

/* Both tails and what was seen are the whole; labels that are exchanged exchange the tails. */
START_TEST(tails_are_those_of_one_distribution)
{
    for (uint32_t x = 2; x <= 9; x++) {
        struct exact_test test = run(&(struct block){25, 9, 18, x}, 1);
        struct exact_test other = run(&(struct block){25, 16, 18, 18 - x}, 1);
        ck_assert_double_eq_tol(exp(test.log_midp_greater) + exp(test.log_midp_less), 1, close_to);
        ck_assert_double_eq_tol(test.log_p_greater, other.log_p_less, close_to);
        ck_assert_double_eq_tol(test.log_p_two_sided, other.log_p_two_sided, close_to);
    }
}
END_TEST

START_TEST(tables_that_cannot_be_are_refused)
{
    static const struct block impossible[] = {{4, 5, 1, 0}, {4, 1, 5, 1}, {4, 3, 3, 1}, {4, 2, 1, 2}};
    struct exact_test test;
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(exact_test_run(&impossible[i], 1, 0, 0.95, &test), ERR_INPUT);
}
END_TEST

START_TEST(a_far_tail_keeps_its_digits)
{
    /* All 400 focal among 400 rejected of 800: 1 / (800 choose 400). */
    struct exact_test test = run(&(struct block){800, 400, 400, 400}, 1);
    double expected = 2 * lgamma(401) - lgamma(801);
    ck_assert_double_eq_tol(test.log_p_greater / expected, 1, 1e-13);
    ck_assert(test.log_p_greater < -540);
}
END_TEST

START_TEST(memory_that_fails_leaves_nothing)
{
    const struct block blocks[] = {{8, 4, 4, 3}, {12, 5, 6, 2}};
    struct exact_test test;
    for (uint64_t nth = 1; nth < 10; nth++) {
        mem_fail_at(nth);
        enum err e = exact_test_run(blocks, 2, 0, 0.95, &test);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
    }
}
END_TEST

RUN_TESTS("signal/exact_test", tea_is_counted, one_of_two_has_limits_that_are_known, strata_are_added,
          without_a_choice_nothing_is_said, estimates_hold_their_definitions, tails_are_those_of_one_distribution,
          tables_that_cannot_be_are_refused, a_far_tail_keeps_its_digits, memory_that_fails_leaves_nothing)
