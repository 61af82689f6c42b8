/*
 * stagevraag.h - what one student looks for: finding it for a caller, showing it, changing its profile.
 *
 * A profile that is changed while its round is sealed is kept as it was for that round (sealed_profile); the change counts from
 * the next round.
 */
#ifndef DOMAIN_STAGEVRAAG_H
#define DOMAIN_STAGEVRAAG_H

#include "domain/command.h"
#include "domain/market.h"

typedef Stagematch__V1__Profile Profile;
typedef Stagematch__V1__Stagevraag Stagevraag;

extern const struct refusal refusal_wrong_stagevraag_state;

/* Not while the import that brings it is under way. */
bool stagevraag_is_visible(const struct state *state, const StagevraagRecord *record);

/* In no proposal and looking for a place. */
bool stagevraag_is_free(const StagevraagRecord *record);

/* A visible one that is the actor's (its school's coördinator, or the student), or refusal_not_found. */
struct status stagevraag_of_request(const struct context *context, const char *hex, const StagevraagRecord **out);

/* For writing; sets context->error where it is gone. */
StagevraagRecord *stagevraag_edit(struct context *context, const StagevraagRecord *record);

/* Its profile, to be changed in place: keeps the sealed one first where it must. NULL without memory. */
Profile *stagevraag_edit_profile(struct context *context, StagevraagRecord *record);

/* Puts `profile` in place of the present one, and takes it; contests of levels that it changes are over. */
void stagevraag_replace_profile(struct context *context, StagevraagRecord *record, Profile *profile);

/* Counts the change. */
void stagevraag_changed(struct context *context, StagevraagRecord *record);

/* As the API shows it, into a field. */
void stagevraag_show(struct context *context, const StagevraagRecord *record, Stagevraag **field);

/* stagevraag_end.c: gives back the seat that it took outside a round. */
void stagevraag_leave_elsewhere(struct context *context, StagevraagRecord *record);

handler_function handle_list_stagevragen, handle_list_my_stagevragen, handle_get_stagevraag, handle_set_preferences,
    handle_contest_level, handle_resolve_contest;
handler_function handle_withdraw_stagevraag, handle_place_elsewhere;
handler_function handle_commit_erasure;
handler_function handle_list_offers;

#endif
