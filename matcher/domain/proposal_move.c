#include "domain/proposal_move.h"

#include "blind/view.h"
#include "domain/signal.h"
#include "domain/signal_units.h"

#include <string.h>

const REFUSAL(refusal_wrong_proposal_state, STATUS_FAILED_PRECONDITION, "wrong_state",
              "Dit kan niet in deze stap van het voorstel. Haal het opnieuw op.",
              "This is not possible at this step of the proposal. Read it again.");
const REFUSAL(refusal_unknown_reason, STATUS_INVALID_ARGUMENT, "unknown_reason", "Deze reden staat niet op de lijst.",
              "This reason is not on the list.");
const REFUSAL(refusal_reason_not_allowed, STATUS_INVALID_ARGUMENT, "reason_not_allowed",
              "Deze reden past niet bij dit besluit. Kies een andere van de lijst.",
              "This reason does not go with this decision. Choose another of the list.");
const REFUSAL(refusal_criterion_needed, STATUS_INVALID_ARGUMENT, "criterion_needed",
              "Noem bij deze reden de eis waar het om gaat.", "Name the criterion that this reason rests on.");
const REFUSAL(refusal_criterion_not_declared, STATUS_INVALID_ARGUMENT, "criterion_not_declared",
              "Deze eis is niet vooraf gemeld, of hoort niet bij deze reden.",
              "This criterion was not declared in advance, or does not go with this reason.");
const REFUSAL(refusal_criterion_not_below, STATUS_FAILED_PRECONDITION, "criterion_not_below",
              "Op deze eis ligt de kandidaat niet onder het gemelde minimum.",
              "On this criterion the candidate is not below the declared minimum.");
const REFUSAL(
    refusal_criterion_not_shown, STATUS_FAILED_PRECONDITION, "criterion_not_shown",
    "Van deze kandidaat worden geen niveaus getoond, omdat die te herkennen zou zijn. Deze reden kan dan niet.",
    "No levels of this candidate are shown, because they could be recognised. Then this reason is not possible.");
const REFUSAL(refusal_text_needed, STATUS_INVALID_ARGUMENT, "text_needed", "Geef bij deze reden een toelichting.",
              "Give an explanation with this reason.");
const REFUSAL(refusal_text_not_allowed, STATUS_INVALID_ARGUMENT, "text_not_allowed",
              "Alleen bij de reden 'anders' hoort een toelichting.",
              "Only the reason 'anders' comes with an explanation.");
const REFUSAL(refusal_text_apart, STATUS_INVALID_ARGUMENT, "text_apart",
              "Een toelichting gaat apart mee, via de kluis.", "A text goes apart, by way of the vault.");

/* The doubt about an attested level: any declared criterion may be named, and the coördinator is asked. */
static const char contested_reason[] = "niveau-betwist";

static unsigned sender_of(const struct context *context)
{
    if (!context->actor || context->actor->role == 0)
        return SENDER_SERVICE;
    if (actor_is(context->actor, ROLE(STUDENT)) || context->for_student)
        return SENDER_STUDENT;
    bool for_company = actor_is(context->actor, ROLE(COMPANY)) || context->on_behalf;
    return for_company ? SENDER_COMPANY : SENDER_SCHOOL;
}

struct status proposal_check_move(const struct context *context, const ProposalRecord *proposal,
                                  enum proposal_event event)
{
    const struct proposal_move *move = proposal_move_of(proposal->state, event);
    bool possible = move && move->senders & sender_of(context);
    return possible ? STATUS_DONE : status_refuse(&refusal_wrong_proposal_state);
}

struct status proposal_check_reason(const struct context *context, enum reason_event event, const char *code,
                                    const struct reason **reason)
{
    if (!code[0])
        return status_refuse_field(&refusal_missing_field, "reason");
    const struct reason *found = reason_find(context->options->reasons, code);
    if (!found)
        return status_refuse_field(&refusal_unknown_reason, "reason");
    if (!(found->events & 1u << event))
        return status_refuse_field(&refusal_reason_not_allowed, "reason");
    if (found->reason_class == REASON_OTHER && !context->has_text)
        return status_refuse_field(&refusal_text_needed, "text");
    if (found->reason_class != REASON_OTHER && context->has_text)
        return status_refuse_field(&refusal_text_not_allowed, "text");
    *reason = found;
    return STATUS_DONE;
}

static uint32_t level_of(const ProposalRecord *proposal, const char *skill)
{
    for (size_t i = 0; i < proposal->n_levels; i++)
        if (strcmp(proposal->levels[i]->skill, skill) == 0)
            return proposal->levels[i]->level;
    return 0;
}

static const Stagematch__V1__WeightedCriterion *weighted_criterion(const Stagematch__V1__Placement *declared,
                                                                   const char *skill)
{
    for (size_t i = 0; i < declared->n_weighted_criteria; i++)
        if (strcmp(declared->weighted_criteria[i]->skill, skill) == 0)
            return declared->weighted_criteria[i];
    return NULL;
}

static bool is_declared(const Stagematch__V1__Placement *declared, const char *skill)
{
    for (size_t i = 0; i < declared->n_hard_criteria; i++)
        if (strcmp(declared->hard_criteria[i]->skill, skill) == 0)
            return true;
    return weighted_criterion(declared, skill) != NULL;
}

static struct status check_criterion(const struct context *context, const ProposalRecord *proposal,
                                     const struct reason *reason, const char *criterion)
{
    if (!reason->needs_criterion)
        return criterion[0] ? status_refuse_field(&refusal_criterion_not_declared, "criterion") : STATUS_DONE;
    if (!criterion[0])
        return status_refuse_field(&refusal_criterion_needed, "criterion");
    const Stagematch__V1__Placement *declared = proposal_declared(context, proposal);
    if (!declared || !is_declared(declared, criterion))
        return status_refuse_field(&refusal_criterion_not_declared, "criterion");
    if (reason->reason_class != REASON_CRITERION || strcmp(reason->code, contested_reason) == 0)
        return STATUS_DONE;
    const Stagematch__V1__WeightedCriterion *weighted = weighted_criterion(declared, criterion);
    if (!weighted || weighted->minimum_level == 0)
        return status_refuse_field(&refusal_criterion_not_declared, "criterion");
    /* Or a try would tell what the view leaves out. */
    if (!blind_parts_of(proposal->view_reduction).bands)
        return status_refuse_field(&refusal_criterion_not_shown, "criterion");
    if (level_of(proposal, criterion) >= weighted->minimum_level)
        return status_refuse_field(&refusal_criterion_not_below, "criterion");
    return STATUS_DONE;
}

struct status proposal_check_decision(const struct context *context, const ProposalRecord *proposal,
                                      enum proposal_event event, const char *reason, const char *criterion,
                                      struct decision *out)
{
    struct status status = proposal_check_move(context, proposal, event);
    if (status.refusal)
        return status;
    const struct proposal_move *move = proposal_move_of(proposal->state, event);
    status = proposal_check_reason(context, move->reason, reason, &out->reason);
    if (!status.refusal)
        status = check_criterion(context, proposal, out->reason, criterion);
    out->criterion = criterion;
    return status;
}

static bool is_direct(const struct context *context, const ProposalRecord *proposal)
{
    const RoundRecord *round = state_find(context->state, RECORD_ROUND, text_of_bytes(proposal->round_id));
    return round && round->mode == ROUND_MODE(DIRECT);
}

static uint64_t write_fact(struct context *context, const ProposalRecord *proposal, const char *kind,
                           const char *code, const struct decision *decision)
{
    const StagevraagRecord *stagevraag =
        state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    uint8_t hash[32];
    struct fact fact = {.kind = kind,
                        .subject = proposal->proposal_id,
                        .school = proposal->school,
                        .leerbedrijf = proposal->leerbedrijf,
                        .code = code,
                        .reason = proposal->reason,
                        .criterion = proposal->criterion,
                        .proposal_id = proposal->proposal_id,
                        .round_id = proposal->round_id,
                        .placement_id = proposal->placement_id,
                        .criteria_version = proposal->criteria_version};
    if (stagevraag) {
        context_profile_hash(context, stagevraag, hash);
        fact.profile_hash = (ProtobufCBinaryData){sizeof hash, hash};
    }
    struct signal_place place;
    if (decision)
        signal_of_decision(context, proposal, decision, &place, &fact);
    return context_fact(context, &fact);
}

/* Overdue, and the school must see to it: the state stays. */
static void escalate(struct context *context, ProposalRecord *proposal)
{
    proposal->escalated = true;
    proposal->version++;
    (void)write_fact(context, proposal, "escalation", proposal_state_facts(proposal->state)->name, NULL);
    struct task_spec spec = proposal_task(proposal, TASK_KIND(ESCALATION), ROLE(COORDINATOR), proposal->school);
    spec.detail = proposal_state_facts(proposal->state)->name;
    task_open(context, &spec);
}

static void enter(struct context *context, ProposalRecord *proposal, const struct proposal_move *move,
                  const struct decision *decision, Stagematch__V1__ProposalState to)
{
    proposal->state = to;
    proposal->version++;
    proposal->state_since_ms = context->now_ms;
    proposal->escalated = false;
    if (move->senders & SENDER_COMPANY)
        proposal->on_behalf = context->on_behalf;
    if (move->senders & SENDER_STUDENT)
        proposal->on_behalf_of_student = context->for_student;
    proposal->ended_by = decision->side;
    if (decision->reason)
        (void)context_ok(context, message_assign_string(&proposal->reason, text_of(decision->reason->code)));
    if (decision->criterion)
        (void)context_ok(context, message_assign_string(&proposal->criterion, text_of(decision->criterion)));
    if (to == PROPOSAL_STATE(RELEASED))
        proposal->identity_released = true;
    if (to == PROPOSAL_STATE(STARTED))
        proposal->start_day = dutch_day(context->now_ms);
    if (!proposal->shown && (to == PROPOSAL_STATE(APPROVED) || to == PROPOSAL_STATE(ACCEPTED)))
        candidate_freeze_view(context, proposal);
}

/* The student plays on in this round; the seat too, but when the round was closed its placement may be in another one by now. */
static void note_rematch(struct context *context, const ProposalRecord *proposal, uint64_t seq)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    rematch_note(context, proposal->round_id, seq);
    if (placement && !bytes_equal(placement->round_id, proposal->round_id))
        rematch_note(context, placement->round_id, seq);
}

void proposal_move(struct context *context, const ProposalRecord *record, enum proposal_event event,
                   const struct decision *given)
{
    static const struct decision nothing;
    const struct decision *decision = given ? given : &nothing;
    const struct proposal_move *move = proposal_move_of(record->state, event);
    if (!move || !(move->senders & (decision->by_service ? SENDER_SERVICE : sender_of(context)))) {
        (void)context_ok(context, ERR_INTERNAL);
        return;
    }
    ProposalRecord *proposal = context_edit(context, RECORD_PROPOSAL, text_of_bytes(record->proposal_id));
    if (!proposal)
        return;
    if (move->to == move->from) {
        escalate(context, proposal);
        context_edited(context, RECORD_PROPOSAL, proposal);
        return;
    }
    Stagematch__V1__ProposalState before = proposal->state;
    enter(context, proposal, move, decision,
          move->to_direct && is_direct(context, proposal) ? move->to_direct : move->to);
    decided_note(context, proposal, event);
    proposal_move_seat(context, proposal, move, decision);
    proposal_move_stagevraag(context, proposal, move);
    context_edited(context, RECORD_PROPOSAL, proposal);
    uint64_t seq = write_fact(context, proposal, "decision", proposal_state_facts(proposal->state)->name, decision);
    signal_proposal_moved(context, proposal, decision);
    proposal_close_tasks(context, proposal, before);
    proposal_open_tasks(context, proposal);
    proposal_review(context, proposal, decision);
    proposal_tell(context, proposal, move);
    if (move->bars)
        note_rematch(context, proposal, seq);
}

struct status proposal_check_and_move(struct context *context, const ProposalRecord *proposal,
                                      const struct move_call *call)
{
    struct decision decision = {.side = call->side};
    struct status status;
    if (!call->reason)
        status = proposal_check_move(context, proposal, call->event);
    else if (call->text[0])
        status = status_refuse_field(&refusal_text_apart, "text");
    else
        status = proposal_check_decision(context, proposal, call->event, call->reason, call->criterion, &decision);
    if (status.refusal)
        return status;
    if (call->reason && context->has_text)
        proposal_text_subject(context, proposal, "reason");
    proposal_move(context, proposal, call->event, call->reason ? &decision : NULL);
    return STATUS_DONE;
}
