/* Recognitions that SBB withdrew or gave back: placements pause and open, and somebody looks after whom it concerns. */
#include "base/date.h"
#include "base/table.h"
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/profile_check.h"
#include "domain/proposal_move.h"
#include "domain/task.h"

#include <string.h>

static const REFUSAL(
    refusal_bad_mutations, STATUS_INVALID_ARGUMENT, "bad_file",
    "Dit bestand klopt niet: kolommen leerbedrijf_id, crebo, datum en status (erkend of ingetrokken).",
    "This file is not right: columns leerbedrijf_id, crebo, datum and status (erkend or ingetrokken).");

static const struct problem_kind bad_row = {"erkenning.row",
                                            {"not a mutation", "geen mutatie"},
                                            {"leerbedrijf_id, crebo of five digits, a date, erkend or ingetrokken",
                                             "leerbedrijf_id, crebo van vijf cijfers, een datum, erkend of "
                                             "ingetrokken"}};

enum { LEERBEDRIJF, CREBO, DATUM, STATUS, COLUMN_COUNT, LEERBEDRIJF_BYTES_MAX = 20, ROWS_MAX = 5000 };
static const struct table_column columns[COLUMN_COUNT] = {
    {"leerbedrijf_id", true}, {"crebo", true}, {"datum", true}, {"status", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, true};

typedef Stagematch__V1__ImportErkenningMutationsResponse Response;

struct mutation {
    char leerbedrijf[LEERBEDRIJF_BYTES_MAX + 1];
    char crebo[6];
    int32_t day;
    bool withdrawn;
};

struct mutations {
    struct mutation *list;
    size_t count, capacity;
    struct problems *problems;
};

static bool copy(struct text value, char *out, size_t size)
{
    if (value.length == 0 || value.length >= size)
        return false;
    memcpy(out, value.data, value.length);
    out[value.length] = '\0';
    return true;
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct mutations *mutations = context;
    struct mutation mutation = {0};
    bool good = copy(row->values[LEERBEDRIJF], mutation.leerbedrijf, sizeof mutation.leerbedrijf) &&
                text_is_code(row->values[LEERBEDRIJF], LEERBEDRIJF_BYTES_MAX) &&
                copy(row->values[CREBO], mutation.crebo, sizeof mutation.crebo) &&
                qualification_is_valid(mutation.crebo) && date_parse(row->values[DATUM], &mutation.day) == ERR_OK &&
                (text_is(row->values[STATUS], "erkend") || text_is(row->values[STATUS], "ingetrokken"));
    mutation.withdrawn = text_is(row->values[STATUS], "ingetrokken");
    if (!good || mutations->count >= ROWS_MAX) {
        problems_add(mutations->problems, &bad_row, row->line, text_of(""), text_of(""));
        return ERR_OK;
    }
    enum err e = mem_grow(&mutations->list, &mutations->capacity, mutations->count + 1, sizeof *mutations->list);
    if (e == ERR_OK)
        mutations->list[mutations->count++] = mutation;
    return e;
}

static struct status read_mutations(ProtobufCBinaryData csv, struct mutations *out)
{
    struct problems problems;
    problems_init(&problems, "csv");
    out->problems = &problems;
    const struct table_handler handler = {.row = on_row, .context = out};
    enum err e = table_read_bytes((struct text){(const char *)csv.data, csv.len}, &spec, &handler, &problems);
    if (e == ERR_OK)
        e = problems_result(&problems);
    problems_free(&problems);
    out->problems = NULL;
    if (e == ERR_OK)
        return STATUS_DONE;
    return e == ERR_MEMORY ? status_refuse(&refusal_memory) : status_refuse_field(&refusal_bad_mutations, "csv");
}

/* Tasks for the schools of those who are there or on their way; counts them. */
static uint32_t ask_coordinators(struct context *context, const PlacementRecord *record)
{
    struct scan scan;
    uint32_t affected = 0;
    scan_id(&scan, context->state, INDEX_RUNNING_PLACEMENT, text_of_bytes(record->placement_id));
    for (const ProposalRecord *proposal; context->error == ERR_OK && (proposal = scan_next(&scan));) {
        struct task_spec task =
            proposal_task(proposal, TASK_KIND(ERKENNING_LOST), ROLE(COORDINATOR), proposal->school);
        task_open(context, &task);
        affected++;
    }
    return affected;
}

static void list_affected(struct context *context, const PlacementRecord *record, uint32_t proposals,
                          Response *response)
{
    Stagematch__V1__AffectedPlacement *placement =
        CONTEXT_NEW(context, stagematch__v1__affected_placement__descriptor);
    if (!placement)
        return;
    placement->proposals = proposals;
    (void)context_ok(context,
                     message_assign_string(&placement->leerbedrijf, text_of(record->placement->leerbedrijf)));
    (void)context_ok(context, message_assign_string(&placement->leerplaats, text_of(record->placement->leerplaats)));
    (void)context_ok(context, message_append(&response->n_placements, &response->placements, placement));
}

static void note(struct context *context, const PlacementRecord *record, const char *kind)
{
    uint64_t seq = context_fact(context, &(struct fact){.kind = kind,
                                                        .subject = record->placement_id,
                                                        .school = record->entered_by_school,
                                                        .leerbedrijf = record->placement->leerbedrijf,
                                                        .code = "erkenning",
                                                        .placement_id = record->placement_id,
                                                        .round_id = record->round_id});
    if (record->round_id.len)
        rematch_note(context, record->round_id, seq);
}

static void lose(struct context *context, PlacementRecord *record, Response *response)
{
    record->erkenning_lost = true;
    record->state = PLACEMENT_STATE(PAUSED);
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    note(context, record, "placement_paused");
    uint32_t affected = ask_coordinators(context, record);
    response->paused_placements++;
    response->affected_proposals += affected;
    list_affected(context, record, affected, response);
}

static void regain(struct context *context, PlacementRecord *record, Response *response)
{
    record->erkenning_lost = false;
    if (record->state == PLACEMENT_STATE(PAUSED) && !record->paused_by.len)
        record->state = PLACEMENT_STATE(PUBLISHED);
    record->version++;
    placement_pause_again(context, record); /* what was counted before still counts */
    context_edited(context, RECORD_PLACEMENT, record);
    note(context, record, "placement_reopened");
    response->reopened_placements++;
}

static bool concerns(const struct mutation *mutation, const PlacementRecord *record)
{
    bool offered = record->state == PLACEMENT_STATE(PUBLISHED) || record->state == PLACEMENT_STATE(PAUSED);
    return record->placement &&
           strings_have(record->placement->qualifications, record->placement->n_qualifications,
                        text_of(mutation->crebo)) &&
           (mutation->withdrawn ? offered && !record->erkenning_lost : record->erkenning_lost);
}

static void apply(struct context *context, const struct mutation *mutation, Response *response)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, mutation->leerbedrijf);
    for (const PlacementRecord *found; context->error == ERR_OK && (found = scan_next(&scan));) {
        PlacementRecord *record = concerns(mutation, found)
                                      ? context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id))
                                      : NULL;
        if (record && mutation->withdrawn)
            lose(context, record, response);
        else if (record)
            regain(context, record, response);
    }
}

static bool shares_qualification(const Placement *a, const Placement *b)
{
    for (size_t i = 0; i < a->n_qualifications; i++)
        if (strings_have(b->qualifications, b->n_qualifications, text_of(a->qualifications[i])))
            return true;
    return false;
}

void placement_hold(struct context *context, PlacementRecord *record)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, record->placement->leerbedrijf);
    for (const PlacementRecord *other; (other = scan_next(&scan));)
        if (other != record && other->erkenning_lost && shares_qualification(other->placement, record->placement))
            record->erkenning_lost = true;
    if (placement_is_held(record) && record->state == PLACEMENT_STATE(PUBLISHED))
        record->state = PLACEMENT_STATE(PAUSED);
}

struct status handle_import_erkenning_mutations(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ImportErkenningMutationsRequest *request = message;
    Response *response = answer;
    struct mutations mutations = {0};
    int32_t today = dutch_day(context->now_ms);
    if (request->csv.len == 0)
        return status_refuse_field(&refusal_missing_field, "csv");
    struct status status = read_mutations(request->csv, &mutations);
    for (size_t i = 0; !status.refusal && i < mutations.count && context->error == ERR_OK; i++) {
        response->row_count++;
        if (mutations.list[i].day > today)
            response->later_count++;
        else
            apply(context, &mutations.list[i], response);
    }
    mem_free(mutations.list);
    return status.refusal ? status : context_status(context);
}
