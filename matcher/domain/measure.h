/*
 * measure.h - measures that a school took for a leerbedrijf (menukaart.h has those to choose from), and what they do to its market.
 *
 * While a measure that pauses or ends the cooperation is active, nobody of the school is proposed at the leerbedrijf: the sealed profiles
 * of rounds to come exclude it, and re-matches of rounds that run leave the pair out. Lifting the measure is all that it takes back;
 * what ended meanwhile has ended.
 */
#ifndef DOMAIN_MEASURE_H
#define DOMAIN_MEASURE_H

#include "domain/command.h"
#include "domain/menukaart.h"

/* Whether the school does not work with the leerbedrijf now. O(log measures). */
bool cooperation_is_stopped(const struct state *state, const char *school, const char *leerbedrijf);

/* A measure that pauses or ends takes effect: fills what it did into the record. And no longer does. */
void cooperation_stop(struct context *context, MeasureRecord *record);
void cooperation_resume(struct context *context, const MeasureRecord *record);

/*
 * The stagevraag is taken into this round: leerbedrijven with which its school does not work, and of which the round takes a placement, become
 * exclusions of its sealed profile, so that whoever checks the round finds them in the input.
 */
void cooperation_seal(struct context *context, const RoundRecord *round, StagevraagRecord *record);

/* measure_view.c: those of a case; one. `n` and `list` are a repeated field. */
void measures_show_of_case(struct context *context, ProtobufCBinaryData case_id, size_t *n,
                           Stagematch__V1__TakenMeasure ***list);
Stagematch__V1__TakenMeasure *measure_view(struct context *context, const MeasureRecord *record);

/* erkenning.c */
handler_function handle_import_erkenning_mutations;
/* Whether the placement waits for its recognition or for a measure: then nobody opens it by hand. */
bool placement_is_held(const PlacementRecord *record);
/* Of one that is being published: it waits where it was held before, or where another of its leerbedrijf waits for the same recognition. */
void placement_hold(struct context *context, PlacementRecord *record);
extern const struct refusal refusal_placement_held;

extern const struct handler measure_handlers[];

#endif
