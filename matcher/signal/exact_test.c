#include "signal/exact_test.h"

#include "signal/log_math.h"

#include <math.h>

static const double tie = 1e-7; /* as R's mantelhaen.test and fisher.test */
static void estimate(const struct distribution *distribution, double confidence, struct exact_test *test)
{
    uint64_t s = test->sum;
    double side = log((1 - confidence) / 2);
    bool at_low = s == distribution->lowest, at_high = s == distribution->lowest + distribution->count - 1;
    test->odds_ratio = distribution_odds_ratio(distribution, s);
    test->odds_ratio_low =
        at_low ? 0 : exp(distribution_solve(distribution, s, distribution_log_at_least, side, true));
    test->odds_ratio_high =
        at_high ? INFINITY : exp(distribution_solve(distribution, s, distribution_log_at_most, side, false));
}

/* ln P_δ(all outcomes that are at most as likely as s). */
static double log_two_sided(const struct distribution *distribution, uint64_t s, double delta)
{
    double all = -INFINITY, unlikely = -INFINITY;
    double limit = distribution_log_at(distribution, s) + delta * (double)s + log1p(tie);
    for (size_t i = 0; i < distribution->count; i++) {
        double term = distribution->log_p[i] + delta * (double)(distribution->lowest + i);
        all = log_add(all, term);
        if (term <= limit)
            unlikely = log_add(unlikely, term);
    }
    return fmin(0, unlikely - all);
}

/* Half of what was seen itself, and all beyond. */
static double log_mid(double log_beyond, double log_seen)
{
    return log_add(log_beyond, log_seen - log(2));
}

enum err exact_test_run(const struct block *blocks, size_t count, double delta, double confidence,
                        struct exact_test *out)
{
    struct distribution distribution = {0, 0, NULL};
    struct exact_test test = {0};
    enum err e = distribution_of_blocks(blocks, count, &distribution, &test.sum);
    if (e != ERR_OK)
        return e;
    uint64_t s = test.sum;
    test.log_p_greater = distribution_log_at_least(&distribution, s, delta);
    test.log_p_less = distribution_log_at_most(&distribution, s, delta);
    test.log_p_two_sided = log_two_sided(&distribution, s, delta);
    double above = distribution_log_at_least(&distribution, s + 1, delta);
    double below = s ? distribution_log_at_most(&distribution, s - 1, delta) : -INFINITY;
    /* From the smaller side: a difference of two numbers near 1 would lose it. */
    double seen = test.log_p_greater < test.log_p_less ? test.log_p_greater + log(-expm1(above - test.log_p_greater))
                                                       : test.log_p_less + log(-expm1(below - test.log_p_less));
    test.log_midp_greater = log_mid(above, seen);
    test.log_midp_less = log_mid(below, seen);
    estimate(&distribution, confidence, &test);
    distribution_free(&distribution);
    *out = test;
    return ERR_OK;
}
