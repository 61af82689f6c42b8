/*
 * signal_units.h - the counters behind signals, and what is made when they change. Inside the signal_*.c files and where steps are.
 */
#ifndef DOMAIN_SIGNAL_UNITS_H
#define DOMAIN_SIGNAL_UNITS_H

#include "domain/chances.h"
#include "domain/command.h"
#include "signal/rules.h"

/* One step to count. `placement` (may be NULL) says which concern and stratum; `subject` makes an event of a rule known again. */
struct signal_step {
    enum rule_step step;
    unsigned marks;
    const char *school, *leerbedrijf; /* "": none */
    const PlacementRecord *placement;
    ProtobufCBinaryData subject, proposal_id, placement_id;
    const char *code, *criterion; /* of the event; NULL: none */
};

/* The concern and stratum as counters and ledger name them. */
struct signal_place {
    const char *kvk; /* "" where it is not known */
    char stratum[STRATUM_BYTES];
};
void signal_place_of(const struct context *context, const PlacementRecord *placement, struct signal_place *out);

/* Some placement of a leerbedrijf, for what is about the company alone; NULL where it has none. */
const PlacementRecord *signal_any_placement(const struct state *state, const char *leerbedrijf);

/*
 * Counts a step, makes the event, signal and aandachtspunt that it calls for, and judges again. Does nothing for an event that is known.
 * It goes to the ledger by itself ("observation") unless a decision's own entry says it. True where it was counted.
 */
bool signal_count(struct context *context, const struct signal_step *step, bool decision);

/* Whether an event of this rule and subject is known. */
bool signal_event_known(const struct context *context, unsigned rule, ProtobufCBinaryData subject);

/* The key of a signal and of a row of counters. */
void signal_id_of(unsigned unit_kind, const char *unit, unsigned rule, const char *school, uint8_t out[ID_BYTES]);
void signal_counts_id_of(unsigned unit_kind, const char *unit, const char *school, uint8_t out[ID_BYTES]);

#endif
