#include "vault/report_saga.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/audit.h"
#include "vault/led.h"

#include <sodium.h>
#include <string.h>

#include "stagematch/internal/v1/saga.pb-c.h"

enum { SECRET_BYTES_MAX = REPORT_TEXT_BYTES_MAX + 1 };

/* The public answer; strings that it borrows are in `shown`, `code`, and the row that lives until the next. */
struct answer {
    Stagematch__V1__FileReportResponse filed;    /* SendReportResponse has the same fields */
    Stagematch__V1__CloseReportResponse changed; /* so have those of the other changes */
    Stagematch__V1__SetOwnReportConsentResponse nothing;
    struct report_shown shown;
    Google__Protobuf__Timestamp answer_by;
    char code[REPORT_CODE_BYTES];
    ReportRow *row;
};

enum err report_change_seal(struct vault *vault, const uint8_t report_id[ID_BYTES], struct text secret,
                            ReportChange *change, struct buf *sealed)
{
    struct secret_key stages;
    keys_derive(vault->keys, KEY_STAGES, &stages);
    enum err e = keys_seal(vault->keys, &stages, "report_secret", bytes_of(report_id, ID_BYTES), secret, sealed);
    key_wipe(&stages);
    if (e == ERR_OK)
        change->sealed_secret = binary_of(buf_text(sealed));
    return e;
}

/* As a C string; "" where it carries none. */
static enum err open_secret(struct vault *vault, const StageRow *row, struct buf *out)
{
    struct secret_key stages;
    enum err e = buf_reserve_secret(out, SECRET_BYTES_MAX);
    if (e == ERR_OK && row->report_change->sealed_secret.len) {
        keys_derive(vault->keys, KEY_STAGES, &stages);
        e = keys_open(&stages, "report_secret", binary_text(&row->report_id),
                      binary_text(&row->report_change->sealed_secret), out);
        key_wipe(&stages);
    }
    buf_put_char(out, '\0');
    return e == ERR_OK ? buf_error(out) : e;
}

/* The report as it will be. */
static void apply(const ReportChange *change, ReportRow *row)
{
    switch (change->kind) {
    case REPORT_CHANGE(CONSENT):
        row->hand_over_consent = change->hand_over_consent;
        row->case_consent = change->case_consent;
        row->identity_consent = change->identity_consent;
        break;
    case REPORT_CHANGE(HAND_OVER):
        row->desk = REPORT_DESK(BEHANDELAAR);
        break;
    case REPORT_CHANGE(CLOSE):
        row->outcome = change->outcome;
        break;
    case REPORT_CHANGE(COMPANY): /* its string comes with the answer */
    case REPORT_CHANGE(FILE):
    case REPORT_CHANGE(UNSPECIFIED):
    case _STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__KIND_IS_INT_SIZE:
        break;
    }
}

static enum err proposal_of(struct vault *vault, struct edit *edit, const StageRow *stage, const ReportRow *report,
                            char out[ID_HEX_BYTES])
{
    ReportPlain *plain;
    out[0] = '\0';
    if (stage->report_change->kind != REPORT_CHANGE(FILE))
        return ERR_OK;
    enum err e = report_open(vault, edit, binary_text(&stage->report_id), report, &plain);
    if (e != ERR_OK)
        return e;
    if (strlen(plain->proposal_id) < ID_HEX_BYTES)
        memcpy(out, plain->proposal_id, strlen(plain->proposal_id) + 1);
    message_free_wiped(plain);
    return ERR_OK;
}

static enum err report_ask(struct vault *vault, const uint8_t stage_id[ID_BYTES], const StageRow *row,
                           const struct caller *caller, channel_answer_cb *answer, void *context)
{
    Stagematch__Internal__V1__CommitReportRequest message = STAGEMATCH__INTERNAL__V1__COMMIT_REPORT_REQUEST__INIT;
    ReportRow *report = NULL;
    char proposal_id[ID_HEX_BYTES];
    struct edit edit;
    if (!row->report_change)
        return ERR_MISMATCH;
    edit_begin(&edit, vault->image);
    enum err e = report_read(&edit, binary_text(&row->report_id), &report);
    if (e == ERR_OK)
        e = proposal_of(vault, &edit, row, report, proposal_id);
    edit_abort(&edit);
    if (e == ERR_OK) {
        apply(row->report_change, report);
        message.stage_id = binary_of(bytes_of(stage_id, ID_BYTES));
        message.report_id = row->report_id;
        message.school = report->school;
        message.leerbedrijf = row->report_change->kind == REPORT_CHANGE(COMPANY) ? row->report_change->leerbedrijf
                                                                                 : report->leerbedrijf;
        message.proposal_id = proposal_id;
        message.phase = report->phase;
        message.nature = report->nature;
        message.source = report->source;
        message.desk = report->desk;
        message.case_consent = report->case_consent;
        message.identity_consent = report->identity_consent;
        message.outcome = report->outcome;
        message.is_new = row->report_change->kind == REPORT_CHANGE(FILE);
        e = engine_call(vault, METHOD_COMMIT_REPORT, &message, caller->role ? caller : NULL, answer, context);
    }
    message_free(report);
    return e;
}

/* A student's row knows of it, so that an erasure finds it; sealed, so that nothing else does. */
static enum err note_person(struct vault *vault, struct edit *edit, const StageRow *row)
{
    uint8_t reference[ID_BYTES], key[INDEX_BYTES];
    PersonRow *person;
    if (row->role != STAGEMATCH__V1__ROLE__ROLE_STUDENT || !row->n_scope ||
        id_parse(row->scope[0], reference) != ERR_OK)
        return ERR_OK;
    enum err e = person_of_reference(edit, TEXT_OF(reference), key, &person);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e; /* erased meanwhile */
    e = report_note_person(vault, edit, binary_text(&row->report_id), person);
    if (e == ERR_OK)
        edit_put_message(edit, TABLE_PERSON, TEXT_OF(key), person);
    message_free(person);
    return e;
}

static enum err file(struct vault *vault, struct edit *edit, const StageRow *row, ReportRow *report)
{
    report->staged = false;
    report->state = REPORT_STATE(RECEIVED);
    report->waits_for_school = true;
    edit_put(edit, TABLE_REPORT_WAY, binary_text(&report->code_hash), binary_text(&row->report_id));
    report_tell(vault, edit, "task", report->school, report->desk);
    return note_person(vault, edit, row);
}

static enum err close_it(struct vault *vault, struct edit *edit, const StageRow *row, ReportRow *report,
                         const char *last_word)
{
    ReportPlain *plain;
    report->state = REPORT_STATE(CLOSED);
    report->close_ms = vault_now_ms(vault);
    report->waits_for_school = false;
    if (!last_word[0] || row->account_id.len != ID_BYTES)
        return ERR_OK;
    enum err e = report_open(vault, edit, binary_text(&row->report_id), report, &plain);
    if (e != ERR_OK)
        return e;
    e = report_add_letter(vault, plain, last_word, row->account_id.data);
    if (e == ERR_OK)
        e = report_seal(vault, edit, binary_text(&row->report_id), plain, report);
    message_free_wiped(plain);
    return e;
}

/* What the ledger calls each change. */
static const char *ledger_kind(unsigned kind)
{
    static const char *const kinds[] = {
        [REPORT_CHANGE(UNSPECIFIED)] = "report_changed", [REPORT_CHANGE(FILE)] = "report_filed",
        [REPORT_CHANGE(CONSENT)] = "report_consent",     [REPORT_CHANGE(HAND_OVER)] = "report_handed_over",
        [REPORT_CHANGE(COMPANY)] = "report_company_set", [REPORT_CHANGE(CLOSE)] = "report_closed"};
    return kinds[kind < sizeof kinds / sizeof kinds[0] ? kind : 0];
}

static enum err do_change(struct vault *vault, struct edit *edit, const StageRow *row,
                          const Stagematch__Internal__V1__CommitReportResponse *committed, const char *secret,
                          ReportRow *report)
{
    const ReportChange *change = row->report_change;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    enum err e = message_assign_string(&report->leerbedrijf, text_of(committed->leerbedrijf));
    report->answer_by_ms = committed->answer_by_ms;
    apply(change, report);
    if (e == ERR_OK && change->kind == REPORT_CHANGE(FILE))
        e = file(vault, edit, row, report);
    if (e == ERR_OK && change->kind == REPORT_CHANGE(CLOSE))
        e = close_it(vault, edit, row, report, secret);
    if (e == ERR_OK && change->kind == REPORT_CHANGE(HAND_OVER))
        report_tell(vault, edit, "task", report->school, report->desk);
    if (row->role &&
        change->kind != REPORT_CHANGE(FILE)) { /* who reports stands nowhere but in the report, where it was told */
        payload.actor = row->account_id;
        payload.actor_role = row->role;
    }
    audit_put(vault, edit, ledger_kind(change->kind), binary_text(&row->report_id), NULL, &payload);
    return e;
}

static const void *fill_answer(struct answer *answer, const StageRow *row, const char *secret)
{
    stagematch__v1__set_own_report_consent_response__init(&answer->nothing);
    if (row->report_change->kind == REPORT_CHANGE(CONSENT))
        return &answer->nothing;
    if (row->report_change->kind == REPORT_CHANGE(FILE)) {
        stagematch__v1__file_report_response__init(&answer->filed);
        if (strlen(secret) < sizeof answer->code)
            memcpy(answer->code, secret, strlen(secret) + 1);
        answer->filed.come_back_code = answer->code;
        report_time(answer->row ? answer->row->answer_by_ms : 0, &answer->answer_by);
        answer->filed.answer_by = &answer->answer_by;
        return &answer->filed;
    }
    stagematch__v1__close_report_response__init(&answer->changed);
    if (answer->row) {
        report_show(row->report_id.data, answer->row, &answer->shown);
        answer->changed.report = &answer->shown.message;
    }
    return &answer->changed;
}

static enum err report_finish(struct vault *vault, struct edit *edit, const StageRow *row, const void *committed,
                              const void **response)
{
    static struct answer answer;
    struct buf secret;
    if (!row->report_change || row->report_id.len != ID_BYTES)
        return ERR_MISMATCH;
    message_free(answer.row);
    answer.row = NULL;
    sodium_memzero(answer.code, sizeof answer.code);
    buf_init(&secret, SECRET_BYTES_MAX + SEAL_EXTRA_BYTES);
    enum err e = open_secret(vault, row, &secret);
    if (e == ERR_OK)
        e = report_read(edit, binary_text(&row->report_id), &answer.row);
    if (e == ERR_OK) {
        e = do_change(vault, edit, row, committed, secret.data, answer.row);
        if (e == ERR_OK)
            report_write(vault, edit, row->report_id.data, answer.row);
    } else if (e == ERR_MISSING) { /* erased meanwhile */
        e = ERR_OK;
    }
    if (e == ERR_OK)
        *response = fill_answer(&answer, row, secret.data);
    buf_wipe(&secret);
    return e;
}

/* A report that was never committed leaves nothing, and the school's code is good again. */
enum err report_drop(struct edit *edit, const StageRow *row)
{
    Stagematch__Internal__V1__CodeRow code = STAGEMATCH__INTERNAL__V1__CODE_ROW__INIT;
    ReportRow *report;
    if (!row->report_change || row->report_change->kind != REPORT_CHANGE(FILE))
        return ERR_OK;
    enum err e = report_read(edit, binary_text(&row->report_id), &report);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    if (report->staged) {
        edit_delete(edit, TABLE_REPORT_KEY, binary_text(&row->report_id));
        edit_delete(edit, TABLE_REPORT, binary_text(&row->report_id));
        code.use = STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_REPORT;
        code.school = report->school;
        if (report->school_code_hash.len)
            edit_put_live(edit, TABLE_CODE, binary_text(&report->school_code_hash), report->school_code_expire_ms,
                          &code);
    }
    message_free(report);
    return ERR_OK;
}

static const struct led_saga report_saga = {METHOD_COMMIT_REPORT, report_ask, report_finish, report_drop};

void report_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request)
{
    led_run(&report_saga, vault, stage_id, request);
}

static struct led_plan plan_of(const char *use, const char *request_id)
{
    return (struct led_plan){.saga = &report_saga,
                             .kind = STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_REPORT,
                             .use = use,
                             .request_id = request_id};
}

bool report_saga_resume(struct request *request, const char *use, const char *request_id)
{
    uint8_t base[ID_BYTES], id[ID_BYTES];
    StageRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = stage_id_of(request->vault, &edit, &request->caller, use, request_id, base, id);
    if (e == ERR_OK)
        e = stage_read(&edit, TEXT_OF(id), &row);
    if (e == ERR_OK && !text_equal(binary_text(&row->answer_digest), TEXT_OF(request->digest)))
        e = ERR_EXISTS;
    message_free(row);
    if (e == ERR_OK) {
        const struct led_plan plan = plan_of(use, request_id);
        led_begin(&plan, request, &edit);
        return true;
    }
    edit_abort(&edit);
    if (e == ERR_EXISTS)
        request_refuse_field(request, &refusal_request_reused, "request_id");
    else if (e != ERR_MISSING)
        request_fail(request, e);
    return e != ERR_MISSING;
}

void report_saga_begin(struct request *request, struct edit *edit, const char *use, const char *request_id,
                       const uint8_t report_id[ID_BYTES], const ReportChange *change)
{
    struct led_plan plan = plan_of(use, request_id);
    plan.report_id = bytes_of(report_id, ID_BYTES);
    plan.report_change = change;
    led_begin(&plan, request, edit);
}
