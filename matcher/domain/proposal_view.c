#include "domain/proposal_move.h"

static void set(struct context *context, char **field, const char *value)
{
    if (value[0] && context->error == ERR_OK)
        (void)context_ok(context, message_assign_string(field, text_of(value)));
}

Stagematch__V1__Introduction *introduction_view(struct context *context, const ProposalRecord *record)
{
    if (!record->introduction_date[0])
        return NULL;
    Stagematch__V1__Introduction *view = CONTEXT_NEW(context, stagematch__v1__introduction__descriptor);
    if (!view)
        return NULL;
    set(context, &view->date, record->introduction_date);
    view->has_text = record->introduction_has_text;
    view->student_agreed = record->introduction_agreed;
    return view;
}

const Stagematch__V1__Placement *proposal_declared(const struct context *context, const ProposalRecord *proposal)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    return placement ? placement_criteria(placement, proposal->criteria_version) : NULL;
}

void proposal_copy_check_ins(struct context *context, const ProposalRecord *record, Stagematch__V1__Side side,
                             Stagematch__V1__CheckIn ***list, size_t *count)
{
    for (size_t i = 0; i < record->n_check_ins && context->error == ERR_OK; i++) {
        Stagematch__V1__CheckIn *copy;
        if ((side == SIDE(UNSPECIFIED) || side == record->check_ins[i]->side) &&
            context_ok(context, message_dup(record->check_ins[i], &copy)))
            (void)context_ok(context, message_append(count, list, copy));
    }
}

static void set_placement(struct context *context, const ProposalRecord *record, Stagematch__V1__Proposal *view)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(record->placement_id));
    set(context, &view->leerbedrijf, record->leerbedrijf);
    if (placement) {
        set(context, &view->leerplaats, placement->placement->leerplaats);
        set(context, &view->company_name, placement->placement->company_name);
    }
}

/* As the school, a reviewer and the student see it; the student without the company's label. */
Stagematch__V1__Proposal *proposal_view(struct context *context, const ProposalRecord *record)
{
    Stagematch__V1__Proposal *view = CONTEXT_NEW(context, stagematch__v1__proposal__descriptor);
    if (!view)
        return NULL;
    const struct proposal_state_facts *facts = proposal_state_facts(record->state);
    context_id(context, record->proposal_id, &view->proposal_id);
    context_id(context, record->round_id, &view->round_id);
    context_id(context, record->stagevraag_id, &view->stagevraag_id);
    context_id(context, record->student_ref, &view->student_ref);
    context_id(context, record->placement_id, &view->placement_id);
    set(context, &view->school, record->school);
    set_placement(context, record, view);
    if (!actor_is(context->actor, ROLE(STUDENT)))
        set(context, &view->candidate, record->candidate);
    view->state = record->state;
    view->version = record->version;
    view->criteria_version = record->criteria_version;
    view->rank = record->rank;
    view->escalated = record->escalated;
    view->on_behalf = record->on_behalf;
    view->on_behalf_of_student = record->on_behalf_of_student;
    set(context, &view->reason, record->reason);
    set(context, &view->criterion, record->criterion);
    context_time(context, task_due_ms(context->state, INDEX_TASK_PROPOSAL, record->proposal_id, facts->task),
                 &view->due_time);
    view->introduction = introduction_view(context, record);
    proposal_copy_check_ins(context, record, SIDE(UNSPECIFIED), &view->check_ins, &view->n_check_ins);
    return view;
}
