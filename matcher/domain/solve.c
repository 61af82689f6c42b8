/*
 * Solving apart from the loop: what waits for it, the work of the child, and taking its result back.
 *
 * The child sees the state as it was when it was forked. Of a solve and of a sealing everything it reads is frozen, so the result
 * holds whatever happened since; a re-match's matches are each held against the state again (rematch.c).
 */
#include "domain/export.h"
#include "domain/market.h"
#include "domain/round.h"
#include "match/round.h"

#include <string.h>

static bool first_of_state(const struct state *state, Stagematch__V1__RoundState in,
                           bool (*fits)(const RoundRecord *), struct solve_request *out)
{
    struct index_key prefix;
    struct scan scan;
    const RoundRecord *record;
    index_key_start(&prefix);
    index_key_u8(&prefix, in);
    scan_start(&scan, state, INDEX_ROUND_STATE, &prefix);
    while ((record = scan_next(&scan)) != NULL) {
        if (!fits(record))
            continue;
        *out = (struct solve_request){.up_to_seq = state_ledger_seq(state)};
        memcpy(out->round_id, record->round_id.data, ID_BYTES);
        return true;
    }
    return false;
}

static bool waits_for_solve(const RoundRecord *record)
{
    return record->work == ROUND_WORK(UNSPECIFIED);
}

static bool waits_for_rematch(const RoundRecord *record)
{
    return record->rematch_from_seq && !record->rematch_retry_ms && record->work == ROUND_WORK(UNSPECIFIED);
}

bool market_next_solve(const struct state *state, struct solve_request *out)
{
    if (first_of_state(state, ROUND_STATE(OPEN), round_waits_for_digest, out)) {
        out->seal = true;
        return true;
    }
    if (first_of_state(state, ROUND_STATE(SOLVING), waits_for_solve, out))
        return true;
    if (!first_of_state(state, ROUND_STATE(PUBLISHED), waits_for_rematch, out))
        return false;
    out->rematch = true;
    return true;
}

static enum err add_match(const struct round_input *input, const struct round_result *result, size_t student,
                          SolveResult *out)
{
    const struct student_outcome *outcome = &result->outcomes[student];
    MatchRecord *match;
    enum err e = message_new(&stagematch__internal__v1__match_record__descriptor, &match);
    if (e != ERR_OK)
        return e;
    match->rank = outcome->rank;
    match->score = outcome->score;
    match->band = outcome->band;
    match->distance_m = outcome->distance_m;
    match->place_candidates = result->places[outcome->place].candidates;
    match->place_lowest_band = result->places[outcome->place].lowest_band;
    e = message_assign_bytes(&match->stagevraag_id, text_of_bytes(input->students[student].record->stagevraag_id));
    if (e == ERR_OK)
        e = message_assign_bytes(&match->placement_id,
                                 text_of_bytes(input->places[outcome->place].record->placement_id));
    out->matches[out->n_matches++] = match; /* there is room; freed with the result */
    return e;
}

static enum err write_result(const struct round_input *input, const struct round_result *result, SolveResult *out)
{
    uint8_t digest[DIGEST_BYTES];
    enum err e = mem_alloc(result->counts.matched, sizeof(MatchRecord *), &out->matches);
    for (size_t s = 0; s < result->student_count && e == ERR_OK; s++)
        if (result->outcomes[s].place != PLACE_NONE)
            e = add_match(input, result, s, out);
    if (e == ERR_OK)
        e = mem_alloc(result->rank_max, sizeof *out->rank_counts, &out->rank_counts);
    if (e != ERR_OK)
        return e;
    for (uint32_t rank = 1; rank <= result->rank_max; rank++)
        out->rank_counts[out->n_rank_counts++] = result->rank_counts[rank];
    e = export_matches_digest(input, out, digest);
    return e == ERR_OK ? message_assign_bytes(&out->digest, (struct text){(const char *)digest, sizeof digest}) : e;
}

static enum err play(const struct round_input *input, const struct domain_options *options, const RoundRecord *record,
                     SolveResult *out)
{
    struct match_rules rules = {(int32_t)record->slack_days, record->list_max, record->band_width};
    struct built_market built;
    struct round_result result;
    if (record->seed.len != SEED_BYTES)
        return ERR_INTERNAL;
    enum err e = market_build(input, &options->geography, &built);
    if (e != ERR_OK)
        return e;
    e = market_build_draw(&built, input, record->seed.data);
    if (e == ERR_OK)
        e = round_run(&built.market, &rules, options->threads ? options->threads : 1, NULL, &result);
    if (e == ERR_OK) {
        e = write_result(input, &result, out);
        round_result_free(&result);
    }
    built_market_free(&built);
    return e;
}

static enum err solve_into(const struct state *state, const struct domain_options *options,
                           const struct solve_request *request, const RoundRecord *record, SolveResult *out)
{
    struct round_input input;
    if (request->seal)
        return round_describe_input(state, &options->geography, record, out);
    enum err e = request->rematch ? rematch_input(state, record, &input) : round_sealed_input(state, record, &input);
    if (e != ERR_OK)
        return e;
    if (input.student_count && input.place_count)
        e = play(&input, options, record, out);
    round_input_free(&input);
    return e;
}

static enum err pack_result(const SolveResult *result, struct buf *out)
{
    size_t length = protobuf_c_message_get_packed_size(&result->base);
    uint8_t *bytes;
    enum err e = mem_alloc(length, 1, &bytes);
    if (e != ERR_OK)
        return e;
    protobuf_c_message_pack(&result->base, bytes);
    buf_put(out, bytes, length);
    mem_free(bytes);
    return buf_error(out);
}

enum err market_solve(const struct state *state, const struct domain_options *options,
                      const struct solve_request *request, struct buf *out)
{
    struct text key = {(const char *)request->round_id, ID_BYTES};
    const RoundRecord *record = state_find(state, RECORD_ROUND, key);
    SolveResult *result;
    if (!record)
        return ERR_MISSING;
    enum err e = message_new(&stagematch__internal__v1__solve_result__descriptor, &result);
    if (e != ERR_OK)
        return e;
    e = solve_into(state, options, request, record, result);
    if (e == ERR_OK)
        e = pack_result(result, out);
    message_free(result);
    return e;
}

/* The round failed: everybody is let go, then it is over. */
static void fail(struct context *context, RoundRecord *record, const char *failure)
{
    context_ok(context, message_assign_string(&record->failure, text_of(failure)));
    record->work = ROUND_WORK(CANCELLING);
    context_edited(context, RECORD_ROUND, record);
}

static void take_solution(struct context *context, RoundRecord *record, SolveResult *result)
{
    record->matched_count = result->n_matches;
    mem_free(record->rank_counts);
    record->rank_counts = result->rank_counts;
    record->n_rank_counts = result->n_rank_counts;
    result->rank_counts = NULL;
    result->n_rank_counts = 0;
    round_keep_matches(context, record, result->matches, result->n_matches);
    result->n_matches = 0; /* its elements were taken */
    record->solve_chunks = record->match_chunks;
    round_set_state(context, record, ROUND_STATE(VERIFIED), result->digest);
}

void market_solved(struct context *context, const struct solve_request *request, struct text bytes,
                   const char *failure)
{
    struct text key = {(const char *)request->round_id, ID_BYTES};
    const RoundRecord *found = state_find(context->state, RECORD_ROUND, key);
    SolveResult *result = NULL;
    if (!found)
        return;
    if (!failure && message_unpack(&stagematch__internal__v1__solve_result__descriptor, bytes, &result) != ERR_OK)
        failure = "result_unreadable";
    if (request->rematch) {
        rematch_solved(context, request, result, failure);
        message_free(result);
        return;
    }
    bool waits = request->seal ? round_waits_for_digest(found)
                               : found->state == ROUND_STATE(SOLVING) && found->work == ROUND_WORK(UNSPECIFIED);
    RoundRecord *record = waits ? round_edit(context, found) : NULL; /* otherwise it was cancelled meanwhile */
    if (record && !result)
        fail(context, record, failure);
    else if (record && request->seal)
        round_enter_input(context, record, result);
    else if (record)
        take_solution(context, record, result);
    message_free(result);
}
