/*
 * exact_test.h - the exact conditional test of a common odds ratio over strata (Cochran-Mantel-Haenszel, exact): p-values, mid-p,
 * the conditional maximum likelihood estimate and its limits. For once a school year: looking again at a table that grows is no
 * e-process (e_value.h).
 *
 * Source: Mehta, Patel & Gray, J. Am. Stat. Assoc. 80 (1985); Agresti, Categorical Data Analysis, 3rd ed., 7.3.
 */
#ifndef SIGNAL_EXACT_TEST_H
#define SIGNAL_EXACT_TEST_H

#include "signal/distribution.h"

/* "greater": the focal group is rejected more. Odds ratios: 0 .. INFINITY; NAN where every block leaves no choice. */
struct exact_test {
    uint64_t sum; /* Σ x */
    double log_p_greater, log_p_less, log_p_two_sided;
    double log_midp_greater, log_midp_less;
    double odds_ratio;                      /* E_θ[S] = s */
    double odds_ratio_low, odds_ratio_high; /* of the two-sided confidence interval */
};

/*
 * Of these blocks against a common odds ratio of e^delta at most (greater) or at least (less): 0 is "the group plays no part".
 * `confidence`: of the interval, such as 0.95. Two-sided: all that is at most as likely as what was seen (within 1e-7, so that
 * rounding divides no ties). Cost: see distribution_of_blocks, and some hundred passes over the support.
 */
MUST_USE enum err exact_test_run(const struct block *blocks, size_t count, double delta, double confidence,
                                 struct exact_test *out);

#endif
