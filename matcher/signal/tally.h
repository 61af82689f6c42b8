/*
 * tally.h - the counters of all units recomputed from steps, in memory: to hold a ledger against what the engine kept, and for simulations.
 *
 * Steps may come in any order. One that came already (the same key) changes nothing, so a replay gives the same; one outside the window,
 * which ends with the present quarter, is counted as such and nothing else: a clock that ran ahead or was put back makes no signal.
 *
 * Pure. Memory: about 120 bytes for each unit, school and stratum, and 16 for each step.
 */
#ifndef SIGNAL_TALLY_H
#define SIGNAL_TALLY_H

#include "base/text.h"
#include "signal/compare.h"

struct tally_step {
    uint64_t key; /* makes a step known again: of what it is about, and what happened (tally_key) */
    int64_t time_ms;
    enum rule_step step;
    unsigned marks;
    struct text school, leerbedrijf, kvk, stratum, account; /* empty where there is none */
};

/* Of an id that was drawn at random, or a hash: its first bytes say enough. */
uint64_t tally_key(struct text subject, enum rule_step step);

struct tally;

MUST_USE enum err tally_new(int64_t present_ms, uint32_t quarters, struct tally **out);
void tally_free(struct tally *tally);

/* Expected O(1). Steps that count nothing (STEP_OTHER) are passed over. */
MUST_USE enum err tally_add(struct tally *tally, const struct tally_step *step);

/*
 * Adds all that `from` has. ERR_EXISTS where a step is in both: then `into` is useless, and the steps must be given to one tally.
 */
MUST_USE enum err tally_merge(struct tally *into, const struct tally *from);

struct tally_numbers {
    uint64_t counted, repeated, too_old, in_the_future, units, cells;
};
struct tally_numbers tally_read_numbers(const struct tally *tally);

/* The counters of a unit's share at one school in one stratum; NULL: nothing was counted. */
const uint32_t *tally_find(const struct tally *tally, enum unit_kind kind, struct text unit, struct text school,
                           struct text stratum);

/* Every such row, in no order that means anything. */
MUST_USE enum err tally_each(const struct tally *tally,
                             enum err (*visit)(void *context, enum unit_kind kind, struct text unit,
                                               struct text school, struct text stratum,
                                               const uint32_t counts[RULE_COUNTERS]),
                             void *context);

/* Judges each unit over all schools, for every rule of which it has an event. A concern with one leerbedrijf is that, and not judged. */
struct tally_verdict {
    enum unit_kind kind;
    struct text unit;
    const struct judge_sample *sample;
    const struct judgement *judged;
};
MUST_USE enum err tally_judge(struct tally *tally, const struct judge_settings *settings,
                              void (*visit)(void *context, const struct tally_verdict *verdict), void *context);

#endif
