/* Sealing: who takes part, and the hashes of what they bring. */
#include "domain/export_lines.h"
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"

#include <string.h>

/* A piece of sealing looks at so many records at most. */
enum { SEAL_LOOKS_MAX = 20 * WORK_RECORDS_MAX };

struct piece {
    size_t taken, looked;
};

static bool piece_is_full(const struct piece *piece)
{
    return piece->taken >= WORK_RECORDS_MAX || piece->looked >= SEAL_LOOKS_MAX;
}

/* Goes on behind the cursor. */
static void scan_from_cursor(struct scan *scan, const struct context *context, enum state_index index,
                             const struct index_key *prefix, const RoundRecord *record)
{
    scan_start(scan, context->state, index, prefix);
    if (record->work_after.len == 0)
        return;
    index_key_bytes(&scan->at, text_of_bytes(record->work_after));
    scan->inclusive = false;
}

static void set_cursor(struct context *context, RoundRecord *record, uint32_t step, struct text after)
{
    record->work_step = step;
    context_ok(context, message_assign_bytes(&record->work_after, after));
}

static bool takes_stagevraag(const struct context *context, const RoundRecord *round, const StagevraagRecord *record)
{
    return stagevraag_is_free(record) && record->round_id.len == 0 && stagevraag_is_visible(context->state, record) &&
           strings_have(round->qualifications, round->n_qualifications, text_of(record->profile->qualification));
}

static void take_stagevraag(struct context *context, const RoundRecord *round, const StagevraagRecord *found)
{
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (!record)
        return;
    context_ok(context, message_assign_bytes(&record->round_id, text_of_bytes(round->round_id)));
    record->sealed_barred_count = (uint32_t)record->n_barred_placements;
    cooperation_seal(context, round, record);
    context_edited(context, RECORD_STAGEVRAAG, record);
}

/* Takes in students of one school; true when its end is reached. */
static bool take_school(struct context *context, RoundRecord *round, struct piece *piece)
{
    struct index_key prefix;
    struct scan scan;
    const StagevraagRecord *record;
    index_key_start(&prefix);
    index_key_string(&prefix, round->schools[round->work_step]);
    scan_from_cursor(&scan, context, INDEX_STAGEVRAAG_SCHOOL, &prefix, round);
    while (!piece_is_full(piece) && context->error == ERR_OK) {
        record = scan_next(&scan);
        if (!record)
            return true;
        piece->looked++;
        set_cursor(context, round, round->work_step, text_of_bytes(record->stagevraag_id));
        if (!takes_stagevraag(context, round, record))
            continue;
        take_stagevraag(context, round, record);
        piece->taken++;
    }
    return false;
}

static bool takes_place(const struct context *context, const RoundRecord *round, const PlacementRecord *record)
{
    return record->round_id.len == 0 && placement_free_seats(record) > 0 &&
           placement_is_visible(context->state, record) && round_takes_placement(round, record->placement);
}

static void take_place(struct context *context, const RoundRecord *round, const PlacementRecord *found)
{
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return;
    context_ok(context, message_assign_bytes(&record->round_id, text_of_bytes(round->round_id)));
    record->sealed_criteria_version = record->criteria_version;
    record->sealed_seats = placement_free_seats(record);
    context_edited(context, RECORD_PLACEMENT, record);
}

static bool take_places(struct context *context, RoundRecord *round, struct piece *piece)
{
    struct index_key prefix;
    struct scan scan;
    const PlacementRecord *record;
    index_key_start(&prefix);
    index_key_u8(&prefix, PLACEMENT_STATE(PUBLISHED));
    scan_from_cursor(&scan, context, INDEX_PLACEMENT_STATE, &prefix, round);
    while (!piece_is_full(piece) && context->error == ERR_OK) {
        record = scan_next(&scan);
        if (!record)
            return true;
        piece->looked++;
        set_cursor(context, round, round->work_step, text_of_bytes(record->placement_id));
        if (!takes_place(context, round, record))
            continue;
        take_place(context, round, record);
        piece->taken++;
    }
    return false;
}

bool round_waits_for_digest(const RoundRecord *record)
{
    return record->work == ROUND_WORK(SEALING) && record->work_step > record->n_schools;
}

enum err round_sealed_input(const struct state *state, const RoundRecord *record, struct round_input *out)
{
    struct round_input input = {0};
    struct scan scan;
    const StagevraagRecord *student;
    const PlacementRecord *place;
    enum err e = ERR_OK;
    scan_id(&scan, state, INDEX_STAGEVRAAG_ROUND, text_of_bytes(record->round_id));
    while (e == ERR_OK && (student = scan_next(&scan)) != NULL)
        e = round_input_add_student(&input, &(struct input_student){student, stagevraag_round_profile(student),
                                                                    student->sealed_barred_count});
    scan_id(&scan, state, INDEX_PLACEMENT_ROUND, text_of_bytes(record->round_id));
    while (e == ERR_OK && (place = scan_next(&scan)) != NULL) {
        const Stagematch__V1__Placement *sealed = placement_criteria(place, place->sealed_criteria_version);
        struct input_place entry = {place, sealed, (uint16_t)place->sealed_seats};
        e = sealed ? round_input_add_place(&input, &entry) : ERR_INTERNAL;
    }
    if (e == ERR_OK)
        e = round_input_arrange(&input);
    if (e == ERR_OK)
        *out = input;
    else
        round_input_free(&input);
    return e;
}

enum err round_describe_input(const struct state *state, const struct geography *geography, const RoundRecord *record,
                              SolveResult *out)
{
    struct round_input input;
    struct built_market built = {0};
    uint8_t digest[DIGEST_BYTES], entries_root[DIGEST_BYTES];
    enum err e = round_sealed_input(state, record, &input);
    if (e != ERR_OK)
        return e;
    e = export_digest(&input, digest, entries_root);
    if (e == ERR_OK)
        e = market_build(&input, geography, &built);
    if (e == ERR_OK)
        e = message_assign_bytes(&out->digest, (struct text){(const char *)digest, sizeof digest});
    if (e == ERR_OK)
        e = message_assign_bytes(&out->entries_root, (struct text){(const char *)entries_root, sizeof entries_root});
    if (e == ERR_OK) {
        out->student_count = input.student_count;
        out->placement_count = input.place_count;
        out->unknown_wish_count = built.unknown_wish_count;
        for (size_t i = 0; i < input.place_count; i++)
            out->seat_count += input.places[i].seats;
    }
    built_market_free(&built);
    round_input_free(&input);
    return e;
}

void round_enter_input(struct context *context, RoundRecord *record, const SolveResult *result)
{
    context_ok(context, message_assign_bytes(&record->input_digest, text_of_bytes(result->digest)));
    context_ok(context, message_assign_bytes(&record->entries_root, text_of_bytes(result->entries_root)));
    context_ok(context, message_assign_bytes(&record->work_after, text_of("")));
    record->student_count = result->student_count;
    record->placement_count = result->placement_count;
    record->seat_count = result->seat_count;
    record->unknown_wish_count = result->unknown_wish_count;
    record->work = ROUND_WORK(UNSPECIFIED);
    record->seal_ms = context->now_ms;
    record->reveal_due_ms = term_due_ms(context->options->calendar, TERM_NONCE, dutch_day(context->now_ms));
    round_set_state(context, record, ROUND_STATE(SEALED), record->input_digest);
}

/* A small input: its digest is made here. */
static void enter_now(struct context *context, RoundRecord *record)
{
    SolveResult *result = CONTEXT_NEW(context, stagematch__internal__v1__solve_result__descriptor);
    if (!result)
        return;
    enum err e = round_describe_input(context->state, &context->options->geography, record, result);
    if (e == ERR_INPUT) {
        context_ok(context, message_assign_string(&record->failure, text_of("postcode_unknown")));
        record->work = ROUND_WORK(CANCELLING);
        context_edited(context, RECORD_ROUND, record);
    } else if (context_ok(context, e)) {
        round_enter_input(context, record, result);
    }
    message_free(result);
}

void round_seal_work(struct context *context, RoundRecord *record, bool small)
{
    struct piece piece = {0, 0};
    while (!piece_is_full(&piece) && record->work_step <= record->n_schools && context->error == ERR_OK) {
        bool at_end = record->work_step < record->n_schools ? take_school(context, record, &piece)
                                                            : take_places(context, record, &piece);
        if (at_end)
            set_cursor(context, record, record->work_step + 1, text_of(""));
    }
    context_edited(context, RECORD_ROUND, record);
    if (small && context->error == ERR_OK && round_waits_for_digest(record))
        enter_now(context, record);
}
