/*
 * proposal.h - one student at one seat, from proposed to its end. proposal_table.h says which moves there are.
 *
 * Every move goes through one function that looks it up in the table and does all that the row says: the state and version, the
 * student's stagevraag, the seat, the bar on the pair, the ledger, the tasks and notices, the round's need of a re-match.
 */
#ifndef DOMAIN_PROPOSAL_H
#define DOMAIN_PROPOSAL_H

#include "domain/command.h"
#include "domain/proposal_table.h"

/*
 * Makes a proposal of a match. Takes a seat of the placement and the stagevraag (FREE → PROPOSED), opens the school's task. The
 * caller has checked that the stagevraag is free and the placement has a free seat. `reserved` comes from MatchRecord. NULL
 * without memory.
 */
const ProposalRecord *proposal_create(struct context *context, const RoundRecord *round,
                                      const StagevraagRecord *stagevraag, const PlacementRecord *placement,
                                      const MatchRecord *match);

/*
 * Ends what runs, with EVENT_STUDENT_WITHDRAWN, EVENT_PLACE_WITHDRAWN or EVENT_ROUND_CANCELLED: of a round or a placement (only where the
 * table has the move: before placed), at most `limit`, and gives how many it ended (equal to `limit`: ask again). Seats are
 * freed. `reason` is a code that was checked with proposal_check_reason, or "".
 */
size_t proposal_end_all_of(struct context *context, enum state_index index, ProtobufCBinaryData id,
                           enum proposal_event event, const char *reason, size_t limit);

/* Ends the proposal that runs for a stagevraag, in any state; nothing where none does. `by`: who withdraws. */
void proposal_end_of_stagevraag(struct context *context, const StagevraagRecord *stagevraag, const char *reason,
                                Stagematch__V1__Side by);

/* Whether this reason may go with this event; for one that needs no criterion. Sets *reason. `field`s are "reason" and "text". */
struct status proposal_check_reason(const struct context *context, enum reason_event event, const char *code,
                                    const struct reason **reason);

/* Seats that a proposal may still take: capacity less those taken and suspended; 0 where the placement is not published. */
uint32_t placement_free_seats(const PlacementRecord *placement);

/* A placement that was paused, withdrawn and published again is paused still: the school calls before anybody is asked. */
void placement_pause_again(struct context *context, PlacementRecord *placement);

/* The placement as declared in this version of its criteria; NULL where that version is gone. */
const Stagematch__V1__Placement *placement_criteria(const PlacementRecord *placement, uint64_t criteria_version);

/*
 * market.c: an unfavourable end freed a student or a seat, or a placement was reopened: the round needs a re-match. `seq` is the
 * ledger entry that says so. Called by proposal.c.
 */
void rematch_note(struct context *context, ProtobufCBinaryData round_id, uint64_t seq);

#endif
