/*
 * signal_state.h - units, their counters pooled, and their judgement: what signal_count and the calls of signal_calls.c work with.
 */
#ifndef DOMAIN_SIGNAL_STATE_H
#define DOMAIN_SIGNAL_STATE_H

#include "domain/signal_units.h"
#include "signal/compare.h"

struct signal_unit {
    enum unit_kind kind;
    const char *name;
    const char *school; /* whose share; NULL with signal_pool: all schools */
};

/* The counters of a unit in the windows that count, by stratum. */
struct signal_pool {
    size_t count;
    struct unit_share shares[UNIT_SHARES_MAX];
    uint32_t total[RULE_COUNTERS];
};

/* The settings, with defaults where they are 0. */
struct signal_options signal_options_of(const struct context *context);

void signal_event_id_of(unsigned rule, ProtobufCBinaryData subject, uint8_t out[ID_BYTES]);

/* Adds one to each of these counters of a unit's window of now. */
void signal_unit_add(struct context *context, const struct signal_unit *unit, const char *stratum,
                     const enum rule_counter *counters, size_t count);

/* Cost: the unit's records, one for each school. */
void signal_pool(const struct context *context, const struct signal_unit *unit, struct signal_pool *out);

/*
 * What a rule has to judge of `of`, compared with others: without `all`, the whole unit of which `of` is all or one school's share. Cost: some
 * lookups for each stratum.
 */
struct judge_sample signal_sample(const struct context *context, const struct signal_pool *all,
                                  const struct signal_pool *of, unsigned rule);

/* Judges a unit again where `counters` of it changed, and says so in its signals. */
void signal_judge_unit(struct context *context, const struct signal_unit *unit, unsigned rules);

/* Makes the signal of a rule at a unit, for its school, where there is none yet; notes that an event came. */
void signal_note_event(struct context *context, const struct signal_unit *unit, unsigned rule);

/* Whether a concern has more than one leerbedrijf, as far as decisions show. */
bool signal_concern_is_plural(const struct context *context, const char *kvk);

#endif
