/* Cancelling and closing: everybody is let go, a piece at a time, and then the round is over. */
#include "domain/import.h"
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"

#include <string.h>

static const REFUSAL(refusal_proposals_open, STATUS_FAILED_PRECONDITION, "proposals_open",
                     "Er lopen nog voorstellen in deze ronde.", "Proposals are still open in this round.");

/* Each takes at most `limit` and gives how many it took. */

static size_t release_stagevragen(struct context *context, const RoundRecord *round, size_t limit)
{
    size_t done = 0;
    for (; done < limit && context->error == ERR_OK; done++) {
        struct scan scan;
        scan_id(&scan, context->state, INDEX_STAGEVRAAG_ROUND, text_of_bytes(round->round_id));
        const StagevraagRecord *found = scan_next(&scan);
        StagevraagRecord *record = found ? stagevraag_edit(context, found) : NULL;
        if (!record)
            break;
        message_free(record->sealed_profile);
        record->sealed_profile = NULL;
        message_free(record->solve_match);
        record->solve_match = NULL;
        record->sealed_barred_count = 0;
        context_ok(context, message_assign_bytes(&record->round_id, text_of("")));
        context_edited(context, RECORD_STAGEVRAAG, record);
    }
    return done;
}

static size_t release_places(struct context *context, const RoundRecord *round, size_t limit)
{
    size_t done = 0;
    for (; done < limit && context->error == ERR_OK; done++) {
        struct scan scan;
        scan_id(&scan, context->state, INDEX_PLACEMENT_ROUND, text_of_bytes(round->round_id));
        const PlacementRecord *found = scan_next(&scan);
        PlacementRecord *record =
            found ? context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id)) : NULL;
        if (!record)
            break;
        placement_leave_round(context, record);
    }
    return done;
}

static size_t remove_matches(struct context *context, const RoundRecord *round, size_t limit)
{
    size_t done = 0;
    for (; done < limit && context->error == ERR_OK; done++) {
        struct scan scan;
        scan_id(&scan, context->state, INDEX_CHUNK_ROUND, text_of_bytes(round->round_id));
        const MatchChunkRecord *found = scan_next(&scan);
        uint8_t key[CHUNK_KEY_BYTES];
        if (!found)
            break;
        chunk_key(found->round_id, found->chunk, key);
        context_remove(context, RECORD_MATCH_CHUNK, (struct text){(const char *)key, sizeof key});
    }
    return done;
}

static void finish(struct context *context, RoundRecord *record)
{
    Stagematch__V1__RoundState state = record->work == ROUND_WORK(CLOSING) ? ROUND_STATE(CLOSED)
                                       : *record->failure                  ? ROUND_STATE(FAILED)
                                                                           : ROUND_STATE(CANCELLED);
    record->work = ROUND_WORK(UNSPECIFIED);
    rematch_forget(record);
    round_set_state(context, record, state, (ProtobufCBinaryData){0, NULL});
}

void round_end_work(struct context *context, RoundRecord *record)
{
    size_t ended = 0;
    if (record->work == ROUND_WORK(CANCELLING))
        ended = proposal_end_all_of(context, INDEX_RUNNING_ROUND, record->round_id, EVENT_ROUND_CANCELLED, "",
                                    WORK_PROPOSALS_MAX);
    if (ended == WORK_PROPOSALS_MAX)
        return;
    size_t done = release_stagevragen(context, record, WORK_RECORDS_MAX);
    if (done < WORK_RECORDS_MAX)
        done += release_places(context, record, WORK_RECORDS_MAX - done);
    if (done < WORK_RECORDS_MAX)
        done += remove_matches(context, record, WORK_RECORDS_MAX - done);
    if (done < WORK_RECORDS_MAX && context->error == ERR_OK)
        finish(context, record);
}

static struct status begin(struct context *context, const RoundRecord *found,
                           Stagematch__Internal__V1__RoundRecord__Work work, Round **shown)
{
    RoundRecord *record = round_edit(context, found);
    if (!record)
        return context_status(context);
    record->work = work;
    record->version++;
    context_edited(context, RECORD_ROUND, record);
    round_end_work(context, record);
    round_show(context, record, shown);
    return context_status(context);
}

struct status handle_cancel_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CancelRoundRequest *request = message;
    Stagematch__V1__CancelRoundResponse *response = answer;
    const RoundRecord *found;
    struct status status =
        round_for_change(context, request->round_id, request->version, ROUND_STATE(UNSPECIFIED), &found);
    if (status.refusal)
        return status;
    if (found->state >= ROUND_STATE(CLOSED))
        return status_refuse(&refusal_wrong_round_state);
    return begin(context, found, ROUND_WORK(CANCELLING), &response->round);
}

/* A proposal waits for somebody as long as the student is not placed. */
static bool has_open_proposal(const struct context *context, const RoundRecord *record)
{
    struct scan scan;
    const ProposalRecord *proposal;
    scan_id(&scan, context->state, INDEX_RUNNING_ROUND, text_of_bytes(record->round_id));
    while ((proposal = scan_next(&scan)) != NULL)
        if (proposal->state != PROPOSAL_STATE(PLACED) && proposal->state != PROPOSAL_STATE(STARTED))
            return true;
    return false;
}

struct status handle_close_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CloseRoundRequest *request = message;
    Stagematch__V1__CloseRoundResponse *response = answer;
    const RoundRecord *found;
    struct status status =
        round_for_change(context, request->round_id, request->version, ROUND_STATE(PUBLISHED), &found);
    if (status.refusal)
        return status;
    if (has_open_proposal(context, found))
        return status_refuse(&refusal_proposals_open);
    return begin(context, found, ROUND_WORK(CLOSING), &response->round);
}
