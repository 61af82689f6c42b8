/* RoundService/GetEntryProof: one row of a sealed input, for whose it is, with the proof that it was sealed. */
#include "domain/entries.h"
#include "domain/export_lines.h"
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/stagevraag.h"

typedef Stagematch__V1__GetEntryProofRequest GetEntryProof;
typedef Stagematch__V1__GetEntryProofResponse EntryProof;

static const REFUSAL(refusal_no_entries_root, STATUS_FAILED_PRECONDITION, "no_entries_root",
                     "Van deze ronde is geen bewijs te geven: bij het verzegelen werd dat nog niet gemaakt.",
                     "No proof can be given of this round: when it was sealed, none was made yet.");
static const REFUSAL(refusal_input_not_whole, STATUS_FAILED_PRECONDITION, "input_not_whole",
                     "Van deze ronde is geen bewijs meer te geven: gegevens van een student zijn sindsdien gewist.",
                     "No proof can be given of this round any more: a student's data were erased since.");

/* What is asked about; one of the two. */
struct entry {
    const StagevraagRecord *student;
    const PlacementRecord *place;
};

static struct status find_entry(const struct context *context, const GetEntryProof *request, struct entry *out)
{
    bool of_student = *request->stagevraag_id != '\0', of_place = *request->placement_id != '\0';
    if (of_student && of_place)
        return status_refuse_field(&refusal_bad_value, "placement_id");
    if (of_student)
        return stagevraag_of_request(context, request->stagevraag_id, &out->student);
    if (of_place)
        return placement_of_request(context, request->placement_id, &out->place);
    return status_refuse_field(&refusal_missing_field, "stagevraag_id");
}

/* What is said of the round to somebody without an entry in it is what everybody can see of it. */
static struct status find_round(const struct context *context, const char *hex, const struct entry *entry,
                                const RoundRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const RoundRecord *record = state_find(context->state, RECORD_ROUND, key);
    if (!record || record->state == ROUND_STATE(DRAFT))
        return status_refuse(&refusal_not_found);
    if (!round_has_input(record))
        return status_refuse(&refusal_wrong_round_state);
    if (!text_equal(text_of_bytes(entry->student ? entry->student->round_id : entry->place->round_id), key))
        return status_refuse(&refusal_not_found);
    if (record->entries_root.len != DIGEST_BYTES)
        return status_refuse(&refusal_no_entries_root);
    *out = record;
    return STATUS_DONE;
}

static enum err sealed_place(const PlacementRecord *record, struct input_place *out)
{
    const Placement *sealed = placement_criteria(record, record->sealed_criteria_version);
    *out = (struct input_place){record, sealed, (uint16_t)record->sealed_seats};
    return sealed ? ERR_OK : ERR_INTERNAL;
}

/* A stagevraag's row names, of all placements, those alone that are barred for it. */
static enum err add_barred(const struct state *state, const StagevraagRecord *student, struct round_input *input)
{
    enum err e = ERR_OK;
    for (size_t i = 0; i < student->sealed_barred_count && e == ERR_OK; i++) {
        struct input_place place;
        const PlacementRecord *record =
            state_find(state, RECORD_PLACEMENT, text_of_bytes(student->barred_placements[i]));
        if (!record || !bytes_equal(record->round_id, student->round_id))
            continue;
        e = sealed_place(record, &place);
        if (e == ERR_OK)
            e = round_input_add_place(input, &place);
    }
    return e == ERR_OK ? round_input_arrange(input) : e;
}

/* The line, with its end, as it was sealed. */
static enum err put_line(const struct state *state, const struct entry *entry, struct buf *line)
{
    struct round_input input = {0};
    struct input_place place;
    enum err e;
    if (entry->student) {
        struct input_student student = {entry->student, stagevraag_round_profile(entry->student),
                                        entry->student->sealed_barred_count};
        e = add_barred(state, entry->student, &input);
        if (e == ERR_OK)
            export_student_line(line, &input, &student);
    } else {
        e = sealed_place(entry->place, &place);
        if (e == ERR_OK)
            export_placement_line(line, &place);
    }
    round_input_free(&input);
    return e == ERR_OK ? buf_error(line) : e;
}

static struct status prove(struct context *context, const RoundRecord *record, struct text row, EntryProof *response)
{
    struct entry_proof proof;
    enum err e = entries_prove(context->entries, context->state, record, row, &proof);
    if (e == ERR_RANGE)
        return status_refuse(&refusal_round_too_large);
    if (e == ERR_MISSING)
        return status_refuse(&refusal_input_not_whole);
    if (!context_ok(context, e))
        return context_status(context);
    context->waits = proof.waits;
    if (proof.waits)
        return STATUS_DONE;
    context_ok(context, message_assign_bytes(&response->row, row));
    response->index = (uint32_t)proof.index;
    response->count = (uint32_t)proof.count;
    for (size_t i = 0; i < proof.path_length; i++)
        context_ok(context, message_append_bytes(&response->n_path, &response->path,
                                                 (struct text){(const char *)proof.path[i], DIGEST_BYTES}));
    round_show_hex(context, record->entries_root, &response->entries_root);
    return context_status(context);
}

struct status handle_get_entry_proof(struct context *context, const void *message, void *answer)
{
    const GetEntryProof *request = message;
    struct entry entry = {NULL, NULL};
    const RoundRecord *record = NULL;
    struct buf line;
    struct status status = find_entry(context, request, &entry);
    if (!status.refusal)
        status = find_round(context, request->round_id, &entry, &record);
    if (status.refusal)
        return status;
    buf_init(&line, EXPORT_LINE_BYTES_MAX);
    if (context_ok(context, put_line(context->state, &entry, &line)))
        status = prove(context, record, export_row(&line), answer);
    buf_free(&line);
    return context->error == ERR_OK ? status : context_status(context);
}
