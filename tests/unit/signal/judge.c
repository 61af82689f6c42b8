/* Judgements: exact tails against brute force, limits, and what is said when. */
#include "signal/compare.h"
#include "signal/exact_test.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

enum { TRIALS_MAX = 40 };

/* Σ over the whole distribution, built up trial by trial. */
static double brute_binomial(unsigned n, double probability, unsigned k)
{
    long double p[TRIALS_MAX + 2] = {1}, sum = 0;
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = i + 1;; j--) {
            p[j] = p[j] * (1 - (long double)probability) + (j ? p[j - 1] * (long double)probability : 0);
            if (j == 0)
                break;
        }
    for (unsigned j = n + 1; j-- > k;)
        sum += p[j];
    return (double)sum;
}

START_TEST(binomial_tails_are_exact)
{
    static const double probabilities[] = {.001, .01, .05, .2, .34, .5, .77, .95};
    for (unsigned n = 1; n <= TRIALS_MAX; n++)
        for (size_t p = 0; p < sizeof probabilities / sizeof probabilities[0]; p++)
            for (unsigned k = 0; k <= n + 1; k++) {
                double exact = brute_binomial(n, probabilities[p], k);
                double found = exp(binomial_log_at_least(n, probabilities[p], k));
                ck_assert_msg(fabs(found - exact) <= 1e-11 * exact, "n %u k %u p %g: %.17g %.17g", n, k,
                              probabilities[p], found, exact);
            }
}
END_TEST

START_TEST(binomial_tails_hold_at_the_ends)
{
    ck_assert_double_eq(binomial_log_at_least(10, 0.3, 0), 0);
    ck_assert(isinf(binomial_log_at_least(10, 0.3, 11)));
    ck_assert(isinf(binomial_log_at_least(10, 0, 1)));
    ck_assert_double_eq(binomial_log_at_least(10, 1, 10), 0);
    ck_assert(isinf(binomial_log_at_least(0, 0.5, 1)));
    /* Far out and with many trials: finite, falling, never above 1. */
    double last = 0;
    for (uint32_t k = 0; k <= 1000000; k += 50000) {
        double tail = binomial_log_at_least(1000000, 0.25, k);
        ck_assert(tail <= 0 && tail <= last && !isnan(tail));
        last = tail;
    }
}
END_TEST

/* Against the exact conditional test of one table, tolerance included, and against counting all tables. */
START_TEST(table_tails_are_fishers)
{
    for (unsigned seed = 1; seed < 400; seed++) {
        struct block block = {.n = 2 + seed % 29};
        block.m = seed * 7 % (block.n + 1);
        block.r = seed * 13 % (block.n + 1);
        for (block.x = block_lowest(&block); block.x <= block_highest(&block); block.x++)
            for (unsigned tolerated = 0; tolerated < 2; tolerated++) {
                struct exact_test test;
                double delta = tolerated ? log(1.25) : 0;
                ck_assert_int_eq(exact_test_run(&block, 1, delta, .95, &test), ERR_OK);
                double found = table_log_at_least(block.n, block.m, block.r, block.x, delta);
                ck_assert_double_eq_tol(exp(found), exp(test.log_p_greater), 1e-11);
            }
    }
    /* 3 of 3 against 1 of 5: C(3,3)·C(5,1) / C(8,4). */
    ck_assert_double_eq_tol(exp(table_log_at_least(8, 3, 4, 3, 0)), 5.0 / 70, 1e-15);
}
END_TEST

static struct judge_sample sample_of(unsigned rule, uint32_t events, uint32_t decisions, double share)
{
    return (struct judge_sample){
        .rule = rule, .events = events, .decisions = decisions, .share = share, .reference = 1000};
}

static enum judge_status status_of(struct judge_sample sample)
{
    return judge(&sample, &judge_defaults).status;
}

START_TEST(limits_are_the_least_counts)
{
    for (uint32_t n = 1; n <= TRIALS_MAX; n++)
        for (unsigned step = 0; step < 9; step++) {
            double share = .02 + step * .07;
            struct judge_sample sample = sample_of(RULE_UNEXPLAINED, 0, n, share);
            struct judgement judged = judge(&sample, &judge_defaults);
            double held = share * 2 / (1 - share + share * 2);
            uint32_t least = 0;
            for (uint32_t k = 3; k <= n && !least; k++)
                if (k * 5 >= n && brute_binomial(n, held, k) <= .0001)
                    least = k;
            ck_assert_uint_eq(judged.signal_from, least);
            ck_assert(!judged.signal_from || (judged.observe_from && judged.observe_from <= judged.signal_from));
            ck_assert_double_eq_tol(judged.expected, n * share, 1e-9);
        }
}
END_TEST

START_TEST(too_little_data_is_never_none)
{
    ck_assert_int_eq(status_of(sample_of(RULE_UNEXPLAINED, 0, 0, .05)), JUDGED_INSUFFICIENT);
    ck_assert_int_eq(status_of(sample_of(RULE_UNEXPLAINED, 0, 5, .05)), JUDGED_INSUFFICIENT);
    ck_assert_int_eq(status_of(sample_of(RULE_UNEXPLAINED, 2, 2, .05)), JUDGED_INSUFFICIENT);
    ck_assert_int_eq(status_of(sample_of(RULE_UNEXPLAINED, 30, 300, .2)), JUDGED_NONE);
    /* No others to compare with: whatever the count, nothing is said. */
    struct judge_sample alone = sample_of(RULE_UNEXPLAINED, 30, 40, .05);
    alone.reference = 99;
    ck_assert_int_eq(status_of(alone), JUDGED_INSUFFICIENT);
    alone.reference = 100;
    ck_assert_int_eq(status_of(alone), JUDGED_SIGNAL);
    /* "None" only where five times the odds would show in most cases. */
    for (uint32_t n = 1; n < 200; n++) {
        struct judge_sample sample = sample_of(RULE_SILENCE, 0, n, .1);
        struct judgement judged = judge(&sample, &judge_defaults);
        double odds = .1 / .9 * 5;
        if (judged.status == JUDGED_NONE)
            ck_assert(exp(binomial_log_at_least(n, odds / (1 + odds), judged.signal_from)) >= .8);
    }
}
END_TEST

START_TEST(size_alone_is_no_signal)
{
    static const uint32_t sizes[] = {100, 500, 5000, 50000, 500000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint32_t n = sizes[i];
        ck_assert_int_lt(status_of(sample_of(RULE_SILENCE, n * 3 / 10, n, .3)), JUDGED_OBSERVE);
        ck_assert_int_lt(status_of(sample_of(RULE_SILENCE, n * 33 / 100, n, .3)), JUDGED_OBSERVE);
        ck_assert_int_eq(status_of(sample_of(RULE_SILENCE, n * 7 / 10, n, .3)), JUDGED_SIGNAL);
    }
}
END_TEST

/* Below three events or a fifth of the decisions nothing is seen, however unlikely. */
START_TEST(the_minimum_holds)
{
    ck_assert_int_ne(status_of(sample_of(RULE_WITHDRAWN, 2, 2, .001)), JUDGED_SIGNAL);
    ck_assert_int_eq(status_of(sample_of(RULE_WITHDRAWN, 3, 3, .001)), JUDGED_SIGNAL);
    ck_assert_int_ne(status_of(sample_of(RULE_WITHDRAWN, 19, 100, .01)), JUDGED_SIGNAL);
    ck_assert_int_eq(status_of(sample_of(RULE_WITHDRAWN, 20, 100, .01)), JUDGED_SIGNAL);
}
END_TEST

START_TEST(after_release_is_held_against_the_own_rejections)
{
    struct judge_sample steady = sample_of(RULE_AFTER_RELEASE, 14, 20, .05);
    steady.blind_decided = 20;
    steady.blind_rejected = 14;
    ck_assert_int_lt(status_of(steady), JUDGED_OBSERVE); /* rejects as much while it knows nobody */
    struct judge_sample turned = steady;
    turned.blind_rejected = 0;
    ck_assert_int_eq(status_of(turned), JUDGED_SIGNAL);
    struct judge_sample unseen = steady; /* decided nothing while blinded: held against the others */
    unseen.blind_decided = unseen.blind_rejected = 0;
    ck_assert_int_eq(status_of(unseen), JUDGED_SIGNAL);
}
END_TEST

START_TEST(no_number_of_reports_is_a_signal)
{
    ck_assert_int_eq(status_of(sample_of(RULE_REPORT, 1, 0, .01)), JUDGED_OBSERVE);
    ck_assert_int_eq(status_of(sample_of(RULE_REPORT, 100000, 10, .01)), JUDGED_OBSERVE);
    ck_assert_int_eq(status_of(sample_of(RULE_REPORT, 0, 1000, .01)), JUDGED_INSUFFICIENT);
}
END_TEST

/* More events than decisions (an observation may come without one) are no way out of the arithmetic. */
START_TEST(events_beyond_the_decisions)
{
    ck_assert_int_eq(status_of(sample_of(RULE_MOVED_GOALPOSTS, 9, 4, .02)), JUDGED_SIGNAL);
    ck_assert_int_eq(status_of(sample_of(RULE_MOVED_GOALPOSTS, 9, 0, .02)), JUDGED_INSUFFICIENT);
}
END_TEST

START_TEST(shares_are_drawn_to_the_wider_stratum)
{
    const struct judge_reference all[] = {{100, 1000}};
    ck_assert_double_eq_tol(judge_share(RULE_SILENCE, all, 1), (100 + 20 * .1) / 1020, 1e-15);
    const struct judge_reference sparse[] = {{100, 1000}, {2, 2}};
    double share = judge_share(RULE_SILENCE, sparse, 2);
    ck_assert(share > .1 && share < .2);
    ck_assert_double_eq(judge_share(RULE_SILENCE, NULL, 0), .1);
}
END_TEST

/* Two companies in one stratum: each is held against the other alone, and the sector of neither counts elsewhere. */
static void two_companies(const void *context, const char *stratum, uint64_t out[RULE_COUNTERS])
{
    const struct unit_share *companies = context;
    memset(out, 0, RULE_COUNTERS * sizeof *out);
    for (size_t i = 0; i < 2; i++)
        for (size_t c = 0; stratum_lies_in("zorg/35/2", stratum) && c < RULE_COUNTERS; c++)
            out[c] += companies[i].counts[c];
}

START_TEST(a_unit_is_not_held_against_itself)
{
    struct unit_share companies[UNIT_SHARES_MAX + 1];
    size_t first = 0, second = 0;
    ck_assert_ptr_eq(unit_share_of(companies, &first, "zorg/35/2"), companies);
    ck_assert_ptr_eq(unit_share_of(companies, &first, "zorg/35/2"), companies);
    ck_assert_uint_eq(first, 1);
    (void)unit_share_of(companies + 1, &second, "zorg/35/2");
    companies[0].counts[COUNT_BLIND_DECIDED] = 100;
    companies[0].counts[COUNT_SILENT] = 100;
    companies[1].counts[COUNT_BLIND_DECIDED] = 1000;
    const struct comparison with = {two_companies, companies, companies, 1};
    struct judge_sample sample = compare_sample(&with, companies, 1, RULE_SILENCE);
    ck_assert_uint_eq(sample.events, 100);
    ck_assert_uint_eq(sample.decisions, 200);
    ck_assert_uint_eq(sample.reference, 1000);
    ck_assert_double_lt(sample.share, .001);
    const struct comparison other = {two_companies, companies, companies + 1, 1};
    ck_assert_double_gt(compare_sample(&other, companies + 1, 1, RULE_SILENCE).share, .4);
}
END_TEST

RUN_TESTS("judge", binomial_tails_are_exact, binomial_tails_hold_at_the_ends, table_tails_are_fishers,
          limits_are_the_least_counts, too_little_data_is_never_none, size_alone_is_no_signal, the_minimum_holds,
          after_release_is_held_against_the_own_rejections, no_number_of_reports_is_a_signal,
          events_beyond_the_decisions, shares_are_drawn_to_the_wider_stratum, a_unit_is_not_held_against_itself)
