/*
 * A file of placements. Read and check all; commit the rows with the engine, chunk by chunk; answer. No row has anything of
 * a person in it, so the vault has no part in this.
 */
#include "front/file_problems.h"
#include "front/file_slices.h"
#include "front/placement_reader.h"
#include "front/saga.h"
#include "front/targets.h"
#include "front/wire_bytes.h"

#include "api/message.h"
#include "base/mem.h"

enum {
    CHUNK_ROWS = 1000,
    PLACEMENTS_BYTES_MAX = 160 << 20,
    REQUEST_BYTES_MAX = 16 << 20,
    FILE_BYTES_MAX = 32 << 20,
};

enum placements_state { STATE_READ, STATE_COMMIT, STATE_COUNT };

static PROBLEM_KIND(no_rows, "file.no-rows", "the file has no rows", "het bestand heeft geen rijen",
                    "a header line, then one line for each placement",
                    "een kopregel, daarna een regel per leerplaats");
static PROBLEM_KIND(file_too_long, "file.too-long", "the file is too long", "het bestand is te lang",
                    "at most 32 MiB; split it", "ten hoogste 32 MiB; deel het op");

struct placements_work {
    struct file_report report;
    struct arena arena;
    struct placement_reader *reader;
    struct table_handler handler;
    struct file_slices slices;
    struct text *rows; /* packed, in the arena */
    size_t count, capacity;
    size_t chunk; /* to be committed */
};

static void free_work(void *context)
{
    struct placements_work *work = context;
    file_slices_free(&work->slices);
    placement_reader_free(work->reader);
    arena_free(&work->arena);
    mem_free(work->rows);
    file_report_free(&work->report);
    mem_free(work);
}

static const Stagematch__V1__ImportPlacementsRequest *request_of(const struct call *call)
{
    return (const Stagematch__V1__ImportPlacementsRequest *)call->request.message;
}

/* A row with problems is counted by them; reading goes on to find all. */
static enum err on_row(void *context, const struct table_row *row)
{
    struct placements_work *work = context;
    struct text packed;
    enum err e = placement_reader_read(work->reader, row, &packed);
    if (e == ERR_OK)
        e = mem_grow(&work->rows, &work->capacity, work->count + 1, sizeof *work->rows);
    if (e == ERR_OK)
        work->rows[work->count++] = packed;
    return e == ERR_INPUT ? ERR_OK : e;
}

static void finish_reading(struct call *call)
{
    struct placements_work *work = call->work;
    if (work->count == 0 && work->report.problems.total == 0)
        problems_add(&work->report.problems, &no_rows, 0, text_of(""), text_of(""));
    if (work->report.problems.total)
        file_problems_refuse(call, &work->report.problems);
    else
        saga_go(call, STATE_COMMIT);
}

static void read_slice(struct call *call, struct text body)
{
    struct placements_work *work = call->work;
    (void)body;
    enum err e = file_slices_step(&work->slices);
    if (e != ERR_OK && e != ERR_INPUT)
        call_fail(call, e);
    else if (e == ERR_INPUT || work->slices.done)
        finish_reading(call);
    else
        call_later(call, read_slice);
}

static void enter_read(struct call *call)
{
    struct placements_work *work = call->work;
    struct text bytes = {(const char *)request_of(call)->csv.data, request_of(call)->csv.len};
    if (bytes.length > FILE_BYTES_MAX) {
        problems_add(&work->report.problems, &file_too_long, 0, text_of(""), text_of(""));
        finish_reading(call);
        return;
    }
    work->handler = (struct table_handler){.row = on_row, .context = work};
    file_slices_init(&work->slices, bytes, &placement_file, &work->handler, &work->report.problems);
    read_slice(call, (struct text){NULL, 0});
}

static size_t chunk_count(const struct placements_work *work)
{
    return (work->count + CHUNK_ROWS - 1) / CHUNK_ROWS;
}

static void answer(struct call *call, struct text body)
{
    struct placements_work *work = call->work;
    struct pbguard_message committed;
    Stagematch__V1__ImportPlacementsResponse *answer = NULL;
    if (!call_unpack(call, &stagematch__internal__v1__commit_placements_response__descriptor, body, &committed))
        return;
    const Stagematch__Internal__V1__CommitPlacementsResponse *said =
        (const Stagematch__Internal__V1__CommitPlacementsResponse *)committed.message;
    enum err e = message_new(&stagematch__v1__import_placements_response__descriptor, &answer);
    if (e == ERR_OK)
        e = file_problems_append(&work->report.notices, &answer->n_notices, &answer->notices);
    if (e == ERR_OK) {
        answer->new_count = said->new_count;
        answer->changed_count = said->changed_count;
        answer->same_count = said->same_count;
        call_answer(call, answer);
    } else {
        call_fail(call, e);
    }
    message_free(answer);
    pbguard_free(&committed);
}

static void on_committed(struct call *call, struct text body)
{
    struct placements_work *work = call->work;
    if (++work->chunk < chunk_count(work))
        saga_go(call, STATE_COMMIT);
    else
        answer(call, body);
}

static void commit_chunk(struct call *call, struct text body)
{
    struct placements_work *work = call->work;
    size_t begin = work->chunk * CHUNK_ROWS;
    struct buf request;
    (void)body;
    buf_init(&request, REQUEST_BYTES_MAX);
    wire_put_bytes(&request, 1, message_text(call->request.message, "request_id"));
    wire_put_number(&request, 2, work->chunk);
    wire_put_number(&request, 3, work->chunk + 1 == chunk_count(work));
    wire_put_number(&request, 4, request_of(call)->publish ? 1 : 0);
    for (size_t i = begin; i < work->count && i < begin + CHUNK_ROWS; i++)
        wire_put_bytes(&request, 5, work->rows[i]);
    enum err e = buf_error(&request);
    if (e == ERR_OK)
        call_ask(call, ROLE_ENGINE, METHOD_COMMIT_PLACEMENTS, buf_text(&request), on_committed);
    else
        call_fail(call, e);
    buf_free(&request);
}

/* Reading may have taken longer than the caller's assertion holds. */
static void enter_commit(struct call *call)
{
    call_renew(call, commit_chunk);
}

static const struct saga_state states[STATE_COUNT] = {
    [STATE_READ] = {"read", 1u << STATE_COMMIT, enter_read},
    [STATE_COMMIT] = {"commit", 1u << STATE_COMMIT, enter_commit},
};

static const struct saga placements = {"placements", states, STATE_COUNT};

void saga_placements_start(struct call *call)
{
    struct placements_work *work;
    if (!call_reads_file(call))
        return;
    enum err e = mem_alloc(1, sizeof *work, &work);
    if (e == ERR_OK) {
        file_report_init(&work->report, "placements");
        arena_init(&work->arena, PLACEMENTS_BYTES_MAX);
        call->work = work;
        call->free_work = free_work;
        e = placement_reader_new(call->front->postcodes, &work->report, &work->arena, &work->reader);
    }
    if (e != ERR_OK)
        call_fail(call, e);
    else
        saga_begin(call, &placements);
}
