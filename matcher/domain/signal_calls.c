/* What a school's people ask about signals and aandachtspunten, and say about them. */
#include "domain/handlers.h"
#include "domain/market.h"
#include "domain/signal.h"
#include "domain/signal_units.h"
#include "domain/signal_view.h"
#include "domain/task.h"

#include <string.h>

static const REFUSAL(refusal_point_closed, STATUS_FAILED_PRECONDITION, "point_closed",
                     "Dit aandachtspunt is al afgerond.", "This aandachtspunt is completed already.");
static const REFUSAL(refusal_not_shown, STATUS_FAILED_PRECONDITION, "not_shown",
                     "Het bedrijf heeft deze kandidaat nog niet gezien.",
                     "The company has not seen this candidate yet.");

static struct status find_signal(const struct context *context, const char *hex, const SignalRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const SignalRecord *signal = state_find(context->state, RECORD_SIGNAL, key);
    if (!signal || !actor_has_school(context->actor, signal->school))
        return status_refuse(&refusal_not_found);
    *out = signal;
    return STATUS_DONE;
}

/* Companies of the caller's schools about which there are decisions. */
static uint32_t count_companies(const struct context *context)
{
    uint32_t count = 0;
    for (size_t i = 0; i < context->actor->scope_count; i++) {
        struct scan scan;
        struct index_key prefix;
        index_key_start(&prefix);
        index_key_string(&prefix, context->actor->scope[i]);
        index_key_u8(&prefix, UNIT_COMPANY);
        scan_start(&scan, context->state, INDEX_SIGNAL_COUNTS_SCHOOL, &prefix);
        while (scan_next(&scan) && count < PAGE_LOOKS)
            count++;
    }
    return count;
}

struct status handle_list_signals(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListSignalsRequest *request = message;
    Stagematch__V1__ListSignalsResponse *response = answer;
    struct page page;
    struct status status =
        page_open_scopes(&page, context, INDEX_SIGNAL_SCHOOL, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const SignalRecord *signal; (signal = page_next(&page));) {
        if (request->status && (uint32_t)request->status != signal->status)
            continue;
        Stagematch__V1__Signal *view = signal_view(context, signal);
        if (!view || !context_ok(context, message_append(&response->n_signals, &response->signals, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    response->company_count = count_companies(context);
    return context_status(context);
}

static void write_fact(struct context *context, const SignalRecord *signal, const char *kind, const char *code)
{
    (void)context_fact(context, &(struct fact){.kind = kind,
                                               .subject = signal->signal_id,
                                               .school = signal->school,
                                               .leerbedrijf = signal->unit_kind == UNIT_COMPANY ? signal->unit : "",
                                               .code = code});
}

struct status handle_get_signal(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetSignalRequest *request = message;
    const SignalRecord *signal = NULL;
    struct status status = find_signal(context, request->signal_id, &signal);
    if (status.refusal)
        return status;
    const struct rule_facts *facts = rule_facts(signal->rule);
    write_fact(context, signal, "signal_read", facts ? facts->code : "");
    signal_evidence(context, signal, answer);
    return context_status(context);
}

static const char *const assessments[] = {
    [STAGEMATCH__V1__SIGNAL_ASSESSMENT__SIGNAL_ASSESSMENT_UNSPECIFIED] = "",
    [STAGEMATCH__V1__SIGNAL_ASSESSMENT__SIGNAL_ASSESSMENT_EXPLAINED] = "explained",
    [STAGEMATCH__V1__SIGNAL_ASSESSMENT__SIGNAL_ASSESSMENT_WATCHED] = "watched",
    [STAGEMATCH__V1__SIGNAL_ASSESSMENT__SIGNAL_ASSESSMENT_TALKED] = "talked",
    [STAGEMATCH__V1__SIGNAL_ASSESSMENT__SIGNAL_ASSESSMENT_CASE] = "case",
};
enum { ASSESSMENTS = sizeof assessments / sizeof assessments[0] };

struct status handle_assess_signal(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AssessSignalRequest *request = message;
    Stagematch__V1__AssessSignalResponse *response = answer;
    const SignalRecord *found = NULL;
    struct status status = find_signal(context, request->signal_id, &found);
    if (!status.refusal)
        status = version_of_request(request->version, found->version);
    if (!status.refusal && (request->assessment == 0 || (unsigned)request->assessment >= ASSESSMENTS))
        status = status_refuse_field(&refusal_bad_value, "assessment");
    if (status.refusal)
        return status;
    SignalRecord *signal = context_edit(context, RECORD_SIGNAL, text_of_bytes(found->signal_id));
    if (!signal)
        return context_status(context);
    signal->assessment = request->assessment;
    signal->assess_ms = context->now_ms;
    signal->version++;
    context_edited(context, RECORD_SIGNAL, signal);
    task_close(context, INDEX_TASK_SUBJECT, signal->signal_id, TASK_KIND(SIGNAL), NULL);
    write_fact(context, signal, "signal_assessed", assessments[request->assessment]);
    response->signal = signal_view(context, signal);
    return context_status(context);
}

/* Aandachtspunten. */

struct status handle_list_points(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListPointsRequest *request = message;
    Stagematch__V1__ListPointsResponse *response = answer;
    struct page page;
    struct status status =
        page_open_scopes(&page, context, INDEX_POINT_SCHOOL, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const PointRecord *point; (point = page_next(&page));) {
        if (request->leerbedrijf[0] && strcmp(request->leerbedrijf, point->leerbedrijf) != 0)
            continue;
        Stagematch__V1__Point *view = signal_point_view(context, point);
        if (!view || !context_ok(context, message_append(&response->n_points, &response->points, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return context_status(context);
}

static const char *const outcomes[] = {
    [STAGEMATCH__V1__POINT_OUTCOME__POINT_OUTCOME_UNSPECIFIED] = "",
    [STAGEMATCH__V1__POINT_OUTCOME__POINT_OUTCOME_EXPLAINED] = "explained",
    [STAGEMATCH__V1__POINT_OUTCOME__POINT_OUTCOME_AGREED] = "agreed",
    [STAGEMATCH__V1__POINT_OUTCOME__POINT_OUTCOME_UNRESOLVED] = "unresolved",
    [STAGEMATCH__V1__POINT_OUTCOME__POINT_OUTCOME_NOT_NEEDED] = "not_needed",
};
enum { OUTCOMES = sizeof outcomes / sizeof outcomes[0] };

static struct status check_point(const struct context *context, const PointRecord *point, unsigned outcome)
{
    if (!point || !actor_has_school(context->actor, point->school))
        return status_refuse(&refusal_not_found);
    if (outcome == 0 || outcome >= OUTCOMES)
        return status_refuse_field(&refusal_bad_value, "outcome");
    return point->outcome ? status_refuse(&refusal_point_closed) : STATUS_DONE;
}

struct status handle_complete_point(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CompletePointRequest *request = message;
    Stagematch__V1__CompletePointResponse *response = answer;
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(request->point_id, id, &key);
    if (!status.refusal)
        status = check_point(context, state_find(context->state, RECORD_POINT, key), (unsigned)request->outcome);
    if (status.refusal)
        return status;
    PointRecord *point = context_edit(context, RECORD_POINT, key);
    if (!point)
        return context_status(context);
    point->outcome = request->outcome;
    point->complete_ms = context->now_ms;
    context_edited(context, RECORD_POINT, point);
    task_close(context, INDEX_TASK_SUBJECT, point->point_id, TASK_KIND(POINT), NULL);
    (void)context_fact(context, &(struct fact){.kind = "point_completed",
                                               .subject = point->point_id,
                                               .school = point->school,
                                               .leerbedrijf = point->leerbedrijf,
                                               .code = outcomes[point->outcome]});
    response->point = signal_point_view(context, point);
    return context_status(context);
}

struct status handle_record_observation(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__RecordObservationRequest *request = message;
    uint8_t id[ID_BYTES];
    struct text key;
    (void)answer;
    struct status status = id_of_request(request->proposal_id, id, &key);
    if (status.refusal)
        return status;
    const ProposalRecord *proposal = state_find(context->state, RECORD_PROPOSAL, key);
    bool is_theirs = proposal && (actor_has_school(context->actor, proposal->school) ||
                                  actor_is_student(context->actor, proposal->student_ref));
    if (!is_theirs || !round_is_visible(context->state, proposal->round_id))
        return status_refuse(&refusal_not_found);
    if (request->observation != STAGEMATCH__V1__OBSERVATION__OBSERVATION_ASKS_FOR_MORE)
        return status_refuse_field(&refusal_bad_value, "observation");
    if (!proposal->shown)
        return status_refuse(&refusal_not_shown);
    (void)signal_count(context,
                       &(struct signal_step){.step = STEP_ASKED_FOR_MORE,
                                             .school = proposal->school,
                                             .leerbedrijf = proposal->leerbedrijf,
                                             .placement = state_find(context->state, RECORD_PLACEMENT,
                                                                     text_of_bytes(proposal->placement_id)),
                                             .subject = proposal->proposal_id,
                                             .proposal_id = proposal->proposal_id,
                                             .placement_id = proposal->placement_id,
                                             .code = rule_step_name(STEP_ASKED_FOR_MORE)},
                       false);
    return context_status(context);
}

const struct handler signal_handlers[] = {
    {METHOD_LIST_SIGNALS, handle_list_signals, false},
    {METHOD_GET_SIGNAL, handle_get_signal, false},
    {METHOD_ASSESS_SIGNAL, handle_assess_signal, true},
    {METHOD_LIST_POINTS, handle_list_points, false},
    {METHOD_COMPLETE_POINT, handle_complete_point, true},
    {METHOD_RECORD_OBSERVATION, handle_record_observation, true},
    {METHOD_COUNT, NULL, false},
};
