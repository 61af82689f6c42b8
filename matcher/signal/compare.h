/*
 * compare.h - a unit's counters as judge.h wants them: its events and decisions, and the share expected of it by its strata.
 *
 * The others of a stratum are all that was counted there less the unit itself, at each of its levels (strata.h). Pure; no memory.
 */
#ifndef SIGNAL_COMPARE_H
#define SIGNAL_COMPARE_H

#include "signal/judge.h"
#include "signal/strata.h"

/* What a unit did in one stratum, and the names of all that it lies in. */
struct unit_share {
    char levels[STRATUM_LEVELS][STRATUM_BYTES];
    uint32_t counts[RULE_COUNTERS];
};

/*
 * The share of a stratum among the first *count of `shares`, added where there is none yet. Beyond UNIT_SHARES_MAX the rest is one more, compared
 * with the whole market.
 */
enum { UNIT_SHARES_MAX = 16 };
struct unit_share *unit_share_of(struct unit_share shares[UNIT_SHARES_MAX], size_t *count, const char *stratum);

/* All that was counted in a stratum, by its name at some level; zeros where nothing was. */
typedef void stratum_counts(const void *context, const char *stratum, uint64_t out[RULE_COUNTERS]);

struct comparison {
    stratum_counts *counted;
    const void *context;
    const struct unit_share *unit; /* the whole unit, which is left out of the others */
    size_t unit_count;
};

/*
 * The sample of `of`: the whole unit, or a part of it such as one school's. Cost: for each of its strata STRATUM_LEVELS questions to
 * `counted`.
 */
struct judge_sample compare_sample(const struct comparison *with, const struct unit_share *of, size_t of_count,
                                   unsigned rule);

#endif
