#include "domain/export.h"

#include "domain/placement.h"
#include "domain/profile_check.h"
#include "domain/proposal.h"
#include "domain/stagevraag.h"

#include <string.h>

/* Under the longest frame between two roles, with room for what surrounds it. */
enum { EXPORT_BYTES_MAX = 35 << 20, MATCH_LINE_BYTES_MAX = 512, PC4_COUNT = 10000 };

static void match_line(struct buf *buf, const StagevraagRecord *student, const char *start_date,
                       const Stagematch__V1__Placement *place, const MatchRecord *match)
{
    buf_put_string(buf, student->school);
    buf_put_char(buf, ';');
    buf_put_hex(buf, student->student_ref.data, student->student_ref.len);
    buf_printf(buf, ";%s;%s;%s;%u;%u;%u;%u\n", start_date, place->leerbedrijf, place->leerplaats, match->rank,
               match->score, match->band, match->distance_m);
}

enum err export_matches_digest(const struct round_input *input, const SolveResult *result,
                               uint8_t digest[DIGEST_BYTES])
{
    struct digest running;
    struct buf buf;
    digest_start(&running);
    digest_add(&running, EXPORT_MATCHES_HEADER, sizeof EXPORT_MATCHES_HEADER - 1);
    buf_init(&buf, MATCH_LINE_BYTES_MAX);
    enum err e = ERR_OK;
    for (size_t i = 0, s = 0; i < result->n_matches && e == ERR_OK; i++) {
        const MatchRecord *match = result->matches[i];
        uint32_t place = round_input_place(input, &match->placement_id);
        while (s < input->student_count &&
               !bytes_equal(input->students[s].record->stagevraag_id, match->stagevraag_id))
            s++; /* both are in canonical order */
        if (s == input->student_count || place == PLACE_NONE) {
            e = ERR_INTERNAL;
            break;
        }
        match_line(&buf, input->students[s].record, input->students[s].profile->start_date,
                   input->places[place].placement, match);
        e = buf_error(&buf);
        digest_add(&running, buf.data, buf.length);
        buf_clear(&buf);
    }
    buf_free(&buf);
    if (e == ERR_OK)
        crypto_hash_sha256_final(&running.state, digest);
    return e;
}

/* Marks the postcodes of the input; PC4_COUNT flags. */
static void mark_postcodes(const struct round_input *input, bool *used)
{
    for (size_t i = 0; i < input->student_count; i++)
        used[pc4_of(input->students[i].profile->pc4) % PC4_COUNT] = true;
    for (size_t i = 0; i < input->place_count; i++)
        used[pc4_of(input->places[i].placement->postcode) % PC4_COUNT] = true;
}

static void put_postcodes(const struct context *context, const RoundRecord *record, const struct round_input *input,
                          struct buf *buf)
{
    (void)record;
    const struct geography *geography = &context->options->geography;
    bool used[PC4_COUNT] = {false};
    struct point point;
    mark_postcodes(input, used);
    buf_put_string(buf, EXPORT_PC4_HEADER);
    for (unsigned pc4 = 0; pc4 < PC4_COUNT; pc4++) {
        if (!used[pc4] || !geography->point(geography->context, pc4, &point))
            continue;
        buf_printf(buf, "%04u;", pc4);
        buf_put_double(buf, point.lat);
        buf_put_char(buf, ';');
        buf_put_double(buf, point.lon);
        buf_put_char(buf, '\n');
    }
}

static void put_matches(const struct context *context, const RoundRecord *record, const struct round_input *input,
                        struct buf *buf)
{
    (void)input;
    struct scan scan;
    const MatchChunkRecord *chunk;
    buf_put_string(buf, EXPORT_MATCHES_HEADER);
    scan_id(&scan, context->state, INDEX_CHUNK_ROUND, text_of_bytes(record->round_id));
    while ((chunk = scan_next(&scan)) != NULL && chunk->chunk < record->solve_chunks)
        for (size_t i = 0; i < chunk->n_matches; i++) {
            const MatchRecord *match = chunk->matches[i];
            const StagevraagRecord *student =
                state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(match->stagevraag_id));
            const PlacementRecord *place =
                state_find(context->state, RECORD_PLACEMENT, text_of_bytes(match->placement_id));
            if (student && place)
                match_line(buf, student, stagevraag_round_profile(student)->start_date, place->placement, match);
        }
}

static void put_students(const struct context *context, const RoundRecord *record, const struct round_input *input,
                         struct buf *buf)
{
    (void)context, (void)record;
    buf_put_string(buf, EXPORT_STUDENTS_HEADER);
    for (size_t i = 0; i < input->student_count; i++)
        export_student_line(buf, input, &input->students[i]);
}

static void put_placements(const struct context *context, const RoundRecord *record, const struct round_input *input,
                           struct buf *buf)
{
    (void)context, (void)record;
    buf_put_string(buf, EXPORT_PLACEMENTS_HEADER);
    for (size_t i = 0; i < input->place_count; i++)
        export_placement_line(buf, &input->places[i]);
}

/* False: together they are too large for an answer. */
static bool export_files(struct context *context, const RoundRecord *record, const struct round_input *input,
                         Stagematch__V1__ExportRoundResponse *response)
{
    const struct {
        void (*put)(const struct context *, const RoundRecord *, const struct round_input *, struct buf *);
        ProtobufCBinaryData *field;
    } files[] = {{put_students, &response->students_csv},
                 {put_placements, &response->placements_csv},
                 {put_matches, &response->matches_csv},
                 {put_postcodes, &response->pc4_csv}};
    size_t left = EXPORT_BYTES_MAX;
    bool fits = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && fits; i++) {
        struct buf buf;
        buf_init(&buf, left);
        files[i].put(context, record, input, &buf);
        fits = buf_error(&buf) == ERR_OK;
        if (fits)
            context_ok(context, message_assign_bytes(files[i].field, buf_text(&buf)));
        left -= buf.length;
        buf_free(&buf);
    }
    return fits;
}

struct status handle_export_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ExportRoundRequest *request = message;
    Stagematch__V1__ExportRoundResponse *response = answer;
    const RoundRecord *record;
    struct round_input input;
    struct status status = round_of_request(context, request->round_id, &record);
    if (status.refusal)
        return status;
    if (!round_has_input(record))
        return status_refuse(&refusal_wrong_round_state);
    if (!context_ok(context, round_sealed_input(context->state, record, &input)))
        return context_status(context);
    bool fits = export_files(context, record, &input, response);
    response->erased_count = record->student_count - input.student_count;
    round_input_free(&input);
    round_show_hex(context, record->seed, &response->seed);
    round_show_hex(context, record->input_digest, &response->input_digest);
    round_show(context, record, &response->round);
    response->slack_days = record->slack_days;
    response->list_max = record->list_max;
    response->band_width = record->band_width;
    return fits ? context_status(context) : status_refuse(&refusal_round_too_large);
}

typedef Stagematch__Internal__V1__ResultRow ResultRow;
typedef Stagematch__Internal__V1__ListResultsResponse ListResults;

static void add_row(struct context *context, ListResults *response, const StagevraagRecord *student,
                    const Stagematch__V1__Placement *place, const char *status)
{
    ResultRow *row = CONTEXT_NEW(context, stagematch__internal__v1__result_row__descriptor);
    if (!row)
        return;
    context_id(context, student->stagevraag_id, &row->stagevraag_id);
    context_ok(context, message_assign_string(&row->start_date, text_of(student->profile->start_date)));
    context_ok(context, message_assign_string(&row->status, text_of(status)));
    if (place) {
        context_ok(context, message_assign_string(&row->leerbedrijf, text_of(place->leerbedrijf)));
        context_ok(context, message_assign_string(&row->leerplaats, text_of(place->leerplaats)));
        context_ok(context, message_assign_string(&row->company_name, text_of(place->company_name)));
    }
    context_ok(context, message_append(&response->n_rows, &response->rows, row));
}

/* Who has a proposal that runs or was completed. */
static void add_proposals(struct context *context, const RoundRecord *record, ListResults *response)
{
    struct scan scan;
    const ProposalRecord *proposal;
    scan_id(&scan, context->state, INDEX_PROPOSAL_ROUND, text_of_bytes(record->round_id));
    while ((proposal = scan_next(&scan)) != NULL) {
        if (proposal->state > PROPOSAL_STATE(COMPLETED) || !actor_coordinates(context->actor, proposal->school))
            continue;
        const PlacementRecord *place =
            state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
        const StagevraagRecord *student =
            state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
        if (student)
            add_row(context, response, student, place ? place->placement : NULL,
                    proposal_state_facts(proposal->state)->name);
    }
}

static const char *status_without_proposal(Stagematch__V1__StagevraagState state)
{
    static const char *const names[] = {"",          "free",     "proposed", "placed", "placed_elsewhere",
                                        "withdrawn", "completed"};
    return (size_t)state < sizeof names / sizeof names[0] ? names[state] : "";
}

/* Who was in the round and has none. */
static void add_others(struct context *context, const RoundRecord *record, ListResults *response)
{
    struct scan scan;
    const StagevraagRecord *student;
    scan_id(&scan, context->state, INDEX_STAGEVRAAG_ROUND, text_of_bytes(record->round_id));
    while ((student = scan_next(&scan)) != NULL)
        if (student->proposal_id.len == 0 && student->state != STAGEVRAAG_STATE(COMPLETED) &&
            actor_coordinates(context->actor, student->school))
            add_row(context, response, student, NULL, status_without_proposal(student->state));
}

struct status handle_list_results(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__ListResultsRequest *request = message;
    ListResults *response = answer;
    const RoundRecord *record;
    struct status status = round_of_request(context, request->round_id, &record);
    if (status.refusal)
        return status;
    if (!actor_is(context->actor, ROLE(COORDINATOR)))
        return status_refuse(&refusal_not_found);
    if (record->state != ROUND_STATE(PUBLISHED) && record->state != ROUND_STATE(CLOSED))
        return status_refuse(&refusal_wrong_round_state);
    add_proposals(context, record, response);
    add_others(context, record, response);
    return context_status(context);
}
