/* Matches into proposals. */
#include "domain/import.h"
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"

#include <string.h>

static const MatchChunkRecord *find_chunk(const struct state *state, const RoundRecord *record, uint32_t number,
                                          uint8_t key[CHUNK_KEY_BYTES])
{
    chunk_key(record->round_id, number, key);
    return state_find(state, RECORD_MATCH_CHUNK, (struct text){(const char *)key, CHUNK_KEY_BYTES});
}

/* A student who was erased while the solver was at work leaves no trace. */
static size_t drop_erased(struct context *context, MatchRecord **matches, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(matches[i]->stagevraag_id)))
            matches[kept++] = matches[i];
        else
            message_free(matches[i]);
    }
    return kept;
}

void round_keep_matches(struct context *context, RoundRecord *record, MatchRecord **matches, size_t count)
{
    size_t left = drop_erased(context, matches, count);
    if (left < count) /* whose seat is for another */
        rematch_note(context, record->round_id, state_ledger_seq(context->state));
    count = left;
    for (size_t i = 0; i < count; i += WORK_PROPOSALS_MAX) {
        size_t part = count - i < WORK_PROPOSALS_MAX ? count - i : WORK_PROPOSALS_MAX;
        MatchChunkRecord *chunk = CONTEXT_NEW(context, stagematch__internal__v1__match_chunk_record__descriptor);
        bool room = chunk && context_ok(context, mem_alloc(part, sizeof(MatchRecord *), &chunk->matches));
        for (size_t k = 0; k < part; k++) {
            if (room)
                chunk->matches[chunk->n_matches++] = matches[i + k];
            else
                message_free(matches[i + k]);
        }
        if (!room) {
            message_free(chunk);
            continue;
        }
        context_ok(context, message_assign_bytes(&chunk->round_id, text_of_bytes(record->round_id)));
        chunk->chunk = record->match_chunks++;
        context_add(context, RECORD_MATCH_CHUNK, chunk);
    }
}

static bool is_barred(const StagevraagRecord *student, ProtobufCBinaryData placement_id)
{
    for (size_t i = 0; i < student->n_barred_placements; i++)
        if (bytes_equal(student->barred_placements[i], placement_id))
            return true;
    return false;
}

bool round_propose(struct context *context, const RoundRecord *record, const MatchRecord *match)
{
    const StagevraagRecord *student =
        state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(match->stagevraag_id));
    const PlacementRecord *place = state_find(context->state, RECORD_PLACEMENT, text_of_bytes(match->placement_id));
    if (!student || !place || !stagevraag_is_free(student) || placement_free_seats(place) == 0)
        return false;
    if (!bytes_equal(student->round_id, record->round_id) || !bytes_equal(place->round_id, record->round_id))
        return false;
    if (is_barred(student, match->placement_id) ||
        cooperation_is_stopped(context->state, student->school, place->placement->leerbedrijf))
        return false;
    return proposal_create(context, record, student, place, match) != NULL;
}

/* What the first solve gave stays with student and placement, for explanations, whatever becomes of the match. */
static void note_match(struct context *context, const RoundRecord *record, const MatchRecord *match)
{
    StagevraagRecord *student = context_edit(context, RECORD_STAGEVRAAG, text_of_bytes(match->stagevraag_id));
    PlacementRecord *place = context_edit(context, RECORD_PLACEMENT, text_of_bytes(match->placement_id));
    if (student && bytes_equal(student->round_id, record->round_id) && !student->solve_match)
        context_ok(context, message_dup(match, &student->solve_match));
    if (place && bytes_equal(place->round_id, record->round_id)) {
        place->solve_candidates = match->place_candidates;
        place->solve_lowest_band = match->place_lowest_band;
    }
}

/* Proposes a chunk. What cannot be any more asks for a re-match. */
static void propose_chunk(struct context *context, RoundRecord *record, const MatchChunkRecord *chunk)
{
    bool dropped = false, of_solve = chunk->chunk < record->solve_chunks;
    for (size_t i = 0; i < chunk->n_matches && context->error == ERR_OK; i++) {
        if (of_solve)
            note_match(context, record, chunk->matches[i]);
        if (round_propose(context, record, chunk->matches[i]))
            record->published_count++;
        else
            dropped = true;
    }
    if (dropped)
        rematch_note(context, record->round_id, state_ledger_seq(context->state));
}

void round_propose_work(struct context *context, RoundRecord *record)
{
    uint8_t key[CHUNK_KEY_BYTES];
    const MatchChunkRecord *chunk = find_chunk(context->state, record, record->proposed_chunks, key);
    if (chunk) {
        propose_chunk(context, record, chunk);
        if (record->proposed_chunks >= record->solve_chunks) /* those of the solve stay for the export */
            context_remove(context, RECORD_MATCH_CHUNK, (struct text){(const char *)key, sizeof key});
        record->proposed_chunks++;
    }
    context_edited(context, RECORD_ROUND, record);
    if (context->error != ERR_OK || record->proposed_chunks < record->match_chunks)
        return;
    record->work = ROUND_WORK(UNSPECIFIED);
    if (record->state == ROUND_STATE(PUBLISHING))
        round_set_state(context, record, ROUND_STATE(PUBLISHED), (ProtobufCBinaryData){0, NULL});
    context_edited(context, RECORD_ROUND, record);
}

struct status handle_publish_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__PublishRoundRequest *request = message;
    Stagematch__V1__PublishRoundResponse *response = answer;
    const RoundRecord *found;
    struct status status =
        round_for_change(context, request->round_id, request->version, ROUND_STATE(VERIFIED), &found);
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    round_set_state(context, record, ROUND_STATE(PUBLISHING), (ProtobufCBinaryData){0, NULL});
    round_show(context, record, &response->round);
    return context_status(context);
}
