#include "blind/label.h"
#include "domain/market.h"
#include "domain/placement.h"
#include "domain/proposal_move.h"

#include <string.h>

/* After so many unexplained objections, or so many expiries, a placement pauses and the school calls. */
enum { PAUSE_AFTER = 2 };

uint32_t placement_free_seats(const PlacementRecord *placement)
{
    uint64_t used = (uint64_t)placement->seats_taken + placement->seats_suspended;
    uint32_t capacity = placement->placement->capacity;
    if (placement->state != PLACEMENT_STATE(PUBLISHED) || used >= capacity)
        return 0;
    return capacity - (uint32_t)used;
}

const Stagematch__V1__Placement *placement_criteria(const PlacementRecord *placement, uint64_t criteria_version)
{
    if (placement->criteria_version == criteria_version)
        return placement->placement;
    for (size_t i = 0; i < placement->n_earlier; i++)
        if (placement->earlier[i]->criteria_version == criteria_version)
            return placement->earlier[i]->placement;
    return NULL;
}

/* The seat. */

static bool must_pause(const PlacementRecord *placement)
{
    return placement->state == PLACEMENT_STATE(PUBLISHED) &&
           (placement->anders_count >= PAUSE_AFTER || placement->expiry_count >= PAUSE_AFTER);
}

/* Opening it again is for the school alone, so nobody else is asked to any more. `proposal`: whose school calls. */
static void pause_placement(struct context *context, PlacementRecord *placement, const ProposalRecord *proposal)
{
    placement->state = PLACEMENT_STATE(PAUSED);
    task_close(context, INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(REOPEN), NULL);
    const char *school = placement->entered_by_school[0] ? placement->entered_by_school : proposal->school;
    (void)context_fact(context, &(struct fact){.kind = "placement_paused",
                                               .subject = placement->placement_id,
                                               .school = school,
                                               .leerbedrijf = proposal->leerbedrijf,
                                               .code = placement->anders_count >= PAUSE_AFTER ? "anders" : "expired",
                                               .round_id = proposal->round_id,
                                               .placement_id = placement->placement_id});
    task_open(context, &(struct task_spec){.kind = TASK_KIND(CALL_COMPANY),
                                           .role = ROLE(COORDINATOR),
                                           .scope = school,
                                           .placement_id = placement->placement_id});
}

void placement_pause_again(struct context *context, PlacementRecord *placement)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(placement->placement_id));
    const ProposalRecord *proposal = must_pause(placement) ? scan_next(&scan) : NULL;
    if (proposal)
        pause_placement(context, placement, proposal);
}

/* Objections that nobody can check, and silence, are counted until the school opens the placement after a pause. */
static void count_unexplained(struct context *context, PlacementRecord *placement, const ProposalRecord *proposal,
                              const struct decision *decision)
{
    bool refuses =
        proposal->state == PROPOSAL_STATE(REJECTED) || proposal->state == PROPOSAL_STATE(DROPPED_AFTER_RELEASE);
    placement->expiry_count += proposal->state == PROPOSAL_STATE(EXPIRED_COMPANY);
    placement->anders_count += refuses && decision->reason && decision->reason->reason_class == REASON_OTHER;
    if (must_pause(placement))
        pause_placement(context, placement, proposal);
}

static void open_reopen_task(struct context *context, const PlacementRecord *placement)
{
    struct task_spec spec = {.kind = TASK_KIND(REOPEN),
                             .role = ROLE(COMPANY),
                             .scope = placement->placement->leerbedrijf,
                             .placement_id = placement->placement_id};
    task_open(context, &spec);
    if (placement->entered_by_school[0]) {
        spec.role = ROLE(COORDINATOR);
        spec.scope = placement->entered_by_school;
        task_open(context, &spec);
    }
}

static enum seat_effect effect_of(const struct proposal_move *move, const struct decision *decision)
{
    if (move->seat != SEAT_BY_REASON)
        return move->seat;
    bool place = decision->reason && decision->reason->reason_class == REASON_PLACE;
    return place ? SEAT_SUSPENDED : SEAT_FREED;
}

void proposal_move_seat(struct context *context, ProposalRecord *proposal, const struct proposal_move *move,
                        const struct decision *decision)
{
    enum seat_effect effect = effect_of(move, decision);
    if (effect == SEAT_KEPT)
        return;
    PlacementRecord *placement = context_edit(context, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    if (!placement)
        return;
    placement->version++;
    if (effect == SEAT_HELD)
        proposal->seat_held = true;
    else if (placement->seats_taken)
        placement->seats_taken--;
    count_unexplained(context, placement, proposal, decision);
    bool is_offered = placement->state == PLACEMENT_STATE(PUBLISHED) || placement->state == PLACEMENT_STATE(PAUSED);
    if (effect == SEAT_SUSPENDED && is_offered) /* publishing says that all seats are there */
        placement->seats_suspended++;
    if (effect == SEAT_SUSPENDED && placement->state == PLACEMENT_STATE(PUBLISHED))
        open_reopen_task(context, placement);
    context_edited(context, RECORD_PLACEMENT, placement);
}

/* The reviewer has looked: the seat that was held is free again. */
static void free_held_seat(struct context *context, ProtobufCBinaryData proposal_id)
{
    ProposalRecord *proposal = context_edit(context, RECORD_PROPOSAL, text_of_bytes(proposal_id));
    if (!proposal || !proposal->seat_held)
        return;
    proposal->seat_held = false;
    proposal->version++;
    context_edited(context, RECORD_PROPOSAL, proposal);
    const PlacementRecord *placement = placement_give_seat(context, proposal->placement_id);
    if (!placement)
        return;
    uint64_t seq = context_fact(context, &(struct fact){.kind = "seat_freed",
                                                        .subject = placement->placement_id,
                                                        .school = proposal->school,
                                                        .leerbedrijf = proposal->leerbedrijf,
                                                        .proposal_id = proposal->proposal_id,
                                                        .round_id = proposal->round_id,
                                                        .placement_id = placement->placement_id});
    rematch_note(context, placement->round_id, seq);
}

/* The student. */

void proposal_move_stagevraag(struct context *context, const ProposalRecord *proposal,
                              const struct proposal_move *move)
{
    StagevraagRecord *stagevraag = context_edit(context, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    if (!stagevraag)
        return;
    const struct proposal_state_facts *facts = proposal_state_facts(proposal->state);
    if (stagevraag->state != facts->stagevraag)
        stagevraag->version++;
    stagevraag->state = facts->stagevraag;
    if (!facts->runs)
        (void)context_ok(context, message_assign_bytes(&stagevraag->proposal_id, text_of("")));
    if (move->bars)
        (void)context_ok(context,
                         message_append_bytes(&stagevraag->n_barred_placements, &stagevraag->barred_placements,
                                              text_of_bytes(proposal->placement_id)));
    context_edited(context, RECORD_STAGEVRAAG, stagevraag);
}

/* A level in doubt: to the coördinator, on the stagevraag's own list of contested skills. */
static void contest_level(struct context *context, const ProposalRecord *proposal, const char *skill)
{
    StagevraagRecord *stagevraag = context_edit(context, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    if (!stagevraag)
        return;
    if (!strings_have(stagevraag->contested_skills, stagevraag->n_contested_skills, text_of(skill))) {
        (void)context_ok(context, message_append_string(&stagevraag->n_contested_skills,
                                                        &stagevraag->contested_skills, text_of(skill)));
        stagevraag->version++;
    }
    context_edited(context, RECORD_STAGEVRAAG, stagevraag);
    task_open(context, &(struct task_spec){.kind = TASK_KIND(CONTESTED_LEVEL),
                                           .role = ROLE(COORDINATOR),
                                           .scope = proposal->school,
                                           .stagevraag_id = proposal->stagevraag_id,
                                           .detail = skill});
}

void proposal_review(struct context *context, const ProposalRecord *proposal, const struct decision *decision)
{
    bool contested = decision->reason && strcmp(decision->reason->code, "niveau-betwist") == 0;
    bool unexplained = decision->reason && decision->reason->reason_class == REASON_OTHER;
    if (contested)
        contest_level(context, proposal, decision->criterion);
    if (unexplained || proposal->state == PROPOSAL_STATE(DROPPED_AFTER_RELEASE)) {
        struct task_spec spec =
            proposal_task(proposal, TASK_KIND(REVIEW_REASON), ROLE(VERTROUWENSPERSOON), proposal->school);
        spec.detail = proposal->reason;
        task_open(context, &spec);
    }
}

/* The call was made, and the placement is paused still. */
static void ask_to_reopen(struct context *context, const TaskRecord *call)
{
    task_open(context, &(struct task_spec){.kind = TASK_KIND(REOPEN),
                                           .role = call->role,
                                           .scope = call->scope,
                                           .placement_id = call->placement_id});
}

void proposal_task_completed(struct context *context, const TaskRecord *task)
{
    (void)context_fact(context, &(struct fact){.kind = "task_completed",
                                               .subject = task->task_id,
                                               .school = task->scope,
                                               .code = task_kind_name(task->kind),
                                               .proposal_id = task->proposal_id,
                                               .placement_id = task->placement_id});
    if (task->kind == TASK_KIND(REVIEW_REASON) && task->proposal_id.len)
        free_held_seat(context, task->proposal_id);
    if (task->kind == TASK_KIND(CALL_COMPANY))
        ask_to_reopen(context, task);
}

void proposal_task_overdue(struct context *context, const TaskRecord *task)
{
    const ProposalRecord *proposal = state_find(context->state, RECORD_PROPOSAL, text_of_bytes(task->proposal_id));
    if (!proposal || proposal->escalated || proposal_state_facts(proposal->state)->task != task->kind ||
        !proposal_move_of(proposal->state, EVENT_OVERDUE))
        return;
    proposal_move(context, proposal, EVENT_OVERDUE, NULL);
}

/* Making one. */

static bool copy_look(struct context *context, ProposalRecord *proposal, const StagevraagRecord *stagevraag,
                      const Stagematch__V1__Placement *declared)
{
    const Stagematch__V1__Profile *profile = stagevraag_round_profile(stagevraag);
    if (profile)
        (void)context_ok(context, message_assign_string(&proposal->qualification, text_of(profile->qualification)));
    for (size_t i = 0; profile && i < profile->n_skills; i++) {
        const char *skill = profile->skills[i]->skill;
        bool asked = false;
        for (size_t j = 0; j < declared->n_weighted_criteria && !asked; j++)
            asked = strcmp(declared->weighted_criteria[j]->skill, skill) == 0;
        Stagematch__Internal__V1__CriterionLevel *level =
            asked ? CONTEXT_NEW(context, stagematch__internal__v1__criterion_level__descriptor) : NULL;
        if (!level)
            continue;
        level->level = profile->skills[i]->level;
        if (!context_ok(context, message_assign_string(&level->skill, text_of(skill))))
            message_free(level);
        else
            (void)context_ok(context, message_append(&proposal->n_levels, &proposal->levels, level));
    }
    return context->error == ERR_OK;
}

static ProposalRecord *new_record(struct context *context, const RoundRecord *round,
                                  const StagevraagRecord *stagevraag, const PlacementRecord *placement,
                                  const MatchRecord *match)
{
    uint8_t id[ID_BYTES];
    char label[LABEL_BYTES];
    context_draw(context, id);
    blind_label(context->options->label_key, id, label);
    uint64_t criteria_version =
        placement->sealed_criteria_version ? placement->sealed_criteria_version : placement->criteria_version;
    const Stagematch__V1__Placement *declared = placement_criteria(placement, criteria_version);
    ProposalRecord *proposal = CONTEXT_NEW(context, stagematch__internal__v1__proposal_record__descriptor);
    if (!proposal)
        return NULL;
    proposal->state = PROPOSAL_STATE(PROPOSED);
    proposal->version = 1;
    proposal->criteria_version = criteria_version;
    proposal->rank = match->rank;
    proposal->score = match->score;
    proposal->band = match->band;
    proposal->distance_m = match->distance_m;
    proposal->state_since_ms = context->now_ms;
    if (!context_ok(context,
                    message_assign_bytes(&proposal->proposal_id, (struct text){(const char *)id, sizeof id})) ||
        !context_ok(context, message_assign_bytes(&proposal->round_id, text_of_bytes(round->round_id))) ||
        !context_ok(context,
                    message_assign_bytes(&proposal->stagevraag_id, text_of_bytes(stagevraag->stagevraag_id))) ||
        !context_ok(context, message_assign_bytes(&proposal->student_ref, text_of_bytes(stagevraag->student_ref))) ||
        !context_ok(context, message_assign_bytes(&proposal->placement_id, text_of_bytes(placement->placement_id))) ||
        !context_ok(context, message_assign_string(&proposal->school, text_of(stagevraag->school))) ||
        !context_ok(context,
                    message_assign_string(&proposal->leerbedrijf, text_of(placement->placement->leerbedrijf))) ||
        !context_ok(context, message_assign_string(&proposal->candidate, text_of(label))) ||
        !copy_look(context, proposal, stagevraag, declared ? declared : placement->placement)) {
        message_free(proposal);
        return NULL;
    }
    return proposal;
}

static void take_student(struct context *context, const ProposalRecord *proposal)
{
    StagevraagRecord *stagevraag = context_edit(context, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    if (!stagevraag)
        return;
    stagevraag->state = STAGEVRAAG_STATE(PROPOSED);
    stagevraag->version++;
    (void)context_ok(context, message_assign_bytes(&stagevraag->proposal_id, text_of_bytes(proposal->proposal_id)));
    context_edited(context, RECORD_STAGEVRAAG, stagevraag);
}

const ProposalRecord *proposal_create(struct context *context, const RoundRecord *round,
                                      const StagevraagRecord *stagevraag, const PlacementRecord *placement,
                                      const MatchRecord *match)
{
    ProposalRecord *proposal = new_record(context, round, stagevraag, placement, match);
    if (!proposal)
        return NULL;
    uint8_t hash[32];
    context_profile_hash(context, stagevraag, hash);
    context_add(context, RECORD_PROPOSAL, proposal);
    if (context->error != ERR_OK)
        return NULL;
    (void)placement_take_seat(context, proposal->placement_id);
    take_student(context, proposal);
    (void)context_fact(context, &(struct fact){.kind = "proposal",
                                               .subject = proposal->proposal_id,
                                               .school = proposal->school,
                                               .leerbedrijf = proposal->leerbedrijf,
                                               .code = proposal_state_facts(proposal->state)->name,
                                               .proposal_id = proposal->proposal_id,
                                               .round_id = proposal->round_id,
                                               .placement_id = proposal->placement_id,
                                               .profile_hash = {sizeof hash, hash},
                                               .criteria_version = proposal->criteria_version});
    proposal_open_tasks(context, proposal);
    return context->error == ERR_OK ? proposal : NULL;
}

/* Ending many. */

static void end_one(struct context *context, const ProposalRecord *proposal, enum proposal_event event,
                    const char *reason, Stagematch__V1__Side side)
{
    struct decision decision = {reason_find(context->options->reasons, reason), NULL, side, true};
    proposal_move(context, proposal, event, &decision);
}

size_t proposal_end_all_of(struct context *context, enum state_index index, ProtobufCBinaryData id,
                           enum proposal_event event, const char *reason, size_t limit)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, context->state, index, text_of_bytes(id));
    for (const ProposalRecord *proposal; count < limit && context->error == ERR_OK && (proposal = scan_next(&scan));)
        if (proposal_move_of(proposal->state, event)) {
            end_one(context, proposal, event, reason, event == EVENT_PLACE_WITHDRAWN ? SIDE(COMPANY) : SIDE(SCHOOL));
            count++;
        }
    return count;
}

void proposal_end_of_stagevraag(struct context *context, const StagevraagRecord *stagevraag, const char *reason,
                                Stagematch__V1__Side by)
{
    const ProposalRecord *proposal = stagevraag->proposal_id.len ? state_find(context->state, RECORD_PROPOSAL,
                                                                              text_of_bytes(stagevraag->proposal_id))
                                                                 : NULL;
    if (proposal && proposal_move_of(proposal->state, EVENT_STUDENT_WITHDRAWN))
        end_one(context, proposal, EVENT_STUDENT_WITHDRAWN, reason, by);
}
