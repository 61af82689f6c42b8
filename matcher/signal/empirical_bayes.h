/*
 * empirical_bayes.h - an order for a reviewer's list, from all units together: how likely it is that a unit treats the groups alike,
 * and how large the difference probably is. It never raises a signal.
 *
 * Spike and slab: θ (ln of the odds ratio) is 0 or one of a few values, with weights that are estimated from all units by
 * expectation-maximisation (Efron 2010). Small units are drawn towards the whole.
 */
#ifndef SIGNAL_EMPIRICAL_BAYES_H
#define SIGNAL_EMPIRICAL_BAYES_H

#include "base/err.h"

#include <stddef.h>

enum { BAYES_POINTS = 5 };

/* θ of the points: odds ratios 1 (the spike), 1.5, 2, 3, 5. */
extern const double bayes_theta[BAYES_POINTS];

struct bayes_posterior {
    double alike;      /* probability of the spike: the local false discovery rate */
    double mean_theta; /* of ln odds ratio */
    double at_least_2; /* probability of an odds ratio of 2 or more */
    double q;          /* expected share of alike units among those that are ordered before or with this one */
};

/*
 * log_likelihood: `count` rows of ln P(data | θ) up to a constant of the row (block_log_m: θ·x - ln M(θ), summed over blocks).
 * `weights`: out, the estimated shares. O(rounds · count). ERR_MEMORY.
 */
MUST_USE enum err bayes_fit(const double (*log_likelihood)[BAYES_POINTS], size_t count, unsigned rounds,
                            double weights[BAYES_POINTS], struct bayes_posterior *posteriors);

#endif
