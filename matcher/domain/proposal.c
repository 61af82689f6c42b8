#include "base/date.h"
#include "domain/candidate.h"
#include "domain/handlers.h"
#include "domain/market.h"
#include "domain/proposal_move.h"
#include "domain/stagevraag.h"

#include <string.h>

static const REFUSAL(refusal_no_introduction, STATUS_FAILED_PRECONDITION, "no_introduction",
                     "Er is nog geen kennismaking gepland, of je ging al akkoord.",
                     "No kennismaking is planned yet, or you agreed already.");

/* Whose proposal it is, seen from a role of this service. */
static bool is_theirs(const struct actor *actor, const ProposalRecord *proposal)
{
    return actor_has_school(actor, proposal->school) || actor_is_student(actor, proposal->student_ref);
}

static struct status find(const struct context *context, const char *hex, const ProposalRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const ProposalRecord *proposal = state_find(context->state, RECORD_PROPOSAL, key);
    if (!proposal || !is_theirs(context->actor, proposal) || !round_is_visible(context->state, proposal->round_id))
        return status_refuse(&refusal_not_found);
    *out = proposal;
    return STATUS_DONE;
}

static struct status find_version(const struct context *context, const char *hex, uint64_t version,
                                  const ProposalRecord **out)
{
    struct status status = find(context, hex, out);
    return status.refusal ? status : version_of_request(version, (*out)->version);
}

void proposal_text_subject(struct context *context, const ProposalRecord *proposal, const char *kind)
{
    Stagematch__Internal__V1__TextSubject *subject =
        CONTEXT_NEW(context, stagematch__internal__v1__text_subject__descriptor);
    if (!subject)
        return;
    (void)(context_ok(context, message_assign_bytes(&subject->proposal_id, text_of_bytes(proposal->proposal_id))) &&
           context_ok(context, message_assign_bytes(&subject->student_ref, text_of_bytes(proposal->student_ref))) &&
           context_ok(context, message_assign_string(&subject->kind, text_of(kind))) &&
           context_ok(context, message_assign_string(&subject->school, text_of(proposal->school))) &&
           context_ok(context, message_assign_string(&subject->leerbedrijf, text_of(proposal->leerbedrijf))));
    message_free(context->text_subject);
    context->text_subject = subject;
}

/* A step that is the student's is taken by a coördinator on their behalf. */
static void note_whose_step(struct context *context, const ProposalRecord *proposal, enum proposal_event event)
{
    const struct proposal_move *move = proposal_move_of(proposal->state, event);
    context->for_student = move && move->senders & SENDER_STUDENT && actor_is(context->actor, ROLE(COORDINATOR));
    context->on_behalf = context->for_student;
}

static struct status make_move(struct context *context, const char *id, uint64_t version,
                               const struct move_call *call, Stagematch__V1__Proposal **field)
{
    const ProposalRecord *proposal = NULL;
    struct status status = find_version(context, id, version, &proposal);
    if (!status.refusal)
        note_whose_step(context, proposal, call->event);
    if (!status.refusal)
        status = proposal_check_and_move(context, proposal, call);
    if (!status.refusal)
        *field = proposal_view(context, proposal);
    return status;
}

/* A move that needs nothing but the version. */
#define PLAIN(function, Name, event_of_it)                                                                           \
    static struct status function(struct context *context, const void *message, void *answer)                        \
    {                                                                                                                \
        const Stagematch__V1__##Name##Request *request = message;                                                    \
        Stagematch__V1__##Name##Response *response = answer;                                                         \
        struct move_call call = {.event = (event_of_it)};                                                            \
        return make_move(context, request->proposal_id, request->version, &call, &response->proposal);               \
    }
PLAIN(approve, ApproveProposal, EVENT_SCHOOL_APPROVES)
PLAIN(confirm, ConfirmProposal, EVENT_STUDENT_CONFIRMS)
PLAIN(start, StartProposal, EVENT_STARTS)
PLAIN(complete, CompleteProposal, EVENT_COMPLETES)

#define REASONED(function, Name, event_of_it, side_of_it)                                                            \
    static struct status function(struct context *context, const void *message, void *answer)                        \
    {                                                                                                                \
        const Stagematch__V1__##Name##Request *request = message;                                                    \
        Stagematch__V1__##Name##Response *response = answer;                                                         \
        struct move_call call = {(event_of_it), (side_of_it), request->reason, request->criterion, request->text};   \
        return make_move(context, request->proposal_id, request->version, &call, &response->proposal);               \
    }
REASONED(veto, VetoProposal, EVENT_SCHOOL_VETOES, SIDE(SCHOOL))
REASONED(decline, DeclineProposal, EVENT_STUDENT_DECLINES, SIDE(STUDENT))
REASONED(cancel_before_start, CancelBeforeStart, EVENT_CANCELLED_BEFORE_START, SIDE(SCHOOL))
REASONED(withdraw, WithdrawProposal, EVENT_STUDENT_WITHDRAWN, SIDE(SCHOOL))

static struct status end_early(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__EndProposalEarlyRequest *request = message;
    Stagematch__V1__EndProposalEarlyResponse *response = answer;
    if (request->side < SIDE(STUDENT) || request->side > SIDE(SCHOOL))
        return status_refuse_field(&refusal_missing_field, "side");
    struct move_call call = {EVENT_ENDS_EARLY, request->side, request->reason, request->criterion, request->text};
    return make_move(context, request->proposal_id, request->version, &call, &response->proposal);
}

static struct status get_proposal(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetProposalRequest *request = message;
    Stagematch__V1__GetProposalResponse *response = answer;
    const ProposalRecord *proposal;
    struct status status = find(context, request->proposal_id, &proposal);
    if (!status.refusal)
        response->proposal = proposal_view(context, proposal);
    return status;
}

static void show_criteria(struct context *context, const Stagematch__V1__Placement *declared,
                          Stagematch__V1__GetShownViewResponse *response)
{
    for (size_t i = 0; i < declared->n_hard_criteria && context->error == ERR_OK; i++) {
        Stagematch__V1__HardCriterion *copy;
        if (context_ok(context, message_dup(declared->hard_criteria[i], &copy)))
            (void)context_ok(context, message_append(&response->n_hard_criteria, &response->hard_criteria, copy));
    }
    for (size_t i = 0; i < declared->n_weighted_criteria && context->error == ERR_OK; i++) {
        Stagematch__V1__WeightedCriterion *copy;
        if (context_ok(context, message_dup(declared->weighted_criteria[i], &copy)))
            (void)context_ok(context,
                             message_append(&response->n_weighted_criteria, &response->weighted_criteria, copy));
    }
}

/* Records of before the mark was kept: these states have no other way in. */
static bool was_released(const ProposalRecord *proposal)
{
    static const Stagematch__V1__ProposalState after[] = {
        PROPOSAL_STATE(COMPLETED), PROPOSAL_STATE(DROPPED_AFTER_RELEASE), PROPOSAL_STATE(CANCELLED_BEFORE_START),
        PROPOSAL_STATE(ENDED_EARLY)};
    bool released = proposal->identity_released || proposal_state_facts(proposal->state)->granted;
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
        released = released || proposal->state == after[i];
    return released;
}

static struct status get_shown_view(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetShownViewRequest *request = message;
    Stagematch__V1__GetShownViewResponse *response = answer;
    const ProposalRecord *proposal;
    struct status status = find(context, request->proposal_id, &proposal);
    if (status.refusal)
        return status;
    const Stagematch__V1__Placement *declared = proposal_declared(context, proposal);
    if (declared)
        show_criteria(context, declared, response);
    if (proposal->shown)
        response->view = candidate_view(context, proposal);
    response->shown = proposal->shown;
    response->identity_released = was_released(proposal);
    return context_status(context);
}

/* Those of one stagevraag; otherwise a student's own stand under the reference, of which an account has one. */
static struct status open_list(struct page *page, const struct context *context,
                               const Stagematch__V1__ListProposalsRequest *request)
{
    struct index_key prefix;
    uint8_t id[ID_BYTES];
    if (request->stagevraag_id[0]) {
        const StagevraagRecord *stagevraag;
        struct status status = stagevraag_of_request(context, request->stagevraag_id, &stagevraag);
        if (status.refusal)
            return status;
        index_key_start(&prefix);
        index_key_bytes(&prefix, text_of_bytes(stagevraag->stagevraag_id));
        return page_open_prefix(page, context, INDEX_PROPOSAL_STAGEVRAAG, &prefix, request->page_size,
                                request->page_token);
    }
    if (!actor_is(context->actor, ROLE(STUDENT)))
        return page_open_scopes(page, context, INDEX_PROPOSAL_SCHOOL, request->page_size, request->page_token);
    if (context->actor->scope_count != 1 || id_parse(context->actor->scope[0], id) != ERR_OK)
        return status_refuse(&refusal_not_found);
    index_key_start(&prefix);
    index_key_bytes(&prefix, (struct text){(const char *)id, sizeof id});
    return page_open_prefix(page, context, INDEX_PROPOSAL_STUDENT, &prefix, request->page_size, request->page_token);
}

static struct status list_proposals(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListProposalsRequest *request = message;
    Stagematch__V1__ListProposalsResponse *response = answer;
    uint8_t round_id[ID_BYTES];
    struct text round = {NULL, 0};
    struct page page;
    struct status status = STATUS_DONE;
    if (request->round_id[0])
        status = id_of_request(request->round_id, round_id, &round);
    if (!status.refusal)
        status = open_list(&page, context, request);
    if (status.refusal)
        return status;
    for (const ProposalRecord *proposal; (proposal = page_next(&page));) {
        if ((request->state != PROPOSAL_STATE(UNSPECIFIED) && proposal->state != request->state) ||
            (round.length && !text_equal(round, text_of_bytes(proposal->round_id))) ||
            !round_is_visible(context->state, proposal->round_id))
            continue;
        Stagematch__V1__Proposal *view = proposal_view(context, proposal);
        if (!view || !context_ok(context, message_append(&response->n_proposals, &response->proposals, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}

/* The kennismaking. */

static struct status check_date(const struct context *context, const char *date)
{
    int32_t day;
    if (!date[0])
        return status_refuse_field(&refusal_missing_field, "date");
    if (date_parse(text_of(date), &day) != ERR_OK || day < dutch_day(context->now_ms))
        return status_refuse_field(&refusal_bad_value, "date");
    return STATUS_DONE;
}

static struct status plan_introduction(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__PlanIntroductionRequest *request = message;
    Stagematch__V1__PlanIntroductionResponse *response = answer;
    const ProposalRecord *found;
    struct status status = find_version(context, request->proposal_id, request->version, &found);
    if (!status.refusal && request->text[0])
        status = status_refuse_field(&refusal_text_apart, "text");
    if (!status.refusal && found->state != PROPOSAL_STATE(RELEASED))
        status = status_refuse(&refusal_wrong_proposal_state);
    if (!status.refusal)
        status = check_date(context, request->date);
    if (status.refusal)
        return status;
    ProposalRecord *proposal = context_edit(context, RECORD_PROPOSAL, text_of_bytes(found->proposal_id));
    if (!proposal)
        return context_status(context);
    char student[ID_HEX_BYTES];
    id_format_bytes(proposal->student_ref, student);
    (void)context_ok(context, message_assign_string(&proposal->introduction_date, text_of(request->date)));
    proposal->introduction_has_text = context->has_text;
    proposal->introduction_agreed = false;
    proposal->version++;
    if (context->has_text)
        proposal_text_subject(context, proposal, "introduction");
    task_close(context, INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(PLAN_INTRODUCTION), NULL);
    struct task_spec spec = proposal_task(proposal, TASK_KIND(AGREE_INTRODUCTION), ROLE(STUDENT), student);
    task_open(context, &spec);
    response->proposal = proposal_view(context, proposal);
    return STATUS_DONE;
}

static struct status agree_introduction(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AgreeIntroductionRequest *request = message;
    Stagematch__V1__AgreeIntroductionResponse *response = answer;
    const ProposalRecord *found;
    struct status status = find_version(context, request->proposal_id, request->version, &found);
    if (!status.refusal && found->state != PROPOSAL_STATE(RELEASED))
        status = status_refuse(&refusal_wrong_proposal_state);
    if (!status.refusal && (!found->introduction_date[0] || found->introduction_agreed))
        status = status_refuse(&refusal_no_introduction);
    if (status.refusal)
        return status;
    ProposalRecord *proposal = context_edit(context, RECORD_PROPOSAL, text_of_bytes(found->proposal_id));
    if (!proposal)
        return context_status(context);
    proposal->introduction_agreed = true;
    proposal->version++;
    task_close(context, INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(AGREE_INTRODUCTION), NULL);
    notice_send_contacts(context, "introduction_agreed", proposal, proposal->candidate);
    response->proposal = proposal_view(context, proposal);
    return STATUS_DONE;
}

static struct status answer_check_in(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AnswerCheckInRequest *request = message;
    Stagematch__V1__AnswerCheckInResponse *response = answer;
    const ProposalRecord *proposal;
    struct status status = find(context, request->proposal_id, &proposal);
    if (!status.refusal)
        status =
            check_in_answer(context, proposal, SIDE(STUDENT), request->moment, request->answers, request->n_answers);
    if (!status.refusal)
        response->proposal = proposal_view(context, proposal);
    return status;
}

const struct handler proposal_handlers[] = {
    {METHOD_LIST_PROPOSALS, list_proposals, false},
    {METHOD_GET_PROPOSAL, get_proposal, false},
    {METHOD_GET_SHOWN_VIEW, get_shown_view, false},
    {METHOD_APPROVE_PROPOSAL, approve, true},
    {METHOD_VETO_PROPOSAL, veto, true},
    {METHOD_CONFIRM_PROPOSAL, confirm, true},
    {METHOD_DECLINE_PROPOSAL, decline, true},
    {METHOD_PLAN_INTRODUCTION, plan_introduction, true},
    {METHOD_AGREE_INTRODUCTION, agree_introduction, true},
    {METHOD_START_PROPOSAL, start, true},
    {METHOD_CANCEL_BEFORE_START, cancel_before_start, true},
    {METHOD_ANSWER_CHECK_IN, answer_check_in, true},
    {METHOD_COMPLETE_PROPOSAL, complete, true},
    {METHOD_END_PROPOSAL_EARLY, end_early, true},
    {METHOD_WITHDRAW_PROPOSAL, withdraw, true},
    {METHOD_COUNT, NULL, false},
};
