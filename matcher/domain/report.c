#include "domain/report.h"

#include "domain/saga.h"
#include "domain/signal.h"

#include <string.h>

enum { LEERBEDRIJF_BYTES_MAX = 20 };

static const REFUSAL(refusal_rests, STATUS_FAILED_PRECONDITION, "report_in_case",
                     "Op deze melding rust een zaak. Dit kan pas als de zaak is gesloten.",
                     "A case rests on this report. This is possible once the case is closed.");

typedef Stagematch__Internal__V1__CommitReportRequest CommitRequest;

const ReportRecord *report_find(const struct state *state, ProtobufCBinaryData report_id)
{
    return report_id.len == ID_BYTES ? state_find(state, RECORD_REPORT, text_of_bytes(report_id)) : NULL;
}

void report_rest(struct context *context, ProtobufCBinaryData report_id, ProtobufCBinaryData case_id)
{
    ReportRecord *record = context_edit(context, RECORD_REPORT, text_of_bytes(report_id));
    if (record && context_ok(context, message_assign_bytes(&record->case_id, text_of_bytes(case_id))))
        context_edited(context, RECORD_REPORT, record);
}

static void note(struct context *context, const char *kind, ProtobufCBinaryData report_id)
{
    const struct fact fact = {.kind = kind, .subject = report_id};
    (void)context_fact(context, &fact);
}

/* The reporter's own proposal: a student's, or one of the school's that the reporter works for. */
static bool is_own(const struct actor *actor, const ProposalRecord *proposal)
{
    return actor_is_student(actor, proposal->student_ref) || actor_has_school(actor, proposal->school);
}

/* Which leerbedrijf it is about: that of the proposal, where one is named. */
static struct status leerbedrijf_of(const struct context *context, const CommitRequest *request, const char **out)
{
    uint8_t id[ID_BYTES];
    *out = request->leerbedrijf;
    if (strlen(request->leerbedrijf) > LEERBEDRIJF_BYTES_MAX)
        return status_refuse_field(&refusal_bad_value, "leerbedrijf");
    if (!request->proposal_id[0])
        return STATUS_DONE;
    const ProposalRecord *proposal =
        id_parse(request->proposal_id, id) == ERR_OK
            ? state_find(context->state, RECORD_PROPOSAL, (struct text){(const char *)id, sizeof id})
            : NULL;
    if (!proposal || !is_own(context->actor, proposal) || strcmp(proposal->school, request->school) != 0)
        return status_refuse_field(&refusal_not_found, "proposal_id");
    *out = proposal->leerbedrijf;
    return STATUS_DONE;
}

/* A report that names a leerbedrijf counts there, from when it does. */
static void tell_signals(struct context *context, const CommitRequest *request, const char *leerbedrijf)
{
    const struct signal_report report = {request->report_id, request->school, leerbedrijf};
    if (leerbedrijf[0])
        signal_report_received(context, &report);
}

static void add(struct context *context, const CommitRequest *request, const char *leerbedrijf)
{
    ReportRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__report_record__descriptor);
    if (!record)
        return;
    record->phase = request->phase;
    record->nature = request->nature;
    record->source = request->source;
    record->desk = request->desk;
    record->case_consent = request->case_consent;
    record->identity_consent = request->identity_consent;
    record->create_ms = context->now_ms;
    if (!context_ok(context, message_assign_bytes(&record->report_id, text_of_bytes(request->report_id))) ||
        !context_ok(context, message_assign_string(&record->school, text_of(request->school))) ||
        !context_ok(context, message_assign_string(&record->leerbedrijf, text_of(leerbedrijf)))) {
        message_free(record);
        return;
    }
    context_add(context, RECORD_REPORT, record);
    note(context, "report_received", request->report_id);
    tell_signals(context, request, leerbedrijf);
}

/* What a case rests on stays as it is until the case is closed. */
static bool takes_from_case(const ReportRecord *record, const CommitRequest *request)
{
    return record->case_id.len &&
           (!request->case_consent || (record->identity_consent && !request->identity_consent) || request->outcome ||
            strcmp(record->leerbedrijf, request->leerbedrijf) != 0);
}

static struct status change(struct context *context, const CommitRequest *request)
{
    const ReportRecord *known = report_find(context->state, request->report_id);
    if (!known)
        return status_refuse(&refusal_not_found);
    if (takes_from_case(known, request))
        return status_refuse(&refusal_rests);
    ReportRecord *record = context_edit(context, RECORD_REPORT, text_of_bytes(request->report_id));
    if (!record)
        return context_status(context);
    bool ends = request->outcome && !record->outcome, is_named = request->leerbedrijf[0] && !record->leerbedrijf[0];
    record->desk = request->desk;
    record->case_consent = request->case_consent;
    record->identity_consent = request->identity_consent;
    record->outcome = request->outcome;
    (void)context_ok(context, message_assign_string(&record->leerbedrijf, text_of(request->leerbedrijf)));
    context_edited(context, RECORD_REPORT, record);
    note(context, ends ? "report_closed" : "report_changed", request->report_id);
    if (is_named)
        tell_signals(context, request, request->leerbedrijf);
    return STATUS_DONE;
}

static int64_t answer_by_ms(const struct context *context, const ReportRecord *record)
{
    return term_due_ms(context->options->calendar, TERM_ANSWER_REPORT, dutch_day(record->create_ms));
}

static struct status commit_report(struct context *context, const void *message, void *answer)
{
    const CommitRequest *request = message;
    Stagematch__Internal__V1__CommitReportResponse *response = answer;
    const char *leerbedrijf = "";
    struct status status = stage_check(context, request->stage_id);
    bool again = status.refusal == &refusal_stage_committed;
    if (again || (!status.refusal && request->report_id.len != ID_BYTES))
        status = again ? STATUS_DONE : status_refuse_field(&refusal_bad_value, "report_id");
    if (!status.refusal && !again)
        status = leerbedrijf_of(context, request, &leerbedrijf);
    if (!status.refusal && !again && request->is_new && report_find(context->state, request->report_id))
        status = status_refuse_field(&refusal_bad_value, "report_id");
    if (!status.refusal && !again) {
        if (request->is_new)
            add(context, request, leerbedrijf);
        else
            status = change(context, request);
        if (!status.refusal)
            stage_committed(context, request->stage_id, NULL);
    }
    const ReportRecord *record = status.refusal ? NULL : report_find(context->state, request->report_id);
    if (record) {
        response->answer_by_ms = answer_by_ms(context, record);
        (void)context_ok(context, message_assign_string(&response->leerbedrijf, text_of(record->leerbedrijf)));
    }
    return status;
}

static struct status forget_report(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__ForgetReportRequest *request = message;
    const ReportRecord *record = report_find(context->state, request->report_id);
    (void)answer;
    if (!record)
        return STATUS_DONE;
    if (record->case_id.len)
        return status_refuse(&refusal_rests);
    context_remove(context, RECORD_REPORT, text_of_bytes(request->report_id));
    note(context, "report_erased", request->report_id);
    return STATUS_DONE;
}

const struct handler report_handlers[] = {
    {METHOD_COMMIT_REPORT, commit_report, false},
    {METHOD_FORGET_REPORT, forget_report, false},
    {METHOD_COUNT, NULL, false},
};
