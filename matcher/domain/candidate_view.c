#include "blind/view.h"
#include "domain/candidate.h"
#include "domain/market.h"

#include <string.h>

typedef Stagematch__V1__Placement Placement;
typedef Stagematch__V1__Profile Profile;

static size_t criterion_count(const Placement *declared)
{
    return declared->n_weighted_criteria < BLIND_CRITERIA_MAX ? declared->n_weighted_criteria : BLIND_CRITERIA_MAX;
}

static uint8_t level_in(const Profile *profile, const char *skill)
{
    for (size_t i = 0; i < profile->n_skills; i++)
        if (strcmp(profile->skills[i]->skill, skill) == 0)
            return (uint8_t)profile->skills[i]->level;
    return 0;
}

static bool meets_hard_criteria(const Placement *declared, const Profile *profile)
{
    for (size_t i = 0; i < declared->n_hard_criteria; i++)
        if (level_in(profile, declared->hard_criteria[i]->skill) < declared->hard_criteria[i]->level)
            return false;
    return true;
}

static void look_of(const Placement *declared, const Profile *profile, struct blind_look *look)
{
    *look = (struct blind_look){.qualification = profile->qualification};
    for (size_t i = 0; i < criterion_count(declared); i++)
        look->levels[i] = level_in(profile, declared->weighted_criteria[i]->skill);
}

/*
 * So many students are looked at, at most: a decision must not wait for a market of hundreds of thousands. Who is not found among
 * these leaves the view smaller than it might be, never larger.
 */
enum { CROWD_LOOKS = 5000 };

/* Adds the students of the round with one qualification; false when looking further is of no use. */
static bool add_students(const struct context *context, const ProposalRecord *proposal, const Placement *declared,
                         const char *qualification, struct blind_crowd *crowd, unsigned *looks)
{
    struct index_key prefix;
    struct scan scan;
    index_key_start(&prefix);
    index_key_bytes(&prefix, text_of_bytes(proposal->round_id));
    index_key_string(&prefix, qualification);
    index_key_u8(&prefix, (unsigned)declared->leerweg);
    scan_start(&scan, context->state, INDEX_STAGEVRAAG_ROUND, &prefix);
    for (const StagevraagRecord *stagevraag; (stagevraag = scan_next(&scan));) {
        const Profile *profile = stagevraag_round_profile(stagevraag);
        struct blind_look look;
        if (++*looks > CROWD_LOOKS)
            return false;
        if (!profile || !meets_hard_criteria(declared, profile))
            continue;
        look_of(declared, profile, &look);
        if (!blind_crowd_add(crowd, &look))
            return false;
    }
    return true;
}

static bool is_first(char *const *list, size_t at)
{
    return !strings_have(list, at, text_of(list[at]));
}

void candidate_freeze_view(struct context *context, ProposalRecord *proposal)
{
    const Placement *declared = proposal_declared(context, proposal);
    const StagevraagRecord *stagevraag =
        state_find(context->state, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    const Profile *profile = stagevraag ? stagevraag_round_profile(stagevraag) : NULL;
    proposal->shown = true;
    proposal->view_reduction = BLIND_STEPS - 1;
    if (!declared || !profile)
        return;
    struct blind_look candidate;
    struct blind_crowd crowd;
    uint8_t minimums[BLIND_CRITERIA_MAX] = {0};
    look_of(declared, profile, &candidate);
    for (size_t i = 0; i < criterion_count(declared); i++)
        minimums[i] = (uint8_t)declared->weighted_criteria[i]->minimum_level;
    blind_crowd_start(&crowd, &candidate, minimums, criterion_count(declared));
    unsigned looks = 0;
    bool more = add_students(context, proposal, declared, profile->qualification, &crowd, &looks);
    for (size_t i = 0; more && i < declared->n_qualifications; i++)
        if (strcmp(declared->qualifications[i], profile->qualification) != 0 && is_first(declared->qualifications, i))
            more = add_students(context, proposal, declared, declared->qualifications[i], &crowd, &looks);
    proposal->view_reduction = blind_crowd_reduction(&crowd);
    PlacementRecord *placement = context_edit(context, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    if (placement && placement->criteria_version == proposal->criteria_version)
        placement->candidate_shown = true;
}

/* The levels that were frozen with the proposal, not what the student has now. */
static unsigned frozen_level(const ProposalRecord *record, const char *skill)
{
    for (size_t i = 0; i < record->n_levels; i++)
        if (strcmp(record->levels[i]->skill, skill) == 0)
            return record->levels[i]->level;
    return 0;
}

static void add_bands(struct context *context, const ProposalRecord *record, const Placement *declared, bool shown,
                      Stagematch__V1__CandidateView *view)
{
    for (size_t i = 0; i < declared->n_weighted_criteria && context->error == ERR_OK; i++) {
        const Stagematch__V1__WeightedCriterion *criterion = declared->weighted_criteria[i];
        Stagematch__V1__CriterionBand *band = CONTEXT_NEW(context, stagematch__v1__criterion_band__descriptor);
        if (!band)
            return;
        enum blind_band value = blind_band_of(frozen_level(record, criterion->skill), criterion->minimum_level);
        (void)context_ok(context, message_assign_string(&band->skill, text_of(criterion->skill)));
        if (shown)
            (void)context_ok(context, message_assign_string(&band->band, text_of(blind_band_name(value))));
        (void)context_ok(context, message_append(&view->n_bands, &view->bands, band));
        /* What may be objected to says as much as its band, so it is shown and left out with it. */
        if (shown && value == BAND_BELOW)
            (void)context_ok(context,
                             message_append_string(&view->n_objectionable_criteria, &view->objectionable_criteria,
                                                   text_of(criterion->skill)));
    }
}

static void copy_criteria(struct context *context, const Placement *declared, Stagematch__V1__CandidateView *view)
{
    for (size_t i = 0; i < declared->n_hard_criteria && context->error == ERR_OK; i++) {
        Stagematch__V1__HardCriterion *copy;
        if (context_ok(context, message_dup(declared->hard_criteria[i], &copy)))
            (void)context_ok(context, message_append(&view->n_hard_criteria, &view->hard_criteria, copy));
    }
    for (size_t i = 0; i < declared->n_weighted_criteria && context->error == ERR_OK; i++) {
        Stagematch__V1__WeightedCriterion *copy;
        if (context_ok(context, message_dup(declared->weighted_criteria[i], &copy)))
            (void)context_ok(context, message_append(&view->n_weighted_criteria, &view->weighted_criteria, copy));
    }
}

Stagematch__V1__CandidateView *candidate_view(struct context *context, const ProposalRecord *record)
{
    Stagematch__V1__CandidateView *view = CONTEXT_NEW(context, stagematch__v1__candidate_view__descriptor);
    if (!view)
        return NULL;
    struct blind_parts parts = blind_parts_of(record->view_reduction);
    const Placement *declared = proposal_declared(context, record);
    const struct proposal_state_facts *facts = proposal_state_facts(record->state);
    if (!actor_is(context->actor, ROLE(STUDENT))) {
        (void)context_ok(context, message_assign_string(&view->candidate, text_of(record->candidate)));
        proposal_copy_check_ins(context, record, SIDE(COMPANY), &view->check_ins, &view->n_check_ins);
    }
    context_id(context, record->placement_id, &view->placement_id);
    view->state = record->state;
    view->version = record->version;
    view->hard_criteria_met = true;
    view->period_met = parts.period;
    view->hours_and_days_met = parts.hours_and_days;
    view->reduction = record->view_reduction;
    if (parts.qualification && context->error == ERR_OK)
        (void)context_ok(context, message_assign_string(&view->qualification, text_of(record->qualification)));
    if (declared) {
        copy_criteria(context, declared, view);
        add_bands(context, record, declared, parts.bands, view);
    }
    context_time(context, task_due_ms(context->state, INDEX_TASK_PROPOSAL, record->proposal_id, facts->task),
                 &view->due_time);
    if (record->introduction_agreed)
        view->introduction = introduction_view(context, record);
    return view;
}

const ProposalRecord *candidate_in_turn(const struct state *state, ProtobufCBinaryData placement_id)
{
    const ProposalRecord *first = NULL;
    struct scan scan;
    scan_id(&scan, state, INDEX_RUNNING_PLACEMENT, text_of_bytes(placement_id));
    for (const ProposalRecord *proposal; (proposal = scan_next(&scan));) {
        if (proposal->state != PROPOSAL_STATE(APPROVED))
            continue;
        if (!first || proposal->state_since_ms < first->state_since_ms ||
            (proposal->state_since_ms == first->state_since_ms && strcmp(proposal->candidate, first->candidate) < 0))
            first = proposal;
    }
    return first;
}
