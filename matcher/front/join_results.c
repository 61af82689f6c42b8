/*
 * The results of a round with names, for the school. The engine gives the rows, the vault the names (and writes down that
 * they were read), and they meet here, in the answer alone. Rows whose stagevraag is not the caller's have no name and
 * are left out.
 */
#include "front/saga.h"
#include "front/targets.h"

#include "api/message.h"
#include "base/mem.h"
#include "stagematch/v1/identity.pb-c.h"
#include "stagematch/v1/round.pb-c.h"

#include <sodium.h>
#include <string.h>

enum { CHUNK_ROWS = 1000, CSV_BYTES_MAX = 48 << 20 };

enum results_state { STATE_ROWS, STATE_NAMES, STATE_COUNT };

static const char header[] = "school;studentnummer;van;voornaam;tussenvoegsel;achternaam;leerbedrijf;leerplaats;"
                             "bedrijfsnaam;status\r\n";

struct results_work {
    struct pbguard_message rows; /* ListResultsResponse */
    size_t at;                   /* the first row of the chunk that is under way */
    struct buf csv;
};

static void free_work(void *context)
{
    struct results_work *work = context;
    pbguard_free(&work->rows);
    if (work->csv.data)
        sodium_memzero(work->csv.data, work->csv.length);
    buf_free(&work->csv);
    mem_free(work);
}

static const Stagematch__Internal__V1__ListResultsResponse *rows_of(const struct results_work *work)
{
    return (const Stagematch__Internal__V1__ListResultsResponse *)work->rows.message;
}

static size_t chunk_rows(const struct results_work *work)
{
    size_t left = rows_of(work)->n_rows - work->at;
    return left < CHUNK_ROWS ? left : CHUNK_ROWS;
}

/* A text that a spreadsheet would take for a formula is kept a text. */
static void put_field(struct buf *csv, const char *value, bool last)
{
    char guarded[512];
    bool is_formula = value[0] != '\0' && strchr("=+-@\t\r", value[0]);
    snprintf(guarded, sizeof guarded, "'%s", value);
    buf_put_csv(csv, text_of(is_formula ? guarded : value), ';');
    buf_put_string(csv, last ? "\r\n" : ";");
    sodium_memzero(guarded, sizeof guarded);
}

static void put_row(struct buf *csv, const Stagematch__Internal__V1__ResultRow *row,
                    const Stagematch__V1__StudentIdentity *student)
{
    const Stagematch__V1__Identity *identity = student->identity;
    const char *fields[] = {student->school,
                            student->student_number,
                            row->start_date,
                            identity ? identity->first_name : "",
                            identity ? identity->infix : "",
                            identity ? identity->last_name : "",
                            row->leerbedrijf,
                            row->leerplaats,
                            row->company_name,
                            row->status};
    size_t count = sizeof fields / sizeof fields[0];
    for (size_t i = 0; i < count; i++)
        put_field(csv, fields[i], i + 1 == count);
}

/* Both come in the order of the request; the vault leaves out what is not the caller's. */
static void join_chunk(struct results_work *work, const Stagematch__V1__GetIdentitiesResponse *said)
{
    size_t student = 0;
    for (size_t i = 0; i < chunk_rows(work); i++) {
        const Stagematch__Internal__V1__ResultRow *row = rows_of(work)->rows[work->at + i];
        if (student < said->n_students && strcmp(row->stagevraag_id, said->students[student]->stagevraag_id) == 0)
            put_row(&work->csv, row, said->students[student++]);
    }
    work->at += chunk_rows(work);
}

static void answer(struct call *call)
{
    struct results_work *work = call->work;
    Stagematch__V1__ExportResultsResponse message = STAGEMATCH__V1__EXPORT_RESULTS_RESPONSE__INIT;
    enum err e = buf_error(&work->csv);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    message.csv = (ProtobufCBinaryData){work->csv.length, (uint8_t *)work->csv.data};
    call_answer(call, &message);
}

static void next_chunk(struct call *call)
{
    const struct results_work *work = call->work;
    if (work->at < rows_of(work)->n_rows)
        saga_go(call, STATE_NAMES);
    else
        answer(call);
}

static void on_names(struct call *call, struct text body)
{
    struct pbguard_message names;
    if (!call_unpack(call, &stagematch__v1__get_identities_response__descriptor, body, &names))
        return;
    join_chunk(call->work, (const Stagematch__V1__GetIdentitiesResponse *)names.message);
    pbguard_free(&names);
    next_chunk(call);
}

static void enter_names(struct call *call)
{
    const struct results_work *work = call->work;
    char *ids[CHUNK_ROWS];
    Stagematch__V1__GetIdentitiesRequest request = STAGEMATCH__V1__GET_IDENTITIES_REQUEST__INIT;
    for (size_t i = 0; i < chunk_rows(work); i++)
        ids[i] = rows_of(work)->rows[work->at + i]->stagevraag_id;
    request.n_stagevraag_ids = chunk_rows(work);
    request.stagevraag_ids = ids;
    call_ask_message(call, ROLE_VAULT, METHOD_GET_IDENTITIES, &request, on_names);
}

static void on_rows(struct call *call, struct text body)
{
    struct results_work *work = call->work;
    if (!call_unpack(call, &stagematch__internal__v1__list_results_response__descriptor, body, &work->rows))
        return;
    buf_put_string(&work->csv, header);
    next_chunk(call);
}

static void enter_rows(struct call *call)
{
    Stagematch__Internal__V1__ListResultsRequest request = STAGEMATCH__INTERNAL__V1__LIST_RESULTS_REQUEST__INIT;
    request.round_id = call_borrow(message_text(call->request.message, "round_id").data);
    call_ask_message(call, ROLE_ENGINE, METHOD_LIST_RESULTS, &request, on_rows);
}

static const struct saga_state states[STATE_COUNT] = {
    [STATE_ROWS] = {"rows", 1u << STATE_NAMES, enter_rows},
    [STATE_NAMES] = {"names", 1u << STATE_NAMES, enter_names},
};

static const struct saga results = {"results", states, STATE_COUNT};

void join_results_start(struct call *call)
{
    struct results_work *work;
    enum err e = mem_alloc(1, sizeof *work, &work);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    buf_init(&work->csv, CSV_BYTES_MAX);
    call->work = work;
    call->free_work = free_work;
    saga_begin(call, &results);
}
