/*
 * Staging students: each gets its references, its identity sealed, and nobody sees it until the engine committed.
 */
#include "api/message.h"
#include "base/date.h"
#include "base/fault.h"
#include "vault/methods.h"
#include "vault/persons.h"
#include "vault/stages.h"

#include <string.h>

enum {
    STUDENTS_MAX = 1000,
    CHUNKS_MAX = 100000,
    NUMBER_BYTES_MAX = 64,
    FIELD_BYTES_MAX = 4096,
    CHUNK_KEY_BYTES = 20
};

typedef Stagematch__Internal__V1__StagedStudent StagedStudent;
typedef Stagematch__Internal__V1__StagedIdentity StagedIdentity;
typedef Stagematch__Internal__V1__StageChunkRow ChunkRow;

static void chunk_key(const uint8_t stage_id[ID_BYTES], uint32_t chunk, uint8_t key[CHUNK_KEY_BYTES])
{
    memcpy(key, stage_id, ID_BYTES);
    for (int i = 0; i < 4; i++)
        key[ID_BYTES + i] = (uint8_t)(chunk >> (24 - 8 * i));
}

static const char *wrong_field(const StagedStudent *student)
{
    int32_t day;
    const Stagematch__V1__Identity *identity = student->identity;
    if (!text_is_code(text_of(student->school), SCHOOL_BYTES_MAX))
        return "school";
    if (!student->student_number[0] || strlen(student->student_number) > NUMBER_BYTES_MAX)
        return "student_number";
    if (strlen(student->start_date) != 10 || date_parse(text_of(student->start_date), &day) != ERR_OK)
        return "start_date";
    if (!identity)
        return "identity";
    const char *const fields[] = {identity->first_name, identity->infix, identity->last_name, identity->birth_date,
                                  identity->sex,        identity->email, identity->phone,     identity->postcode};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strlen(fields[i]) > FIELD_BYTES_MAX)
            return "identity";
    return NULL;
}

static bool refuse_students(struct request *request, const Stagematch__Internal__V1__StageStudentsRequest *message)
{
    if (message->n_students < 1 || message->n_students > STUDENTS_MAX || message->chunk >= CHUNKS_MAX) {
        request_refuse_field(request, &refusal_bad_value, message->chunk >= CHUNKS_MAX ? "chunk" : "students");
        return true;
    }
    if (!message->request_id[0]) {
        request_refuse_field(request, &refusal_request_id, "request_id");
        return true;
    }
    for (size_t i = 0; i < message->n_students; i++) {
        const char *field = wrong_field(message->students[i]);
        bool foreign = !field && !caller_has(&request->caller, message->students[i]->school);
        if (field || foreign) {
            request_refuse_field(request, foreign ? &refusal_not_found : &refusal_bad_value,
                                 foreign ? "school" : field);
            return true;
        }
    }
    return false;
}

static enum err new_person(struct vault *vault, const char *school, PersonRow **out)
{
    uint8_t reference[ID_BYTES];
    PersonRow *row;
    enum err e = message_new(&stagematch__internal__v1__person_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    random_fill(&vault->environment->random, reference, sizeof reference);
    e = message_assign_bytes(&row->student_ref, TEXT_OF(reference));
    if (e == ERR_OK)
        e = message_assign_string(&row->school, text_of(school));
    if (e == ERR_OK)
        *out = row;
    else
        message_free(row);
    return e;
}

/* The person's row, new where nobody knows this student yet, and the key. */
static enum err find_person(struct vault *vault, struct edit *edit, const StagedStudent *student,
                            const uint8_t index[INDEX_BYTES], PersonRow **out, struct secret_key *key)
{
    PersonRow *row = NULL;
    enum err e = person_read(edit, bytes_of(index, INDEX_BYTES), &row);
    bool is_new = e == ERR_MISSING;
    if (is_new)
        e = new_person(vault, student->school, &row);
    else if (e == ERR_OK && row->erasing)
        e = ERR_IO; /* for as long as the erasure takes */
    if (e == ERR_OK)
        e = is_new ? ERR_MISSING : person_key(vault, edit, row->school, binary_text(&row->student_ref), key);
    if (e == ERR_MISSING)
        e = person_key_make(vault, edit, row->school, binary_text(&row->student_ref), key);
    if (e == ERR_OK)
        *out = row;
    else
        message_free(row);
    return e;
}

/* The stagevraag of this start; NULL: there is none. */
static const ProtobufCBinaryData *known_stagevraag(const PersonRow *row, const char *start_date)
{
    for (size_t i = 0; i < row->n_stagevragen; i++)
        if (strcmp(row->stagevragen[i]->start_date, start_date) == 0)
            return &row->stagevragen[i]->stagevraag_id;
    return NULL;
}

/* The same, added where it is new. */
static enum err find_stagevraag(struct vault *vault, PersonRow *row, const char *start_date,
                                const ProtobufCBinaryData **id)
{
    Stagematch__Internal__V1__PersonStagevraag *added;
    uint8_t drawn[ID_BYTES];
    *id = known_stagevraag(row, start_date);
    if (*id)
        return ERR_OK;
    enum err e = message_new(&stagematch__internal__v1__person_stagevraag__descriptor, &added);
    if (e != ERR_OK)
        return e;
    random_fill(&vault->environment->random, drawn, sizeof drawn);
    e = message_assign_string(&added->start_date, text_of(start_date));
    if (e == ERR_OK)
        e = message_assign_bytes(&added->stagevraag_id, TEXT_OF(drawn));
    if (e != ERR_OK) {
        message_free(added);
        return e;
    }
    e = message_append(&row->n_stagevragen, &row->stagevragen, added);
    if (e == ERR_OK)
        *id = &row->stagevragen[row->n_stagevragen - 1]->stagevraag_id;
    return e;
}

static enum err seal_identity(struct vault *vault, const StagedStudent *student, const struct secret_key *key,
                              struct text student_ref, struct buf *sealed)
{
    Stagematch__Internal__V1__IdentityPlain plain = STAGEMATCH__INTERNAL__V1__IDENTITY_PLAIN__INIT;
    struct buf bytes;
    plain.school = student->school;
    plain.student_number = student->student_number;
    plain.identity = student->identity;
    buf_init(&bytes, ROW_BYTES_MAX);
    enum err e = buf_reserve_secret(&bytes, stagematch__internal__v1__identity_plain__get_packed_size(&plain));
    if (e == ERR_OK)
        e = message_pack_buf(&plain, &bytes);
    if (e == ERR_OK)
        e = keys_seal(vault->keys, key, "identity", student_ref, buf_text(&bytes), sealed);
    buf_wipe(&bytes);
    return e;
}

static bool same_identity(const Stagematch__V1__Identity *a, const Stagematch__V1__Identity *b)
{
    return strcmp(a->first_name, b->first_name) == 0 && strcmp(a->infix, b->infix) == 0 &&
           strcmp(a->last_name, b->last_name) == 0 && strcmp(a->birth_date, b->birth_date) == 0 &&
           strcmp(a->sex, b->sex) == 0 && strcmp(a->email, b->email) == 0 && strcmp(a->phone, b->phone) == 0 &&
           strcmp(a->postcode, b->postcode) == 0;
}

/* Whether this student is known, as somebody who differs. */
static enum err look_for_change(const StagedStudent *student, const PersonRow *row, const struct secret_key *key,
                                bool *changed)
{
    Stagematch__Internal__V1__IdentityPlain *known;
    enum err e = person_identity_under(key, row, &known);
    *changed = false;
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    *changed = !known->identity || !same_identity(known->identity, student->identity);
    message_free_wiped(known);
    return ERR_OK;
}

static enum err keep_staged(ChunkRow *chunk, const uint8_t index[INDEX_BYTES], const PersonRow *row,
                            const ProtobufCBinaryData *stagevraag_id, struct text sealed, bool identity_changed)
{
    StagedIdentity *staged;
    enum err e = message_new(&stagematch__internal__v1__staged_identity__descriptor, &staged);
    if (e != ERR_OK)
        return e;
    staged->identity_changed = identity_changed;
    e = message_assign_bytes(&staged->person, bytes_of(index, INDEX_BYTES));
    if (e == ERR_OK)
        e = message_assign_bytes(&staged->student_ref, binary_text(&row->student_ref));
    if (e == ERR_OK)
        e = message_assign_bytes(&staged->stagevraag_id, binary_text(stagevraag_id));
    if (e == ERR_OK)
        e = message_assign_bytes(&staged->sealed_identity, sealed);
    if (e != ERR_OK) {
        message_free(staged);
        return e;
    }
    return message_append(&chunk->n_students, &chunk->students, staged);
}

static enum err stage_student(struct vault *vault, struct edit *edit, const StagedStudent *student, ChunkRow *chunk)
{
    uint8_t index[INDEX_BYTES];
    PersonRow *row = NULL;
    const ProtobufCBinaryData *stagevraag_id = NULL;
    struct secret_key key;
    struct buf sealed;
    bool changed = false;
    buf_init(&sealed, ROW_BYTES_MAX);
    keys_person_index(vault->keys, text_of(student->school), text_of(student->student_number), index);
    enum err e = find_person(vault, edit, student, index, &row, &key);
    if (e != ERR_OK)
        return e;
    e = find_stagevraag(vault, row, student->start_date, &stagevraag_id);
    if (e == ERR_OK)
        e = look_for_change(student, row, &key, &changed);
    if (e == ERR_OK)
        e = seal_identity(vault, student, &key, binary_text(&row->student_ref), &sealed);
    if (e == ERR_OK)
        e = keep_staged(chunk, index, row, stagevraag_id, buf_text(&sealed), changed);
    row->staged_count++;
    if (e == ERR_OK)
        edit_put_message(edit, TABLE_PERSON, TEXT_OF(index), row);
    key_wipe(&key);
    buf_free(&sealed);
    message_free(row);
    return e;
}

/* The references of a chunk as its answer; arrays are the arena's. */
static enum err show_references(struct arena *arena, const ChunkRow *chunk,
                                Stagematch__Internal__V1__StageStudentsResponse *response)
{
    Stagematch__Internal__V1__StudentReference *references, **pointers;
    enum err e = arena_alloc(arena, chunk->n_students, sizeof *references, &references);
    if (e == ERR_OK)
        e = arena_alloc(arena, chunk->n_students, sizeof(void *), &pointers);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < chunk->n_students; i++) {
        stagematch__internal__v1__student_reference__init(&references[i]);
        references[i].student_ref = chunk->students[i]->student_ref;
        references[i].stagevraag_id = chunk->students[i]->stagevraag_id;
        references[i].identity_changed = chunk->students[i]->identity_changed;
        pointers[i] = &references[i];
    }
    response->n_references = chunk->n_students;
    response->references = pointers;
    return ERR_OK;
}

struct staging {
    struct request *request;
    const Stagematch__Internal__V1__StageStudentsRequest *message;
    struct edit edit;
    uint8_t base[ID_BYTES], id[ID_BYTES], key[CHUNK_KEY_BYTES], digest[BLAKE_BYTES];
    StageRow *row;
    ChunkRow *chunk;
    bool repeated; /* this chunk was finalised before */
    bool ending;   /* the stage is being finished or dropped: this call waits for that */
};

static enum err new_stage(struct staging *staging)
{
    enum err e = message_new(&stagematch__internal__v1__stage_row__descriptor, &staging->row);
    if (e != ERR_OK)
        return e;
    staging->row->kind = STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_STUDENTS;
    e = message_assign_bytes(&staging->row->account_id, TEXT_OF(staging->request->caller.account_id));
    if (e == ERR_OK)
        e = message_assign_bytes(&staging->row->base_id, TEXT_OF(staging->base));
    return e;
}

/* A chunk that was not there before. */
static enum err add_chunk(struct staging *staging)
{
    struct vault *vault = staging->request->vault;
    struct text digest = TEXT_OF(staging->digest);
    enum err e = message_new(&stagematch__internal__v1__stage_chunk_row__descriptor, &staging->chunk);
    if (e == ERR_OK)
        e = message_assign_bytes(&staging->chunk->digest, digest);
    for (size_t i = 0; i < staging->message->n_students && e == ERR_OK; i++)
        e = stage_student(vault, &staging->edit, staging->message->students[i], staging->chunk);
    if (e == ERR_OK)
        e = message_append_bytes(&staging->row->n_digests, &staging->row->digests, digest);
    if (e != ERR_OK)
        return e;
    staging->row->chunk_count++;
    edit_put_message(&staging->edit, TABLE_STAGE_CHUNK, TEXT_OF(staging->key), staging->chunk);
    stage_write(vault, &staging->edit, staging->id, staging->row);
    return ERR_OK;
}

/* Finds what is staged of this already. */
static enum err find_stage(struct staging *staging)
{
    struct vault *vault = staging->request->vault;
    enum err e = stage_read(&staging->edit, TEXT_OF(staging->id), &staging->row);
    if (e == ERR_MISSING)
        e = staging->message->chunk == 0 ? new_stage(staging)
                                         : ERR_IO; /* what came before was dropped: from the start, please */
    staging->ending = e == ERR_OK && (staging->row->done_chunks || stage_is_busy(vault, staging->id));
    return e;
}

/* Finds what became of this chunk so far. *refusal: the call is refused. */
static enum err open_stage(struct staging *staging, const struct refusal **refusal)
{
    struct vault *vault = staging->request->vault;
    int64_t now_ms = vault_now_ms(vault);
    uint32_t chunk = staging->message->chunk;
    bool fits = false;
    enum err e = stage_id_of(vault, &staging->edit, &staging->request->caller, "students",
                             staging->message->request_id, staging->base, staging->id);
    if (e == ERR_OK)
        e = stage_was_finished(&staging->edit, now_ms, staging->base, chunk, &staging->repeated);
    if (e == ERR_OK && !staging->repeated)
        e = find_stage(staging);
    if (e == ERR_OK)
        e = stage_digest_fits(&staging->edit, now_ms, staging->base, staging->row, chunk, TEXT_OF(staging->digest),
                              &fits);
    if (e == ERR_OK && !fits)
        *refusal = &refusal_request_reused;
    else if (e == ERR_OK && !staging->repeated && chunk > staging->row->chunk_count)
        *refusal = &refusal_bad_value;
    return e;
}

/* What was staged under this id is finished or dropped: now the call finds its place. */
static void on_ended(void *context, enum err result)
{
    struct request *request = context;
    if (result == ERR_OK)
        method_stage_students(request);
    else
        request_fail(request, result);
}

static enum err wait_for_the_end(const struct staging *staging)
{
    enum err e = stage_await(staging->request->vault, staging->id, on_ended, staging->request);
    return e == ERR_MISSING ? ERR_IO
                            : e; /* one that a crash left open: it is asked after, then it can be tried again */
}

static enum err recall_student(struct vault *vault, struct edit *edit, const StagedStudent *student, ChunkRow *chunk)
{
    uint8_t index[INDEX_BYTES];
    PersonRow *row = NULL;
    const ProtobufCBinaryData *id;
    keys_person_index(vault->keys, text_of(student->school), text_of(student->student_number), index);
    enum err e = person_read(edit, TEXT_OF(index), &row);
    if (e != ERR_OK)
        return e;
    id = row->erasing ? NULL : known_stagevraag(row, student->start_date);
    e = id ? keep_staged(chunk, index, row, id, text_of(""), false) : ERR_MISSING;
    message_free(row);
    return e;
}

/*
 * A chunk that was finalised: its references once more, and nothing is staged. So a repeat that comes late neither puts an identity
 * back that was changed since, nor brings back who was erased (ERR_MISSING).
 */
static enum err recall_chunk(struct staging *staging)
{
    enum err e = message_new(&stagematch__internal__v1__stage_chunk_row__descriptor, &staging->chunk);
    for (size_t i = 0; i < staging->message->n_students && e == ERR_OK; i++)
        e = recall_student(staging->request->vault, &staging->edit, staging->message->students[i], staging->chunk);
    return e;
}

static enum err stage_chunk(struct staging *staging)
{
    if (staging->repeated)
        return recall_chunk(staging);
    chunk_key(staging->id, staging->message->chunk, staging->key);
    if (staging->message->chunk == staging->row->chunk_count)
        return add_chunk(staging);
    enum err e = edit_get_message(&staging->edit, TABLE_STAGE_CHUNK, TEXT_OF(staging->key),
                                  &stagematch__internal__v1__stage_chunk_row__descriptor, &staging->chunk);
    return e == ERR_MISSING ? ERR_MISMATCH : e;
}

void method_stage_students(struct request *request)
{
    const Stagematch__Internal__V1__StageStudentsRequest *message =
        REQUEST_MESSAGE(request, Stagematch__Internal__V1__StageStudentsRequest);
    Stagematch__Internal__V1__StageStudentsResponse response =
        STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_RESPONSE__INIT;
    struct staging staging = {.request = request, .message = message};
    const struct refusal *refusal = NULL;
    struct arena arena;
    if (refuse_students(request, message))
        return;
    arena_init(&arena, 1 << 20);
    hash_of_text(binary_text(&request->incoming->call->body), staging.digest);
    edit_begin(&staging.edit, request->vault->image);
    enum err e = open_stage(&staging, &refusal);
    bool waits = e == ERR_OK && !refusal && staging.ending;
    if (waits)
        e = wait_for_the_end(&staging);
    else if (e == ERR_OK && !refusal)
        e = stage_chunk(&staging);
    if (e == ERR_OK && !refusal && !waits)
        e = show_references(&arena, staging.chunk, &response);
    if (e == ERR_OK && waits) {
        edit_abort(&staging.edit);
    } else if (e == ERR_OK && !refusal) {
        response.stage_id = binary_of(TEXT_OF(staging.id));
        request_commit(request, &staging.edit, &response);
    } else {
        edit_abort(&staging.edit);
        if (refusal)
            request_refuse_field(request, refusal, refusal == &refusal_bad_value ? "chunk" : "request_id");
        else
            request_fail(request, e);
    }
    message_free(staging.row);
    message_free(staging.chunk);
    arena_free(&arena);
}

static enum err finish_student(struct edit *edit, const StagedIdentity *staged, bool committed)
{
    struct text key = binary_text(&staged->person);
    PersonRow *row;
    enum err e = person_read(edit, key, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e; /* erased meanwhile */
    if (committed) {
        e = message_assign_bytes(&row->sealed_identity, binary_text(&staged->sealed_identity));
        edit_put(edit, TABLE_REFERENCE, binary_text(&row->student_ref), key);
        edit_put(edit, TABLE_STAGEVRAAG, binary_text(&staged->stagevraag_id), key);
    }
    person_unstage(edit, key, row);
    message_free(row);
    return e;
}

enum err students_finish_chunk(struct vault *vault, struct edit *edit, const uint8_t stage_id[ID_BYTES],
                               uint32_t chunk, bool committed)
{
    uint8_t key[CHUNK_KEY_BYTES];
    ChunkRow *row;
    (void)vault;
    chunk_key(stage_id, chunk, key);
    enum err e = edit_get_message(edit, TABLE_STAGE_CHUNK, TEXT_OF(key),
                                  &stagematch__internal__v1__stage_chunk_row__descriptor, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    for (size_t i = 0; i < row->n_students && e == ERR_OK; i++)
        e = finish_student(edit, row->students[i], committed);
    edit_delete(edit, TABLE_STAGE_CHUNK, TEXT_OF(key));
    message_free(row);
    return e;
}

static void finalised(void *context, enum err result)
{
    struct request *request = context;
    Stagematch__Internal__V1__FinaliseResponse response = STAGEMATCH__INTERNAL__V1__FINALISE_RESPONSE__INIT;
    FAULT_POINT("vault.finalised");
    if (result == ERR_OK)
        request_answer(request, &response);
    else
        request_fail(request, result);
}

/* What the vault leads itself does not end by the front. */
static enum err may_finalise(struct request *request, struct text id)
{
    StageRow *row;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = stage_read(&edit, id, &row);
    edit_abort(&edit);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e; /* finished before */
    bool students = row->kind == STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_STUDENTS;
    bool text = row->kind == STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_TEXT;
    message_free(row);
    return students || text ? ERR_OK : ERR_MISSING;
}

void method_finalise(struct request *request)
{
    const Stagematch__Internal__V1__FinaliseRequest *message =
        REQUEST_MESSAGE(request, Stagematch__Internal__V1__FinaliseRequest);
    if (message->stage_id.len != ID_BYTES) {
        request_refuse_field(request, &refusal_bad_value, "stage_id");
        return;
    }
    enum err e = may_finalise(request, binary_text(&message->stage_id));
    if (e == ERR_OK)
        e = stage_finish(request->vault, message->stage_id.data, finalised, request);
    if (e != ERR_OK)
        request_fail(request, e);
}
