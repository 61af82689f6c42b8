/*
 * What a school's reviewers do with reports: list, read, answer, hand over, close. Whoever may not read one finds none.
 */
#include "api/message.h"
#include "vault/accounts.h"
#include "vault/methods.h"
#include "vault/report_own.h"
#include "vault/report_saga.h"

#include <string.h>

enum { PAGE_DEFAULT = 50, PAGE_MAX = 100, LEERBEDRIJF_BYTES_MAX = 20 };

static const REFUSAL(refusal_no_consent, STATUS_FAILED_PRECONDITION, "report_no_consent",
                     "De melder heeft hier geen toestemming voor gegeven.", "The reporter did not consent to this.");
static const REFUSAL(refusal_handed_over, STATUS_FAILED_PRECONDITION, "report_handed_over",
                     "De behandelaar heeft deze melding al.", "The case handler has this report already.");

/* A list. */

struct listing {
    struct report_shown *shown;
    Stagematch__V1__ReportSummary **list;
    ReportRow **rows;
    size_t count;
};

static enum err listing_alloc(struct arena *arena, size_t limit, struct listing *out)
{
    enum err e = arena_alloc(arena, limit, sizeof *out->shown, &out->shown);
    if (e == ERR_OK)
        e = arena_alloc(arena, limit, sizeof(void *), &out->list);
    return e == ERR_OK ? arena_alloc(arena, limit, sizeof(void *), &out->rows) : e;
}

/* Goes back from the place `from`, the newest first; *more where the page is full before the end. */
static enum err fill_listing(const struct request *request, struct edit *edit, size_t from, size_t limit,
                             bool open_only, struct listing *listing, bool *more)
{
    const struct reports *reports = request->vault->reports;
    for (size_t at = from; at > 0; at--) {
        const struct report_entry *entry = reports_at(reports, at - 1);
        if (!report_entry_is_for(&request->caller, entry) || (open_only && entry->state == REPORT_STATE(CLOSED)))
            continue;
        if (listing->count == limit) {
            *more = true;
            break;
        }
        ReportRow **row = &listing->rows[listing->count];
        enum err e = report_read(edit, TEXT_OF(entry->id), row);
        if (e == ERR_MISSING)
            continue;
        if (e != ERR_OK)
            return e;
        report_show(entry->id, *row, &listing->shown[listing->count]);
        listing->list[listing->count] = &listing->shown[listing->count].message;
        listing->count++;
    }
    return ERR_OK;
}

void method_list_reports(struct request *request)
{
    const Stagematch__V1__ListReportsRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__ListReportsRequest);
    Stagematch__V1__ListReportsResponse response = STAGEMATCH__V1__LIST_REPORTS_RESPONSE__INIT;
    size_t limit = message->page_size == 0         ? PAGE_DEFAULT
                   : message->page_size > PAGE_MAX ? PAGE_MAX
                                                   : message->page_size;
    size_t from = reports_find(request->vault->reports, (const uint8_t[ID_BYTES]){0});
    struct listing listing = {.count = 0};
    uint8_t after[ID_BYTES];
    struct edit edit;
    bool more = false;
    if (message->page_token[0] && id_parse(message->page_token, after) != ERR_OK) {
        request_refuse_field(request, &refusal_bad_value, "page_token");
        return;
    }
    if (message->page_token[0])
        from = reports_find(request->vault->reports, after);
    edit_begin(&edit, request->vault->image);
    enum err e = listing_alloc(&request->arena, limit, &listing);
    if (e == ERR_OK)
        e = fill_listing(request, &edit, from, limit, message->open_only, &listing, &more);
    if (e == ERR_OK) {
        response.n_reports = listing.count;
        response.reports = listing.list;
        if (more)
            response.next_page_token = listing.shown[listing.count - 1].id;
        report_audit(request->vault, &edit, "reports_listed", TEXT_OF(request->caller.account_id), &request->caller);
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    for (size_t i = 0; i < listing.count; i++)
        message_free(listing.rows[i]);
}

/* One, for whoever may read it, with an edit that is begun. False: refused. */

struct reviewed {
    uint8_t id[ID_BYTES];
    ReportRow *row;
};

static bool find(struct request *request, struct edit *edit, const char *report_id, struct reviewed *out)
{
    *out = (struct reviewed){.row = NULL};
    edit_begin(edit, request->vault->image);
    enum err e = id_parse(report_id, out->id) == ERR_OK ? ERR_OK : ERR_MISSING;
    if (e == ERR_OK)
        e = report_read(edit, TEXT_OF(out->id), &out->row);
    if (e == ERR_OK && !report_is_for(&request->caller, out->row))
        e = ERR_MISSING;
    if (e == ERR_OK)
        return true;
    message_free(out->row);
    out->row = NULL;
    edit_abort(edit);
    request_fail(request, e);
    return false;
}

/* Who reported, where that was told: by the account, or as written down. Views; `contact` is to be wiped. */
static enum err reporter_of(struct vault *vault, struct edit *edit, const ReportPlain *plain,
                            Stagematch__V1__Report *view, Stagematch__Internal__V1__AccountContact **contact)
{
    AccountRow *account = NULL;
    if (!plain->give_name)
        return ERR_OK;
    view->reporter_name = plain->reporter_name;
    view->reporter_contact = plain->reporter_contact;
    if (plain->account_id.len != ID_BYTES)
        return ERR_OK;
    enum err e = account_read(edit, binary_text(&plain->account_id), &account);
    if (e == ERR_OK)
        e = account_open_contact(vault, edit, plain->account_id.data, account, contact);
    if (e == ERR_OK) {
        view->reporter_name = (*contact)->name;
        view->reporter_contact = (*contact)->email;
    }
    message_free(account);
    return e == ERR_MISSING ? ERR_OK : e; /* it is no longer there */
}

static void answer_report(struct request *request, struct edit *edit, const struct reviewed *reviewed,
                          const ReportPlain *plain)
{
    Stagematch__V1__GetReportResponse response = STAGEMATCH__V1__GET_REPORT_RESPONSE__INIT;
    Stagematch__V1__Report view = STAGEMATCH__V1__REPORT__INIT;
    Stagematch__Internal__V1__AccountContact *contact = NULL;
    struct report_letters letters;
    struct report_shown shown;
    enum err e = report_letters_fill(&request->arena, plain, &letters);
    if (e == ERR_OK)
        e = reporter_of(request->vault, edit, plain, &view, &contact);
    if (e == ERR_OK) {
        report_show(reviewed->id, reviewed->row, &shown);
        view.row = &shown.message;
        view.n_grounds = plain->n_grounds;
        view.grounds = plain->grounds;
        view.grounds_version = plain->grounds_version;
        view.text = plain->text;
        view.wish = plain->wish;
        view.n_routes = plain->n_routes;
        view.routes = plain->routes;
        view.company_name = plain->company_name;
        view.proposal_id = plain->proposal_id;
        view.n_messages = letters.message_count;
        view.messages = letters.messages;
        view.n_files = letters.file_count;
        view.files = letters.files;
        response.report = &view;
        report_audit(request->vault, edit, "report_read", TEXT_OF(reviewed->id), &request->caller);
        request_commit(request, edit, &response);
    } else {
        edit_abort(edit);
        request_fail(request, e);
    }
    message_free_wiped(contact);
}

void method_get_report(struct request *request)
{
    const Stagematch__V1__GetReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__GetReportRequest);
    struct reviewed reviewed;
    ReportPlain *plain = NULL;
    struct edit edit;
    if (!find(request, &edit, message->report_id, &reviewed))
        return;
    enum err e = report_open(request->vault, &edit, TEXT_OF(reviewed.id), reviewed.row, &plain);
    if (e == ERR_OK) {
        answer_report(request, &edit, &reviewed, plain);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(reviewed.row);
    message_free_wiped(plain);
}

static const struct refusal *check_text(const char *text, bool needed)
{
    if (needed && !text[0])
        return &refusal_missing_field;
    return strlen(text) > REPORT_TEXT_BYTES_MAX ? &refusal_too_large : NULL;
}

static enum err put_answer(struct request *request, struct edit *edit, struct reviewed *reviewed, const char *text)
{
    ReportPlain *plain;
    enum err e = report_open(request->vault, edit, TEXT_OF(reviewed->id), reviewed->row, &plain);
    if (e != ERR_OK)
        return e;
    e = report_add_letter(request->vault, plain, text, request->caller.account_id);
    if (e == ERR_OK)
        e = report_seal(request->vault, edit, TEXT_OF(reviewed->id), plain, reviewed->row);
    message_free_wiped(plain);
    return e;
}

void method_answer_report(struct request *request)
{
    const Stagematch__V1__AnswerReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__AnswerReportRequest);
    Stagematch__V1__AnswerReportResponse response = STAGEMATCH__V1__ANSWER_REPORT_RESPONSE__INIT;
    const struct refusal *refusal = check_text(message->text, true);
    struct reviewed reviewed;
    struct report_shown shown;
    struct edit edit;
    if (refusal) {
        request_refuse_field(request, refusal, "text");
        return;
    }
    if (!find(request, &edit, message->report_id, &reviewed))
        return;
    bool closed = reviewed.row->state == REPORT_STATE(CLOSED);
    enum err e = closed ? ERR_USAGE : put_answer(request, &edit, &reviewed, message->text);
    if (e == ERR_OK) {
        reviewed.row->state = REPORT_STATE(ANSWERED);
        reviewed.row->waits_for_school = false;
        report_write(request->vault, &edit, reviewed.id, reviewed.row);
        report_audit(request->vault, &edit, "report_answered", TEXT_OF(reviewed.id), &request->caller);
        report_show(reviewed.id, reviewed.row, &shown);
        response.report = &shown.message;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        if (closed)
            request_refuse(request, report_refusal_closed);
        else
            request_fail(request, e);
    }
    message_free(reviewed.row);
}

/* Changes that go through the engine. `refusal` (may be NULL) is why not; takes the edit. */
static void change(struct request *request, struct edit *edit, struct reviewed *reviewed, const char *use,
                   const char *request_id, const ReportChange *change, const struct refusal *refusal)
{
    if (!refusal && reviewed->row->state == REPORT_STATE(CLOSED))
        refusal = report_refusal_closed;
    if (refusal) {
        edit_abort(edit);
        request_refuse(request, refusal);
    } else {
        report_saga_begin(request, edit, use, request_id, reviewed->id, change);
    }
    message_free(reviewed->row);
}

void method_hand_over_report(struct request *request)
{
    const Stagematch__V1__HandOverReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__HandOverReportRequest);
    ReportChange wanted = STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__INIT;
    struct reviewed reviewed;
    struct edit edit;
    if (report_saga_resume(request, "report_hand_over", message->request_id) ||
        !find(request, &edit, message->report_id, &reviewed))
        return;
    wanted.kind = REPORT_CHANGE(HAND_OVER);
    change(request, &edit, &reviewed, "report_hand_over", message->request_id, &wanted,
           reviewed.row->desk == REPORT_DESK(BEHANDELAAR) ? &refusal_handed_over
           : reviewed.row->hand_over_consent              ? NULL
                                                          : &refusal_no_consent);
}

void method_set_report_company(struct request *request)
{
    const Stagematch__V1__SetReportCompanyRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__SetReportCompanyRequest);
    ReportChange wanted = STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__INIT;
    struct reviewed reviewed;
    struct edit edit;
    if (message->leerbedrijf[0] && !text_is_code(text_of(message->leerbedrijf), LEERBEDRIJF_BYTES_MAX)) {
        request_refuse_field(request, &refusal_bad_value, "leerbedrijf");
        return;
    }
    if (report_saga_resume(request, "report_company", message->request_id) ||
        !find(request, &edit, message->report_id, &reviewed))
        return;
    wanted.kind = REPORT_CHANGE(COMPANY);
    wanted.leerbedrijf = message->leerbedrijf;
    change(request, &edit, &reviewed, "report_company", message->request_id, &wanted, NULL);
}

void method_close_report(struct request *request)
{
    const Stagematch__V1__CloseReportRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__CloseReportRequest);
    ReportChange wanted = STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__INIT;
    const struct refusal *refusal = check_text(message->text, false);
    struct reviewed reviewed;
    struct buf sealed;
    struct edit edit;
    bool known = message->outcome > 0 && message->outcome <= STAGEMATCH__V1__REPORT_OUTCOME__REPORT_OUTCOME_NO_REPORT;
    if (refusal || !known) {
        request_refuse_field(request, refusal ? refusal : &refusal_bad_value, refusal ? "text" : "outcome");
        return;
    }
    if (report_saga_resume(request, "report_close", message->request_id) ||
        !find(request, &edit, message->report_id, &reviewed))
        return;
    wanted.kind = REPORT_CHANGE(CLOSE);
    wanted.outcome = message->outcome;
    buf_init(&sealed, ROW_BYTES_MAX);
    enum err e = message->text[0]
                     ? report_change_seal(request->vault, reviewed.id, text_of(message->text), &wanted, &sealed)
                     : ERR_OK;
    if (e == ERR_OK) {
        change(request, &edit, &reviewed, "report_close", message->request_id, &wanted, NULL);
    } else {
        edit_abort(&edit);
        message_free(reviewed.row);
        request_fail(request, e);
    }
    buf_free(&sealed);
}
