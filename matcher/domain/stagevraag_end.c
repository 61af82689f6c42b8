/* How a stagevraag ends outside the course of a proposal: withdrawn, or placed elsewhere. */
#include "domain/placement.h"
#include "domain/proposal.h"
#include "domain/stagevraag.h"
#include "domain/task.h"

static const REFUSAL(refusal_no_seat, STATUS_FAILED_PRECONDITION, "no_seat", "Op deze leerplaats is geen plek vrij.",
                     "This placement has no free seat.");

/* Of the list of reasons: what ends a proposal whose student is placed elsewhere. */
static const char elsewhere_reason[] = "plek-elders";

static Stagematch__V1__Side side_of_actor(const struct context *context)
{
    return actor_is(context->actor, ROLE(STUDENT)) ? SIDE(STUDENT) : SIDE(SCHOOL);
}

void stagevraag_leave_elsewhere(struct context *context, StagevraagRecord *record)
{
    if (record->elsewhere_placement_id.len == 0)
        return;
    const PlacementRecord *placement = placement_give_seat(context, record->elsewhere_placement_id);
    if (placement)
        rematch_note(context, placement->round_id, state_ledger_seq(context->state));
    context_ok(context, message_assign_bytes(&record->elsewhere_placement_id, text_of("")));
}

/* Enters a final state and ends what still waits for it. */
static void finish(struct context *context, StagevraagRecord *record, Stagematch__V1__StagevraagState state)
{
    record->state = state;
    task_close(context, INDEX_TASK_STAGEVRAAG, record->stagevraag_id, TASK_KIND(UNSPECIFIED), NULL);
    message_clear_strings(&record->contested_skills, &record->n_contested_skills);
    stagevraag_changed(context, record);
}

/* The text that comes with a withdrawal is about the proposal that it ends, or the stagevraag itself where there is none. */
static void note_text(struct context *context, const StagevraagRecord *record)
{
    if (!context->has_text)
        return;
    Stagematch__Internal__V1__TextSubject *subject =
        CONTEXT_NEW(context, stagematch__internal__v1__text_subject__descriptor);
    if (!subject)
        return;
    ProtobufCBinaryData about = record->proposal_id.len ? record->proposal_id : record->stagevraag_id;
    context_ok(context, message_assign_bytes(&subject->proposal_id, text_of_bytes(about)));
    context_ok(context, message_assign_bytes(&subject->student_ref, text_of_bytes(record->student_ref)));
    context_ok(context, message_assign_string(&subject->school, text_of(record->school)));
    context_ok(context, message_assign_string(&subject->kind, text_of("reason")));
    message_free(context->text_subject);
    context->text_subject = subject;
}

static struct status check_withdrawable(const StagevraagRecord *record)
{
    bool ended = record->state == STAGEVRAAG_STATE(WITHDRAWN) || record->state == STAGEVRAAG_STATE(COMPLETED);
    return ended ? status_refuse(&refusal_wrong_stagevraag_state) : STATUS_DONE;
}

struct status handle_withdraw_stagevraag(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__WithdrawStagevraagRequest *request = message;
    Stagematch__V1__WithdrawStagevraagResponse *response = answer;
    const StagevraagRecord *found;
    const struct reason *reason;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &found);
    if (!status.refusal)
        status = version_of_request(request->version, found->version);
    if (!status.refusal)
        status = check_withdrawable(found);
    if (!status.refusal)
        status = proposal_check_reason(context, REASON_WITHDRAWN_STUDENT, request->reason, &reason);
    if (status.refusal)
        return status;
    note_text(context, found);
    proposal_end_of_stagevraag(context, found, reason->code, side_of_actor(context));
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (!record)
        return context_status(context);
    context_fact(context, &(struct fact){.kind = "stagevraag_withdrawn",
                                         .subject = record->stagevraag_id,
                                         .school = record->school,
                                         .reason = reason->code,
                                         .round_id = record->round_id});
    stagevraag_leave_elsewhere(context, record);
    finish(context, record, STAGEVRAAG_STATE(WITHDRAWN));
    stagevraag_show(context, record, &response->stagevraag);
    return STATUS_DONE;
}

/* The placement that was found, where it is one of ours; it must have a seat. */
static struct status find_seat(const struct context *context, const char *hex, const PlacementRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    if (!*hex)
        return STATUS_DONE;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return (struct status){status.refusal, "placement_id", 0};
    const PlacementRecord *placement = state_find(context->state, RECORD_PLACEMENT, key);
    if (!placement || placement->state != PLACEMENT_STATE(PUBLISHED) ||
        !placement_is_visible(context->state, placement))
        return status_refuse_field(&refusal_not_found, "placement_id");
    if (placement_free_seats(placement) == 0)
        return status_refuse_field(&refusal_no_seat, "placement_id");
    *out = placement;
    return STATUS_DONE;
}

static void sit_elsewhere(struct context *context, StagevraagRecord *record, const PlacementRecord *found)
{
    const PlacementRecord *placement = placement_take_seat(context, found->placement_id);
    if (placement)
        context_ok(context,
                   message_assign_bytes(&record->elsewhere_placement_id, text_of_bytes(placement->placement_id)));
}

struct status handle_place_elsewhere(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__PlaceElsewhereRequest *request = message;
    Stagematch__V1__PlaceElsewhereResponse *response = answer;
    const StagevraagRecord *found;
    const PlacementRecord *placement = NULL;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &found);
    if (!status.refusal)
        status = version_of_request(request->version, found->version);
    if (!status.refusal && found->state != STAGEVRAAG_STATE(FREE) && found->state != STAGEVRAAG_STATE(PROPOSED))
        status = status_refuse(&refusal_wrong_stagevraag_state);
    if (!status.refusal)
        status = find_seat(context, request->placement_id, &placement);
    if (status.refusal)
        return status;
    proposal_end_of_stagevraag(context, found, elsewhere_reason, side_of_actor(context));
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (!record)
        return context_status(context);
    if (placement)
        sit_elsewhere(context, record, placement);
    finish(context, record, STAGEVRAAG_STATE(PLACED_ELSEWHERE));
    context_fact(context, &(struct fact){.kind = "placed_elsewhere",
                                         .subject = record->stagevraag_id,
                                         .school = record->school,
                                         .leerbedrijf = placement ? placement->placement->leerbedrijf : NULL,
                                         .placement_id = record->elsewhere_placement_id,
                                         .round_id = record->round_id});
    stagevraag_show(context, record, &response->stagevraag);
    return STATUS_DONE;
}
