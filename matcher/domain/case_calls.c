/* What behandelaren and companies do with cases. */
#include "domain/case.h"
#include "domain/case_outcomes.h"
#include "domain/handlers.h"
#include "domain/profile_check.h"
#include "domain/task.h"

#include <sodium.h>
#include <string.h>

static const REFUSAL(refusal_declare, STATUS_INVALID_ARGUMENT, "declaration_needed",
                     "Zeg eerst of je een band met dit bedrijf hebt.",
                     "Say first whether you have a tie with this company.");
static const REFUSAL(refusal_unknown_outcome, STATUS_INVALID_ARGUMENT, "unknown_outcome",
                     "Deze uitkomst staat niet op de lijst, of past niet bij deze stap.",
                     "This outcome is not on the list, or does not go with this step.");
static const REFUSAL(refusal_ground_needed, STATUS_INVALID_ARGUMENT, "ground_needed",
                     "Noem de grond waar het om gaat. Die moet op de lijst staan.",
                     "Name the ground that it is about. It must be on the list.");
static const REFUSAL(
    refusal_no_identity_consent, STATUS_FAILED_PRECONDITION, "no_identity_consent",
    "Niet elke melder vindt goed dat het bedrijf weet wie het is. Schrijf de vraag zonder naam.",
    "Not everybody who reported agrees that the company knows who they are. Write it without a name.");

enum { LEERBEDRIJF_BYTES_MAX = 20, GROUNDS_MAX = 20 };

static struct status case_for_change(const struct context *context, const char *hex, uint64_t version,
                                     const struct case_act *act, const CaseRecord **out)
{
    struct status status = case_of_request(context, hex, out);
    if (!status.refusal)
        status = version_of_request(version, (*out)->version);
    return status.refusal ? status : case_check(context, *out, act);
}

static void assign_actor(struct context *context, ProtobufCBinaryData *field)
{
    (void)context_ok(context,
                     message_assign_bytes(field, (struct text){(const char *)context->actor->account_id, ID_BYTES}));
}

/* Makes a case whose evidence was gathered. */
static void enter(struct context *context, CaseRecord *record, CaseEvidenceRecord *evidence, struct text id)
{
    Stagematch__Internal__V1__CaseStepRecord *step = NULL;
    record->state = CASE_STATE(RECEIVED);
    record->version = 1;
    record->create_ms = context->now_ms;
    step = CONTEXT_NEW(context, stagematch__internal__v1__case_step_record__descriptor);
    if (step) {
        step->event = CASE_EVENT(OPENED);
        step->time_ms = context->now_ms;
        step->state = record->state;
        step->role = context->actor->role;
        step->has_text = context->has_text;
        assign_actor(context, &step->account_id);
        (void)context_ok(context, message_append(&record->n_steps, &record->steps, step));
    }
    (void)context_ok(context, message_assign_bytes(&record->case_id, id));
    (void)context_ok(context, message_assign_bytes(&evidence->case_id, id));
    context_add(context, RECORD_CASE_EVIDENCE, evidence);
    context_add(context, RECORD_CASE, record);
}

static void tell_opened(struct context *context, const CaseRecord *record)
{
    Stagematch__Internal__V1__TextSubject *subject =
        context->has_text ? CONTEXT_NEW(context, stagematch__internal__v1__text_subject__descriptor) : NULL;
    if (subject) {
        (void)(context_ok(context, message_assign_bytes(&subject->proposal_id, text_of_bytes(record->case_id))) &&
               context_ok(context, message_assign_string(&subject->kind, text_of("case.1"))) &&
               context_ok(context, message_assign_string(&subject->school, text_of(record->school))) &&
               context_ok(context, message_assign_string(&subject->leerbedrijf, text_of(record->leerbedrijf))));
        message_free(context->text_subject);
        context->text_subject = subject;
    }
    (void)context_fact(context, &(struct fact){.kind = "case",
                                               .subject = record->case_id,
                                               .code = case_event_name(CASE_EVENT(OPENED)),
                                               .digest = record->evidence_digest});
    case_hold(context, record, true);
    case_open_tasks(context, record);
}

static struct status open_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__OpenCaseRequest *request = message;
    Stagematch__V1__OpenCaseResponse *response = answer;
    uint8_t id[ID_BYTES];
    if (!actor_has_school(context->actor, request->school))
        return status_refuse_field(&refusal_not_found, "school");
    if (!text_is_code(text_of(request->leerbedrijf), LEERBEDRIJF_BYTES_MAX))
        return status_refuse_field(&refusal_bad_value, "leerbedrijf");
    if (request->text[0])
        return status_refuse_field(&refusal_bad_value, "text"); /* it goes apart, by way of the vault */
    CaseRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__case_record__descriptor);
    CaseEvidenceRecord *evidence = CONTEXT_NEW(context, stagematch__internal__v1__case_evidence_record__descriptor);
    struct status status =
        record && evidence ? case_gather(context, request, record, evidence) : status_refuse(&refusal_memory);
    if (status.refusal) {
        message_free(record);
        message_free(evidence);
        return status;
    }
    context_draw(context, id);
    struct text key = {(const char *)id, sizeof id};
    enter(context, record, evidence, key);
    const CaseRecord *entered = context->error == ERR_OK ? state_find(context->state, RECORD_CASE, key) : NULL;
    if (entered) {
        tell_opened(context, entered);
        response->case_ = case_view(context, entered, true);
    }
    return context_status(context);
}

/* A handler who finds a tie lets go of the case. */
static void declare_tie(struct context *context, const CaseRecord *found)
{
    case_step(context, found, &(struct case_act){.event = CASE_EVENT(TIE_DECLARED)});
    CaseRecord *record = case_edit(context, found);
    if (!record)
        return;
    struct text account = {(const char *)context->actor->account_id, ID_BYTES};
    (void)context_ok(context, message_append_bytes(&record->n_tied, &record->tied, account));
    bool handled = text_equal(text_of_bytes(record->handler), account);
    if (handled)
        (void)context_ok(context, message_assign_bytes(&record->handler, text_of("")));
    context_edited(context, RECORD_CASE, record);
    if (handled && record->state != CASE_STATE(CLOSING) && record->state != CASE_STATE(WEDERHOOR)) {
        task_close(context, INDEX_TASK_SUBJECT, record->case_id, TASK_KIND(UNSPECIFIED), NULL);
        case_open_tasks(context, record);
    }
}

static void become_handler(struct context *context, const CaseRecord *found)
{
    bool was_handled = found->handler.len != 0;
    case_step(context, found, &(struct case_act){.event = CASE_EVENT(TAKEN)});
    CaseRecord *record = case_edit(context, found);
    if (!record)
        return;
    assign_actor(context, &record->handler);
    (void)context_ok(context,
                     message_append_bytes(&record->n_handlers, &record->handlers, text_of_bytes(record->handler)));
    if (!was_handled && record->state != CASE_STATE(CLOSING)) {
        record->overdue = false;
        task_close(context, INDEX_TASK_SUBJECT, record->case_id, TASK_KIND(CASE_TAKE), NULL);
        case_open_tasks(context, record);
    }
    context_edited(context, RECORD_CASE, record);
}

static struct status take_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__TakeCaseRequest *request = message;
    Stagematch__V1__TakeCaseResponse *response = answer;
    const struct case_act act = {.event = CASE_EVENT(TAKEN)};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (!status.refusal && request->no_tie == request->tie)
        status = status_refuse_field(&refusal_declare, "no_tie");
    if (status.refusal)
        return status;
    if (request->tie)
        declare_tie(context, record);
    else
        become_handler(context, record);
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

/* The step, and the tasks of what comes then. */
static void go_on(struct context *context, const CaseRecord *record, const struct case_act *act)
{
    Stagematch__V1__CaseState before = record->state;
    case_step(context, record, act);
    if (context->error == ERR_OK && (record->state != before || act->event == CASE_EVENT(ASKED)))
        case_open_tasks(context, record);
}

/* The same where the case closes: as what, and where it goes back to. */
static void begin_closing(struct context *context, const CaseRecord *found, const struct case_act *act,
                          Stagematch__V1__CaseState end_as)
{
    CaseRecord *record = case_edit(context, found);
    if (!record)
        return;
    record->back_to = record->state;
    record->end_as = end_as;
    assign_actor(context, &record->proposed_by);
    go_on(context, found, act);
}

static struct status move_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__MoveCaseRequest *request = message;
    Stagematch__V1__MoveCaseResponse *response = answer;
    const struct case_act act = {.event = request->event, .text = request->text};
    const CaseRecord *record;
    if (!case_event_is_plain(request->event))
        return status_refuse_field(&refusal_bad_value, "event");
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (status.refusal)
        return status;
    if (request->event == CASE_EVENT(CLOSING_PROPOSED))
        begin_closing(context, record, &act, CASE_STATE(CLOSED));
    else
        go_on(context, record, &act);
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

static struct status ask_company(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AskCompanyRequest *request = message;
    Stagematch__V1__AskCompanyResponse *response = answer;
    const struct case_act act = {.event = CASE_EVENT(ASKED), .text = request->text};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (!status.refusal && request->names_student && !record->identity_consent)
        status = status_refuse_field(&refusal_no_identity_consent, "names_student");
    if (status.refusal)
        return status;
    CaseRecord *edited = case_edit(context, record);
    if (edited) {
        edited->shown = true;
        context_edited(context, RECORD_CASE, edited);
    }
    go_on(context, record, &act);
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

/* Codes of the closed list; they go no further than this check. */
static struct status check_grounds(const struct context *context, const Stagematch__V1__DecideCaseRequest *request,
                                   bool upheld)
{
    const struct catalog *catalog = context->options->catalog;
    if (request->n_grounds > GROUNDS_MAX || (upheld && request->n_grounds == 0))
        return status_refuse_field(&refusal_ground_needed, "grounds");
    for (size_t i = 0; i < request->n_grounds; i++) {
        const struct named_entry *entry = NULL;
        for (size_t k = 0; catalog && (entry = catalog_name_at(catalog, CATALOG_GROUNDS, k)); k++)
            if (strcmp(entry->code, request->grounds[i]) == 0)
                break;
        if (!entry)
            return status_refuse_field(&refusal_ground_needed, "grounds");
    }
    return STATUS_DONE;
}

static struct status decide_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__DecideCaseRequest *request = message;
    Stagematch__V1__DecideCaseResponse *response = answer;
    const struct case_outcome *outcome = case_outcome_find(context->options->case_outcomes, request->outcome);
    if (!outcome || outcome->outcome_class > OUTCOME_NOT_UPHELD)
        return status_refuse_field(&refusal_unknown_outcome, "outcome");
    bool upheld = outcome->outcome_class == OUTCOME_UPHELD;
    const struct case_act act = {
        .event = upheld ? CASE_EVENT(UPHELD) : CASE_EVENT(NOT_UPHELD), .about = outcome->code, .text = request->text};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (!status.refusal)
        status = check_grounds(context, request, upheld);
    if (status.refusal)
        return status;
    CaseRecord *edited = case_edit(context, record);
    if (edited)
        (void)context_ok(context, message_assign_string(&edited->outcome, text_of(outcome->code)));
    go_on(context, record, &act);
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

static struct status end_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__EndCaseRequest *request = message;
    Stagematch__V1__EndCaseResponse *response = answer;
    const struct case_outcome *reason = case_outcome_find(context->options->case_outcomes, request->reason);
    if (!reason || reason->outcome_class < OUTCOME_UNFOUNDED)
        return status_refuse_field(&refusal_unknown_outcome, "reason");
    const struct case_act act = {.event = CASE_EVENT(ENDING_PROPOSED), .about = reason->code, .text = request->text};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (status.refusal)
        return status;
    CaseRecord *edited = case_edit(context, record);
    if (edited)
        (void)context_ok(context, message_assign_string(&edited->end_reason, text_of(reason->code)));
    begin_closing(context, record, &act,
                  reason->outcome_class == OUTCOME_UNFOUNDED ? CASE_STATE(UNFOUNDED) : CASE_STATE(WITHDRAWN));
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

static struct status ask_second(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AskSecondRequest *request = message;
    Stagematch__V1__AskSecondResponse *response = answer;
    const CaseRecord *record;
    if (request->school[0] && !brin_is_valid(request->school))
        return status_refuse_field(&refusal_bad_value, "school");
    const struct case_act act = {.event = CASE_EVENT(SECOND_ASKED), .about = request->school};
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (status.refusal)
        return status;
    CaseRecord *edited = case_edit(context, record);
    bool own = strcmp(request->school, record->school) == 0;
    if (edited)
        (void)context_ok(context, message_assign_string(&edited->second_school, text_of(own ? "" : request->school)));
    case_step(context, record, &act);
    if (context->error == ERR_OK)
        case_open_tasks(context, record);
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

static struct status review_closing(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ReviewClosingRequest *request = message;
    Stagematch__V1__ReviewClosingResponse *response = answer;
    const struct case_act act = {.event = request->agree ? CASE_EVENT(SECOND_AGREED) : CASE_EVENT(SECOND_DISAGREED),
                                 .text = request->text};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (status.refusal)
        return status;
    CaseRecord *edited = case_edit(context, record);
    if (edited && request->agree)
        assign_actor(context, &edited->second);
    go_on(context, record, &act);
    if (request->agree)
        case_hold(context, record, false);
    edited = request->agree ? NULL : case_edit(context, record);
    if (edited) { /* another end may be proposed by another */
        (void)context_ok(context, message_assign_bytes(&edited->proposed_by, text_of("")));
        (void)context_ok(context, message_assign_string(&edited->end_reason, text_of("")));
        (void)context_ok(context, message_assign_string(&edited->second_school, text_of("")));
        context_edited(context, RECORD_CASE, edited);
    }
    response->case_ = case_view(context, record, true);
    return context_status(context);
}

static struct status answer_case(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AnswerCaseRequest *request = message;
    Stagematch__V1__AnswerCaseResponse *response = answer;
    const struct case_act act = {.event = CASE_EVENT(ANSWERED), .text = request->text};
    const CaseRecord *record;
    struct status status = case_for_change(context, request->case_id, request->version, &act, &record);
    if (status.refusal)
        return status;
    go_on(context, record, &act);
    response->case_ = company_case_view(context, record);
    return context_status(context);
}

const struct handler case_handlers[] = {
    {METHOD_OPEN_CASE, open_case, false},
    {METHOD_LIST_CASES, handle_list_cases, false},
    {METHOD_GET_CASE, handle_get_case, false},
    {METHOD_GET_CASE_EVIDENCE, handle_get_case_evidence, false},
    {METHOD_TAKE_CASE, take_case, false},
    {METHOD_MOVE_CASE, move_case, false},
    {METHOD_ASK_COMPANY, ask_company, false},
    {METHOD_DECIDE_CASE, decide_case, false},
    {METHOD_END_CASE, end_case, false},
    {METHOD_ASK_SECOND, ask_second, false},
    {METHOD_REVIEW_CLOSING, review_closing, false},
    {METHOD_LIST_COMPANY_CASES, handle_list_company_cases, false},
    {METHOD_ANSWER_CASE, answer_case, false},
    {METHOD_CHECK_CASE_TEXT, handle_check_case_text, false},
    {METHOD_COMMIT_CASE_EXPORT, handle_commit_case_export, false},
    {METHOD_COUNT, NULL, false},
};
