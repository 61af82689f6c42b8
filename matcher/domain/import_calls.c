/* What the front hands in: chunks of students and placements. */
#include "domain/import.h"
#include "domain/profile_check.h"
#include "domain/saga.h"

#include <sodium.h>
#include <string.h>

static const REFUSAL(refusal_bad_reference, STATUS_INVALID_ARGUMENT, "bad_reference",
                     "Een verwijzing past niet bij wat er is.", "A reference does not fit what is there.");

typedef Stagematch__Internal__V1__CommitStudentsRequest CommitStudents;
typedef Stagematch__Internal__V1__CommitPlacementsRequest CommitPlacements;

/* A student is one school's: a reference that is another's is not taken, whoever sends it. */
static bool is_elsewhere(const struct context *context, const StudentProfile *row)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_STAGEVRAAG_STUDENT, text_of_bytes(row->student_ref));
    const StagevraagRecord *other = scan_next(&scan);
    return other && strcmp(other->school, row->school) != 0;
}

static struct status check_student(const struct context *context, const StudentProfile *row)
{
    if (!row->profile || row->student_ref.len != ID_BYTES || row->stagevraag_id.len != ID_BYTES)
        return status_refuse_field(&refusal_bad_reference, "students");
    if (!actor_coordinates(context->actor, row->school))
        return status_refuse_field(&refusal_not_found, "school");
    const StagevraagRecord *found = state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(row->stagevraag_id));
    if (is_elsewhere(context, row) || (found && !bytes_equal(found->student_ref, row->student_ref)))
        return status_refuse_field(&refusal_bad_reference, "students");
    return profile_check(row->profile, &context->options->geography);
}

static struct status check_students(const struct context *context, const CommitStudents *request)
{
    bool none_needed = request->last && request->chunk > 0;
    if (request->n_students > WORK_RECORDS_MAX || (request->n_students == 0 && !none_needed))
        return status_refuse_field(&refusal_chunk_size, "students");
    if (request->identity_changed.len > WORK_RECORDS_MAX / 8)
        return status_refuse_field(&refusal_chunk_size, "identity_changed");
    for (size_t i = 0; i < request->n_students; i++) {
        struct status status = check_student(context, request->students[i]);
        if (status.refusal)
            return status;
    }
    return STATUS_DONE;
}

/* A canonical copy of a row; NULL without memory. */
static StudentProfile *canonical_student(struct context *context, const StudentProfile *row)
{
    StudentProfile *copy = NULL;
    if (!context_ok(context, message_dup(row, &copy))) {
        message_free(copy);
        return NULL;
    }
    profile_canonicalise(copy->profile);
    return copy;
}

static Placement *canonical_placement(struct context *context, const Placement *row)
{
    Placement *copy = NULL;
    if (!context_ok(context, message_dup(row, &copy))) {
        message_free(copy);
        return NULL;
    }
    placement_canonicalise(copy);
    return copy;
}

/* Appends the packed message to a list of byte strings. */
static void keep_packed(struct context *context, const void *message, ProtobufCBinaryData **field, size_t *count)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = NULL;
    if (!context_ok(context, mem_alloc(length, 1, &bytes))) {
        mem_free(bytes);
        return;
    }
    protobuf_c_message_pack(message, bytes);
    context_ok(context, message_append_bytes(count, field, (struct text){(const char *)bytes, length}));
    mem_free(bytes);
}

/* Keeps the chunk, in place of an earlier copy of it. */
static void keep_chunk(struct context *context, ImportChunkRecord *chunk)
{
    uint8_t bytes[CHUNK_KEY_BYTES];
    chunk_key(chunk->stage_id, chunk->chunk, bytes);
    struct text key = {(const char *)bytes, sizeof bytes};
    if (context->error == ERR_OK && state_find(context->state, RECORD_IMPORT_CHUNK, key))
        context_remove(context, RECORD_IMPORT_CHUNK, key);
    context_add(context, RECORD_IMPORT_CHUNK, chunk);
}

static ImportChunkRecord *new_chunk(struct context *context, ProtobufCBinaryData stage_id, uint32_t number)
{
    ImportChunkRecord *chunk = CONTEXT_NEW(context, stagematch__internal__v1__import_chunk_record__descriptor);
    if (!chunk)
        return NULL;
    context_ok(context, message_assign_bytes(&chunk->stage_id, text_of_bytes(stage_id)));
    chunk->chunk = number;
    return chunk;
}

static void keep_students(struct context *context, const CommitStudents *request)
{
    ImportChunkRecord *chunk = new_chunk(context, request->stage_id, request->chunk);
    if (!chunk)
        return;
    for (size_t i = 0; i < request->n_students && context->error == ERR_OK; i++) {
        StudentProfile *row = canonical_student(context, request->students[i]);
        if (row)
            keep_packed(context, row, &chunk->students, &chunk->n_students);
        message_free(row);
    }
    context_ok(context, message_assign_bytes(&chunk->identity_changed, text_of_bytes(request->identity_changed)));
    keep_chunk(context, chunk);
}

/* A file of one chunk: installed at once. */
static void install_students(struct context *context, const CommitStudents *request)
{
    struct import_counts counts = {0};
    for (size_t i = 0; i < request->n_students && context->error == ERR_OK; i++) {
        StudentProfile *row = canonical_student(context, request->students[i]);
        if (row)
            import_install_student(context, row, import_identity_changed(request->identity_changed, i), text_of(""),
                                   &counts);
        message_free(row);
    }
    struct kept_rows rows = {true, request->n_students, counts.added, counts.changed, counts.same};
    import_start(context, request->stage_id, 0, &rows, false);
}

struct status handle_commit_students(struct context *context, const void *message, void *answer)
{
    const CommitStudents *request = message;
    Stagematch__Internal__V1__CommitStudentsResponse *response = answer;
    if (request->stage_id.len != ID_BYTES)
        return status_refuse_field(&refusal_bad_reference, "stage_id");
    if (!actor_is(context->actor, ROLE(COORDINATOR)))
        return status_refuse(&refusal_not_found);
    const ImportRecord *import = state_find(context->state, RECORD_IMPORT, text_of_bytes(request->stage_id));
    if (import) { /* a repeat */
        import_show(context, import, &response->import);
        return context_status(context);
    }
    struct status status = stage_check(context, request->stage_id);
    if (!status.refusal)
        status = check_students(context, request);
    if (status.refusal)
        return status;
    struct kept_rows rows = import_kept_rows(context, request->stage_id, request->last ? request->chunk : 0);
    if (!rows.complete)
        return status_refuse_field(&refusal_chunk_missing, "chunk");
    if (!request->last || request->chunk > 0)
        keep_students(context, request);
    if (!request->last) {
        stage_open(context, request->stage_id);
        return context_status(context);
    }
    if (request->chunk > 0) {
        rows.row_count += request->n_students;
        import_start(context, request->stage_id, request->chunk + 1, &rows, false);
    } else {
        install_students(context, request);
    }
    stage_committed(context, request->stage_id, NULL);
    import = state_find(context->state, RECORD_IMPORT, text_of_bytes(request->stage_id));
    if (import)
        import_show(context, import, &response->import);
    return context_status(context);
}

struct status handle_get_import(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetImportRequest *request = message;
    Stagematch__V1__GetImportResponse *response = answer;
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(request->import_id, id, &key);
    if (status.refusal)
        return status;
    const ImportRecord *import = state_find(context->state, RECORD_IMPORT, key);
    bool own = false;
    for (size_t i = 0; import && i < import->n_schools; i++)
        own = own || actor_coordinates(context->actor, import->schools[i]);
    if (!own)
        return status_refuse(&refusal_not_found);
    import_show(context, import, &response->import);
    return context_status(context);
}

/* A file of placements has no part in the vault: its stage is a hash of who sends it and the request_id. */
static void placements_id(const struct context *context, const char *request_id, uint8_t id[ID_BYTES])
{
    static const char method[] = "CommitPlacements";
    crypto_generichash_state hash;
    (void)crypto_generichash_init(&hash, NULL, 0, ID_BYTES);
    (void)crypto_generichash_update(&hash, context->actor->account_id, ID_BYTES);
    (void)crypto_generichash_update(&hash, (const unsigned char *)method, sizeof method);
    (void)crypto_generichash_update(&hash, (const unsigned char *)request_id, strlen(request_id));
    (void)crypto_generichash_final(&hash, id, ID_BYTES);
}

static struct status check_placements(struct context *context, const CommitPlacements *request,
                                      ImportChunkRecord *chunk)
{
    bool none_needed = request->last && request->chunk > 0;
    if (request->n_placements > WORK_RECORDS_MAX || (request->n_placements == 0 && !none_needed))
        return status_refuse_field(&refusal_chunk_size, "placements");
    for (size_t i = 0; i < request->n_placements; i++) {
        struct placement_entry entry;
        struct status status = placement_check(request->placements[i], &context->options->geography);
        if (status.refusal)
            return status;
        Placement *row = canonical_placement(context, request->placements[i]);
        if (!row)
            return context_status(context);
        status = placement_look_up(context, row, &entry);
        chunk->new_count += entry.change == PLACEMENT_NEW;
        chunk->changed_count += entry.change == PLACEMENT_CHANGED;
        chunk->same_count += entry.change == PLACEMENT_SAME;
        keep_packed(context, row, &chunk->placements, &chunk->n_placements);
        message_free(row);
        if (status.refusal)
            return status;
    }
    return context_status(context);
}

static void install_placements(struct context *context, const CommitPlacements *request)
{
    struct import_counts counts = {0};
    const char *school = context->actor->scope_count ? context->actor->scope[0] : "";
    for (size_t i = 0; i < request->n_placements && context->error == ERR_OK; i++) {
        Placement *row = canonical_placement(context, request->placements[i]);
        if (row)
            import_install_placement(context, row, school, request->publish, text_of(""), &counts);
        message_free(row);
    }
}

/* The last chunk: the whole file counts now. */
static struct status finish_placements(struct context *context, const CommitPlacements *request,
                                       ImportChunkRecord *chunk,
                                       Stagematch__Internal__V1__CommitPlacementsResponse *response)
{
    struct kept_rows rows = import_kept_rows(context, chunk->stage_id, request->chunk);
    if (!rows.complete) {
        message_free(chunk);
        return status_refuse_field(&refusal_chunk_missing, "chunk");
    }
    rows.row_count += chunk->n_placements;
    response->new_count = rows.new_count + chunk->new_count;
    response->changed_count = rows.changed_count + chunk->changed_count;
    response->same_count = rows.same_count + chunk->same_count;
    if (request->chunk == 0) {
        install_placements(context, request);
        message_free(chunk);
        return context_status(context);
    }
    import_start(context, chunk->stage_id, request->chunk + 1, &rows, request->publish);
    stage_committed(context, chunk->stage_id, NULL);
    keep_chunk(context, chunk);
    return context_status(context);
}

struct status handle_commit_placements(struct context *context, const void *message, void *answer)
{
    const CommitPlacements *request = message;
    Stagematch__Internal__V1__CommitPlacementsResponse *response = answer;
    uint8_t id[ID_BYTES];
    if (!actor_is(context->actor, ROLE(COORDINATOR)))
        return status_refuse(&refusal_not_found);
    placements_id(context, request->request_id, id);
    struct status status = stage_check(context, (ProtobufCBinaryData){sizeof id, id});
    if (status.refusal)
        return status;
    ImportChunkRecord *chunk = new_chunk(context, (ProtobufCBinaryData){sizeof id, id}, request->chunk);
    if (!chunk)
        return context_status(context);
    context->on_behalf = true;
    status = check_placements(context, request, chunk);
    if (status.refusal) {
        message_free(chunk);
        return status;
    }
    if (request->last)
        return finish_placements(context, request, chunk, response);
    response->new_count = chunk->new_count;
    response->changed_count = chunk->changed_count;
    response->same_count = chunk->same_count;
    stage_open(context, chunk->stage_id);
    keep_chunk(context, chunk);
    return context_status(context);
}
