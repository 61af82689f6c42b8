/*
 * did.h - a company as its own control: what it does after it knows who somebody is, against what it did while blinded.
 *
 * Given how many focal rejections there were in both stages together, how many of them fell in the second is a matter of chance while
 * the odds ratio is the same in both, whatever it is: a difference in quality that is hidden from us is in both, and cancels. Where
 * such differences exist, this holds its level and a plain test of the second stage does not.
 */
#ifndef SIGNAL_DID_H
#define SIGNAL_DID_H

#include "signal/e_value.h"

struct did {
    uint64_t lowest, highest; /* possible numbers in the second stage, given the total */
    double log_p_greater, log_p_less;
    double log_e[GRID_COUNT]; /* against a ratio of the odds ratios of at most 1 */
    double excess;            /* of focal rejections in the second stage over what a ratio of 1 makes expected */
    double odds_ratio_ratio;  /* conditional maximum likelihood estimate; 0 .. INFINITY, NAN without a choice */
};

/* `first`, `second`: the blocks of the two stages. Cost as two of distribution_of_blocks. */
MUST_USE enum err did_run(const struct block *first, size_t first_count, const struct block *second,
                          size_t second_count, const struct grid *grid, struct did *out);

#endif
