#include "domain/candidate.h"

#include "domain/handlers.h"
#include "domain/market.h"

static const REFUSAL(refusal_candidate_waits, STATUS_FAILED_PRECONDITION, "candidate_waits",
                     "Kandidaten komen een voor een. Beslis eerst over de kandidaat die al langer wacht.",
                     "Candidates come one by one. Decide first on the candidate that has waited longer.");

static const REFUSAL(refusal_other_contact_waits, STATUS_FAILED_PRECONDITION, "other_contact_waits",
                     "Eerst wordt over een andere kandidaat voor deze leerplaats beslist, door een contactpersoon "
                     "die de school van die "
                     "kandidaat heeft gecontroleerd.",
                     "Another candidate for this placement is decided on first, by a contact whom that candidate's "
                     "school has checked.");

/*
 * A contact of the company whom the student's school has checked, or a coördinator on its behalf: whose school entered the
 * placement, or whose student it is.
 */
static bool may_act(const struct context *context, const ProposalRecord *proposal, bool *on_behalf)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    *on_behalf = actor_is(context->actor, ROLE(COORDINATOR));
    return actor_serves(context->actor, proposal->leerbedrijf, proposal->school) ||
           actor_coordinates(context->actor, proposal->school) ||
           (placement && placement->entered_by_school[0] &&
            actor_coordinates(context->actor, placement->entered_by_school));
}

static struct status find(struct context *context, const char *label, const ProposalRecord **out)
{
    const ProposalRecord *proposal = state_candidate(context->state, label);
    bool on_behalf;
    if (!label[0] || !proposal || !proposal->shown || !may_act(context, proposal, &on_behalf) ||
        !round_is_visible(context->state, proposal->round_id))
        return status_refuse(&refusal_not_found);
    context->on_behalf = on_behalf;
    *out = proposal;
    return STATUS_DONE;
}

/* Never side by side: while candidates of one placement wait for a decision, one of them can be seen and decided on. */
static struct status check_turn(const struct context *context, const ProposalRecord *proposal)
{
    const ProposalRecord *first = candidate_in_turn(context->state, proposal->placement_id);
    if (proposal->state != PROPOSAL_STATE(APPROVED) || first == proposal)
        return STATUS_DONE;
    bool hidden =
        first && actor_is(context->actor, ROLE(COMPANY)) && !actor_is_checked_by(context->actor, first->school);
    return status_refuse(hidden ? &refusal_other_contact_waits : &refusal_candidate_waits);
}

static struct status find_version(struct context *context, const char *label, uint64_t version,
                                  const ProposalRecord **out)
{
    struct status status = find(context, label, out);
    if (!status.refusal)
        status = version_of_request(version, (*out)->version);
    return status.refusal ? status : check_turn(context, *out);
}

static struct status make_move(struct context *context, const char *label, uint64_t version,
                               const struct move_call *call, Stagematch__V1__CandidateView **field)
{
    const ProposalRecord *proposal;
    struct status status = find_version(context, label, version, &proposal);
    if (!status.refusal)
        status = proposal_check_and_move(context, proposal, call);
    if (!status.refusal)
        *field = candidate_view(context, proposal);
    return status;
}

static struct status agree(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AgreeToCandidateRequest *request = message;
    Stagematch__V1__AgreeToCandidateResponse *response = answer;
    struct move_call call = {.event = EVENT_COMPANY_AGREES};
    return make_move(context, request->candidate, request->version, &call, &response->view);
}

static struct status place(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__PlaceCandidateRequest *request = message;
    Stagematch__V1__PlaceCandidateResponse *response = answer;
    struct move_call call = {.event = EVENT_COMPANY_PLACES};
    return make_move(context, request->candidate, request->version, &call, &response->view);
}

static struct status object(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ObjectToCandidateRequest *request = message;
    Stagematch__V1__ObjectToCandidateResponse *response = answer;
    struct move_call call = {EVENT_COMPANY_OBJECTS, SIDE(COMPANY), request->reason, request->criterion,
                             request->text};
    return make_move(context, request->candidate, request->version, &call, &response->view);
}

static struct status drop(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__DropCandidateRequest *request = message;
    Stagematch__V1__DropCandidateResponse *response = answer;
    struct move_call call = {EVENT_COMPANY_DROPS, SIDE(COMPANY), request->reason, request->criterion, request->text};
    return make_move(context, request->candidate, request->version, &call, &response->view);
}

static struct status answer_check_in(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__AnswerCompanyCheckInRequest *request = message;
    Stagematch__V1__AnswerCompanyCheckInResponse *response = answer;
    const ProposalRecord *proposal;
    struct status status = find(context, request->candidate, &proposal);
    if (!status.refusal)
        status =
            check_in_answer(context, proposal, SIDE(COMPANY), request->moment, request->answers, request->n_answers);
    if (!status.refusal)
        response->view = candidate_view(context, proposal);
    return status;
}

static struct status get_candidate(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetCandidateRequest *request = message;
    Stagematch__V1__GetCandidateResponse *response = answer;
    const ProposalRecord *proposal;
    struct status status = find(context, request->candidate, &proposal);
    if (!status.refusal)
        status = check_turn(context, proposal);
    if (!status.refusal)
        response->view = candidate_view(context, proposal);
    return status;
}

static Stagematch__V1__CandidateSummary *summary(struct context *context, const ProposalRecord *record)
{
    Stagematch__V1__CandidateSummary *view = CONTEXT_NEW(context, stagematch__v1__candidate_summary__descriptor);
    if (!view)
        return NULL;
    (void)context_ok(context, message_assign_string(&view->candidate, text_of(record->candidate)));
    context_id(context, record->placement_id, &view->placement_id);
    view->state = record->state;
    return view;
}

/*
 * A company's list is ordered by label. A coördinator's goes over all candidates in that order and takes those that they may
 * act for: a few of many, so a page may be short though there is a next one.
 */
static struct status open_list(struct page *page, const struct context *context,
                               const Stagematch__V1__ListCandidatesRequest *request)
{
    struct index_key everything;
    if (actor_is(context->actor, ROLE(COMPANY)))
        return page_open_scopes(page, context, INDEX_PROPOSAL_LEERBEDRIJF, request->page_size, request->page_token);
    index_key_start(&everything);
    return page_open_prefix(page, context, INDEX_PROPOSAL_CANDIDATE, &everything, request->page_size,
                            request->page_token);
}

static struct status list_candidates(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListCandidatesRequest *request = message;
    Stagematch__V1__ListCandidatesResponse *response = answer;
    uint8_t placement_id[ID_BYTES];
    struct text placement = {NULL, 0};
    struct page page;
    struct status status = STATUS_DONE;
    if (request->placement_id[0])
        status = id_of_request(request->placement_id, placement_id, &placement);
    if (!status.refusal)
        status = open_list(&page, context, request);
    if (status.refusal)
        return status;
    bool on_behalf;
    for (const ProposalRecord *proposal; (proposal = page_next(&page));) {
        if (!proposal->shown || !may_act(context, proposal, &on_behalf) ||
            (placement.length && !text_equal(placement, text_of_bytes(proposal->placement_id))) ||
            !round_is_visible(context->state, proposal->round_id))
            continue;
        Stagematch__V1__CandidateSummary *view = summary(context, proposal);
        if (!view || !context_ok(context, message_append(&response->n_candidates, &response->candidates, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}

const struct handler candidate_handlers[] = {
    {METHOD_LIST_CANDIDATES, list_candidates, false},
    {METHOD_GET_CANDIDATE, get_candidate, false},
    {METHOD_AGREE_TO_CANDIDATE, agree, true},
    {METHOD_OBJECT_TO_CANDIDATE, object, true},
    {METHOD_PLACE_CANDIDATE, place, true},
    {METHOD_DROP_CANDIDATE, drop, true},
    {METHOD_ANSWER_COMPANY_CHECK_IN, answer_check_in, true},
    {METHOD_COUNT, NULL, false},
};
