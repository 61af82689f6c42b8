/*
 * judge.h - what a unit's count of events says, given how many would be expected among so many decisions: exactly.
 *
 * The expected share is that of comparable units (strata.h), measured on this market itself without the unit's own decisions; a stratum with
 * few decisions is drawn to the wider one around it, the widest to the rule's prior. Among n decisions of which each has a share of its own, the number
 * of events has at most the tail of a binomial with their mean (Hoeffding, Ann. Math. Stat. 27 (1956), above the mean), so one share is enough.
 *
 * A count is held against the odds of that share times `tolerated_odds`: units differ for many reasons, and without that a large one would be
 * a signal by its size. R2 is held against the company's own rejections while blinded: the exact conditional test of one table
 * (Fisher's), where its own ways cancel, so that `own_tolerated_odds` is less. Where it decided nothing while blinded, as the others.
 * A unit is looked at after each decision, which makes chance alarms some times as frequent as the level says: the level is small, and
 * README.md has what comes of it.
 *
 * "insufficient" is said whenever a pattern could not show: too few others to compare with, or odds five times as high would be seen
 * in less than 80 of 100 cases. Never "none" instead.
 *
 * Pure; no memory. Cost of a judgement: some thousand multiplications.
 */
#ifndef SIGNAL_JUDGE_H
#define SIGNAL_JUDGE_H

#include "signal/rules.h"

enum judge_status { JUDGED_INSUFFICIENT = 1, JUDGED_NONE, JUDGED_OBSERVE, JUDGED_SIGNAL }; /* as SignalStatus */

struct judge_settings {
    uint32_t min_events, min_percent; /* below so many events, or so many of the decisions, nothing is seen */
    uint32_t reference_min;           /* decisions of others that there must be */
    double signal_level, observe_level;
    double tolerated_odds, own_tolerated_odds;
};
extern const struct judge_settings judge_defaults;

struct judge_sample {
    unsigned rule;
    uint32_t events, decisions;
    double share;                           /* judge_share */
    uint64_t reference;                     /* decisions of others behind it */
    uint32_t blind_decided, blind_rejected; /* of the unit itself; for R2 */
};

struct judgement {
    enum judge_status status;
    double expected;                    /* events */
    double log_p;                       /* that there are so many or more, within the tolerance */
    uint32_t observe_from, signal_from; /* events among so many decisions; 0: no number would do */
};

struct judgement judge(const struct judge_sample *sample, const struct judge_settings *settings);

/* Events and decisions of others at each level, the widest first. */
struct judge_reference {
    uint64_t events, decisions;
};
double judge_share(unsigned rule, const struct judge_reference *levels, size_t count);

/* ln P(X ≥ k) of n trials with this probability. O(√n) terms that matter. */
double binomial_log_at_least(uint32_t n, double probability, uint32_t k);

/*
 * ln P(j ≥ x) of Fisher's table (distribution.h has its letters), tilted by e^(delta·j): without memory, so for every decision. O(support).
 */
double table_log_at_least(uint64_t n, uint64_t m, uint64_t r, uint64_t x, double delta);

#endif
