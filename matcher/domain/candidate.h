/*
 * candidate.h - a proposal as its company sees it. For candidate*.c.
 */
#ifndef DOMAIN_CANDIDATE_H
#define DOMAIN_CANDIDATE_H

#include "domain/proposal_move.h"
#include "stagematch/v1/candidate.pb-c.h"

/* Everything that a company gets before release, from the allow-list of blind/view.h; a student without the company's label. */
Stagematch__V1__CandidateView *candidate_view(struct context *context, const ProposalRecord *record);

/* The one candidate of a placement that the company is asked about now: of those that wait, the one that waits longest. */
const ProposalRecord *candidate_in_turn(const struct state *state, ProtobufCBinaryData placement_id);

#endif
