/*
 * Stagevragen of a file or of a call. Read and check all; sort by profile; chunk by chunk stage the identities in the vault
 * and commit the profiles with the engine, under the references that the vault drew; finalise; answer.
 *
 * A chunk is committed when its rows are settled (student_rows.h): mostly right after it is staged, but where rows with equal
 * profiles go on in the next one, that is staged first. Staging does not run far ahead, because the vault gives a stage up
 * of which it hears nothing for a while.
 */
#include "base/fault.h"
#include "front/file_problems.h"
#include "front/file_slices.h"
#include "front/saga.h"
#include "front/student_rows.h"
#include "front/student_values.h"
#include "front/targets.h"

#include "api/message.h"
#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum {
    STAGE_ID_BYTES = 16,
    CALL_ROWS_MAX = 1000,
    ROWS_A_TURN = 250, /* of a call, read in one turn of the loop */
    PROFILES_BYTES_MAX = 160 << 20,
    SECRETS_BYTES_MAX = 96 << 20,
    REQUEST_BYTES_MAX = 16 << 20,
    FILE_BYTES_MAX = 32 << 20,
};

enum students_state { STATE_READ, STATE_SORT, STATE_STAGE, STATE_COMMIT, STATE_FINALISE, STATE_COUNT };

static PROBLEM_KIND(no_rows, "file.no-rows", "the file has no rows", "het bestand heeft geen rijen",
                    "a header line, then one line for each stagevraag",
                    "een kopregel, daarna een regel per stagevraag");
static PROBLEM_KIND(file_too_long, "file.too-long", "the file is too long", "het bestand is te lang",
                    "at most 32 MiB; split it", "ten hoogste 32 MiB; deel het op");

struct students_work {
    struct student_rules rules;
    struct file_report report;
    struct student_reader *reader;
    struct student_rows rows;
    struct table_handler handler;
    struct file_slices slices;    /* of a file */
    struct student_values values; /* of a call */
    size_t next_row;              /* of a call, to be read */
    size_t staged_chunks, committed_chunks;
    uint8_t stage_id[STAGE_ID_BYTES];
    struct pbguard_message committed; /* CommitStudentsResponse of the last chunk */
};

static void free_work(void *context)
{
    struct students_work *work = context;
    file_slices_free(&work->slices);
    student_values_free(&work->values);
    student_reader_free(work->reader);
    student_rows_free(&work->rows);
    file_report_free(&work->report);
    pbguard_free(&work->committed);
    mem_free(work);
}

static bool is_file(const struct call *call)
{
    return call->method->id == METHOD_IMPORT_STUDENTS;
}

static struct text request_id(const struct call *call)
{
    return message_text(call->request.message, "request_id");
}

/* A row with problems is counted by them; reading goes on to find all. */
static enum err take_row(struct students_work *work, const struct table_row *row, bool needs_support)
{
    struct student_item item;
    enum err e = student_reader_read(work->reader, row, needs_support, &item);
    if (e == ERR_OK)
        e = student_rows_add(&work->rows, &item);
    return e == ERR_INPUT ? ERR_OK : e;
}

static enum err on_row(void *context, const struct table_row *row)
{
    return take_row(context, row, false);
}

static void on_dropped(void *context, const char *column)
{
    struct students_work *work = context;
    student_report_dropped(&work->report, column);
}

/* All rows are read: refuses them, or goes on. What was read is not needed any more. */
static void finish_reading(struct call *call)
{
    struct students_work *work = call->work;
    if (work->rows.count == 0 && work->report.problems.total == 0)
        problems_add(&work->report.problems, &no_rows, 0, text_of(""), text_of(""));
    if (work->report.problems.total) {
        file_problems_refuse(call, &work->report.problems);
        return;
    }
    student_reader_free(work->reader);
    work->reader = NULL;
    saga_go(call, STATE_SORT);
}

static void read_slice(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    (void)body;
    enum err e = file_slices_step(&work->slices);
    if (e != ERR_OK && e != ERR_INPUT)
        call_fail(call, e);
    else if (e == ERR_INPUT || work->slices.done)
        finish_reading(call);
    else
        call_later(call, read_slice);
}

static void read_submissions(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    const Stagematch__V1__SubmitStudentsRequest *request =
        (const Stagematch__V1__SubmitStudentsRequest *)call->request.message;
    enum err e = ERR_OK;
    (void)body;
    for (size_t i = 0; i < ROWS_A_TURN && work->next_row < request->n_students && e == ERR_OK; i++) {
        const Stagematch__V1__StudentSubmission *submission = request->students[work->next_row++];
        struct table_row row = {work->next_row, work->values.values};
        e = student_values_take(&work->values, submission);
        if (e == ERR_OK)
            e = take_row(work, &row, submission->profile && submission->profile->needs_support);
    }
    if (e != ERR_OK)
        call_fail(call, e);
    else if (work->next_row == request->n_students)
        finish_reading(call);
    else
        call_later(call, read_submissions);
}

static void read_file(struct call *call)
{
    struct students_work *work = call->work;
    const Stagematch__V1__ImportStudentsRequest *request =
        (const Stagematch__V1__ImportStudentsRequest *)call->request.message;
    struct text bytes = {(const char *)request->csv.data, request->csv.len};
    if (bytes.length > FILE_BYTES_MAX) {
        problems_add(&work->report.problems, &file_too_long, 0, text_of(""), text_of(""));
        finish_reading(call);
        return;
    }
    work->handler = (struct table_handler){.row = on_row, .dropped = on_dropped, .context = work};
    file_slices_init(&work->slices, bytes, &student_file, &work->handler, &work->report.problems);
    read_slice(call, (struct text){NULL, 0});
}

static void enter_read(struct call *call)
{
    if (is_file(call))
        read_file(call);
    else
        read_submissions(call, (struct text){NULL, 0});
}

static void sort_some(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    bool done = false;
    (void)body;
    student_rows_sort_step(&work->rows, &done);
    if (done)
        saga_go(call, STATE_STAGE);
    else
        call_later(call, sort_some);
}

static void enter_sort(struct call *call)
{
    struct students_work *work = call->work;
    enum err e = student_rows_sort_begin(&work->rows);
    if (e != ERR_OK)
        call_fail(call, e);
    else
        sort_some(call, (struct text){NULL, 0});
}

/* Every chunk of one request is under the same stage. */
static enum err take_stage(struct students_work *work, const Stagematch__Internal__V1__StageStudentsResponse *said)
{
    bool first = work->staged_chunks == 0;
    if (said->stage_id.len != STAGE_ID_BYTES ||
        (!first && memcmp(work->stage_id, said->stage_id.data, STAGE_ID_BYTES) != 0))
        return ERR_MISMATCH;
    memcpy(work->stage_id, said->stage_id.data, STAGE_ID_BYTES);
    return student_rows_take_references(&work->rows, work->staged_chunks++, said);
}

static void next_chunk(struct call *call)
{
    const struct students_work *work = call->work;
    if (work->committed_chunks == student_rows_chunks(&work->rows))
        saga_go(call, STATE_FINALISE);
    else if (student_rows_is_settled(&work->rows, work->committed_chunks))
        saga_go(call, STATE_COMMIT);
    else
        saga_go(call, STATE_STAGE);
}

static void on_staged(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    struct pbguard_message staged;
    FAULT_POINT("front.staged");
    if (!call_unpack(call, &stagematch__internal__v1__stage_students_response__descriptor, body, &staged))
        return;
    enum err e = take_stage(work, (const Stagematch__Internal__V1__StageStudentsResponse *)staged.message);
    pbguard_free(&staged);
    if (e != ERR_OK)
        call_fail(call, ERR_INTERNAL);
    else
        next_chunk(call);
}

/* Sends bytes that were put together in `request` and wipes them. */
static void ask_and_wipe(struct call *call, enum role_name role, enum method_id method, struct buf *request,
                         call_step *then)
{
    enum err e = buf_error(request);
    if (e == ERR_OK)
        call_ask(call, role, method, buf_text(request), then);
    else
        call_fail(call, e);
    if (request->data)
        sodium_memzero(request->data, request->length);
    buf_free(request);
}

static void enter_stage(struct call *call)
{
    struct students_work *work = call->work;
    struct buf request;
    buf_init(&request, REQUEST_BYTES_MAX);
    student_rows_write_stage(&work->rows, work->staged_chunks, request_id(call), &request);
    ask_and_wipe(call, ROLE_VAULT, METHOD_STAGE_STUDENTS, &request, on_staged);
}

static void on_committed(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    FAULT_POINT("front.committed");
    pbguard_free(&work->committed);
    if (!call_unpack(call, &stagematch__internal__v1__commit_students_response__descriptor, body, &work->committed))
        return;
    work->committed_chunks++;
    next_chunk(call);
}

static void commit_chunk(struct call *call, struct text body)
{
    struct students_work *work = call->work;
    struct buf request;
    struct text stage_id = {(const char *)work->stage_id, STAGE_ID_BYTES};
    (void)body;
    buf_init(&request, REQUEST_BYTES_MAX);
    student_rows_write_commit(&work->rows, work->committed_chunks, request_id(call), stage_id, &request);
    ask_and_wipe(call, ROLE_ENGINE, METHOD_COMMIT_STUDENTS, &request, on_committed);
}

/* Reading and staging may have taken longer than the caller's assertion holds. */
static void enter_commit(struct call *call)
{
    call_renew(call, commit_chunk);
}

static void answer_file(struct call *call, Stagematch__V1__Import *import, const char *import_id)
{
    const struct students_work *work = call->work;
    Stagematch__V1__ImportStudentsResponse *answer = NULL;
    enum err e = message_new(&stagematch__v1__import_students_response__descriptor, &answer);
    if (e == ERR_OK)
        e = message_assign_string(&answer->import_id, text_of(import_id));
    if (e == ERR_OK)
        e = file_problems_append(&work->report.notices, &answer->n_notices, &answer->notices);
    if (e != ERR_OK) {
        message_free(answer);
        call_fail(call, e);
        return;
    }
    answer->import = import;
    call_answer(call, answer);
    answer->import = NULL; /* of the engine's answer */
    message_free(answer);
}

static void answer_call(struct call *call, const Stagematch__V1__Import *import)
{
    const struct students_work *work = call->work;
    char ids[CALL_ROWS_MAX][2 * REFERENCE_BYTES + 1];
    char *list[CALL_ROWS_MAX];
    Stagematch__V1__SubmitStudentsResponse answer = STAGEMATCH__V1__SUBMIT_STUDENTS_RESPONSE__INIT;
    for (size_t i = 0; i < work->rows.count; i++) {
        const struct student_item *item = &work->rows.items[i];
        list[item->index] = sodium_bin2hex(ids[item->index], sizeof ids[0], item->stagevraag_id, REFERENCE_BYTES);
    }
    answer.n_stagevraag_ids = work->rows.count;
    answer.stagevraag_ids = list;
    answer.new_count = import ? import->new_count : 0;
    answer.changed_count = import ? import->changed_count : 0;
    answer.same_count = import ? import->same_count : 0;
    call_answer(call, &answer);
}

static void on_finalised(struct call *call, struct text body)
{
    const struct students_work *work = call->work;
    const Stagematch__Internal__V1__CommitStudentsResponse *said =
        (const Stagematch__Internal__V1__CommitStudentsResponse *)work->committed.message;
    FAULT_POINT("front.finalised");
    char import_id[2 * STAGE_ID_BYTES + 1];
    (void)body;
    sodium_bin2hex(import_id, sizeof import_id, work->stage_id, STAGE_ID_BYTES);
    if (is_file(call))
        answer_file(call, said->import, import_id);
    else
        answer_call(call, said->import);
}

static void enter_finalise(struct call *call)
{
    struct students_work *work = call->work;
    Stagematch__Internal__V1__FinaliseRequest request = STAGEMATCH__INTERNAL__V1__FINALISE_REQUEST__INIT;
    request.stage_id = (ProtobufCBinaryData){STAGE_ID_BYTES, work->stage_id};
    call_ask_message(call, ROLE_VAULT, METHOD_FINALISE, &request, on_finalised);
}

static const struct saga_state states[STATE_COUNT] = {
    [STATE_READ] = {"read", 1u << STATE_SORT, enter_read},
    [STATE_SORT] = {"sort", 1u << STATE_STAGE, enter_sort},
    [STATE_STAGE] = {"stage", 1u << STATE_STAGE | 1u << STATE_COMMIT, enter_stage},
    [STATE_COMMIT] = {"commit", 1u << STATE_STAGE | 1u << STATE_COMMIT | 1u << STATE_FINALISE, enter_commit},
    [STATE_FINALISE] = {"finalise", 0, enter_finalise},
};

static const struct saga students = {"students", states, STATE_COUNT};

static enum err open_work(struct call *call)
{
    struct students_work *work = call->work;
    const struct front *front = call->front;
    const Stagematch__Internal__V1__ActorView *actor = call->actor->said->actor;
    file_report_init(&work->report, "students");
    student_rows_init(&work->rows, PROFILES_BYTES_MAX, SECRETS_BYTES_MAX);
    student_values_init(&work->values);
    call->free_work = free_work;
    work->rules = (struct student_rules){
        .postcodes = front->postcodes,
        .schools = actor->scope,
        .school_count = actor->n_scope,
        .today = (int32_t)(clock_wall_ms(&front->environment->clock) / 86400000),
        .random = &front->environment->random,
    };
    return student_reader_new(&work->rules, is_file(call) ? student_file.columns : student_fields, &work->report,
                              &work->rows.profiles, &work->rows.secrets, &work->reader);
}

static bool fits_call(struct call *call)
{
    const Stagematch__V1__SubmitStudentsRequest *request =
        (const Stagematch__V1__SubmitStudentsRequest *)call->request.message;
    if (is_file(call) || (request->n_students >= 1 && request->n_students <= CALL_ROWS_MAX))
        return true;
    call_refuse(call, status_refuse_field(&refusal_bad_value, "students"));
    return false;
}

void saga_students_start(struct call *call)
{
    if (!fits_call(call) || (is_file(call) && !call_reads_file(call)))
        return;
    enum err e = mem_alloc(1, sizeof(struct students_work), &call->work);
    if (e == ERR_OK)
        e = open_work(call);
    if (e != ERR_OK)
        call_fail(call, e);
    else
        saga_begin(call, &students);
}
