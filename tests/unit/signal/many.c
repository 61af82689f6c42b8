/* Many units: adjusted p-values, chosen e-values, an order by empirical Bayes, noise for counts. */
#include "signal/many.h"
#include "signal/discrete_laplace.h"
#include "signal/empirical_bayes.h"

#include "signal/distribution.h"
#include "support/support.h"

#include <math.h>
#include <stdlib.h>

enum { UNITS = 400, DRAWS = 200000, WIDEST = 6 };

START_TEST(bh_by_hand)
{
    const double p[] = {log(0.01), log(0.04), log(0.03), log(0.5)};
    double adjusted[4];
    ck_assert_int_eq(bh_adjust(p, 4, adjusted), ERR_OK);
    ck_assert_double_eq_tol(exp(adjusted[0]), 0.04, 1e-14);
    ck_assert_double_eq_tol(exp(adjusted[1]), 0.16 / 3, 1e-14);
    ck_assert_double_eq_tol(exp(adjusted[2]), 0.16 / 3, 1e-14);
    ck_assert_double_eq_tol(exp(adjusted[3]), 0.5, 1e-14);
    ck_assert_int_eq(bh_adjust(p, 0, adjusted), ERR_OK);
}
END_TEST

START_TEST(ebh_by_hand)
{
    /* Of 5 at 0.1: the k-th must be at least 50 / k. */
    const double e[] = {log(100), 0, log(0.5), log(30), log(2)};
    bool chosen[5];
    ck_assert_int_eq(ebh_choose(e, 5, 0.1, chosen), ERR_OK);
    ck_assert(chosen[0] && !chosen[1] && !chosen[2] && chosen[3] && !chosen[4]);
    ck_assert_int_eq(ebh_choose(e + 1, 2, 0.1, chosen), ERR_OK);
    ck_assert(!chosen[0] && !chosen[1]);
}
END_TEST

/* Nine of ten units alike, the tenth with three times the odds: that is what comes out. */
START_TEST(bayes_finds_the_shares_and_the_order)
{
    static double likelihood[UNITS][BAYES_POINTS];
    static struct bayes_posterior posteriors[UNITS];
    double weights[BAYES_POINTS], sum = 0;
    for (uint32_t i = 0; i < UNITS; i++) {
        bool differs = i % 10 == 0;
        struct block block = {400, 120, 200, differs ? 84 : 60 + i % 3 - 1};
        for (int k = 0; k < BAYES_POINTS; k++)
            likelihood[i][k] = bayes_theta[k] * block.x - block_log_m(&block, bayes_theta[k]);
    }
    ck_assert_int_eq(bayes_fit((const double(*)[BAYES_POINTS])likelihood, UNITS, 200, weights, posteriors), ERR_OK);
    for (int k = 0; k < BAYES_POINTS; k++)
        sum += weights[k];
    ck_assert_double_eq_tol(sum, 1, 1e-12);
    ck_assert_double_eq_tol(weights[0], 0.9, 0.02);
    for (uint32_t i = 0; i < UNITS; i++) {
        bool differs = i % 10 == 0;
        ck_assert(differs ? posteriors[i].alike < 0.01 : posteriors[i].alike > 0.9);
        ck_assert(differs ? posteriors[i].q < 0.01 : posteriors[i].q > 0);
    }
}
END_TEST

START_TEST(noise_has_the_distribution_that_it_says)
{
    struct random_seeded seeded;
    struct random_source source = random_of_seed(&seeded, 7);
    uint64_t counts[2 * WIDEST + 1] = {0};
    for (int i = 0; i < DRAWS; i++) {
        int64_t k = discrete_laplace_draw(&source, 2, 1); /* scale 2: ε/Δ = 1/2 */
        if (k >= -WIDEST && k <= WIDEST)
            counts[k + WIDEST]++;
    }
    for (int64_t k = -WIDEST; k <= WIDEST; k++) {
        double expected = DRAWS * discrete_laplace_at(0.5, k);
        ck_assert_double_eq_tol((double)counts[k + WIDEST], expected, 5 * sqrt(expected));
    }
}
END_TEST

START_TEST(noise_is_a_whole)
{
    double sum = 0;
    for (int64_t k = -400; k <= 400; k++)
        sum += discrete_laplace_at(0.1, k);
    ck_assert_double_eq_tol(sum, 1, 1e-12);
}
END_TEST

RUN_TESTS("signal/many", bh_by_hand, ebh_by_hand, bayes_finds_the_shares_and_the_order,
          noise_has_the_distribution_that_it_says, noise_is_a_whole)
