/* What companies decided on candidates, for the vault's group statistics: pseudonyms and numbers, kept until it has them. */
#include "domain/handlers.h"
#include "domain/market.h"
#include "domain/proposal_move.h"
#include "domain/queue.h"

#include <string.h>

enum { REGION_DIGITS = 2 };

static uint64_t seq_of(const void *record)
{
    return ((const DecisionRecord *)record)->seq;
}

static const struct queue decisions = {RECORD_DECISION, seq_of};

/* Of any company on this student. */
static int64_t first_decided_ms(const struct state *state, ProtobufCBinaryData student_ref)
{
    struct scan scan;
    int64_t first_ms = 0;
    scan_id(&scan, state, INDEX_PROPOSAL_STUDENT, text_of_bytes(student_ref));
    for (const ProposalRecord *proposal; (proposal = scan_next(&scan));)
        if (proposal->decided_ms && (!first_ms || proposal->decided_ms < first_ms))
            first_ms = proposal->decided_ms;
    return first_ms;
}

static struct text sector_of(const struct context *context, const char *qualification, const char *postcode,
                             char stratum[STRATUM_BYTES])
{
    chances_stratum(context->options->chances, qualification, postcode, stratum);
    return (struct text){stratum, strcspn(stratum, "/")};
}

static bool fill(struct context *context, const ProposalRecord *proposal, DecisionRecord *decision)
{
    const PlacementRecord *record =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    const Stagematch__V1__Placement *placement = record ? record->placement : NULL;
    const char *whole = placement ? placement->postcode : "";
    char stratum[STRATUM_BYTES];
    struct text postcode = text_of(whole), sector = sector_of(context, proposal->qualification, whole, stratum);
    if (postcode.length > REGION_DIGITS)
        postcode.length = REGION_DIGITS;
    return context_ok(context, message_assign_bytes(&decision->student_ref, text_of_bytes(proposal->student_ref))) &&
           context_ok(context, message_assign_string(&decision->school, text_of(proposal->school))) &&
           context_ok(context, message_assign_string(&decision->leerbedrijf, text_of(proposal->leerbedrijf))) &&
           context_ok(context, message_assign_string(&decision->kvk, text_of(placement ? placement->kvk : ""))) &&
           context_ok(context, message_assign_string(&decision->qualification, text_of(proposal->qualification))) &&
           context_ok(context, message_assign_string(&decision->sector, sector)) &&
           context_ok(context, message_assign_string(&decision->region, postcode));
}

void decided_note(struct context *context, ProposalRecord *proposal, enum proposal_event event)
{
    bool released = event == EVENT_COMPANY_PLACES || event == EVENT_COMPANY_DROPS;
    bool rejected = event == EVENT_COMPANY_OBJECTS || event == EVENT_COMPANY_DROPS;
    if (!released && !rejected && event != EVENT_COMPANY_AGREES)
        return;
    int64_t first_ms = first_decided_ms(context->state, proposal->student_ref);
    if (!proposal->decided_ms)
        proposal->decided_ms = context->now_ms;
    uint64_t seq = queue_next_seq(&decisions, context->state);
    DecisionRecord *decision = CONTEXT_NEW(context, stagematch__internal__v1__decision_record__descriptor);
    if (!decision)
        return;
    decision->seq = seq;
    decision->band = proposal->band;
    decision->released = released;
    decision->rejected = rejected;
    decision->time_ms = context->now_ms;
    decision->first_ms = first_ms ? first_ms : context->now_ms;
    if (fill(context, proposal, decision))
        context_add(context, RECORD_DECISION, decision);
    else
        message_free(decision);
}

struct status handle_pull_decisions(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__PullDecisionsRequest *request = message;
    Stagematch__Internal__V1__PullDecisionsResponse *response = answer;
    uint32_t limit = request->limit == 0 || request->limit > QUEUE_PULL_MAX ? QUEUE_PULL_MAX : request->limit;
    queue_forget(&decisions, context, request->after_seq);
    const DecisionRecord *record = queue_after(&decisions, context->state, request->after_seq);
    for (uint32_t i = 0; record && i < limit; i++) {
        DecisionRecord *seen = NULL;
        if (!context_ok(context, message_dup(record, &seen)) ||
            !context_ok(context, message_append(&response->n_decisions, &response->decisions, seen)))
            break;
        record = queue_after(&decisions, context->state, record->seq);
    }
    return STATUS_DONE;
}
