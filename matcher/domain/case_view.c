/* Cases as they are shown, and reading them. */
#include "domain/case.h"
#include "domain/measure.h"
#include "domain/task.h"

#include <sodium.h>
#include <string.h>

typedef Stagematch__V1__Case Case;
typedef Stagematch__V1__CompanyCase CompanyCase;

static void set(struct context *context, char **field, const char *value)
{
    (void)context_ok(context, message_assign_string(field, text_of(value)));
}

static bool is_me(const struct context *context, ProtobufCBinaryData account)
{
    return account.len == ID_BYTES && memcmp(account.data, context->actor->account_id, ID_BYTES) == 0;
}

static const char *role_name(unsigned role)
{
    switch ((Stagematch__V1__Role)role) {
    case ROLE(COMPANY):
        return "company";
    case ROLE(BEHANDELAAR):
        return "behandelaar";
    case ROLE(COORDINATOR):
    case ROLE(VERTROUWENSPERSOON):
    case ROLE(STUDENT):
    case ROLE(OPERATOR):
    case ROLE(UNSPECIFIED):
    case _STAGEMATCH__V1__ROLE_IS_INT_SIZE:
        break;
    }
    return "";
}

static void show_steps(struct context *context, const CaseRecord *record, Case *view)
{
    for (size_t i = 0; i < record->n_steps && context->error == ERR_OK; i++) {
        const Stagematch__Internal__V1__CaseStepRecord *from = record->steps[i];
        Stagematch__V1__CaseStep *step = CONTEXT_NEW(context, stagematch__v1__case_step__descriptor);
        if (!step)
            return;
        step->step = (uint32_t)i + 1;
        step->event = from->event;
        step->state = from->state;
        step->by_me = is_me(context, from->account_id);
        step->has_text = from->has_text;
        context_time(context, from->time_ms, &step->time);
        set(context, &step->role, role_name(from->role));
        set(context, &step->about, from->about);
        (void)context_ok(context, message_append(&view->n_steps, &view->steps, step));
    }
}

/* Steps that the caller decides on; what the service notes by itself is none. */
static bool is_offered(const struct context *context, const CaseRecord *record, const struct case_move *move)
{
    if (move->event == CASE_EVENT(TIE_DECLARED) || move->event == CASE_EVENT(OVERDUE))
        return false;
    if (move->event == CASE_EVENT(TAKEN) && is_me(context, record->handler))
        return false;
    if (move->event == CASE_EVENT(WENT_ON) && !record->overdue)
        return false;
    return (move->senders & case_senders(context, record)) != 0;
}

static void show_moves(struct context *context, const CaseRecord *record, Case *view)
{
    for (size_t i = 0; i < case_move_count && context->error == ERR_OK; i++) {
        const struct case_move *row = &case_moves[i];
        if (row->from != record->state || !is_offered(context, record, row))
            continue;
        Stagematch__V1__CaseMove *move = CONTEXT_NEW(context, stagematch__v1__case_move__descriptor);
        if (!move)
            return;
        move->event = row->event;
        move->needs_text = row->text == CASE_TEXT_NEEDED;
        (void)context_ok(context, message_append(&view->n_moves, &view->moves, move));
    }
}

static void show_ids(struct context *context, const ProtobufCBinaryData *ids, size_t count, size_t *n, char ***field)
{
    char hex[ID_HEX_BYTES];
    for (size_t i = 0; i < count && context->error == ERR_OK; i++) {
        id_format_bytes(ids[i], hex);
        (void)context_ok(context, message_append_string(n, field, text_of(hex)));
    }
}

static void show_whole(struct context *context, const CaseRecord *record, Case *view)
{
    show_steps(context, record, view);
    show_moves(context, record, view);
    show_ids(context, record->report_ids, record->n_report_ids, &view->n_report_ids, &view->report_ids);
    show_ids(context, record->signal_ids, record->n_signal_ids, &view->n_signal_ids, &view->signal_ids);
    show_ids(context, record->point_ids, record->n_point_ids, &view->n_point_ids, &view->point_ids);
    show_ids(context, record->proposal_ids, record->n_proposal_ids, &view->n_proposal_ids, &view->proposal_ids);
    measures_show_of_case(context, record->case_id, &view->n_measures, &view->measures);
}

/* Who has a tie sees that it is there, and no more. */
Case *case_view(struct context *context, const CaseRecord *record, bool whole)
{
    char hex[2 * 32 + 1];
    Case *view = CONTEXT_NEW(context, stagematch__v1__case__descriptor);
    if (!view)
        return NULL;
    context_id(context, record->case_id, &view->case_id);
    view->version = record->version;
    view->state = record->state;
    view->overdue = record->overdue;
    view->handled = record->handler.len != 0;
    view->handled_by_me = is_me(context, record->handler);
    view->tied = case_is_tied(context, record);
    view->identity_consent = record->identity_consent;
    set(context, &view->school, record->school);
    set(context, &view->leerbedrijf, record->leerbedrijf);
    set(context, &view->second_school, record->second_school);
    set(context, &view->outcome, record->outcome);
    set(context, &view->end_reason, record->end_reason);
    context_time(context, record->create_ms, &view->create_time);
    Stagematch__V1__TaskKind kind = record->handler.len || record->state == CASE_STATE(CLOSING)
                                        ? case_state_facts(record->state)->task
                                        : TASK_KIND(CASE_TAKE);
    context_time(context, task_due_ms(context->state, INDEX_TASK_SUBJECT, record->case_id, kind), &view->due_time);
    if (record->evidence_digest.len == 32) {
        sodium_bin2hex(hex, sizeof hex, record->evidence_digest.data, record->evidence_digest.len);
        set(context, &view->evidence_digest, hex);
    }
    if (whole && !view->tied)
        show_whole(context, record, view);
    return view;
}

static bool is_of_company(Stagematch__V1__CaseEvent event)
{
    return event == CASE_EVENT(ASKED) || event == CASE_EVENT(ANSWERED);
}

CompanyCase *company_case_view(struct context *context, const CaseRecord *record)
{
    CompanyCase *view = CONTEXT_NEW(context, stagematch__v1__company_case__descriptor);
    if (!view)
        return NULL;
    const struct case_move *answer = case_move_of(record->state, CASE_EVENT(ANSWERED));
    context_id(context, record->case_id, &view->case_id);
    view->version = record->version;
    view->open = answer != NULL;
    view->closed = !case_state_facts(record->state)->runs;
    view->overdue = record->state == CASE_STATE(WEDERHOOR) && record->overdue;
    set(context, &view->school, record->school);
    set(context, &view->leerbedrijf, record->leerbedrijf);
    context_time(context, task_due_ms(context->state, INDEX_TASK_SUBJECT, record->case_id, TASK_KIND(CASE_ANSWER)),
                 &view->due_time);
    for (size_t i = 0; i < record->n_steps && context->error == ERR_OK; i++) {
        const Stagematch__Internal__V1__CaseStepRecord *from = record->steps[i];
        if (!is_of_company(from->event))
            continue;
        Stagematch__V1__CompanyCaseStep *step = CONTEXT_NEW(context, stagematch__v1__company_case_step__descriptor);
        if (!step)
            break;
        step->step = (uint32_t)i + 1;
        step->is_answer = from->event == CASE_EVENT(ANSWERED);
        context_time(context, from->time_ms, &step->time);
        (void)context_ok(context, message_append(&view->n_steps, &view->steps, step));
    }
    return view;
}

static bool append_case(struct context *context, const CaseRecord *record,
                        Stagematch__V1__ListCasesResponse *response)
{
    Case *view = case_view(context, record, false);
    return view && context_ok(context, message_append(&response->n_cases, &response->cases, view));
}

/* Those of other schools that asked one of the caller's, while they close: a handful. */
static void append_asked(struct context *context, Stagematch__V1__CaseState state,
                         Stagematch__V1__ListCasesResponse *response)
{
    const struct actor *actor = context->actor;
    for (size_t i = 0; i < actor->scope_count && actor_is(actor, ROLE(BEHANDELAAR)); i++) {
        struct scan scan;
        const CaseRecord *record;
        scan_string(&scan, context->state, INDEX_CASE_SECOND, actor->scope[i]);
        while (context->error == ERR_OK && response->n_cases < PAGE_SIZE_MAX && (record = scan_next(&scan)) != NULL)
            if ((state == CASE_STATE(UNSPECIFIED) || state == record->state) &&
                !actor_has_school(actor, record->school))
                (void)append_case(context, record, response);
    }
}

struct status handle_list_cases(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListCasesRequest *request = message;
    Stagematch__V1__ListCasesResponse *response = answer;
    struct page page;
    struct status status =
        page_open_scopes(&page, context, INDEX_CASE_SCHOOL, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const CaseRecord *record; (record = page_next(&page));) {
        if (request->state != CASE_STATE(UNSPECIFIED) && request->state != record->state)
            continue;
        if (!append_case(context, record, response))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    if (!response->next_page_token[0])
        append_asked(context, request->state, response);
    return context_status(context);
}

struct status handle_get_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetCaseRequest *request = message;
    Stagematch__V1__GetCaseResponse *response = answer;
    const CaseRecord *record;
    struct status status = case_of_request(context, request->case_id, &record);
    if (!status.refusal)
        response->case_ = case_view(context, record, true);
    return status;
}

struct status handle_get_case_evidence(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetCaseEvidenceRequest *request = message;
    Stagematch__V1__GetCaseEvidenceResponse *response = answer;
    const CaseRecord *record;
    struct status status = case_of_request(context, request->case_id, &record);
    if (!status.refusal && !case_reads_all(context, record))
        status = status_refuse(&refusal_not_found);
    if (status.refusal)
        return status;
    const CaseEvidenceRecord *kept = state_find(context->state, RECORD_CASE_EVIDENCE, text_of_bytes(record->case_id));
    for (size_t i = 0; kept && i < kept->n_evidence && context->error == ERR_OK; i++) {
        Stagematch__V1__CaseEvidence *copy;
        if (context_ok(context, message_dup(kept->evidence[i], &copy)))
            (void)context_ok(context, message_append(&response->n_evidence, &response->evidence, copy));
    }
    return context_status(context);
}

struct status handle_list_company_cases(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListCompanyCasesRequest *request = message;
    Stagematch__V1__ListCompanyCasesResponse *response = answer;
    struct page page;
    struct status status =
        page_open_scopes(&page, context, INDEX_CASE_COMPANY, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const CaseRecord *record; (record = page_next(&page));) {
        if (!(case_senders(context, record) & CASE_COMPANY))
            continue;
        CompanyCase *view = company_case_view(context, record);
        if (!view || !context_ok(context, message_append(&response->n_cases, &response->cases, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return context_status(context);
}

/* Asked by the vault before it opens a text. */
struct status handle_check_case_text(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__CheckCaseTextRequest *request = message;
    Stagematch__Internal__V1__CheckCaseTextResponse *response = answer;
    const CaseRecord *record;
    struct status status = case_of_request(context, request->case_id, &record);
    if (status.refusal)
        return status;
    const Stagematch__Internal__V1__CaseStepRecord *step =
        request->step >= 1 && request->step <= record->n_steps ? record->steps[request->step - 1] : NULL;
    bool is_theirs = case_senders(context, record) & CASE_COMPANY ? step && is_of_company(step->event)
                                                                  : case_reads_all(context, record);
    if (!step || !step->has_text || !is_theirs)
        return status_refuse(&refusal_not_found);
    response->may_read = true;
    response->has_grounds = step->event == CASE_EVENT(UPHELD) || step->event == CASE_EVENT(NOT_UPHELD);
    set(context, &response->school, record->school);
    set(context, &response->leerbedrijf, record->leerbedrijf);
    return context_status(context);
}
