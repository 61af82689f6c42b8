/* What companies and coördinatoren do with placements. */
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/profile_check.h"
#include "domain/proposal.h"
#include "domain/remarks.h"
#include "domain/signal.h"
#include "domain/task.h"

static const REFUSAL(refusal_wrong_placement_state, STATUS_FAILED_PRECONDITION, "wrong_state",
                     "Dit past niet bij de staat van de leerplaats.",
                     "This does not fit the state of the placement.");
static const REFUSAL(refusal_coordinator_reopens, STATUS_FAILED_PRECONDITION, "coordinator_reopens",
                     "Deze leerplaats is gepauzeerd. De stagecoördinator neemt contact op en opent hem weer.",
                     "This placement is paused. The stagecoördinator will call and open it again.");

/* The school on whose account the actor enters something; "" for a company. */
static const char *school_of_actor(const struct context *context)
{
    const struct actor *actor = context->actor;
    return actor_is(actor, ROLE(COORDINATOR)) && actor->scope_count ? actor->scope[0] : "";
}

static struct status find_placement(const struct context *context, const char *hex, const PlacementRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const PlacementRecord *record = state_find(context->state, RECORD_PLACEMENT, key);
    if (!record || !placement_is_visible(context->state, record))
        return status_refuse(&refusal_not_found);
    *out = record;
    return STATUS_DONE;
}

struct status placement_of_request(const struct context *context, const char *hex, const PlacementRecord **out)
{
    const PlacementRecord *record;
    struct status status = find_placement(context, hex, &record);
    if (!status.refusal && !placement_is_own(context->actor, record))
        status = status_refuse(&refusal_not_found);
    if (!status.refusal)
        *out = record;
    return status;
}

static struct status find_own(const struct context *context, const char *hex, uint64_t version,
                              const PlacementRecord **out)
{
    const PlacementRecord *record;
    struct status status = placement_of_request(context, hex, &record);
    if (status.refusal)
        return status;
    status = version_of_request(version, record->version);
    if (!status.refusal && !placement_round_is_theirs(context, record))
        status = status_refuse(&refusal_contact_not_checked);
    if (!status.refusal)
        *out = record;
    return status;
}

static struct status enter_one(struct context *context, const Placement *placement, const char *school,
                               Placement **shown)
{
    bool is_coordinator = actor_is(context->actor, ROLE(COORDINATOR));
    context->on_behalf = is_coordinator;
    PlacementRecord *record = placement_enter(context, placement, school, text_of(""));
    if (record) {
        placement_ask_to_publish(context, record);
        placement_show(context, record, shown);
    }
    return context_status(context);
}

struct status handle_submit_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__SubmitPlacementRequest *request = message;
    Stagematch__V1__SubmitPlacementResponse *response = answer;
    struct placement_entry entry;
    Placement *placement = NULL;
    if (!request->placement)
        return status_refuse_field(&refusal_missing_field, "placement");
    struct status status = placement_check(request->placement, &context->options->geography);
    if (status.refusal)
        return status;
    bool may_enter = actor_is(context->actor, ROLE(COORDINATOR)) ||
                     actor_has_leerbedrijf(context->actor, request->placement->leerbedrijf);
    if (!may_enter)
        return status_refuse_field(&refusal_not_found, "leerbedrijf");
    if (!context_ok(context, message_dup(request->placement, &placement)))
        return context_status(context);
    placement_canonicalise(placement);
    status = placement_look_up(context, placement, &entry);
    if (!status.refusal && request->version)
        status = entry.record ? version_of_request(request->version, entry.record->version)
                              : status_refuse_field(&refusal_not_found, "version");
    if (!status.refusal && entry.change == PLACEMENT_CHANGED && !placement_round_is_theirs(context, entry.record))
        status = status_refuse(&refusal_contact_not_checked);
    if (!status.refusal && entry.change == PLACEMENT_SAME)
        placement_show(context, entry.record, &response->placement);
    else if (!status.refusal)
        status = enter_one(context, placement, school_of_actor(context), &response->placement);
    if (!status.refusal)
        remarks_of_placement(context, placement, &response->n_remarks, &response->remarks);
    message_free(placement);
    return status;
}

struct status handle_publish_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__PublishPlacementRequest *request = message;
    Stagematch__V1__PublishPlacementResponse *response = answer;
    const PlacementRecord *found;
    struct status status = find_own(context, request->placement_id, request->version, &found);
    if (!status.refusal && found->state != PLACEMENT_STATE(DRAFT))
        status = status_refuse(&refusal_wrong_placement_state);
    if (status.refusal)
        return status;
    context->on_behalf = actor_is(context->actor, ROLE(COORDINATOR));
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return context_status(context);
    placement_publish(context, record);
    placement_show(context, record, &response->placement);
    remarks_of_placement(context, record->placement, &response->n_remarks, &response->remarks);
    return STATUS_DONE;
}

/* A coördinator of a student who was proposed here may call the company too. */
static bool has_proposal_at(const struct context *context, const PlacementRecord *record)
{
    struct scan scan;
    const ProposalRecord *proposal;
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(record->placement_id));
    while ((proposal = scan_next(&scan)) != NULL)
        if (actor_coordinates(context->actor, proposal->school))
            return true;
    return false;
}

static struct status check_reopen(const struct context *context, const PlacementRecord *record, uint64_t version)
{
    bool is_paused = record->state == PLACEMENT_STATE(PAUSED);
    if (!placement_is_own(context->actor, record) && !has_proposal_at(context, record))
        return status_refuse(&refusal_not_found);
    struct status status = version_of_request(version, record->version);
    if (status.refusal)
        return status;
    if (!placement_round_is_theirs(context, record))
        return status_refuse(&refusal_contact_not_checked);
    if (is_paused && !actor_is(context->actor, ROLE(COORDINATOR)))
        return status_refuse(&refusal_coordinator_reopens);
    if (placement_is_held(record))
        return status_refuse(&refusal_placement_held);
    bool has_suspended = record->state == PLACEMENT_STATE(PUBLISHED) && record->seats_suspended;
    return is_paused || has_suspended ? STATUS_DONE : status_refuse(&refusal_wrong_placement_state);
}

struct status handle_reopen_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ReopenPlacementRequest *request = message;
    Stagematch__V1__ReopenPlacementResponse *response = answer;
    const PlacementRecord *found;
    struct status status = find_placement(context, request->placement_id, &found);
    if (!status.refusal)
        status = check_reopen(context, found, request->version);
    if (status.refusal)
        return status;
    context->on_behalf = actor_is(context->actor, ROLE(COORDINATOR));
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return context_status(context);
    /* Only a pause that the school ends makes forget what led to it: a company would reopen each seat by itself otherwise. */
    if (record->state == PLACEMENT_STATE(PAUSED))
        record->anders_count = record->expiry_count = 0;
    record->state = PLACEMENT_STATE(PUBLISHED);
    record->seats_suspended = 0;
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    task_close(context, INDEX_TASK_PLACEMENT, record->placement_id, TASK_KIND(UNSPECIFIED), NULL);
    uint64_t seq = context_fact(context, &(struct fact){.kind = "placement_reopened",
                                                        .subject = record->placement_id,
                                                        .school = record->entered_by_school,
                                                        .leerbedrijf = record->placement->leerbedrijf,
                                                        .placement_id = record->placement_id,
                                                        .round_id = record->round_id});
    signal_placement_reopened(context, record);
    rematch_note(context, record->round_id, seq);
    placement_show(context, record, &response->placement);
    return STATUS_DONE;
}

static void note_text(struct context *context, const PlacementRecord *record)
{
    if (!context->has_text)
        return;
    Stagematch__Internal__V1__TextSubject *subject =
        CONTEXT_NEW(context, stagematch__internal__v1__text_subject__descriptor);
    if (!subject)
        return;
    const char *school = *record->entered_by_school ? record->entered_by_school : school_of_actor(context);
    context_ok(context, message_assign_bytes(&subject->proposal_id, text_of_bytes(record->placement_id)));
    context_ok(context, message_assign_string(&subject->kind, text_of("reason")));
    context_ok(context, message_assign_string(&subject->school, text_of(school)));
    context_ok(context, message_assign_string(&subject->leerbedrijf, text_of(record->placement->leerbedrijf)));
    message_free(context->text_subject);
    context->text_subject = subject;
}

/* Withdrawing ends what runs: a contact ends no proposal of a school that has not checked them. */
static struct status check_ends(const struct context *context, const PlacementRecord *record)
{
    struct scan scan;
    const ProposalRecord *proposal;
    scan_id(&scan, context->state, INDEX_RUNNING_PLACEMENT, text_of_bytes(record->placement_id));
    while (actor_is(context->actor, ROLE(COMPANY)) && (proposal = scan_next(&scan)) != NULL)
        if (!actor_is_checked_by(context->actor, proposal->school))
            return status_refuse(&refusal_contact_not_checked);
    return STATUS_DONE;
}

struct status handle_withdraw_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__WithdrawPlacementRequest *request = message;
    Stagematch__V1__WithdrawPlacementResponse *response = answer;
    const PlacementRecord *found = NULL;
    const struct reason *reason;
    struct status status = find_own(context, request->placement_id, request->version, &found);
    if (!status.refusal && found->state == PLACEMENT_STATE(WITHDRAWN))
        status = status_refuse(&refusal_wrong_placement_state);
    if (!status.refusal)
        status = check_ends(context, found);
    if (!status.refusal)
        status = proposal_check_reason(context, REASON_WITHDRAWN_PLACE, request->reason, &reason);
    if (status.refusal)
        return status;
    context->on_behalf = actor_is(context->actor, ROLE(COORDINATOR));
    note_text(context, found);
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return context_status(context);
    record->state = PLACEMENT_STATE(WITHDRAWN);
    record->seats_suspended = 0; /* publishing it again says that they are there */
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    /* At most one for each seat. */
    (void)proposal_end_all_of(context, INDEX_RUNNING_PLACEMENT, record->placement_id, EVENT_PLACE_WITHDRAWN,
                              reason->code, CAPACITY_MAX);
    task_close(context, INDEX_TASK_PLACEMENT, record->placement_id, TASK_KIND(UNSPECIFIED), NULL);
    context_fact(context, &(struct fact){.kind = "placement_withdrawn",
                                         .subject = record->placement_id,
                                         .school = record->entered_by_school,
                                         .leerbedrijf = record->placement->leerbedrijf,
                                         .reason = reason->code,
                                         .placement_id = record->placement_id,
                                         .round_id = record->round_id});
    placement_show(context, record, &response->placement);
    return STATUS_DONE;
}

static bool may_see(const struct context *context, const PlacementRecord *record)
{
    if (!placement_is_visible(context->state, record))
        return false;
    if (placement_is_own(context->actor, record))
        return true;
    if (!actor_is(context->actor, ROLE(COORDINATOR)))
        return false;
    return record->state == PLACEMENT_STATE(PUBLISHED) || has_proposal_at(context, record);
}

struct status handle_get_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetPlacementRequest *request = message;
    Stagematch__V1__GetPlacementResponse *response = answer;
    const PlacementRecord *record;
    struct status status = find_placement(context, request->placement_id, &record);
    if (status.refusal)
        return status;
    if (!may_see(context, record))
        return status_refuse(&refusal_not_found);
    placement_show(context, record, &response->placement);
    return STATUS_DONE;
}

/* A company pages through its own; a coördinator through all, of one state where it is asked for. */
static struct status open_page(struct page *page, const struct context *context,
                               const Stagematch__V1__ListPlacementsRequest *request)
{
    struct index_key prefix;
    if (actor_is(context->actor, ROLE(COMPANY)))
        return page_open_scopes(page, context, INDEX_PLACEMENT_LEERBEDRIJF, request->page_size, request->page_token);
    index_key_start(&prefix);
    if (request->state != PLACEMENT_STATE(UNSPECIFIED))
        index_key_u8(&prefix, (unsigned)request->state);
    return page_open_prefix(page, context, INDEX_PLACEMENT_STATE, &prefix, request->page_size, request->page_token);
}

static bool is_listed(const struct context *context, const PlacementRecord *record,
                      const Stagematch__V1__ListPlacementsRequest *request)
{
    if (request->state != PLACEMENT_STATE(UNSPECIFIED) && request->state != record->state)
        return false;
    if (!placement_is_visible(context->state, record))
        return false;
    return record->state == PLACEMENT_STATE(PUBLISHED) || placement_is_own(context->actor, record);
}

struct status handle_list_placements(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListPlacementsRequest *request = message;
    Stagematch__V1__ListPlacementsResponse *response = answer;
    const PlacementRecord *record;
    struct page page;
    struct status status = open_page(&page, context, request);
    if (status.refusal)
        return status;
    while ((record = page_next(&page)) != NULL) {
        if (!is_listed(context, record, request))
            continue;
        Placement *shown = NULL;
        placement_show(context, record, &shown);
        if (shown)
            context_ok(context, message_append(&response->n_placements, &response->placements, shown));
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}
