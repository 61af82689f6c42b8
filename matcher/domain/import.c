#include "domain/import.h"

#include "domain/proposal.h"
#include "domain/saga.h"

#include <string.h>

const REFUSAL(refusal_chunk_missing, STATUS_FAILED_PRECONDITION, "chunk_missing",
              "Een eerder deel van dit bestand is niet aangekomen. Stuur het bestand opnieuw.",
              "An earlier part of this file did not arrive. Send the file again.");
const REFUSAL(refusal_chunk_size, STATUS_INVALID_ARGUMENT, "chunk_size", "Stuur 1 tot 1.000 rijen per keer.",
              "Send 1 to 1,000 rows at a time.");

void chunk_key(ProtobufCBinaryData id, uint32_t chunk, uint8_t key[CHUNK_KEY_BYTES])
{
    memset(key, 0, CHUNK_KEY_BYTES);
    memcpy(key, id.data, id.len < ID_BYTES ? id.len : ID_BYTES);
    for (int i = 0; i < 4; i++)
        key[ID_BYTES + i] = (uint8_t)(chunk >> (24 - 8 * i));
}

static const ImportChunkRecord *find_chunk(const struct state *state, ProtobufCBinaryData stage_id, uint32_t chunk)
{
    uint8_t key[CHUNK_KEY_BYTES];
    chunk_key(stage_id, chunk, key);
    return state_find(state, RECORD_IMPORT_CHUNK, (struct text){(const char *)key, sizeof key});
}

static void remove_chunk(struct context *context, ProtobufCBinaryData stage_id, uint32_t chunk)
{
    uint8_t key[CHUNK_KEY_BYTES];
    chunk_key(stage_id, chunk, key);
    context_remove(context, RECORD_IMPORT_CHUNK, (struct text){(const char *)key, sizeof key});
}

struct kept_rows import_kept_rows(const struct context *context, ProtobufCBinaryData stage_id, uint32_t chunks)
{
    struct kept_rows rows = {.complete = true};
    for (uint32_t i = 0; i < chunks && rows.complete; i++) {
        const ImportChunkRecord *chunk = find_chunk(context->state, stage_id, i);
        rows.complete = chunk != NULL;
        if (!chunk)
            break;
        rows.row_count += chunk->n_students + chunk->n_placements;
        rows.new_count += chunk->new_count;
        rows.changed_count += chunk->changed_count;
        rows.same_count += chunk->same_count;
    }
    return rows;
}

void import_abandon(struct context *context, ProtobufCBinaryData stage_id)
{
    /* A chunk's key begins with the stage's. */
    for (const ImportChunkRecord *chunk; context->error == ERR_OK;) {
        chunk = state_next(context->state, RECORD_IMPORT_CHUNK, text_of_bytes(stage_id));
        if (!chunk || !bytes_equal(chunk->stage_id, stage_id))
            return;
        remove_chunk(context, stage_id, chunk->chunk);
    }
}

static void add_stagevraag(struct context *context, const StudentProfile *row, struct text hidden_by)
{
    uint8_t salt[ID_BYTES];
    StagevraagRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__stagevraag_record__descriptor);
    if (!record)
        return;
    context_draw(context, salt);
    context_ok(context, message_assign_bytes(&record->stagevraag_id, text_of_bytes(row->stagevraag_id)));
    context_ok(context, message_assign_bytes(&record->student_ref, text_of_bytes(row->student_ref)));
    context_ok(context, message_assign_string(&record->school, text_of(row->school)));
    context_ok(context, message_dup(row->profile, &record->profile));
    context_ok(context, message_assign_bytes(&record->hidden_by, hidden_by));
    context_ok(context, message_assign_bytes(&record->salt, (struct text){(const char *)salt, sizeof salt}));
    record->state = STAGEVRAAG_STATE(FREE);
    record->version = 1;
    record->create_ms = context->now_ms;
    context_add(context, RECORD_STAGEVRAAG, record);
}

static void keep_list(struct context *context, char ***field, size_t *count, char *const *from, size_t from_count)
{
    for (size_t i = 0; i < from_count && *count < from_count; i++)
        context_ok(context, message_append_string(count, field, text_of(from[i])));
}

/* The row's profile, with the student's own wishes where it has none. NULL without memory. */
static Profile *merged_profile(struct context *context, const StudentProfile *row, const Profile *present)
{
    Profile *profile = NULL;
    if (!context_ok(context, message_dup(row->profile, &profile))) {
        message_free(profile);
        return NULL;
    }
    if (profile->n_preferred == 0)
        keep_list(context, &profile->preferred, &profile->n_preferred, present->preferred, present->n_preferred);
    if (profile->n_excluded == 0)
        keep_list(context, &profile->excluded, &profile->n_excluded, present->excluded, present->n_excluded);
    return profile;
}

bool import_identity_changed(ProtobufCBinaryData bits, size_t row)
{
    return row / 8 < bits.len && bits.data[row / 8] >> row % 8 & 1;
}

void import_install_student(struct context *context, const StudentProfile *row, bool identity_changed,
                            struct text hidden_by, struct import_counts *counts)
{
    const StagevraagRecord *found = state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(row->stagevraag_id));
    bool same = false;
    if (!found) {
        add_stagevraag(context, row, hidden_by);
        counts->added++;
        return;
    }
    Profile *profile = merged_profile(context, row, found->profile);
    if (!profile || !context_ok(context, message_same(profile, found->profile, &same)) || same) {
        message_free(profile);
        counts->changed += identity_changed;
        counts->same += !identity_changed;
        return;
    }
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (!record) {
        message_free(profile);
        return;
    }
    stagevraag_replace_profile(context, record, profile);
    stagevraag_changed(context, record);
    counts->changed++;
}

void import_install_placement(struct context *context, const Placement *row, const char *school, bool publish,
                              struct text hidden_by, struct import_counts *counts)
{
    const PlacementRecord *found = state_placement_at(context->state, row->leerbedrijf, row->leerplaats);
    PlacementRecord *record = NULL;
    bool same = false;
    if (found && found->state != PLACEMENT_STATE(WITHDRAWN) &&
        !context_ok(context, message_same(found->placement, row, &same)))
        return;
    if (same) {
        counts->same++;
        if (publish && found->state == PLACEMENT_STATE(DRAFT))
            record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    } else {
        counts->changed += found != NULL;
        counts->added += found == NULL;
        record = placement_enter(context, row, school, hidden_by);
    }
    if (record && publish)
        placement_publish(context, record);
    else if (record)
        placement_ask_to_publish(context, record);
}

static void add_school(struct context *context, ImportRecord *import, const char *school)
{
    if (!strings_have(import->schools, import->n_schools, text_of(school)))
        context_ok(context, message_append_string(&import->n_schools, &import->schools, text_of(school)));
}

void import_start(struct context *context, ProtobufCBinaryData id, uint32_t chunks, const struct kept_rows *rows,
                  bool publish)
{
    ImportRecord *import = CONTEXT_NEW(context, stagematch__internal__v1__import_record__descriptor);
    if (!import)
        return;
    context_ok(context, message_assign_bytes(&import->import_id, text_of_bytes(id)));
    import->state = chunks ? IMPORT_STATE(RUNNING) : IMPORT_STATE(DONE);
    import->chunk_count = chunks;
    import->row_count = rows->row_count;
    if (chunks == 0) {
        import->done_count = rows->row_count;
        import->new_count = rows->new_count;
        import->changed_count = rows->changed_count;
        import->same_count = rows->same_count;
    }
    import->publish = publish;
    import->create_ms = context->now_ms;
    for (size_t i = 0; i < context->actor->scope_count; i++)
        add_school(context, import, context->actor->scope[i]);
    if (import->n_schools)
        context_ok(context, message_assign_string(&import->school, text_of(import->schools[0])));
    context_fact(context, &(struct fact){.kind = "import", .subject = id, .school = import->school});
    context_add(context, RECORD_IMPORT, import);
}

void import_show(struct context *context, const ImportRecord *record, Stagematch__V1__Import **field)
{
    Stagematch__V1__Import *shown = CONTEXT_NEW(context, stagematch__v1__import__descriptor);
    if (!shown)
        return;
    message_free(*field);
    *field = shown;
    context_id(context, record->import_id, &shown->import_id);
    shown->state = record->state;
    shown->row_count = record->row_count;
    shown->done_count = record->done_count;
    shown->new_count = record->new_count;
    shown->changed_count = record->changed_count;
    shown->same_count = record->same_count;
    context_time(context, record->create_ms, &shown->create_time);
}

/* The first import that runs. */
static const ImportRecord *running_import(const struct state *state)
{
    struct scan scan;
    scan_all(&scan, state, INDEX_IMPORT_RUNNING);
    return scan_next(&scan);
}

static const void *first_hidden(const struct state *state, enum state_index index)
{
    struct scan scan;
    scan_all(&scan, state, index);
    return scan_next(&scan);
}

/* Who is hidden waits for an import that runs, or is to be shown. */
bool import_has_work(const struct state *state)
{
    return running_import(state) || first_hidden(state, INDEX_STAGEVRAAG_HIDDEN) ||
           first_hidden(state, INDEX_PLACEMENT_HIDDEN);
}

static bool hides(const struct state *state, enum state_index index, ProtobufCBinaryData import_id)
{
    struct scan scan;
    scan_id(&scan, state, index, text_of_bytes(import_id));
    return scan_next(&scan) != NULL;
}

bool import_can_go(const struct state *state, ProtobufCBinaryData stage_id)
{
    const ImportRecord *import = state_find(state, RECORD_IMPORT, text_of_bytes(stage_id));
    return import && import->state == IMPORT_STATE(DONE) && !hides(state, INDEX_STAGEVRAAG_HIDDEN, stage_id) &&
           !hides(state, INDEX_PLACEMENT_HIDDEN, stage_id);
}

static void install_rows(struct context *context, const ImportRecord *import, const ImportChunkRecord *chunk,
                         struct import_counts *counts)
{
    struct text hidden_by = text_of_bytes(import->import_id);
    for (size_t i = 0; i < chunk->n_students && context->error == ERR_OK; i++) {
        StudentProfile *row = NULL;
        if (context_ok(context, message_unpack(&stagematch__internal__v1__student_profile__descriptor,
                                               text_of_bytes(chunk->students[i]), &row)))
            import_install_student(context, row, import_identity_changed(chunk->identity_changed, i), hidden_by,
                                   counts);
        message_free(row);
    }
    for (size_t i = 0; i < chunk->n_placements && context->error == ERR_OK; i++) {
        Placement *row = NULL;
        if (context_ok(context, message_unpack(&stagematch__v1__placement__descriptor,
                                               text_of_bytes(chunk->placements[i]), &row)))
            import_install_placement(context, row, import->school, import->publish, hidden_by, counts);
        message_free(row);
    }
}

static void install_chunk(struct context *context, const ImportRecord *found)
{
    struct import_counts counts = {0};
    uint32_t number = found->installed_chunks;
    const ImportChunkRecord *chunk = find_chunk(context->state, found->import_id, number);
    size_t rows = chunk ? chunk->n_students + chunk->n_placements : 0;
    if (chunk) {
        install_rows(context, found, chunk, &counts);
        remove_chunk(context, found->import_id, number);
    }
    ImportRecord *import = context_edit(context, RECORD_IMPORT, text_of_bytes(found->import_id));
    if (!import)
        return;
    import->installed_chunks++;
    import->done_count += rows;
    import->new_count += counts.added;
    import->changed_count += counts.changed;
    import->same_count += counts.same;
    if (import->installed_chunks >= import->chunk_count)
        import->state = IMPORT_STATE(DONE);
    context_edited(context, RECORD_IMPORT, import);
}

/* Rows of imports that are done forget them, a piece a turn. */
static void show_stagevragen(struct context *context)
{
    for (size_t i = 0; i < WORK_RECORDS_MAX; i++) {
        const StagevraagRecord *found = first_hidden(context->state, INDEX_STAGEVRAAG_HIDDEN);
        StagevraagRecord *record = found ? stagevraag_edit(context, found) : NULL;
        if (!record)
            return;
        context_ok(context, message_assign_bytes(&record->hidden_by, text_of("")));
        context_edited(context, RECORD_STAGEVRAAG, record);
    }
}

static void show_placements(struct context *context)
{
    for (size_t i = 0; i < WORK_RECORDS_MAX; i++) {
        const PlacementRecord *found = first_hidden(context->state, INDEX_PLACEMENT_HIDDEN);
        PlacementRecord *record =
            found ? context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id)) : NULL;
        if (!record)
            return;
        context_ok(context, message_assign_bytes(&record->hidden_by, text_of("")));
        context_edited(context, RECORD_PLACEMENT, record);
    }
}

void import_work(struct context *context)
{
    const ImportRecord *import = running_import(context->state);
    if (import)
        install_chunk(context, import);
    else if (first_hidden(context->state, INDEX_STAGEVRAAG_HIDDEN))
        show_stagevragen(context);
    else
        show_placements(context);
}
