/* Where the rules look: moves of proposals, placements, contested levels, texts. */
#include "domain/proposal_move.h"
#include "domain/signal.h"
#include "domain/signal_state.h"

#include <string.h>

enum { LOOKS_MAX = 1000, REOPENED_DAYS = 7, WEEK_DAYS = 7 };
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const char contested_reason[] = "niveau-betwist";

static const PlacementRecord *placement_of(const struct context *context, const ProposalRecord *proposal)
{
    return state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
}

/* For a company, by its own account or on its behalf. */
static bool by_company(const struct context *context)
{
    return actor_is(context->actor, ROLE(COMPANY)) || (context->on_behalf && !context->for_student);
}

static unsigned marks_of(const struct context *context, const ProposalRecord *proposal,
                         const struct decision *decision)
{
    unsigned marks = context->on_behalf && !context->for_student ? MARK_ON_BEHALF : 0;
    int32_t early_days = (int32_t)(signal_options_of(context).early_weeks * WEEK_DAYS);
    if (decision->reason && decision->reason->reason_class == REASON_OTHER)
        marks |= MARK_UNEXPLAINED;
    if (decision->reason && decision->reason->reason_class == REASON_FACT)
        marks |= MARK_FACT;
    if (decision->side == SIDE(COMPANY))
        marks |= MARK_BY_COMPANY;
    if (proposal->start_day && dutch_day(context->now_ms) - proposal->start_day < early_days)
        marks |= MARK_EARLY;
    return marks;
}

static enum rule_step step_of(const struct context *context, const ProposalRecord *proposal)
{
    return rule_step_of(proposal_state_facts(proposal->state)->name, by_company(context));
}

void signal_of_decision(const struct context *context, const ProposalRecord *proposal,
                        const struct decision *decision, struct signal_place *place, struct fact *fact)
{
    if (step_of(context, proposal) == STEP_OTHER)
        return;
    signal_place_of(context, placement_of(context, proposal), place);
    fact->kvk = place->kvk;
    fact->stratum = place->stratum;
    fact->marks = marks_of(context, proposal, decision);
}

/* A step about a proposal that is its own subject. */
static struct signal_step about(const struct context *context, const ProposalRecord *proposal, enum rule_step step)
{
    return (struct signal_step){.step = step,
                                .school = proposal->school,
                                .leerbedrijf = proposal->leerbedrijf,
                                .placement = placement_of(context, proposal),
                                .subject = proposal->proposal_id,
                                .proposal_id = proposal->proposal_id,
                                .placement_id = proposal->placement_id,
                                .code = rule_step_name(step)};
}

void signal_proposal_moved(struct context *context, const ProposalRecord *proposal, const struct decision *decision)
{
    struct signal_step step = about(context, proposal, step_of(context, proposal));
    step.marks = marks_of(context, proposal, decision);
    step.code = decision->reason ? decision->reason->code : proposal_state_facts(proposal->state)->name;
    step.criterion = decision->criterion;
    (void)signal_count(context, &step, true);
}

void signal_text_not_objective(struct context *context, const ProposalRecord *proposal)
{
    const struct signal_step step = about(context, proposal, STEP_NOT_OBJECTIVE);
    (void)signal_count(context, &step, false);
}

/* R3. */

static bool same_kind(const PlacementRecord *a, const PlacementRecord *b)
{
    const Stagematch__V1__Placement *one = a->placement, *other = b->placement;
    for (size_t i = 0; i < one->n_qualifications; i++)
        if (strings_have(other->qualifications, other->n_qualifications, text_of(one->qualifications[i])))
            return true;
    return false;
}

/* Its proposals that a withdrawal ended after release, not long ago: each is an event, once. */
static void note_withdrawn(struct context *context, const PlacementRecord *placement)
{
    int64_t since_ms = context->now_ms - (int64_t)signal_options_of(context).again_weeks * WEEK_DAYS * DAY_MS;
    struct scan scan;
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(placement->placement_id));
    for (const ProposalRecord *proposal; context->error == ERR_OK && (proposal = scan_next(&scan));) {
        if (proposal->state != PROPOSAL_STATE(WITHDRAWN_PLACE) || !proposal->identity_released ||
            proposal->state_since_ms < since_ms)
            continue;
        const struct signal_step step = about(context, proposal, STEP_WITHDRAWN_AGAIN);
        (void)signal_count(context, &step, false);
    }
}

void signal_placement_published(struct context *context, const PlacementRecord *placement)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, placement->placement->leerbedrijf);
    const PlacementRecord *other;
    for (unsigned looks = 0; looks < LOOKS_MAX && context->error == ERR_OK && (other = scan_next(&scan)); looks++)
        if (other == placement || (other->state == PLACEMENT_STATE(WITHDRAWN) && same_kind(other, placement)))
            note_withdrawn(context, other);
}

/* R4. The school whose candidate was shown last under the version that was changed. */

void signal_criteria_changed(struct context *context, const PlacementRecord *placement, uint64_t version)
{
    const ProposalRecord *last = NULL;
    struct scan scan;
    char subject[ID_BYTES + sizeof version];
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(placement->placement_id));
    for (const ProposalRecord *proposal; (proposal = scan_next(&scan));)
        if (proposal->shown && proposal->criteria_version == version &&
            (!last || proposal->state_since_ms > last->state_since_ms))
            last = proposal;
    if (!last)
        return;
    memcpy(subject, placement->placement_id.data, ID_BYTES);
    memcpy(subject + ID_BYTES, &version, sizeof version);
    struct signal_step step = about(context, last, STEP_CRITERIA_MOVED);
    uint8_t id[ID_BYTES];
    signal_event_id_of(RULE_MOVED_GOALPOSTS, (ProtobufCBinaryData){sizeof subject, (uint8_t *)subject}, id);
    step.subject = (ProtobufCBinaryData){sizeof id, id};
    (void)signal_count(context, &step, false);
}

/* R1, by what came after. */

static bool refused_for_room(const struct context *context, const ProposalRecord *proposal)
{
    const struct reason *reason = reason_find(context->options->reasons, proposal->reason);
    return proposal->state == PROPOSAL_STATE(REJECTED) && reason && reason->reason_class == REASON_PLACE &&
           proposal->state_since_ms >= context->now_ms - REOPENED_DAYS * DAY_MS;
}

void signal_placement_reopened(struct context *context, const PlacementRecord *placement)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(placement->placement_id));
    for (const ProposalRecord *proposal; context->error == ERR_OK && (proposal = scan_next(&scan));) {
        if (!refused_for_room(context, proposal))
            continue;
        const struct signal_step step = about(context, proposal, STEP_CONTRADICTED);
        (void)signal_count(context, &step, false);
    }
}

static void contradict(struct context *context, const StagevraagRecord *stagevraag, const char *skill)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
    for (const ProposalRecord *proposal; context->error == ERR_OK && (proposal = scan_next(&scan));) {
        if (proposal->state != PROPOSAL_STATE(REJECTED) || strcmp(proposal->reason, contested_reason) != 0 ||
            strcmp(proposal->criterion, skill) != 0)
            continue;
        struct signal_step step = about(context, proposal, STEP_CONTRADICTED);
        step.criterion = skill;
        (void)signal_count(context, &step, false);
    }
}

void signal_level_decided(struct context *context, const StagevraagRecord *stagevraag, const char *skill,
                          bool changed)
{
    uint8_t id[ID_BYTES];
    enum rule_step kind = changed ? STEP_LEVEL_CHANGED : STEP_LEVEL_KEPT;
    context_draw(context, id);
    const struct signal_step step = {.step = kind,
                                     .school = stagevraag->school,
                                     .leerbedrijf = "",
                                     .subject = {sizeof id, id},
                                     .code = rule_step_name(kind),
                                     .criterion = skill};
    (void)signal_count(context, &step, false);
    if (!changed)
        contradict(context, stagevraag, skill);
}
