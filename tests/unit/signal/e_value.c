/* E-values: their expectation, by adding up every outcome, and what they come to by hand. */
#include "signal/e_value.h"
#include "signal/did.h"

#include "support/support.h"

#include <math.h>

/* Σ P_Γ(x)·e(x) over every outcome of a block. */
static double expectation(struct block block, double gamma, double true_gamma)
{
    double sum = 0, total = 0;
    for (block.x = block_lowest(&block); block.x <= block_highest(&block); block.x++) {
        double log_e[GRID_COUNT];
        struct distribution distribution;
        uint64_t s;
        ck_assert_int_eq(distribution_of_blocks(&block, 1, &distribution, &s), ERR_OK);
        double p = distribution_log_at(&distribution, block.x) + log(true_gamma) * block.x;
        distribution_free(&distribution);
        e_value_of_block(&block, &grid_unit, gamma, log_e);
        sum += exp(p + grid_mix(&grid_unit, log_e));
        total += exp(p);
    }
    return sum / total;
}

START_TEST(by_hand)
{
    /* One of two: M(θ) = (1 + ψ) / 2, so e = 2ψ / (1 + ψ). */
    double log_e[GRID_COUNT];
    e_value_of_block(&(struct block){2, 1, 1, 1}, &grid_unit, 1, log_e);
    for (int g = 0; g < GRID_COUNT; g++)
        ck_assert_double_eq_tol(exp(log_e[g]), 2 * grid_unit.odds_ratio[g] / (1 + grid_unit.odds_ratio[g]), 1e-14);
    ck_assert_double_eq_tol(exp(grid_mix(&grid_unit, log_e)), 3239.0 / 2200, 1e-14);
}
END_TEST

START_TEST(the_expectation_is_one_at_the_boundary_and_less_below)
{
    static const struct block blocks[] = {{2, 1, 1, 0}, {9, 4, 5, 0}, {30, 9, 15, 0}, {40, 3, 38, 0}};
    for (size_t i = 0; i < 4; i++) {
        struct block block = blocks[i];
        ck_assert_double_eq_tol(expectation(block, 1, 1), 1, 1e-12);
        ck_assert_double_eq_tol(expectation(block, 1.25, 1.25), 1, 1e-12);
        ck_assert(expectation(block, 1.25, 1) < 1);
        ck_assert(expectation(block, 1, 3) > 1);
    }
}
END_TEST

START_TEST(weights_are_a_whole)
{
    double unit = 0, large = 0;
    for (int g = 0; g < GRID_COUNT; g++) {
        unit += grid_unit.weight[g];
        large += grid_large.weight[g];
    }
    ck_assert_double_eq_tol(unit, 1, 1e-15);
    ck_assert_double_eq_tol(large, 1, 1e-15);
}
END_TEST

START_TEST(a_block_without_a_choice_changes_nothing)
{
    struct e_process process = e_process_start();
    ck_assert_double_eq_tol(e_process_log_value(&process, &grid_unit), 0, 1e-15);
    e_process_add(&process, &(struct block){6, 0, 3, 0}, &grid_unit, 1.5);
    e_process_add(&process, &(struct block){6, 2, 6, 2}, &grid_unit, 1.5);
    for (int g = 0; g < GRID_COUNT; g++)
        ck_assert_double_eq(process.log_e[g], 0);
}
END_TEST

/* The mixture is of products, not a product of mixtures. */
START_TEST(the_mixture_comes_after_the_product)
{
    const struct block block = {10, 5, 5, 5};
    struct e_process process = e_process_start();
    double once[GRID_COUNT], product = 0;
    e_value_of_block(&block, &grid_unit, 1, once);
    for (int i = 0; i < 3; i++) {
        e_process_add(&process, &block, &grid_unit, 1);
        product += grid_mix(&grid_unit, once);
    }
    ck_assert(e_process_log_value(&process, &grid_unit) > product + 0.01);
    ck_assert_double_eq_tol(process.log_e[2], 3 * once[2], 1e-12);
}
END_TEST

START_TEST(the_highest_stays_when_evidence_goes_down)
{
    struct e_process process = e_process_start();
    e_process_add(&process, &(struct block){20, 10, 10, 9}, &grid_unit, 1);
    double highest = process.log_highest;
    ck_assert(highest > 1);
    e_process_add(&process, &(struct block){20, 10, 10, 1}, &grid_unit, 1);
    ck_assert_double_eq(process.log_highest, highest);
    ck_assert(e_process_log_value(&process, &grid_unit) < 0);
    ck_assert_double_eq(e_process_log_p(&process), -highest);
}
END_TEST

START_TEST(the_adjuster_has_no_gap)
{
    ck_assert_double_eq_tol(exp(e_adjust(log(20))), (19 - log(20)) / (log(20) * log(20)), 1e-14);
    ck_assert_double_eq_tol(e_adjust(0), log(0.5), 1e-15);
    ck_assert_double_eq_tol(e_adjust(0.000999999), e_adjust(0.001000001), 1e-8);
    ck_assert_double_eq_tol(e_adjust(499.9999999), e_adjust(500.0000001), 1e-6);
}
END_TEST

START_TEST(a_company_that_stays_as_it_was_is_its_own_control)
{
    /* Both stages alike, and hard on the focal group: a plain test of the second would say much. */
    const struct block first = {40, 20, 20, 18}, second = {40, 20, 20, 18};
    struct did did;
    ck_assert_int_eq(did_run(&first, 1, &second, 1, &grid_unit, &did), ERR_OK);
    ck_assert(did.log_p_greater > log(0.4));
    ck_assert_double_eq_tol(did.odds_ratio_ratio, 1, 1e-9);
    ck_assert(grid_mix(&grid_unit, did.log_e) < 0);
}
END_TEST

START_TEST(a_change_after_the_name_is_known_is_seen)
{
    const struct block first = {40, 20, 20, 10}, second = {40, 20, 20, 18};
    struct did did;
    ck_assert_int_eq(did_run(&first, 1, &second, 1, &grid_unit, &did), ERR_OK);
    ck_assert(did.log_p_greater < log(1e-3));
    ck_assert(did.odds_ratio_ratio > 10);
    ck_assert(grid_mix(&grid_unit, did.log_e) > log(20));
}
END_TEST

START_TEST(a_stage_without_decisions_says_nothing)
{
    const struct block second = {40, 20, 20, 18};
    struct did did;
    ck_assert_int_eq(did_run(NULL, 0, &second, 1, &grid_unit, &did), ERR_OK);
    ck_assert_double_eq(did.log_p_greater, 0);
    ck_assert_double_eq(did.log_e[4], 0);
    ck_assert(isnan(did.odds_ratio_ratio));
}
END_TEST

RUN_TESTS("signal/e_value", by_hand, the_expectation_is_one_at_the_boundary_and_less_below, weights_are_a_whole,
          a_block_without_a_choice_changes_nothing, the_mixture_comes_after_the_product,
          the_highest_stays_when_evidence_goes_down, the_adjuster_has_no_gap,
          a_company_that_stays_as_it_was_is_its_own_control, a_change_after_the_name_is_known_is_seen,
          a_stage_without_decisions_says_nothing)
