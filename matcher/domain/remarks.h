/*
 * remarks.h - questionable words (the watch list) in what a placement says, and what the vault says of a text with a decision.
 *
 * Neither refuses or changes anything. What was published or said all the same is a fact in the ledger, in codes alone:
 * `placement_remarked`, its code the rows of the watch list joined by commas; and `reason_text` about a proposal, its code
 * "watch_term", "no_criterion" or both joined by a comma.
 */
#ifndef DOMAIN_REMARKS_H
#define DOMAIN_REMARKS_H

#include "domain/command.h"

/* Appends a remark for each to a response's repeated field. */
void remarks_of_placement(struct context *context, const Stagematch__V1__Placement *placement, size_t *count,
                          Stagematch__V1__Remark ***list);

/* The fact of a placement that is published with them; nothing where there are none. */
void remarks_note(struct context *context, const PlacementRecord *record);

/*
 * What the vault found in a text that was committed with this stage; recorded once. It counts where a company gave the text as the reason of an
 * end, under "anders": whether it has a word of the watch list, and whether it names none of the criteria that were declared.
 */
void remarks_note_text(struct context *context, StageRecord *stage, const Stagematch__Internal__V1__TextFacts *facts);

handler_function handle_check_placement_text;

#endif
