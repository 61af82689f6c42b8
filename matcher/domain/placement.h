/*
 * placement.h - what a company offers: handing it in, its criteria's versions, its states.
 *
 * Whatever matching looks at (hard and weighted criteria, qualifications, leerweg, period, hours, days, postcode, tags) is the
 * criteria of a placement. A change of them counts up criteria_version; an earlier version is kept while a proposal or a sealed
 * round rests on it. When a candidate was shown under the version that is changed, the ledger says so ("criteria_changed").
 */
#ifndef DOMAIN_PLACEMENT_H
#define DOMAIN_PLACEMENT_H

#include "domain/command.h"
#include "domain/market.h"

typedef Stagematch__V1__Placement Placement;

bool placement_is_visible(const struct state *state, const PlacementRecord *record);

/* The company's own, or one that a school of the coördinator handed in. */
bool placement_is_own(const struct actor *actor, const PlacementRecord *record);

/* The caller's own placement that a request names; any other answers as one that does not exist. */
struct status placement_of_request(const struct context *context, const char *hex, const PlacementRecord **out);

/*
 * Whether the actor may change it, being one of those whose own it is: while a round has the placement, a contact of the company
 * may where a school of that round has checked them. Others would change what that round's schools rely on.
 */
bool placement_round_is_theirs(const struct context *context, const PlacementRecord *record);
extern const struct refusal refusal_contact_not_checked;

/* What handing in this (checked, canonical) placement would do. */
enum placement_change { PLACEMENT_NEW, PLACEMENT_CHANGED, PLACEMENT_SAME };
struct placement_entry {
    const PlacementRecord *record; /* the one that is there, or NULL */
    enum placement_change change;
};
/* refusal_not_found (field "leerplaats") where the one that is there is somebody else's and not the same. */
MUST_USE struct status placement_look_up(struct context *context, const Placement *placement,
                                         struct placement_entry *out);

/*
 * Enters it, as a draft where it is new. `placement` is copied. `school`: the brin on whose account it comes, or "".
 * `hidden_by`: the import, or empty. NULL without memory.
 */
PlacementRecord *placement_enter(struct context *context, const Placement *placement, const char *school,
                                 struct text hidden_by);

/* Somebody must publish a draft: the company, or the school that entered it. Nothing for other states. */
void placement_ask_to_publish(struct context *context, const PlacementRecord *record);

/* One more seat is taken, or one less. The record; NULL where there is none, or where no seat was taken that could be given back. */
PlacementRecord *placement_take_seat(struct context *context, ProtobufCBinaryData placement_id);
PlacementRecord *placement_give_seat(struct context *context, ProtobufCBinaryData placement_id);

/* A draft becomes published, with its fact; others stay as they are. */
void placement_publish(struct context *context, PlacementRecord *record);

/* Lets go of its round and of versions that nothing rests on. */
void placement_leave_round(struct context *context, PlacementRecord *record);

void placement_show(struct context *context, const PlacementRecord *record, Placement **field);

handler_function handle_submit_placement, handle_publish_placement, handle_reopen_placement,
    handle_withdraw_placement;
handler_function handle_get_placement, handle_list_placements;

#endif
