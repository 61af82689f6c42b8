/*
 * score.h - how well a student's attested levels fit a placement's declared weights.
 *
 * Without weighted criteria 100; otherwise floor(100 * Σ weight·level / (5 * Σ weight)), in integers. A band is
 * score / band_width: within a band the company is indifferent and only the lottery orders, so that a precision which
 * the levels do not have decides nothing.
 */
#ifndef MATCH_SCORE_H
#define MATCH_SCORE_H

#include "match/market.h"

/* `levels[skill]` is the student's level, 0 where the skill is not listed. Returns 0..100. */
static inline uint32_t score_of(const struct criterion *weighted, uint32_t count, const uint8_t *levels)
{
    if (count == 0)
        return SCORE_MAX;
    uint32_t reached = 0, weights = 0;
    for (uint32_t i = 0; i < count; i++) {
        reached += (uint32_t)weighted[i].weight * levels[weighted[i].skill];
        weights += weighted[i].weight;
    }
    return SCORE_MAX * reached / (LEVEL_MAX * weights);
}

#endif
