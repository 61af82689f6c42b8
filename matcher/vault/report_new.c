/*
 * A new report, by whoever makes it; and the school's one-time codes.
 */
#include "api/message.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/report_form.h"
#include "vault/report_lists.h"
#include "vault/report_saga.h"
#include "vault/throttle.h"

#include <sodium.h>
#include <string.h>

#define ROLE(name) STAGEMATCH__V1__ROLE__ROLE_##name
#define USE_REPORT STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_REPORT

typedef Stagematch__V1__ReportDraft Draft;

enum { CODES_MAX = 50, LEERBEDRIJF_BYTES_MAX = 20 };

static const int64_t school_code_days = 14;

static const REFUSAL(
    refusal_no_reader, STATUS_INVALID_ARGUMENT, "report_not_read",
    "Bij deze school is er niemand die dit hier leest. Kies wie het anders mag lezen, of ga naar een andere plek.",
    "At this school nobody reads this here. Choose who else may read it, or go to another place.");
static const REFUSAL(refusal_school_code, STATUS_FAILED_PRECONDITION, "report_code_not_valid",
                     "Deze code klopt niet, is al gebruikt of is verlopen. Vraag je school om een nieuwe.",
                     "This code is not right, was used already or is too old. Ask your school for a new one.");
static const REFUSAL(
    refusal_too_many_reports, STATUS_RESOURCE_EXHAUSTED, "too_many_reports",
    "Vandaag kwamen er te veel meldingen binnen. Probeer het morgen, of ga naar een van de andere plekken.",
    "Too many reports came in today. Try again tomorrow, or go to one of the other places.");

/* Reading a draft. */

static bool is_listed(char *const *codes, size_t count, const struct report_lists *lists,
                      bool (*has)(const struct report_lists *lists, const char *code))
{
    for (size_t i = 0; i < count; i++) {
        if (!has(lists, codes[i]))
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(codes[i], codes[j]) == 0)
                return false;
    }
    return true;
}

static bool is_text(const char *text, size_t most)
{
    return strlen(text) <= most;
}

/* What is wrong with it first; NULL: nothing. *field is static. */
static const struct refusal *check_draft(const struct report_lists *lists, const Draft *draft, bool by_account,
                                         const char **field)
{
    const struct {
        const char *field;
        bool is_right;
        const struct refusal *refusal;
    } rules[] = {
        {"report", draft != NULL, &refusal_missing_field},
        {"report.text", draft && draft->text[0], &refusal_missing_field},
        {"report.text", draft && is_text(draft->text, REPORT_TEXT_BYTES_MAX), &refusal_too_large},
        {"report.phase", draft && draft->phase > 0 && draft->phase <= 4, &refusal_bad_value},
        {"report.nature", draft && draft->nature > 0 && draft->nature <= 5, &refusal_bad_value},
        {"report.wish", draft && draft->wish > 0 && draft->wish <= 4, &refusal_bad_value},
        {"report.desk", draft && draft->desk > 0 && draft->desk <= 2, &refusal_bad_value},
        {"report.grounds", draft && draft->n_grounds, &refusal_missing_field},
        {"report.grounds", draft && is_listed(draft->grounds, draft->n_grounds, lists, report_has_ground),
         &refusal_bad_value},
        {"report.routes", draft && is_listed(draft->routes, draft->n_routes, lists, report_has_route),
         &refusal_bad_value},
        {"report.leerbedrijf",
         draft && (!draft->leerbedrijf[0] || text_is_code(text_of(draft->leerbedrijf), LEERBEDRIJF_BYTES_MAX)),
         &refusal_bad_value},
        {"report.company_name", draft && is_text(draft->company_name, REPORT_NAME_BYTES_MAX), &refusal_too_large},
        {"report.reporter_name", draft && is_text(draft->reporter_name, REPORT_NAME_BYTES_MAX), &refusal_too_large},
        {"report.reporter_contact", draft && is_text(draft->reporter_contact, REPORT_NAME_BYTES_MAX),
         &refusal_too_large},
        {"report.proposal_id",
         draft && (by_account ? is_text(draft->proposal_id, ID_HEX_BYTES - 1) : !draft->proposal_id[0]),
         &refusal_bad_value},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!rules[i].is_right) {
            *field = rules[i].field;
            return rules[i].refusal;
        }
    return NULL;
}

static enum err copy_strings(char *const *from, size_t count, size_t *to_count, char ***to)
{
    enum err e = ERR_OK;
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = message_append_string(to_count, to, text_of(from[i]));
    return e;
}

static enum err fill_plain(const struct request *request, const Draft *draft, ReportPlain *plain)
{
    const struct {
        char **member;
        const char *value;
    } strings[] = {
        {&plain->text, draft->text},
        {&plain->grounds_version, report_grounds_version(request->vault->report_lists)},
        {&plain->company_name, draft->company_name},
        {&plain->proposal_id, draft->proposal_id},
        {&plain->reporter_name, draft->give_name ? draft->reporter_name : ""},
        {&plain->reporter_contact, draft->give_name ? draft->reporter_contact : ""},
    };
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0] && e == ERR_OK; i++)
        e = message_assign_string(strings[i].member, text_of(strings[i].value));
    if (e == ERR_OK)
        e = copy_strings(draft->grounds, draft->n_grounds, &plain->n_grounds, &plain->grounds);
    if (e == ERR_OK)
        e = copy_strings(draft->routes, draft->n_routes, &plain->n_routes, &plain->routes);
    /* Who does not say who it is leaves no trace of it: a reviewer's machine cannot show what is not there. */
    if (e == ERR_OK && draft->give_name && request->caller.role)
        e = message_assign_bytes(&plain->account_id, TEXT_OF(request->caller.account_id));
    plain->wish = draft->wish;
    plain->give_name = draft->give_name;
    plain->role = draft->give_name ? (Stagematch__V1__Role)request->caller.role : ROLE(UNSPECIFIED);
    return e;
}

struct making {
    struct request *request;
    const Draft *draft;
    const char *school;
    unsigned source;
    struct text school_code_hash;
    int64_t school_code_expire_ms;
    uint8_t id[ID_BYTES];
    char code[REPORT_CODE_BYTES];
};

static enum err fill_row(const struct making *making, ReportRow *row)
{
    const Draft *draft = making->draft;
    uint8_t hash[BLAKE_BYTES];
    row->desk = draft->desk;
    row->source = (Stagematch__V1__ReportSource)making->source;
    row->phase = draft->phase;
    row->nature = draft->nature;
    row->create_ms = vault_now_ms(making->request->vault);
    row->staged = true;
    row->school_code_expire_ms = making->school_code_expire_ms;
    if (draft->consent) {
        row->case_consent = draft->consent->open_case;
        row->hand_over_consent = draft->consent->hand_over || draft->consent->open_case;
        row->identity_consent = draft->consent->name_to_company;
    }
    report_code_hash(text_of(making->code), hash);
    enum err e = message_assign_string(&row->school, text_of(making->school));
    if (e == ERR_OK)
        e = message_assign_string(&row->leerbedrijf, text_of(draft->leerbedrijf));
    if (e == ERR_OK)
        e = message_assign_bytes(&row->code_hash, TEXT_OF(hash));
    if (e == ERR_OK)
        e = message_assign_bytes(&row->school_code_hash, making->school_code_hash);
    return e;
}

static enum err put_report(struct making *making, struct edit *edit)
{
    struct vault *vault = making->request->vault;
    struct text id = TEXT_OF(making->id);
    struct secret_key key;
    ReportRow *row = NULL;
    ReportPlain *plain = NULL;
    random_fill(&vault->environment->random, making->id, sizeof making->id);
    report_code_draw(vault, REPORT_BACK_CHARACTERS, making->code);
    enum err e = message_new(&stagematch__internal__v1__report_row__descriptor, &row);
    if (e == ERR_OK)
        e = fill_row(making, row);
    if (e == ERR_OK)
        e = message_new(&stagematch__internal__v1__report_plain__descriptor, &plain);
    if (e == ERR_OK)
        e = fill_plain(making->request, making->draft, plain);
    if (e == ERR_OK)
        e = report_key_make(vault, edit, row->school, id, &key);
    if (e == ERR_OK) {
        key_wipe(&key);
        e = report_seal(vault, edit, id, plain, row);
    }
    if (e == ERR_OK)
        report_write(vault, edit, making->id, row);
    message_free(row);
    message_free_wiped(plain);
    return e;
}

/* Stages it, whatever was checked before; `edit` has what goes with it. */
static void make(struct making *making, struct edit *edit, const char *use, const char *request_id)
{
    struct request *request = making->request;
    ReportChange change = STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__INIT;
    struct buf sealed;
    buf_init(&sealed, ROW_BYTES_MAX);
    change.kind = REPORT_CHANGE(FILE);
    enum err e = put_report(making, edit);
    if (e == ERR_OK)
        e = report_change_seal(request->vault, making->id, text_of(making->code), &change, &sealed);
    if (e == ERR_OK) {
        report_saga_begin(request, edit, use, request_id, making->id, &change);
    } else {
        edit_abort(edit);
        request_fail(request, e);
    }
    buf_free(&sealed);
    sodium_memzero(making->code, sizeof making->code);
}

/* With a session. */

static enum err school_of_student(struct edit *edit, const struct caller *caller, struct arena *arena,
                                  const char **out)
{
    uint8_t reference[ID_BYTES], key[INDEX_BYTES];
    PersonRow *person;
    char *copy;
    if (!caller->scope_count || id_parse(caller->scope[0], reference) != ERR_OK)
        return ERR_MISSING;
    enum err e = person_of_reference(edit, TEXT_OF(reference), key, &person);
    if (e != ERR_OK)
        return e;
    e = arena_alloc(arena, SCHOOL_BYTES_MAX + 1, 1, &copy);
    if (e == ERR_OK && strlen(person->school) > SCHOOL_BYTES_MAX)
        e = ERR_MISMATCH;
    if (e == ERR_OK) {
        memcpy(copy, person->school, strlen(person->school) + 1);
        *out = copy;
    }
    message_free(person);
    return e;
}

/* A student's own; of the school's staff one of theirs; of a company any that takes reports. ERR_MISSING: none of these. */
static enum err school_of_caller(struct request *request, struct edit *edit, const char *asked, const char **out)
{
    const struct caller *caller = &request->caller;
    *out = asked;
    if (caller->role == ROLE(STUDENT))
        return school_of_student(edit, caller, &request->arena, out);
    if (caller->role == ROLE(COMPANY))
        return ERR_OK;
    if (!asked[0] && caller->scope_count == 1)
        *out = caller->scope[0];
    return caller_has(caller, *out) ? ERR_OK : ERR_MISSING;
}

static unsigned source_of(unsigned role)
{
    return role == ROLE(STUDENT)   ? REPORT_SOURCE(STUDENT)
           : role == ROLE(COMPANY) ? REPORT_SOURCE(COMPANY)
                                   : REPORT_SOURCE(STAFF);
}

void method_file_report(struct request *request)
{
    const Stagematch__V1__FileReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__FileReportRequest);
    const char *field = NULL;
    const struct refusal *refusal = check_draft(request->vault->report_lists, message->report, true, &field);
    struct making making = {.request = request, .draft = message->report, .source = source_of(request->caller.role)};
    struct edit edit;
    bool allowed = false;
    if (refusal) {
        request_refuse_field(request, refusal, field);
        return;
    }
    if (report_saga_resume(request, "report", message->request_id))
        return;
    edit_begin(&edit, request->vault->image);
    enum err e = school_of_caller(request, &edit, message->school, &making.school);
    if (e == ERR_OK && !report_is_read(request->vault, making.school, message->report->desk))
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = report_quota_take(request->vault, &edit, REPORT_QUOTA_ACCOUNT, TEXT_OF(request->caller.account_id),
                              &allowed);
    if (e == ERR_OK && allowed) {
        make(&making, &edit, "report", message->request_id);
        return;
    }
    edit_abort(&edit);
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many_reports);
    else if (e == ERR_MISSING)
        request_refuse_field(request, &refusal_no_reader, "school");
    else
        request_fail(request, e);
}

/* Without one. */

/* ERR_MISSING: no code of a school, or not any more. The school lives in the arena. */
static enum err take_school_code(struct request *request, struct edit *edit, struct making *making,
                                 const uint8_t hash[BLAKE_BYTES])
{
    Stagematch__Internal__V1__CodeRow *code = NULL;
    struct buf value;
    char *school;
    buf_init(&value, ROW_BYTES_MAX);
    enum err e = edit_get_live(edit, TABLE_CODE, bytes_of(hash, BLAKE_BYTES), vault_now_ms(request->vault),
                               &stagematch__internal__v1__code_row__descriptor, &code);
    if (e == ERR_OK && (code->use != USE_REPORT || strlen(code->school) > SCHOOL_BYTES_MAX))
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = edit_get(edit, TABLE_CODE, bytes_of(hash, BLAKE_BYTES), &value);
    if (e == ERR_OK)
        e = arena_alloc(&request->arena, SCHOOL_BYTES_MAX + 1, 1, &school);
    if (e == ERR_OK) {
        memcpy(school, code->school, strlen(code->school) + 1);
        making->school = school;
        making->source = REPORT_SOURCE(CODE);
        making->school_code_hash = bytes_of(hash, BLAKE_BYTES);
        making->school_code_expire_ms = live_expire_ms(buf_text(&value));
        edit_delete(edit, TABLE_CODE, bytes_of(hash, BLAKE_BYTES));
    }
    message_free(code);
    buf_free(&value);
    return e;
}

static void send_with_code(struct request *request, struct making *making)
{
    const Stagematch__V1__SendReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__SendReportRequest);
    uint8_t hash[BLAKE_BYTES], peer[INDEX_BYTES];
    struct edit edit;
    bool allowed = false;
    report_code_hash(text_of(message->school_code), hash);
    keys_peer_index(request->vault->keys, text_of(request->incoming->call->peer), peer);
    edit_begin(&edit, request->vault->image);
    enum err e = throttle_begin(request->vault, &edit, THROTTLE_REPORT, peer, &allowed);
    if (e == ERR_OK && allowed)
        e = take_school_code(request, &edit, making, hash);
    if (e == ERR_MISSING) {
        request_commit_refuse(request, &edit, &refusal_school_code);
        return;
    }
    if (e == ERR_OK && allowed)
        e = throttle_undo(request->vault, &edit, THROTTLE_REPORT, peer, false);
    if (e == ERR_OK && allowed) {
        make(making, &edit, "report", message->request_id);
        return;
    }
    edit_abort(&edit);
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many);
    else
        request_fail(request, e);
}

static void send_without(struct request *request, struct making *making)
{
    const Stagematch__V1__SendReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__SendReportRequest);
    struct vault *vault = request->vault;
    struct edit edit;
    bool by_address = false, by_school = false;
    making->school = message->school;
    making->source = REPORT_SOURCE(ANONYMOUS);
    if (!report_is_read(vault, message->school, message->report->desk)) {
        request_refuse_field(request, &refusal_no_reader, "school");
        return;
    }
    edit_begin(&edit, vault->image);
    enum err e =
        report_quota_take(vault, &edit, REPORT_QUOTA_ADDRESS, text_of(request->incoming->call->peer), &by_address);
    if (e == ERR_OK)
        e = report_quota_take(vault, &edit, REPORT_QUOTA_SCHOOL, text_of(message->school), &by_school);
    if (e == ERR_OK && by_address && by_school) {
        make(making, &edit, "report", message->request_id);
        return;
    }
    edit_abort(&edit);
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many_reports);
    else
        request_fail(request, e);
}

void method_send_report(struct request *request)
{
    const Stagematch__V1__SendReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__SendReportRequest);
    const char *field = NULL;
    const struct refusal *refusal = check_draft(request->vault->report_lists, message->report, false, &field);
    struct making making = {.request = request, .draft = message->report};
    if (refusal)
        request_refuse_field(request, refusal, field);
    else if (report_saga_resume(request, "report", message->request_id))
        return;
    else if (message->school_code[0])
        send_with_code(request, &making);
    else
        send_without(request, &making);
}

/* Codes of a school. */

static enum err draw_codes(struct request *request, struct edit *edit, const char *school, int64_t expire_ms,
                           size_t count, char **codes)
{
    Stagematch__Internal__V1__CodeRow row = STAGEMATCH__INTERNAL__V1__CODE_ROW__INIT;
    uint8_t hash[BLAKE_BYTES];
    row.use = USE_REPORT;
    row.school = message_borrow(school);
    for (size_t i = 0; i < count; i++) {
        report_code_draw(request->vault, REPORT_SCHOOL_CHARACTERS, codes[i]);
        report_code_hash(text_of(codes[i]), hash);
        edit_put_live(edit, TABLE_CODE, TEXT_OF(hash), expire_ms, &row);
    }
    return edit->error;
}

void method_create_report_codes(struct request *request)
{
    const Stagematch__V1__CreateReportCodesRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__CreateReportCodesRequest);
    Stagematch__V1__CreateReportCodesResponse response = STAGEMATCH__V1__CREATE_REPORT_CODES_RESPONSE__INIT;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    int64_t expire_ms = vault_now_ms(request->vault) + school_code_days * MS_PER_DAY;
    Google__Protobuf__Timestamp expires;
    char texts[CODES_MAX][REPORT_CODE_BYTES], *codes[CODES_MAX];
    struct edit edit;
    if (!caller_has(&request->caller, message->school)) {
        request_refuse(request, &refusal_not_found);
        return;
    }
    if (message->count < 1 || message->count > CODES_MAX) {
        request_refuse_field(request, &refusal_bad_value, "count");
        return;
    }
    for (size_t i = 0; i < CODES_MAX; i++)
        codes[i] = texts[i];
    edit_begin(&edit, request->vault->image);
    enum err e = draw_codes(request, &edit, message->school, expire_ms, message->count, codes);
    payload.school = message->school;
    audit_put(request->vault, &edit, "report_codes_made", TEXT_OF(request->caller.account_id), &request->caller,
              &payload);
    if (e == ERR_OK) {
        report_time(expire_ms, &expires);
        response.n_codes = message->count;
        response.codes = codes;
        response.expire_time = &expires;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    sodium_memzero(texts, sizeof texts);
}
