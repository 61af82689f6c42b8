/*
 * distribution.h - how many of those rejected are of the focal group, given the margins: exactly.
 *
 * A block is a closed table of decisions: n decided, m of them on the focal group, r rejected, x focal and rejected. Where the group
 * plays no part, x is hypergeometric given n, m, r; where the odds of rejection differ by e^θ between the groups, it is that
 * distribution tilted: P_θ(j) ∝ h(j)·e^(θj) (Fisher's non-central one). The sum over blocks has the convolution of theirs.
 */
#ifndef SIGNAL_DISTRIBUTION_H
#define SIGNAL_DISTRIBUTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint32_t n, m, r, x;
};

/* m and r at most n, and x possible with them. */
bool block_is_valid(const struct block *block);

uint32_t block_lowest(const struct block *block);  /* max(0, m + r - n) */
uint32_t block_highest(const struct block *block); /* min(m, r) */

/* ln M(θ) = ln Σ h(j)·e^(θj) of one block. O(support), no memory. */
double block_log_m(const struct block *block, double theta);

/* Probabilities of lowest .. lowest + count - 1, as logarithms that sum to 1. Freed with distribution_free. */
struct distribution {
    uint64_t lowest;
    size_t count;
    double *log_p;
};

/*
 * The distribution of the sum of x over blocks, each independent given its margins; *sum: of the blocks' own x. Of no blocks: 0 with
 * certainty. Cost: the product of supports, at most O(total support²) exponentials. ERR_INPUT where a block is not valid.
 */
MUST_USE enum err distribution_of_blocks(const struct block *blocks, size_t count, struct distribution *out,
                                         uint64_t *sum);

void distribution_free(struct distribution *distribution);

/* ln P_θ(S ≥ s) and ln P_θ(S ≤ s); s may be outside the support. O(count). */
double distribution_log_at_least(const struct distribution *distribution, uint64_t s, double theta);
double distribution_log_at_most(const struct distribution *distribution, uint64_t s, double theta);

/* ln P(S = s) at θ = 0. */
double distribution_log_at(const struct distribution *distribution, uint64_t s);

/* E_θ[S]. */
double distribution_mean(const struct distribution *distribution, double theta);

/* ln Σ P(lowest + i)·e^(θi): counted from the lowest. */
double distribution_log_m(const struct distribution *distribution, double theta);

/* What distribution_log_at_least and its kin are: something of S and s that rises or falls with θ throughout. */
typedef double distribution_measure(const struct distribution *distribution, uint64_t s, double theta);

/* θ where the measure is `target`, to the last bit that a double has; at most 1,024 either way. Some hundred passes over the support. */
double distribution_solve(const struct distribution *distribution, uint64_t s, distribution_measure *of,
                          double target, bool rises);

/* The conditional maximum likelihood estimate of the odds ratio: E_θ[S] = s. 0 and INFINITY at the ends, NAN without a choice. */
double distribution_odds_ratio(const struct distribution *distribution, uint64_t s);

#endif
