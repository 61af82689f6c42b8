/*
 * Re-matches: after an unfavourable end, the free students and seats of a published round play again. Everybody else is pinned,
 * because only who is free takes part.
 */
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"
#include "domain/task.h"

/* How long after each failure in a row a re-match is tried again; the last holds for all that follow. */
static const int64_t retry_minutes[] = {1, 5, 15, 60};

/* After so many the schools are told: it does not come right by itself. */
enum { RETRIES_DIFFERENT = sizeof retry_minutes / sizeof retry_minutes[0], TELL_AFTER = RETRIES_DIFFERENT };

void rematch_note(struct context *context, ProtobufCBinaryData round_id, uint64_t seq)
{
    const RoundRecord *found = round_find(context->state, round_id);
    /* What is free before publishing was not in the solve: it plays when the round is published. */
    bool rolls = found && found->state >= ROUND_STATE(SEALED) && found->state <= ROUND_STATE(PUBLISHED) &&
                 found->work != ROUND_WORK(CANCELLING) && found->work != ROUND_WORK(CLOSING);
    RoundRecord *record = rolls ? round_edit(context, found) : NULL;
    if (!record)
        return;
    if (record->rematch_from_seq == 0)
        record->rematch_from_seq = seq ? seq : 1;
    record->rematch_last_seq = seq;
    context_edited(context, RECORD_ROUND, record);
}

static enum err add_free_students(const struct state *state, const RoundRecord *record, struct round_input *input)
{
    struct scan scan;
    const StagevraagRecord *student;
    enum err e = ERR_OK;
    scan_id(&scan, state, INDEX_STAGEVRAAG_ROUND, text_of_bytes(record->round_id));
    while (e == ERR_OK && (student = scan_next(&scan)) != NULL)
        if (stagevraag_is_free(student))
            e = round_input_add_student(input, &(struct input_student){student, stagevraag_round_profile(student),
                                                                       student->n_barred_placements});
    return e;
}

static enum err add_free_places(const struct state *state, const RoundRecord *record, struct round_input *input)
{
    struct scan scan;
    const PlacementRecord *place;
    enum err e = ERR_OK;
    scan_id(&scan, state, INDEX_PLACEMENT_ROUND, text_of_bytes(record->round_id));
    while (e == ERR_OK && (place = scan_next(&scan)) != NULL) {
        const Placement *sealed = placement_criteria(place, place->sealed_criteria_version);
        uint32_t seats = placement_free_seats(place);
        if (seats && sealed)
            e = round_input_add_place(input, &(struct input_place){place, sealed, (uint16_t)seats});
    }
    return e;
}

enum err rematch_input(const struct state *state, const RoundRecord *record, struct round_input *out)
{
    struct round_input input = {.stops = state};
    enum err e = add_free_students(state, record, &input);
    if (e == ERR_OK)
        e = add_free_places(state, record, &input);
    if (e == ERR_OK)
        e = round_input_arrange(&input);
    if (e == ERR_OK)
        *out = input;
    else
        round_input_free(&input);
    return e;
}

/* Proposes the first matches at once and keeps the others for long work. A match that no longer holds asks for another one. */
static void propose(struct context *context, RoundRecord *record, SolveResult *result)
{
    size_t now = result->n_matches < WORK_PROPOSALS_MAX ? result->n_matches : WORK_PROPOSALS_MAX;
    bool dropped = false;
    for (size_t i = 0; i < now && context->error == ERR_OK; i++) {
        if (round_propose(context, record, result->matches[i]))
            record->published_count++;
        else
            dropped = true;
    }
    if (result->n_matches > now) {
        round_keep_matches(context, record, result->matches + now, result->n_matches - now);
        result->n_matches = now; /* the others were taken */
        record->work = ROUND_WORK(PROPOSING);
    }
    context_edited(context, RECORD_ROUND, record);
    if (dropped)
        rematch_note(context, record->round_id, state_ledger_seq(context->state));
}

void rematch_forget(RoundRecord *record)
{
    record->rematch_from_seq = 0;
    record->rematch_failures = 0;
    record->rematch_retry_ms = 0;
}

/* It is wanted still, and waits. Ends that come meanwhile wait with it: the same child would only fail the same way. */
static void put_off(struct context *context, RoundRecord *record)
{
    size_t at = record->rematch_failures < RETRIES_DIFFERENT ? record->rematch_failures : RETRIES_DIFFERENT - 1;
    record->rematch_retry_ms = context->now_ms + retry_minutes[at] * 60000;
    record->rematch_failures += record->rematch_failures < UINT32_MAX;
    context_edited(context, RECORD_ROUND, record);
    if (record->rematch_failures == TELL_AFTER)
        round_ask_all(context, record, TASK_KIND(REMATCH_FAILED));
}

/* `seq`: up to which end it looked. */
static void settle(struct context *context, RoundRecord *record, uint64_t seq)
{
    uint64_t left_seq = record->rematch_last_seq > seq ? seq + 1 : 0;
    rematch_forget(record);
    record->rematch_from_seq = left_seq;
    record->version++;
    context_edited(context, RECORD_ROUND, record);
    task_close(context, INDEX_TASK_ROUND, record->round_id, TASK_KIND(REMATCH_FAILED), NULL);
}

static const RoundRecord *first_retry(const struct state *state)
{
    struct scan scan;
    scan_all(&scan, state, INDEX_ROUND_RETRY);
    return scan_next(&scan);
}

int64_t rematch_retry_due_ms(const struct state *state)
{
    const RoundRecord *record = first_retry(state);
    return record ? record->rematch_retry_ms : INT64_MAX;
}

void rematch_retry(struct context *context)
{
    RoundRecord *record = round_edit(context, first_retry(context->state));
    if (!record)
        return;
    record->rematch_retry_ms = 0;
    context_edited(context, RECORD_ROUND, record);
}

void rematch_solved(struct context *context, const struct solve_request *request, SolveResult *result,
                    const char *failure)
{
    struct text key = {(const char *)request->round_id, ID_BYTES};
    const RoundRecord *found = state_find(context->state, RECORD_ROUND, key);
    bool waits = found && found->state == ROUND_STATE(PUBLISHED) && found->work == ROUND_WORK(UNSPECIFIED) &&
                 found->rematch_from_seq;
    RoundRecord *record = waits ? round_edit(context, found) : NULL;
    if (!record)
        return;
    uint64_t from_seq = record->rematch_from_seq;
    if (result)
        settle(context, record, request->up_to_seq);
    else
        put_off(context, record);
    context_fact(context, &(struct fact){.kind = result ? "rematch" : "rematch_failed",
                                         .subject = record->round_id,
                                         .code = failure,
                                         .round_id = record->round_id,
                                         .digest = result ? result->digest : (ProtobufCBinaryData){0, NULL},
                                         .from_seq = from_seq,
                                         .up_to_seq = request->up_to_seq});
    if (result)
        propose(context, record, result);
}
