/*
 * internal/CommitErasure: all that the engine has of one student goes. What stays are ledger entries that name random ids and
 * a hash whose salt is gone.
 */
#include "domain/entries.h"
#include "domain/import.h"
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/saga.h"
#include "domain/stagevraag.h"
#include "domain/task.h"

#include <string.h>

typedef Stagematch__Internal__V1__CommitErasureRequest CommitErasure;

/* Every stagevraag of the student must be of the caller's schools. The service itself goes on with what was begun. */
static struct status check_scope(const struct context *context, struct text student_ref)
{
    struct scan scan;
    const StagevraagRecord *record;
    if (actor_is(context->actor, ROLE(UNSPECIFIED)))
        return STATUS_DONE;
    if (!actor_is(context->actor, ROLE(COORDINATOR)))
        return status_refuse(&refusal_not_found);
    scan_id(&scan, context->state, INDEX_STAGEVRAAG_STUDENT, student_ref);
    while ((record = scan_next(&scan)) != NULL)
        if (!actor_coordinates(context->actor, record->school))
            return status_refuse(&refusal_not_found);
    return STATUS_DONE;
}

/* A seat that was held for the reviewer is free: there is nothing left to look at. */
static void give_held_seat(struct context *context, const ProposalRecord *proposal)
{
    const PlacementRecord *placement =
        proposal->seat_held ? placement_give_seat(context, proposal->placement_id) : NULL;
    if (placement)
        rematch_note(context, placement->round_id, state_ledger_seq(context->state));
}

static void erase_proposals(struct context *context, struct text student_ref)
{
    while (context->error == ERR_OK) {
        struct scan scan;
        scan_id(&scan, context->state, INDEX_PROPOSAL_STUDENT, student_ref);
        const ProposalRecord *proposal = scan_next(&scan);
        if (!proposal)
            return;
        uint8_t id[ID_BYTES];
        give_held_seat(context, proposal);
        task_close(context, INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(UNSPECIFIED), NULL);
        memcpy(id, proposal->proposal_id.data, sizeof id);
        context_remove(context, RECORD_PROPOSAL, (struct text){(const char *)id, sizeof id});
    }
}

/* Takes the match of a stagevraag out of a chunk that has it. */
static void erase_match(struct context *context, const MatchChunkRecord *found, size_t index)
{
    uint8_t key[CHUNK_KEY_BYTES];
    chunk_key(found->round_id, found->chunk, key);
    MatchChunkRecord *chunk = context_edit(context, RECORD_MATCH_CHUNK, (struct text){(const char *)key, sizeof key});
    if (!chunk)
        return;
    message_free(chunk->matches[index]);
    chunk->n_matches--;
    memmove(&chunk->matches[index], &chunk->matches[index + 1], (chunk->n_matches - index) * sizeof(MatchRecord *));
    context_edited(context, RECORD_MATCH_CHUNK, chunk);
    rematch_note(context, chunk->round_id, state_ledger_seq(context->state)); /* whose seat is for another */
}

/* Its matches in the round's chunks: of the solve, and of a re-match whose proposals are being made. */
static void erase_matches(struct context *context, const StagevraagRecord *record)
{
    struct scan scan;
    const MatchChunkRecord *chunk;
    if (record->round_id.len == 0)
        return;
    scan_id(&scan, context->state, INDEX_CHUNK_ROUND, text_of_bytes(record->round_id));
    while (context->error == ERR_OK && (chunk = scan_next(&scan)) != NULL)
        for (size_t i = chunk->n_matches; i-- > 0;)
            if (bytes_equal(chunk->matches[i]->stagevraag_id, record->stagevraag_id))
                erase_match(context, chunk, i);
}

static bool mentions(ProtobufCBinaryData bytes, struct text what)
{
    return bytes.len && memmem(bytes.data, bytes.len, what.data, what.length);
}

/* Answers that are kept for repeats and name the id. */
static void erase_answers(struct context *context, ProtobufCBinaryData id)
{
    char hex[ID_HEX_BYTES];
    uint8_t after[ID_BYTES];
    struct text at = {(const char *)after, 0};
    const AnswerRecord *answer;
    id_format_bytes(id, hex);
    while (context->error == ERR_OK && (answer = state_next(context->state, RECORD_ANSWER, at)) != NULL) {
        if (answer->key.len > sizeof after) {
            (void)context_ok(context, ERR_INTERNAL);
            return;
        }
        memcpy(after, answer->key.data, answer->key.len);
        at.length = answer->key.len;
        if (mentions(answer->reply, text_of(hex)))
            context_remove(context, RECORD_ANSWER, at);
    }
}

/* What a text that went along with a call is about. */
static void erase_subjects(struct context *context, struct text student_ref)
{
    uint8_t after[ID_BYTES];
    struct text at = {(const char *)after, 0};
    const StageRecord *found;
    while (context->error == ERR_OK && (found = state_next(context->state, RECORD_STAGE, at)) != NULL) {
        memcpy(after, found->stage_id.data, sizeof after);
        at.length = sizeof after;
        if (!mentions(found->subject, student_ref))
            continue;
        StageRecord *stage = context_edit(context, RECORD_STAGE, at);
        if (!stage)
            return;
        (void)context_ok(context, message_assign_bytes(&stage->subject, text_of("")));
        context_edited(context, RECORD_STAGE, stage);
    }
}

/* Rows of files that are not installed yet. */
static void erase_rows(struct context *context, ImportChunkRecord *chunk, struct text student_ref)
{
    size_t kept = 0;
    for (size_t i = 0; i < chunk->n_students; i++) {
        StudentProfile *row = NULL;
        bool is_theirs = context_ok(context, message_unpack(&stagematch__internal__v1__student_profile__descriptor,
                                                            text_of_bytes(chunk->students[i]), &row)) &&
                         text_equal(text_of_bytes(row->student_ref), student_ref);
        message_free(row);
        if (is_theirs)
            mem_free(chunk->students[i].data);
        else
            chunk->students[kept++] = chunk->students[i];
    }
    chunk->n_students = kept;
}

static bool names_student(const ImportChunkRecord *chunk, struct text student_ref)
{
    for (size_t i = 0; i < chunk->n_students; i++)
        if (mentions(chunk->students[i], student_ref))
            return true;
    return false;
}

static void erase_chunks(struct context *context, struct text student_ref)
{
    uint8_t after[CHUNK_KEY_BYTES];
    struct text at = {(const char *)after, 0};
    const ImportChunkRecord *found;
    while (context->error == ERR_OK && (found = state_next(context->state, RECORD_IMPORT_CHUNK, at)) != NULL) {
        chunk_key(found->stage_id, found->chunk, after);
        at.length = sizeof after;
        ImportChunkRecord *chunk =
            names_student(found, student_ref) ? context_edit(context, RECORD_IMPORT_CHUNK, at) : NULL;
        if (!chunk)
            continue;
        erase_rows(context, chunk, student_ref);
        context_edited(context, RECORD_IMPORT_CHUNK, chunk);
    }
}

static void erase_stagevraag(struct context *context, const StagevraagRecord *found)
{
    uint8_t id[ID_BYTES];
    proposal_end_of_stagevraag(context, found, "", SIDE(SCHOOL));
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (!record)
        return;
    stagevraag_leave_elsewhere(context, record);
    task_close(context, INDEX_TASK_STAGEVRAAG, record->stagevraag_id, TASK_KIND(UNSPECIFIED), NULL);
    erase_matches(context, record);
    entries_forget(context->entries, record->round_id);
    erase_answers(context, record->stagevraag_id);
    memcpy(id, record->stagevraag_id.data, sizeof id);
    context_remove(context, RECORD_STAGEVRAAG, (struct text){(const char *)id, sizeof id});
}

struct status handle_commit_erasure(struct context *context, const void *message, void *answer)
{
    const CommitErasure *request = message;
    struct text student_ref = text_of_bytes(request->student_ref);
    (void)answer;
    if (student_ref.length != ID_BYTES || request->stage_id.len != ID_BYTES)
        return status_refuse(&refusal_not_found);
    struct status status = check_scope(context, student_ref);
    if (!status.refusal)
        status = stage_check(context, request->stage_id);
    if (status.refusal == &refusal_stage_committed)
        return STATUS_DONE; /* a repeat */
    if (status.refusal)
        return status;
    stage_committed(context, request->stage_id, NULL);
    /* Before all else: a re-match for a seat that comes free by it has to come after it in the ledger. */
    context_fact(context, &(struct fact){.kind = "erased", .subject = request->student_ref});
    while (context->error == ERR_OK) {
        struct scan scan;
        scan_id(&scan, context->state, INDEX_STAGEVRAAG_STUDENT, student_ref);
        const StagevraagRecord *found = scan_next(&scan);
        if (!found)
            break;
        erase_stagevraag(context, found);
    }
    erase_proposals(context, student_ref);
    erase_chunks(context, student_ref);
    erase_subjects(context, student_ref);
    erase_answers(context, request->student_ref);
    return context_status(context);
}
