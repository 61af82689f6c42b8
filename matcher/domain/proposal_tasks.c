#include "base/date.h"
#include "domain/market.h"
#include "domain/proposal_move.h"

#include <string.h>

struct task_spec proposal_task(const ProposalRecord *proposal, Stagematch__V1__TaskKind kind, unsigned role,
                               const char *scope)
{
    return (struct task_spec){.kind = kind,
                              .role = role,
                              .scope = scope,
                              .proposal_id = proposal->proposal_id,
                              .placement_id = proposal->placement_id,
                              .stagevraag_id = proposal->stagevraag_id,
                              .round_id = proposal->round_id,
                              .candidate = proposal->shown ? proposal->candidate : NULL};
}

void proposal_open_company_task(struct context *context, const ProposalRecord *proposal, struct task_spec spec)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    spec.role = ROLE(COMPANY);
    spec.scope = proposal->leerbedrijf;
    task_open(context, &spec);
    if (placement && placement->entered_by_school[0]) {
        spec.role = ROLE(COORDINATOR);
        spec.scope = placement->entered_by_school;
        task_open(context, &spec);
    }
}

/* The days of the stage, as the student's profile has them; 0 where they cannot be known. */
static void stage_days(struct context *context, const ProposalRecord *proposal, int32_t *start, int32_t *end)
{
    const StagevraagRecord *stagevraag =
        state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    const Stagematch__V1__Profile *profile = stagevraag ? stagevraag_round_profile(stagevraag) : NULL;
    *start = *end = 0;
    if (profile && (date_parse(text_of(profile->start_date), start) != ERR_OK ||
                    date_parse(text_of(profile->end_date), end) != ERR_OK))
        *start = *end = 0;
}

/* The task of the state that was entered: for a company also on its behalf, and not before its day has come. */
static void open_state_task(struct context *context, const ProposalRecord *proposal, int32_t from_day)
{
    const struct proposal_state_facts *facts = proposal_state_facts(proposal->state);
    char student[ID_HEX_BYTES];
    id_format_bytes(proposal->student_ref, student);
    struct task_spec spec =
        proposal_task(proposal, facts->task, facts->role, facts->role == ROLE(STUDENT) ? student : proposal->school);
    spec.from_day = from_day;
    if (facts->role == ROLE(COMPANY))
        proposal_open_company_task(context, proposal, spec);
    else
        task_open(context, &spec);
}

void proposal_open_tasks(struct context *context, const ProposalRecord *proposal)
{
    int32_t start_day, end_day, from_day = 0;
    if (proposal_state_facts(proposal->state)->task == TASK_KIND(UNSPECIFIED))
        return;
    stage_days(context, proposal, &start_day, &end_day);
    if (proposal->state == PROPOSAL_STATE(PLACED))
        from_day = start_day;
    if (proposal->state == PROPOSAL_STATE(STARTED))
        from_day = end_day;
    open_state_task(context, proposal, from_day);
    if (proposal->state == PROPOSAL_STATE(RELEASED)) {
        struct task_spec spec =
            proposal_task(proposal, TASK_KIND(PLAN_INTRODUCTION), ROLE(COORDINATOR), proposal->school);
        task_open(context, &spec);
    }
    if (proposal->state == PROPOSAL_STATE(STARTED))
        check_in_open_tasks(context, proposal, proposal->start_day, end_day);
}

/* What a person must still do after an end: talk, look. */
static bool outlives(const TaskRecord *task, Stagematch__V1__ProposalState now)
{
    if (task->kind == TASK_KIND(REVIEW_REASON) || task->kind == TASK_KIND(RED_ANSWER))
        return true;
    if (task->kind != TASK_KIND(CHECK_IN))
        return false;
    /* The last questions may still be answered after a stage that was completed. */
    return now == PROPOSAL_STATE(STARTED) || (now == PROPOSAL_STATE(COMPLETED) && strcmp(task->detail, "end") == 0);
}

void proposal_close_tasks(struct context *context, const ProposalRecord *proposal,
                          Stagematch__V1__ProposalState before)
{
    bool introduction_over = proposal->state != PROPOSAL_STATE(RELEASED);
    struct scan scan;
    scan_id(&scan, context->state, INDEX_TASK_PROPOSAL, text_of_bytes(proposal->proposal_id));
    for (const TaskRecord *task; context->error == ERR_OK && (task = scan_next(&scan));) {
        bool over = task->kind == proposal_state_facts(before)->task || task->kind == TASK_KIND(ESCALATION) ||
                    (introduction_over &&
                     (task->kind == TASK_KIND(PLAN_INTRODUCTION) || task->kind == TASK_KIND(AGREE_INTRODUCTION)));
        bool ended = !proposal_state_facts(proposal->state)->runs && !outlives(task, proposal->state);
        if (over || ended)
            context_remove(context, RECORD_TASK, text_of_bytes(task->task_id));
    }
}

/*
 * Those whom an end concerns and who did not bring it about, and a student for whom the school answered. Other onward moves are
 * told by the tasks they open.
 */
void proposal_tell(struct context *context, const ProposalRecord *proposal, const struct proposal_move *move)
{
    char id[ID_HEX_BYTES], student[ID_HEX_BYTES];
    const struct actor *actor = context->actor;
    id_format_bytes(proposal->proposal_id, id);
    id_format_bytes(proposal->student_ref, student);
    if (move->revokes && move->unfavourable)
        notice_send_contacts(context, "grant_revoked", proposal, proposal->candidate);
    if (context->for_student)
        notice_send(context, "answered_for_student", ROLE(STUDENT), student, id);
    if (!move->unfavourable)
        return;
    bool student_was_asked = move->from != PROPOSAL_STATE(PROPOSED) && move->from != PROPOSAL_STATE(APPROVED);
    if (actor_is(actor, ROLE(COMPANY)) || actor_is(actor, ROLE(STUDENT)))
        notice_send(context, "proposal_ended", ROLE(COORDINATOR), proposal->school, id);
    if (student_was_asked && !actor_is(actor, ROLE(STUDENT)) && !context->for_student)
        notice_send(context, "proposal_ended", ROLE(STUDENT), student, id);
    if (proposal->shown && !move->revokes && !actor_is(actor, ROLE(COMPANY)))
        notice_send_contacts(context, "candidate_ended", proposal, proposal->candidate);
}
